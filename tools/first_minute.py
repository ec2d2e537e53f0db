"""Try the first minute of the browser edition, with Pyodide kept out, silent, slow and back again (used by lite_check).

Each case is a reader of its own: where the edition is opened, how Pyodide's server behaves, and what must then stand on
the page. What is measured is the time from the address to the sentence.
"""

import http.server
import time
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

COVER, OTHER = "00_start_here", "03_open_the_gates"
AT_MOST = 20  # seconds until the page says that Python does not come
SENTENCE = "Python could not be loaded"
# Any notice that ever stood there, even for a moment.
WATCH = """new MutationObserver(() => {
    if (document.getElementById('book-no-python')) window.saidAt ??= performance.now();
}).observe(document, { childList: true, subtree: true })"""
CONTRASTS = """() => {
    const light = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(part => part / 255)
        .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, k) => sum + part * [0.2126, 0.7152, 0.0722][k], 0);
    const paper = light(getComputedStyle(document.getElementById('book-no-python')).backgroundColor);
    return [...document.querySelectorAll('#book-no-python :is(h2, p, a, button)')].map(node => {
        const ink = light(getComputedStyle(node).color);
        return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    });
}"""
INSIDE = """() => {
    const { left, right, top, bottom } = document.getElementById('book-no-python').getBoundingClientRect();
    return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
}"""


class Case(NamedTuple):
    """How a reader comes to a page."""

    address: str
    page: str
    pyodide: str  # "refused" or "silent"
    scheme: str
    width: int


CASES = (
    Case("", COVER, "refused", "light", 1280),
    Case("", COVER, "refused", "dark", 360),
    Case(f"lab/index.html?path={OTHER}.ipynb", OTHER, "silent", "dark", 1280),
    Case(f"notebooks/index.html?path={OTHER}.ipynb", OTHER, "refused", "light", 360),
)


class Server(http.server.SimpleHTTPRequestHandler):
    """Serves the edition, and behaves as it is told where Pyodide's files are asked for."""

    pyodide: ClassVar[str] = "there"

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def send_head(self) -> Any:
        """Begin to answer, or not."""
        if "/static/pyodide/" in self.path:
            if Server.pyodide == "silent":
                time.sleep(2 * AT_MOST)
            if Server.pyodide == "slow":
                time.sleep(3)
            if Server.pyodide != "there" and Server.pyodide != "slow":
                self.send_error(404)
                return None
        return super().send_head()


def try_without(chromium: Any, home: str, titles: dict[str, str], pictures: Path | None) -> list[str]:
    """Open the edition where Pyodide cannot be had; return what is wrong."""
    problems = []
    for number, case in enumerate(CASES):
        Server.pyodide = case.pyodide
        context = chromium.new_context(
            viewport={"width": case.width, "height": 760}, color_scheme=case.scheme, service_workers="block"
        )
        page = context.new_page()
        name = f"/{case.address} ({case.pyodide}, {case.scheme}, {case.width} px)"
        try:
            seconds, wrong = sentence(page, home, case, titles)
            print(f"{'FAILED' if wrong else 'passed'} {name}: said after {seconds:.1f} s", flush=True)
            problems += [f"{name}: {one}" for one in wrong]
        except Exception as error:
            problems.append(f"{name}: {type(error).__name__}: {str(error).splitlines()[0]}")
        if pictures:
            pictures.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=pictures / f"without-{number}.png")
        context.close()
    return problems


def sentence(page: Any, home: str, case: Case, titles: dict[str, str]) -> tuple[float, list[str]]:
    """Wait for the sentence and look at it; return when it came and what is wrong."""
    far, held = "https://cdn.jsdelivr.net/", list[Any]()
    if case.pyodide == "refused":
        page.route(lambda url: url.startswith(far), lambda route: route.abort())
    else:
        page.route(lambda url: url.startswith(far), lambda route: held.append(route))  # and not answered
    page.add_init_script(WATCH)
    wrong: list[str] = []
    page.goto(home + case.address, wait_until="commit")
    page.wait_for_selector("#book-waiting h1, .jp-Notebook")
    page.wait_for_selector("#book-no-python h2", timeout=3000 * AT_MOST)
    seconds = page.evaluate("window.saidAt") / 1000  # by the page's own clock, from when it was asked for
    if seconds > AT_MOST:
        wrong.append(f"the sentence came after {seconds:.1f} s")
    page.wait_for_selector(".jp-Notebook h1", timeout=60_000)
    if titles[case.page] not in (shown := page.locator(".jp-Notebook h1").first.inner_text()):
        wrong.append(f"the page that opened is {shown!r}")
    page.wait_for_selector("#book-waiting", state="detached")
    page.wait_for_timeout(500)
    alert = page.get_by_role("alert")
    if SENTENCE not in alert.inner_text():
        wrong.append(f"what is said is {alert.inner_text()!r}")
    if not page.evaluate(INSIDE):
        wrong.append("it is not all on the screen")
    if (least := min(page.evaluate(CONTRASTS))) < 4.5:
        wrong.append(f"a contrast of {least:.2f} to 1")
    page.locator("#book-no-python").focus()
    reached = []
    for _ in range(3):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent"))
    if reached[0] != "Try again" or not any(one.startswith("Close") for one in reached):
        wrong.append(f"the keyboard reaches {reached}")
    page.locator("#book-no-python button").first.focus()
    page.keyboard.press("Escape")
    if page.locator("#book-no-python").count():
        wrong.append("Escape does not close it")
    for route in held:
        route.abort()
    return seconds, wrong


def try_slow(chromium: Any, home: str) -> list[str]:
    """Open a page where Pyodide is slow but comes: nothing must be said. Then keep it out and let it come back."""
    Server.pyodide = "slow"
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, service_workers="block")
    page = context.new_page()
    page.add_init_script(WATCH)
    problems, here = [], "() => document.documentElement.dataset.python === 'here'"
    try:
        since = time.monotonic()
        page.goto(f"{home}lab/index.html?path={OTHER}.ipynb", wait_until="commit")
        page.wait_for_selector("#book-coming", timeout=60_000)
        page.wait_for_function(here, timeout=300_000, polling=200)
        if page.evaluate("window.saidAt"):
            problems.append("slow: it was said that Python could not be loaded, and it could")
        if page.locator("#book-coming").count():
            problems.append("slow: Python is here, and is said to be on its way")
        print(f"{'FAILED' if problems else 'passed'} slow but alive: Python after {time.monotonic() - since:.1f} s")
        Server.pyodide = "refused"
        page.goto(f"{home}lab/index.html?path={OTHER}.ipynb", wait_until="commit")
        page.wait_for_selector("#book-no-python h2", timeout=3000 * AT_MOST)
        page.get_by_role("button", name="Try again").click()
        page.get_by_text("still cannot be reached").wait_for(timeout=60_000)
        Server.pyodide = "there"
        page.get_by_role("button", name="Try again").click()
        page.wait_for_function(f"({here})() && !document.getElementById('book-no-python')", timeout=300_000)
        print("passed try again, when it is back", flush=True)
    except Exception as error:
        problems.append(f"slow, or back again: {type(error).__name__}: {str(error).splitlines()[0]}")
    finally:
        Server.pyodide = "there"
        context.close()
    return problems
