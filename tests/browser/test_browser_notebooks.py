"""Every page, opened in a browser, its widgets run there; those that carry a page's argument are used.

nbval runs every cell of every page. Here run the cells that make a widget, and those whose names they need: JupyterLab
has nothing to add to the others.
"""

import ast
from pathlib import Path

import nbformat
import pytest

from lstm_helpers import widgets
from tests.browser.conftest import CHANGED
from tests.browser.test_widgets import eventually, where_the_reader_is

NOTEBOOKS = sorted(path.name for path in (Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


def test_there_are_pages_to_open():
    assert NOTEBOOKS, "notebooks/ holds no page"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_page_opens_and_runs(lab, name):
    page = lab.open(name)
    assert not page.evaluate(CHANGED), f"opening {name} marks it as changed"
    lab.run(page, cells_of_widgets(lab.folder / name))
    show_every_result(page)
    for use in MOVED.get(name, ()):
        use(page)
    assert not lab.problems(page), "\n".join(lab.problems(page))


def cells_of_widgets(path: Path) -> list[int]:
    """Give the positions of the cells that make a widget, and of those before that assign or change what they use."""
    cells = nbformat.read(path, as_version=4).cells
    needed: list[int] = []
    used: set[str] = set()
    for position in reversed(range(len(cells))):
        if cells[position].cell_type != "code":
            continue
        read, written = names(cells[position].source)
        if read & set(widgets.__all__) or written & used:
            needed.insert(0, position)
            used |= read
    return needed


def names(source: str) -> tuple[set[str], set[str]]:
    """Give the names that a cell reads, and those that it may write to: also by a method, or at an index."""
    read, written = set(), set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            written |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            written.add(node.name)
        elif isinstance(node, ast.Name):
            (read if isinstance(node.ctx, ast.Load) else written).add(node.id)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            written |= {part.id for part in ast.walk(node.value.func) if isinstance(part, ast.Name)}
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            read.add(node.attr)  # widgets.LiveCell
        elif isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
            written |= {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}
    return read, written


def test_what_a_widget_needs_is_run_and_nothing_else(tmp_path):
    sources = (
        "from lstm_helpers import widgets",
        "import numpy as np\nrates = {}",
        "slow = train()",
        "rates['lstm'] = np.float64(1)",
        "def double(x):\n    return 2 * x",
        "seen = []\nfor k in range(3):\n    seen.append(k)",
        "widgets.SoftGate(double(rates['lstm']), seen)",
        "print(slow)",
        "from lstm_helpers.widgets import Predict",
        "Predict('yes', 'no')",
    )
    page = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    nbformat.write(page, tmp_path / "page.ipynb")
    assert cells_of_widgets(tmp_path / "page.ipynb") == [0, 1, 3, 4, 5, 6, 8, 9]


def show_every_result(page):
    """Open the results behind predictions, which include some widgets."""
    waiting = page.locator(".lstm-show:visible")
    while waiting.count():
        waiting.first.click()
    eventually(page, lambda: not page.locator(".lstm-awaits").count())


def sliders_move_by_keyboard(page):
    widget = page.locator(".lstm-gate-sliders").first
    widget.scroll_into_view_if_needed()
    slider = widget.get_by_label("forget gate f")
    slider.focus()
    before, place = widget.locator(".lstm-c-line").get_attribute("d"), where_the_reader_is(page)
    slider.press("ArrowLeft")
    eventually(page, lambda: widget.locator(".lstm-c-line").get_attribute("d") != before)
    assert where_the_reader_is(page) == place


def close(moves, words):
    """Close gates of a live cell by keyboard, and check that its caption gives the resulting answer."""

    def use(page):
        widget = page.locator(".lstm-live-cell").first
        widget.scroll_into_view_if_needed()
        step = widget.get_by_label("step", exact=True)
        step.focus()
        step.press("End")

        def said():
            return " ".join(widget.locator(".lstm-caption").inner_text().split())  # some spaces do not break

        eventually(page, lambda: "Step" in said() and words not in said())
        for at, gate in moves:
            step.focus()
            step.press("Home")
            for _ in range(at):
                step.press("ArrowRight")
            widget.get_by_label(gate, exact=True).press("Home")
        step.press("End")
        eventually(page, lambda: words in said())

    return use


def shut_for_all_units(page):
    widget = page.locator(".lstm-live-cell", has_text="What if it forgot?")
    widget.scroll_into_view_if_needed()
    widget.get_by_label("all units at once").focus()
    page.keyboard.press("Space")
    place = where_the_reader_is(page)
    for gate in ("forget gate f", "input gate i"):
        widget.get_by_label(gate, exact=True).press("Home")
    widget.get_by_label("step", exact=True).press("End")
    eventually(page, lambda: "now it is 0.00." in widget.locator(".lstm-caption").inner_text())
    assert where_the_reader_is(page) == place


MOVED = {
    # The vote over dogs, cat and horse ends at -1; with the input gate closed at the last two, the first noun decides.
    "03_open_the_gates.ipynb": (
        sliders_move_by_keyboard,
        close([(4, "input gate i"), (7, "input gate i")], "now c = 1.00."),
    ),
    "05_run_a_sequence.ipynb": (shut_for_all_units,),
    # A closed memory answers 0 once it was reset.
    "06_compare_cell_and_hidden_state.ipynb": (close([(2, "forget gate f")], "h = 0.00"),),
}


def test_pages_that_are_moved_exist():
    assert set(MOVED) <= set(NOTEBOOKS)
