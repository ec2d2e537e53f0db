"""The web edition, built and then read: as files, and in a real browser from a server on this machine.

It needs Sphinx and takes minutes: `make site-test` runs these tests in an environment of their own, and `make test`
leaves them out and says so.
"""

import functools
import http.server
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import FLAGS, HOW_TO_GET_CHROMIUM, find_browser

ROOT = Path(__file__).parents[2]
SITE = ROOT / "build" / "site"
ASKED = bool(os.environ.get("SITE_TEST"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not ASKED:
        leave = pytest.mark.skip(reason="the web edition is built and read by `make site-test`")
        for item in items:
            if item.path.parent == Path(__file__).parent:
                item.add_marker(leave)


@pytest.fixture(scope="session")
def said() -> str:
    """What building the site said at last."""
    return (ROOT / "build" / "site-report.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def site(said: str) -> Path:
    """The folder of the site."""
    return SITE


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where a server of this machine offers the site."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="package")
def browser() -> Iterator:
    """A real browser; without one the tests are skipped, and where CI is set they fail."""
    path = find_browser()
    if path is None and os.environ.get("CI"):
        pytest.fail(HOW_TO_GET_CHROMIUM, pytrace=False)
    if path is None:
        pytest.skip(HOW_TO_GET_CHROMIUM)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


class Reader:
    """A page of the site in the browser, and what went wrong on it."""

    def __init__(self, browser, address: str, **options) -> None:
        self.address, self.problems = address, []
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.problems.append(f"page error: {str(error)[:300]}"))
        self.page.on("console", self._hear)
        self.page.route(lambda url: url.startswith(("http:", "https:")), self._stay)

    def _hear(self, message) -> None:
        if message.type == "error":
            self.problems.append(f"console: {message.text[:300]} ({message.location.get('url', '')})")

    def _stay(self, route) -> None:
        if route.request.url.startswith(self.address):
            route.fallback()
        else:
            self.problems.append(f"asked the network for {route.request.url[:200]}")
            route.abort()

    def open(self, path: str):
        """Open a page of the site; return when its mathematics and widgets are there, and nothing fades in any more."""
        self.page.goto(self.address + path, wait_until="load")
        self.page.add_style_tag(
            content="*, *::before, *::after { animation: none !important; transition: none !important; }"
        )
        self.page.evaluate("() => window.MathJax?.startup?.promise")
        self.page.wait_for_function("[...document.querySelectorAll('.book-live')].every(one => 'alive' in one.dataset)")
        return self.page


@pytest.fixture
def read(browser, address: str) -> Iterator:
    """Make readers: `read()`, `read(viewport=…, color_scheme="dark")`."""
    readers = []

    def make(**options) -> Reader:
        readers.append(Reader(browser, address, **options))
        return readers[-1]

    yield make
    for reader in readers:
        reader.context.close()
