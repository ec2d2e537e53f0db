"""Measure the web edition in a real browser over a slow connection: `python -m tools.measure_site [PAGE…]`.

Run it after `make site`. A server on this machine sends the built pages compressed, as hosts do; the browser slows the
connection down to 1.6 Mbit/s with a round trip of 150 ms, and caches nothing between pages. One row a page: how much is
loaded, compressed and not; in how many requests, and how many to other hosts; when the first words are painted and the
first widget answers; how far the layout shifts; and how often Tab is pressed before the first widget, from the top and
after the skip link. `--fast` leaves the connection as it is.
"""

import gzip
import http.server
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SITE = Path(os.environ.get("SITE_FOLDER", ROOT / "build" / "site"))
BITS_A_SECOND, LATENCY = 1.6e6, 150
SMALLER_COMPRESSED = {".html", ".js", ".css", ".svg", ".json", ".txt"}
PAGES = (
    "index",
    "notebooks/00_start_here",
    "notebooks/03_open_the_gates",
    "notebooks/04_assemble_the_cell",
    "notebooks/07_backpropagate_through_time",
    "notebooks/09_watch_gradients_vanish",
    "notebooks/19_attend_and_translate",
)
WATCH = """
window.seen = { painted: null, alive: null, jumps: 0 };
new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (one.name === 'first-contentful-paint') seen.painted = one.startTime;
}).observe({ type: 'paint', buffered: true });
new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) seen.jumps += one.value;
}).observe({ type: 'layout-shift', buffered: true });
new MutationObserver(() => {
    if (seen.alive === null && document.querySelector('.book-live[data-alive]:not([data-alive=""])'))
        seen.alive = performance.now();
}).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-alive'] });
"""
DONE = """async () => {
    await window.MathJax?.startup?.promise;
    return [...document.querySelectorAll('.book-live')].every(one => 'alive' in one.dataset);
}"""
IN_A_WIDGET = "Boolean(document.activeElement.closest('.book-live'))"
ANYWHERE = "document.activeElement !== document.body"


@cache
def compressed(path: Path) -> bytes:
    """Return a file as a host sends it."""
    return gzip.compress(path.read_bytes(), 6)


class Host(http.server.SimpleHTTPRequestHandler):
    """A static host that keeps connections open and compresses what gets smaller by it."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Send a file, compressed where that helps."""
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            path /= "index.html"
        if not path.is_file():
            self.send_error(404)
            return
        pack = path.suffix in SMALLER_COMPRESSED
        body = compressed(path) if pack else path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Length", str(len(body)))
        if pack:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(site: Path) -> Iterator[str]:
    """Offer a folder as a host does; give the address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), lambda *args: Host(*args, directory=str(site)))
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a window that closes early
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def measure(browser: Any, address: str, page: str, slow: bool = True) -> dict[str, Any]:
    """Open one page in a window of its own and return what was seen."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    window = context.new_page()
    line = context.new_cdp_session(window)
    line.send("Network.enable")
    if slow:
        speed = BITS_A_SECOND / 8
        conditions = {"offline": False, "latency": LATENCY, "downloadThroughput": speed, "uploadThroughput": speed}
        line.send("Network.emulateNetworkConditions", conditions)
    hosts: dict[str, str] = {}
    sizes = {"sent": 0.0, "unpacked": 0.0}
    line.on("Network.requestWillBeSent", lambda one: hosts.update({one["requestId"]: one["request"]["url"]}))
    line.on("Network.loadingFinished", lambda one: sizes.update(sent=sizes["sent"] + one["encodedDataLength"]))
    line.on("Network.dataReceived", lambda one: sizes.update(unpacked=sizes["unpacked"] + one["dataLength"]))
    window.add_init_script(WATCH)
    window.goto(address + page + ".html", wait_until="load", timeout=120_000)
    window.wait_for_function(DONE, timeout=60_000)
    window.wait_for_function("[...document.images].every(one => one.complete)", timeout=120_000)
    seen = window.evaluate("seen")
    asked = [url for url in hosts.values() if url.startswith("http")]
    found = {
        "page": page,
        "sent": sizes["sent"] / 1e6,
        "unpacked": sizes["unpacked"] / 1e6,
        "requests": len(asked),
        "outside": sum(not url.startswith(address) for url in asked),
        "painted": seen["painted"] / 1e3,
        "alive": seen["alive"] / 1e3 if seen["alive"] else None,
        "jumps": seen["jumps"],
    }
    found["tabs"], found["tabs_after_skip"] = (tab_stops(window, skip) for skip in (False, True))
    context.close()
    return found


def tab_stops(window: Any, skip: bool) -> int | None:
    """Count how often Tab is pressed before the first widget has the focus, from the top or after the skip link."""
    if not window.locator(".book-live").count():
        return None
    window.reload()
    window.wait_for_function(DONE, timeout=60_000)
    window.wait_for_timeout(1000)  # the theme looks for what scrolls
    if skip:
        window.keyboard.press("Tab")
        window.keyboard.press("Enter")
    for presses in range(1, 400):
        window.keyboard.press("Tab")
        if window.evaluate(IN_A_WIDGET):
            return presses - 1
    return None


def main() -> int:
    """Print the table."""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import FLAGS, find_browser

    slow = "--fast" not in sys.argv
    wanted = [name for name in sys.argv[1:] if not name.startswith("--")] or PAGES
    print("| page | MB sent | MB unpacked | requests (outside) | first paint s | alive s | CLS | Tab, from skip link |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    with served(SITE) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        for name in wanted:
            one = measure(browser, address, name, slow)
            alive = f"{one['alive']:.1f}" if one["alive"] else "none"
            print(
                f"| {name} | {one['sent']:.2f} | {one['unpacked']:.2f} | {one['requests']} ({one['outside']}) "
                f"| {one['painted']:.1f} | {alive} | {one['jumps']:.3f} | {one['tabs']}, {one['tabs_after_skip']} |",
                flush=True,
            )
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
