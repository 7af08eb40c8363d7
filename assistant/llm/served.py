"""A served language model: any server that speaks the OpenAI protocol, vLLM first."""

from importlib import metadata
from typing import Any

import httpx
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from assistant.llm.families import OWN
from assistant.llm.settings import LanguageModelSettings, server_key

_REACH_SECONDS = 3.0
# Of one reply: more than the longest answer or list of calls, and less than what a context leaves beside the prompt.
MOST_TOKENS = 1500
_CONNECT_SECONDS = 3.0


def served_model(settings: LanguageModelSettings) -> ChatOpenAI:
    """The chat model behind `settings.base_url`; nothing is sent yet.

    It is asked once per attempt (no silent repeats, they would hide a sick server and eat the deadline), greedily,
    and without the thinking that Qwen3 does by default and that ChatOpenAI would drop.
    """
    return ChatOpenAI(
        base_url=settings.base_url,
        model=settings.model,
        api_key=SecretStr(server_key() or "none"),
        temperature=0,
        seed=0,
        max_retries=0,
        # A small language model that repeats itself would fill its context, long after the deadline.
        max_completion_tokens=MOST_TOKENS,
        timeout=httpx.Timeout(settings.timeout_seconds, connect=min(_CONNECT_SECONDS, settings.timeout_seconds)),
        extra_body={"chat_template_kwargs": {"enable_thinking": False}},
    )


def reachable(settings: LanguageModelSettings) -> str | None:
    """None if the server answers and offers the language model; else one sentence on what is wrong."""
    address = f"{settings.base_url.rstrip('/')}/models"
    try:
        answer = httpx.get(
            address, headers={"Authorization": f"Bearer {server_key() or 'none'}"}, timeout=_REACH_SECONDS
        )
        answer.raise_for_status()
        offered = [row["id"] for row in answer.json()["data"]]
    except httpx.HTTPStatusError as wrong:
        return f"The language model server at {address} answered {wrong.response.status_code}."
    except (httpx.HTTPError, httpx.InvalidURL) as wrong:
        return f"No language model server answers at {address} ({type(wrong).__name__}). Start one: assistant llm serve"
    except (ValueError, KeyError, TypeError):
        return f"What answers at {address} does not speak the OpenAI protocol."
    if settings.model not in offered:
        return (
            f"The server at {address} does not offer {settings.model!r}; it offers {', '.join(offered) or 'nothing'}."
        )
    return None


def serves_ours(settings: LanguageModelSettings) -> bool:
    """Whether the server offers our own checkpoint, which is asked as it is in process."""
    return settings.model == OWN


def identity(settings: LanguageModelSettings) -> dict[str, Any]:
    """Which server and which name, for the journal; the weights are known to the server only."""
    return {
        "kind": "served",
        "name": settings.model,
        "base_url": settings.base_url,
        "versions": {name: metadata.version(name) for name in ("langchain-openai", "openai")},
    }
