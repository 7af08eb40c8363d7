"""Takes the screenshots of the README: starts the screen on a data folder, asks in a browser, saves two pictures."""

import argparse
import shutil
import socket
import sys
from pathlib import Path
from typing import Any

from assistant.app import open_app
from assistant.errors import SetupError

QUESTION = "How full is the ICU now and over the next 7 days?"
ROSTER = "Draft a two-week roster for the ICU"
MAX_BYTES = 250_000
SHOTS = ("chat.png", "roster.png")


def main(argv: list[str]) -> int:
    """Take the pictures; 0 when both are there and small enough."""
    parser = argparse.ArgumentParser(prog="python -m eval screenshots", description=__doc__)
    parser.add_argument("--home", type=Path, default=None, help="data folder (default: the one of the demo)")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "screenshots", help="where they go")
    parser.add_argument("--question", default=QUESTION, help="question of the chat picture")
    parser.add_argument("--roster", default=ROSTER, help="question that makes the roster")
    arguments = parser.parse_args(argv)
    arguments.out.mkdir(parents=True, exist_ok=True)
    from assistant.ui.screen import open_screen  # loads Gradio, which takes seconds

    screen, address = open_screen(open_app(arguments.home), "127.0.0.1", free_port())
    try:
        take(address, arguments.out, arguments.question, arguments.roster)
    finally:
        screen.close()
    sizes = {name: (arguments.out / name).stat().st_size for name in SHOTS}
    for name, size in sizes.items():
        print(f"{arguments.out / name}: {size / 1000:.0f} kB")
    return 0 if max(sizes.values()) <= MAX_BYTES else 1


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def take(address: str, out: Path, question: str, roster: str) -> None:
    """Drive the browser: one question with a chart, then a roster on the page of proposals."""
    from playwright.sync_api import sync_playwright  # a development tool; only this command needs it

    browser_path = shutil.which("chromium")
    if browser_path is None:
        raise SetupError("No chromium was found. Install it (Debian: `apt-get install chromium`).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1366, "height": 1330}, locale="en-GB")
        page.goto(address)
        page.wait_for_selector("#hda-chat")
        ask(page, question, answers=1)
        page.screenshot(path=out / SHOTS[0])
        ask(page, roster, answers=2)
        page.get_by_role("tab").nth(1).click()
        page.wait_for_selector(".hda-roster", timeout=60_000)
        page.wait_for_timeout(500)
        page.set_viewport_size({"width": 1366, "height": 1000})
        page.screenshot(path=out / SHOTS[1])
        browser.close()


def ask(page: Any, question: str, answers: int, seconds: int = 300) -> None:
    """Ask in the browser and wait until that many answers are complete."""
    page.fill("#hda-question textarea", question)
    page.keyboard.press("Enter")
    page.wait_for_function(
        f"document.querySelectorAll('#hda-chat .hda-footer').length >= {answers}", timeout=seconds * 1000
    )
    page.wait_for_timeout(1500)  # the chart draws itself after the answer


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
