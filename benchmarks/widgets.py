"""From a key press to the new picture, in JupyterLab in a real browser: plain `interact` against the book's widgets.

    python -m benchmarks.widgets [--keys 40] [--csv FILE]        also the last part of ``make bench``

All in one run on one page, as ratios: milliseconds depend on the machine. The clock starts when the browser hands the
key to the page and stops when the new picture is in the page (for an image: loaded); the wait for the next frame of the
screen, the same for all, is left out. "through Python" is a widget that Python moves when another one is moved.
"""

import argparse
import csv
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from tests.browser.conftest import FLAGS, Lab, Server, find_browser
from tests.browser.every_widget import EXAMPLES, SETUP

PLAIN = """
%matplotlib inline
from ipywidgets import FloatSlider, interact
from lstm_helpers import figures
from lstm_helpers.interventions import apply_gates

@interact(f=FloatSlider(0.5, min=0, max=1, step=0.01))
def plain(f):
    run = apply_gates(f, 1.0, 0.5, 1.0, 20, feed="once")
    figures.draw_cell_state(run.c, added=run.added, f=f, h=run.h)
    plt.show()
"""
THROUGH_PYTHON = """
from IPython.display import display
moved, follower = widgets.GateSliders(f=0.5), widgets.GateSliders(f=0.5)
moved.observe(lambda change: setattr(follower, "f", change.new), "f")
display(moved, follower)
"""
PAUSE = 200  # ms between presses: five a second, as somebody who looks at each picture
NOT_TIMED = ("BlockOrder", "LiveTraining", "LossCurve", "Predict")  # no slider of theirs changes a picture
PICTURES = {"AlignmentInspector": ".lstm-alignment", "TextInspector": ".lstm-read"}  # a text is its picture
WANTED = {"in the browser": 20.0, "through Python": 3.0}  # times faster than interact
# Waits for the picture to change after the next key, and tells how long that took.
ARM = """([cell, selector, position]) => {
    window.took = new Promise((resolve, reject) => {
        const area = document.querySelectorAll('.jp-Notebook .jp-Cell')[cell];
        let start = null;
        document.addEventListener('keydown', () => { start = performance.now(); }, { capture: true, once: true });
        setTimeout(() => reject(new Error('no new picture within half a minute')), 30000);
        const place = () => area.querySelectorAll(selector)[position];
        const looks = () => place()?.tagName === 'IMG' ? place().src : place()?.innerHTML;
        const before = looks();
        const watcher = new MutationObserver(() => {
            const now = looks();
            if (start === null || !now || now === before) return;
            const done = () => { watcher.disconnect(); resolve(performance.now() - start); };
            if (place().tagName !== 'IMG' || place().complete) done();
            else place().addEventListener('load', done, { once: true });
        });
        watcher.observe(area, { subtree: true, childList: true, attributes: true, characterData: true });
    });
}"""


class Case(NamedTuple):
    """One thing to be measured."""

    name: str
    how: str
    cell: int
    slider: str  # in that cell
    picture: tuple[str, int]  # selector and which of them


class Row(NamedTuple):
    """One line of the table."""

    name: str
    how: str
    median: float  # ms
    slowest: float  # ms, of ten presses nine are faster
    times_faster: float  # than plain interact


def cases() -> list[Case]:
    """List what is measured, in the order of the page's cells (the first one sets up)."""
    native = "input[type=range]"
    listed = [
        Case("interact, inline figure", "plain", 1, "[role=slider]", (".jp-OutputArea-output img", 0)),
        Case("GateSliders that another one moves", "through Python", 2, native, (".lstm-picture", 1)),
    ]
    for cell, name in enumerate(EXAMPLES, start=3):
        if name not in NOT_TIMED:
            listed.append(Case(name, "in the browser", cell, native, (PICTURES.get(name, ".lstm-picture"), 0)))
    return listed


def sources() -> list[str]:
    """Give the cells of the page that ``cases`` speaks of."""
    return [SETUP, PLAIN, THROUGH_PYTHON, *(example.code for example in EXAMPLES.values())]


def measure(page: Any, case: Case, keys: int, warm_up: int = 3) -> list[float]:
    """Press a key again and again, and give the milliseconds to each new picture after those that warm up."""
    cell = page.locator(".jp-Notebook .jp-Cell").nth(case.cell)
    slider = cell.locator(case.slider).first
    slider.focus()
    slider.press("Home")
    page.wait_for_timeout(500)
    took = []
    key = "ArrowRight"
    for press in range(warm_up + keys):
        if press and press % 8 == 0:  # to and fro, so that no slider is pushed beyond its end
            key = "ArrowLeft" if key == "ArrowRight" else "ArrowRight"
        page.evaluate(ARM, [case.cell, *case.picture])
        page.keyboard.press(key)
        took.append(page.evaluate("() => window.took.catch((error) => error.message)"))
        if not isinstance(took[-1], int | float):
            raise RuntimeError(f"{case.name}: {took[-1]}")
        page.wait_for_timeout(PAUSE)
    return took[warm_up:]


def run(keys: int) -> list[Row]:
    """Open one page with everything on it and measure it all."""
    from playwright.sync_api import sync_playwright

    server = Server(Path(tempfile.mkdtemp()))
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
            lab = Lab(server, browser)
            lab.write("latency", *sources())
            page = lab.open("latency", height=4000)
            lab.run_all(page)
            page.wait_for_timeout(1500)
            took = {case: measure(page, case, keys) for case in cases()}
            problems = lab.problems(page)
            lab.throw_away()
            browser.close()
    finally:
        server.stop()
    if problems:
        sys.exit("\n".join(problems))
    plain = statistics.median(next(iter(took.values())))
    return [
        Row(
            case.name,
            case.how,
            statistics.median(ms),
            statistics.quantiles(ms, n=10)[-1],
            plain / statistics.median(ms),
        )
        for case, ms in took.items()
    ]


def main() -> None:
    """Print the table, write it if asked, and fail if a widget is not as much faster as the book says."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--keys", type=int, default=40, help="key presses for each")
    ask.add_argument("--csv", type=Path, help="write the table there, too")
    wanted = ask.parse_args()
    if find_browser() is None:
        sys.exit("no Chromium or Chrome found: set CHROMIUM to the program's path")
    rows = run(wanted.keys)
    print(f"{'':33s}{'':16s}{'median ms':>10s}{'9 of 10':>10s}{'× faster':>10s}")
    for row in rows:
        print(f"{row.name:33s}{row.how:16s}{row.median:10.1f}{row.slowest:10.1f}{row.times_faster:10.1f}")
    if wanted.csv:
        with wanted.csv.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(Row._fields)
            writer.writerows([*row[:2], *(f"{value:.3f}" for value in row[2:])] for row in rows)
    slow = [row.name for row in rows if row.times_faster < WANTED.get(row.how, 0.0)]
    if slow:
        sys.exit(f"less than {WANTED} times faster than interact: {', '.join(slow)}")


if __name__ == "__main__":
    main()
