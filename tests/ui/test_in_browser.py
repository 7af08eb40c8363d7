"""The screen in headless Chromium: ask, see the steps, the answer and its chart, open a source, decide, audit."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.app import App, open_app
from assistant.llm.descriptions import RawCall
from eval.screenshots import free_port
from tests.ui.worlds import HOSTILE, Script, occupancy

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SHOTS = Path(__file__).resolve().parents[1] / "shots"
FORECAST = RawCall("forecast_demand", {"measure": "occupancy", "unit": "ICU", "days": 7})
ROSTER = RawCall("plan_staffing", {"unit": "ICU", "days": 7})
SCRIPT = Script(full=[occupancy(), FORECAST], roster=[ROSTER], 满=[occupancy(), FORECAST])
REASON = f"Too few nights {HOSTILE}"


@pytest.fixture(scope="module")
def home(imported: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small hospital, with a short time for rosters: their proof is not what is looked at here."""
    home = Path(shutil.copytree(imported, tmp_path_factory.mktemp("screen") / "home"))
    (home / "settings.toml").write_text("[plan]\nseconds = 3.0\n", encoding="utf-8")
    return home


@pytest.fixture(scope="module")
def app(home: Path) -> App:
    return open_app(home, chooser=SCRIPT)


@pytest.fixture(scope="module")
def address(app: App) -> Iterator[str]:
    from assistant.ui.screen import open_screen

    screen, address = open_screen(app, "127.0.0.1", free_port())
    yield address
    screen.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not installed (Debian: apt-get install chromium)")
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


class Visit:
    """One open page, with what it fetched from elsewhere and what it complained of."""

    def __init__(self, browser: Any, address: str, width: int = 1366, height: int = 900, locale: str = "en-GB") -> None:
        self.page = browser.new_page(viewport={"width": width, "height": height}, locale=locale)
        self.page.set_default_timeout(60_000)
        self.elsewhere: list[str] = []
        self.dialogs: list[str] = []
        self.page.on("request", lambda request: self._note(request.url, address))
        self.page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        self.page.goto(address)
        self.page.wait_for_selector("#hda-chat")

    def _note(self, url: str, address: str) -> None:
        if not url.startswith((address, "data:", "blob:")):
            self.elsewhere.append(url)

    def shoot(self, name: str) -> None:
        SHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png")

    def ask(self, question: str) -> None:
        self.page.fill("#hda-question textarea", question)
        self.page.keyboard.press("Enter")

    def tab(self, name: str) -> None:
        """Open a tab; on a narrow screen the last ones stand in a menu."""
        there = self.page.get_by_role("tab", name=name)
        if not there.is_visible():
            self.page.locator(".overflow-menu > button").click()
            there = self.page.locator(".overflow-dropdown button", has_text=name)
        there.click()

    @property
    def too_wide(self) -> bool:
        return self.page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_a_question_travels_from_the_screen_to_an_audited_decision(browser: Any, address: str, app: App) -> None:
    visit = Visit(browser, address)
    page = visit.page
    page.fill("#hda-user input, #hda-user textarea", "Ada Stone")
    visit.ask("How full is the ICU now and over the next 7 days?")

    page.wait_for_selector("#hda-chat .thought-group")  # a step's bubble, while the rest still runs
    visit.shoot("steps")
    page.wait_for_selector("#hda-chat .hda-footer")
    page.wait_for_selector("#hda-chat .js-plotly-plot .gtitle")
    assert page.locator("#hda-chat .thought-group").count() == 3
    assert "8 in 10 chance" in page.inner_text("#hda-chat")
    page.get_by_text("Forecast demand: done").click()
    assert page.get_by_text("forecast_demand", exact=True).is_visible()
    source = page.locator("#hda-chat details.hda-source").first
    source.locator("summary").click()
    assert "As of" in source.inner_text()
    visit.shoot("chat")

    visit.ask("Draft a roster for the ICU")
    page.wait_for_function("document.querySelectorAll('#hda-chat .hda-footer').length >= 2")
    visit.tab("Rosters and plans")
    page.wait_for_selector(".hda-roster .hda-code")
    visit.shoot("roster")
    page.get_by_role("button", name="Reject", exact=True).click()
    page.wait_for_selector("#hda-decided .hda-bad")
    page.fill("#hda-reason input, #hda-reason textarea", REASON)
    page.get_by_role("button", name="Reject", exact=True).click()
    page.wait_for_selector("#hda-decided .hda-good")
    assert REASON in page.inner_text("#hda-proposal")
    visit.shoot("rejected")
    assert app.journal.latest(1)[0].body["verdict"] == "rejected"

    visit.tab("Journal")
    page.locator("#hda-entries [role=gridcell]", has_text="How full is the ICU").first.click()
    page.wait_for_selector("#hda-story h3")
    assert "Ada Stone (Administrator) asked" in page.inner_text("#hda-story")
    assert app.journal.latest(1)[0].kind == "read"
    page.click("#hda-verify")
    page.wait_for_selector("#hda-verified .hda-good")
    visit.shoot("journal")
    assert app.journal.latest(1)[0].hash in page.inner_text("#hda-verified")
    assert (visit.elsewhere, visit.dialogs) == ([], [])
    page.close()


def test_the_whole_screen_follows_the_language(browser: Any, address: str) -> None:
    visit = Visit(browser, address, locale="zh-CN")
    page = visit.page
    page.wait_for_selector("text=医院决策助手")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    page.locator("#hda-chat button.example").first.click()  # an example question asks at once
    page.wait_for_selector("#hda-chat .hda-footer")
    assert "名患者" in page.inner_text("#hda-chat")
    visit.shoot("chat_zh")
    page.get_by_text("English", exact=True).click()
    page.wait_for_selector("text=Hospital decision assistant")
    assert "Look up the state: done" in page.inner_text("#hda-chat")
    page.close()


def test_a_telephone_shows_the_screen_without_scrolling_sideways(browser: Any, address: str) -> None:
    visit = Visit(browser, address, width=420, height=860)
    visit.ask("How full is the ICU?")
    visit.page.wait_for_selector("#hda-chat .hda-footer")
    visit.page.wait_for_selector("#hda-chat .js-plotly-plot .gtitle")
    wide = []
    for number, name in enumerate(("Ask", "Rosters and plans", "Data quality", "Journal")):
        visit.tab(name)
        visit.page.wait_for_timeout(600)
        visit.shoot(f"telephone_{number}")
        wide.append(visit.too_wide)
    assert wide == [False] * 4
    visit.page.close()


def test_there_is_no_way_out_through_gradio(browser: Any, address: str) -> None:
    """No footer with links, no list of endpoints, no files of the machine."""
    visit = Visit(browser, address)
    assert not visit.page.locator("footer a").count() or not visit.page.locator("footer").is_visible()
    endpoints = visit.page.request.get(f"{address}gradio_api/info").json()["named_endpoints"]
    assert endpoints == {}
    assert visit.page.request.get(f"{address}gradio_api/file=/etc/passwd").status in {403, 404}
    assert visit.page.request.get(f"{address}openapi.json").status == 404
    visit.page.close()
