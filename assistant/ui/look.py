"""How the screen looks: calm, dense enough for work, high contrast, readable without colour.

Colours are held against white at a contrast of 4.5 or more for text. Fonts are those of the reader's own machine:
nothing is fetched from elsewhere. The screen is always light, so that shift colours mean the same everywhere.
"""

import gradio as gr

FONTS = ("system-ui", "Segoe UI", "Noto Sans", "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "sans-serif")
MONO = ("ui-monospace", "Noto Sans Mono", "Consolas", "Noto Sans CJK SC", "monospace")

# Gradio follows the machine's dark mode; this keeps the screen light. And where a chat would jump to its end, so that a
# long answer shows its last line, this keeps the newest question at the top until the reader scrolls.
OPENING = """() => {
  document.body.classList.remove('dark');
  const chat = document.querySelector('#hda-chat');
  if (!chat || chat.dataset.followed) return;
  chat.dataset.followed = 'yes';
  let seen = 0, follow = false;
  const stop = () => { follow = false; };
  for (const name of ['wheel', 'touchmove', 'keydown', 'pointerdown'])
    chat.addEventListener(name, stop, {passive: true});
  new MutationObserver(() => {
    const questions = chat.querySelectorAll('.hda-question'), box = chat.querySelector('.bubble-wrap');
    if (questions.length > seen) follow = true;
    seen = questions.length;
    // Gradio repeats each message's source as its label; a screen reader would read markup instead of the message.
    for (const message of chat.querySelectorAll('[data-testid][aria-label*="message:"]'))
      message.removeAttribute('aria-label');
    if (!follow || !seen || !box) return;
    const last = questions[seen - 1].getBoundingClientRect().top - box.getBoundingClientRect().top;
    box.scrollTop += last - 16;
  }).observe(chat, {childList: true, subtree: true, attributes: true});
}"""
LANGUAGE_MARK = "(l) => { document.documentElement.lang = l === 'zh' ? 'zh-CN' : 'en'; return l; }"


def theme() -> gr.themes.Base:
    """The theme: slate and blue, small radii, local fonts."""
    return gr.themes.Base(
        primary_hue=gr.themes.colors.blue,
        neutral_hue=gr.themes.colors.slate,
        radius_size=gr.themes.sizes.radius_sm,
        spacing_size=gr.themes.sizes.spacing_sm,
        text_size=gr.themes.sizes.text_md,
        font=FONTS,
        font_mono=MONO,
    ).set(
        body_background_fill="#F4F6F8",
        body_text_color="#1F2A33",
        body_text_color_subdued="#4A5763",
        block_background_fill="#FFFFFF",
        block_border_width="1px",
        block_border_color="#D3DAE0",
        block_label_text_color="#33414D",
        block_title_text_color="#33414D",
        input_background_fill="#FFFFFF",
        input_border_width="1px",
        input_border_color="#9AA7B2",
        input_placeholder_color="#5B6873",
        button_primary_background_fill="#005A8C",
        button_primary_background_fill_hover="#00476F",
        button_primary_text_color="#FFFFFF",
        button_secondary_background_fill="#E6EBEF",
        button_secondary_background_fill_hover="#D6DEE5",
        button_secondary_text_color="#1F2A33",
        button_cancel_background_fill="#A3341A",
        button_cancel_background_fill_hover="#842A15",
        button_cancel_text_color="#FFFFFF",
    )
