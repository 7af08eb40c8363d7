"""The screen: one page with four tabs over one app; serves it to browsers."""

from typing import Any

import gradio as gr

from assistant.app import App
from assistant.errors import AssistantError, SetupError
from assistant.tools.wording import wording
from assistant.ui.chat import chat_page
from assistant.ui.journal_page import journal_page
from assistant.ui.look import LANGUAGE_MARK, OPENING, theme
from assistant.ui.quality_page import quality_page
from assistant.ui.roster_page import plans_page
from assistant.ui.safe import inert, marked, tag
from assistant.ui.settings import ScreenSettings
from assistant.ui.styles import CSS
from assistant.ui.who import MAX_NAME, ROLES, Labels, Session, role_choices
from assistant.ui.words import ScreenWords, screen_words

FIRST_LANGUAGE = "en"


def build_screen(app: App, settings: ScreenSettings | None = None) -> gr.Blocks:
    """The screen over an app; nothing heavy is loaded before the first question."""
    settings = settings or ScreenSettings()
    labels = Labels(screen_words(FIRST_LANGUAGE))
    with gr.Blocks(title=labels.first("head.title"), analytics_enabled=False, fill_width=True) as screen:
        session = _head(app, labels)
        with gr.Tabs(elem_id="hda-tabs"):
            with labels.make(gr.Tab, lambda w: {"label": w("tab.chat")}, id="chat"):
                chat_page(app, session, labels, settings)
            with labels.make(gr.Tab, lambda w: {"label": w("tab.plans")}, id="plans") as plans:
                plans_page(app, session, labels, plans)
            with labels.make(gr.Tab, lambda w: {"label": w("tab.quality")}, id="quality") as quality:
                quality_page(app, session, labels, quality)
            with labels.make(gr.Tab, lambda w: {"label": w("tab.journal")}, id="journal") as journal:
                journal_page(app, session, labels, journal, settings)
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        session.language.change(labels.updates, session.language, labels.components, js=LANGUAGE_MARK, **private)
        screen.load(_preferred, None, session.language, js=OPENING, **private)
    screen.queue(max_size=settings.waiting_questions, default_concurrency_limit=4)
    return screen


def open_screen(app: App, host: str, port: int, settings: ScreenSettings | None = None) -> tuple[gr.Blocks, str]:
    """Serve the screen in the background; returns it and its address."""
    screen = build_screen(app, settings)
    try:
        _, address, _ = screen.launch(
            server_name=host,
            server_port=port,
            theme=theme(),
            css=CSS,
            prevent_thread_lock=True,
            share=False,
            quiet=True,
            show_error=False,
            footer_links=[],
            run_history=False,  # otherwise every question is also kept in the browser
            enable_monitoring=False,
            allowed_paths=[],
            max_file_size="1kb",  # nothing is uploaded here
            ssr_mode=False,
            mcp_server=False,
            app_kwargs={"openapi_url": None},
        )
    except OSError as error:
        raise SetupError(f"The screen cannot open on {host}:{port} ({error}). Choose another: --port.") from error
    return screen, address


def _head(app: App, labels: Labels) -> Session:
    """Title, language, who is asking, and the plain word that there is no login."""
    with gr.Row(equal_height=True, elem_id="hda-head"):
        labels.make(gr.HTML, lambda w: {"value": _title(app, w)}, elem_id="hda-title", padding=False, min_width=280)
        language = labels.make(
            gr.Radio,
            lambda w: {"label": w("head.language")},
            choices=[("English", "en"), ("中文", "zh")],
            value=FIRST_LANGUAGE,
            scale=0,
            min_width=190,
            elem_id="hda-language",
        )
        user = labels.make(
            gr.Textbox,
            lambda w: {"label": w("head.user")},
            max_length=MAX_NAME,
            scale=0,
            min_width=170,
            elem_id="hda-user",
        )
        role = labels.make(
            gr.Dropdown,
            lambda w: {"label": w("head.role"), "choices": role_choices(w)},
            value=ROLES[0],
            scale=0,
            min_width=190,
            elem_id="hda-role",
        )
    labels.make(
        gr.HTML, lambda w: {"value": tag("p", inert(w("head.no_login")))}, elem_id="hda-no-login", padding=False
    )
    return Session(language, user, role)


def _title(app: App, words: ScreenWords) -> str:
    """The name of the screen and how far the records reach."""
    try:
        clock = app.store.clock()
    except AssistantError as error:
        state = inert(error)
    else:
        at = f"{wording(words.language).moment(clock)}" if clock else ""
        state = marked(words("head.records_until", at=at) if clock else words("head.no_records"))
    return f"{tag('h1', inert(words('head.title')))}{tag('p', inert(words('head.purpose')) + ' ' + tag('b', state))}"


def _preferred(request: gr.Request) -> str:
    """The language that the browser asks for first."""
    asked = str((request.headers or {}).get("accept-language", ""))
    return "zh" if asked.lower().startswith("zh") else FIRST_LANGUAGE
