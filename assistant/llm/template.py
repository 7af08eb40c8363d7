"""The chat template of our checkpoint, in Jinja: what `embedded.chat_markup` does in process, for servers.

ChatML, the format the weights were trained on. The packaged weights' own template inserts a system line of its
author's when none is given; ours inserts nothing. What a user writes cannot end his turn and begin another one.
Calls that are given as `tool_calls` are written as the language model writes them itself, and what tools returned
is left out: the agent tells no outcomes. Descriptions of tools are left out too, since they were learned.
"""

_CALL = (
    '<tool_call>{"name":"{{ call.function.name }}","arguments":'
    "{{ call.function.arguments | tojson(separators=(',', ':')) }}}</tool_call>"
)
CHAT_TEMPLATE = (
    "{% for message in messages %}{% if message['role'] != 'tool' %}"
    "<|im_start|>{{ message['role'] }}\n{{ (message['content'] or '') | replace('<|', '< |') }}"
    "{% for call in message['tool_calls'] or [] %}"
    "{% if message['content'] or not loop.first %}{{ '\n' }}{% endif %}" + _CALL + "{% endfor %}<|im_end|>\n"
    "{% endif %}{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
