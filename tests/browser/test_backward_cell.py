"""The backward cell in a browser: used by keyboard, mouse and timer, its numbers compared with the package's."""

import inspect

import numpy as np
import pytest

from lstm_helpers import backpropagate
from lstm_helpers.cells import lstm
from lstm_helpers.figures.diagrams import lstm_backward as drawing
from lstm_helpers.figures.diagrams.words import say_gradient
from tests.browser.test_live_cell import SHOWN, row
from tests.browser.test_widgets import CLIPPED, CONTRAST, FITS, LETTERS, ask, eventually, where_the_reader_is

T, H = 5, 3


def make_run():
    import numpy as np

    from lstm_helpers import unroll
    from lstm_helpers.cells import lstm

    rng = np.random.default_rng(4)
    params = lstm.init(rng, 2, 3)
    trace = unroll(lstm, params, rng.normal(size=(5, 2, 2)))
    d_hs = rng.normal(size=(5, 2, 3))
    d_hs[:-1, 1, 0] = 0  # the loss reaches unit 0 only through the last step
    return params, trace, d_hs


CELLS = (
    "from lstm_helpers.widgets import BackwardCell\n" + inspect.getsource(make_run),
    "first = BackwardCell(*make_run(), sequence=1)\nfirst",
)
PARAMS, TRACE, D_HS = make_run()
CARRIED = {wire.name: wire.number for wire in drawing.LAYOUT.wires if wire.number}
STATES = backpropagate(lstm, PARAMS, TRACE, D_HS).states


@pytest.fixture
def page_of(lab):
    """Open a page with one such cell, run."""

    def open_page(**options):
        lab.write("backward_cell_under_test", *CELLS)
        page = lab.open("backward_cell_under_test", **options)
        lab.run_all(page)
        page.wait_for_selector(".lstm-backward-cell .lstm-now")
        return page

    return open_page


def matches(widget, t, unit):
    """Tell whether every number in the drawing is the package's own, to the bit."""
    arriving = lstm.State(*(part[t] for part in STATES))
    want, shown = drawing.numbers(PARAMS, TRACE[t], arriving, D_HS[t], unit, 1), widget.evaluate(SHOWN)
    pairs = [(value, want[CARRIED[wire]]) for wire, value in shown["wires"].items()]
    pairs += [(value, want[note]) for note, value in shown["notes"].items()]
    pairs += [(value, want[key]) for key, value in shown["boxes"].items() if key != "x"]
    pairs += [(shown["lines"]["c"], want["dc"]), (shown["lines"]["h"], want["dh"])]
    words = widget.locator(".lstm-caption").inner_text().replace("\u00a0", " ")
    said = all(say_gradient(want[key]) in words for key in ("dh", "dh_loss", "dc", "from_h", "dc_previous"))
    return said and len(shown["wires"]) == len(CARRIED) and all(a == b for a, b in pairs)


def test_it_goes_back_step_by_step(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-backward-cell")
    assert matches(widget, T - 1, 0) and "No gradient arrives" in widget.locator(".lstm-caption").inner_text()
    step = row(widget, "step")
    step.focus()
    place = where_the_reader_is(page)
    for t in reversed(range(T - 1)):
        step.press("ArrowLeft")
        eventually(page, lambda t=t: ask(page, "first.step") == str(t))
        ask(page, f"first.set_trait('unit', {t % H})")
        eventually(page, lambda t=t: matches(widget, t, t % H))
    row(widget, "unit").select_option("2")
    eventually(page, lambda: matches(widget, 0, 2))
    widget.get_by_label("all", exact=True).focus()
    page.keyboard.press("ArrowRight")
    eventually(page, lambda: ask(page, "first.part") == "'hidden'")
    assert widget.locator(".lstm-wire[data-wire=tanh-fork_c].lstm-dim").count() == 0
    assert widget.locator(".lstm-wire[data-wire=keep-f].lstm-dim").count() == 1
    widget.locator("svg").first.scroll_into_view_if_needed()
    box = widget.locator("[data-node=keep] .lstm-box").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    eventually(page, lambda: ask(page, "first.part") == "'update'")
    step.focus()
    page.keyboard.press("Space")  # at the first step: starts again from the last
    eventually(page, lambda: widget.get_by_role("button", name="Pause").count() == 1)
    eventually(page, lambda: ask(page, "first.step") == "0")
    eventually(page, lambda: widget.get_by_role("button", name="Play backwards").count() == 1)
    assert where_the_reader_is(page) == place
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.shutdown()")
    step.press("End")
    eventually(page, lambda: matches(widget, T - 1, 2))
    assert not [problem for problem in lab.problems(page) if "page error" in problem]


def test_readable_in_both_themes_and_at_every_width(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-backward-cell")
    for theme, width in (("light", 1100), ("dark", 560), ("light", 375)):
        lab.look(theme, width)
        for t, unit, part in ((T - 1, 0, ""), (0, 0, "update"), (2, 1, "forget")):
            values = dict(step=t, unit=unit, part=part)
            ask(page, f"[first.set_trait(k, v) for k, v in {values!r}.items()]")
            eventually(page, lambda t=t, unit=unit: matches(widget, t, unit))
            contrast = widget.evaluate(CONTRAST)
            assert contrast["text"] >= 4.5 and contrast["c"] >= 7 and contrast["h"] >= 3, contrast
            assert widget.evaluate(CLIPPED) == []
            assert min(widget.evaluate(LETTERS)) >= 11.5
            assert widget.evaluate(FITS), "wider than its place"
    assert not lab.problems(page)


TOUCHING = """node => {  // words on the cell's frame, tanh' on its box, words on words
    const drawing = node.querySelector('.lstm-drawing svg');
    const box = part => part.getBoundingClientRect();
    const frame = box(drawing.querySelector('.lstm-cell-frame'));
    const hit = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;  // a line's height is more than its letters'
    const beside = word => word.top < frame.bottom && word.bottom > frame.top;
    const within = word => word.left < frame.right && word.right > frame.left;
    const crosses = word => [frame.left, frame.right].some(x => word.left < x && x < word.right && beside(word))
        || [frame.top, frame.bottom].some(y => word.top + 2 < y && y < word.bottom - 2 && within(word));
    const notes = [...drawing.querySelectorAll('text[data-note]')].filter(word => word.textContent);
    const squash = drawing.querySelector('[data-node=tanh]');
    const wide = box(squash.querySelector('text')).width > box(squash.querySelector('.lstm-box')).width ? ['tanh'] : [];
    const pairs = notes.flatMap((a, k) => notes.slice(k + 1).map(b => [a, b]));
    return [...wide, ...notes.filter(word => crosses(box(word))).map(word => `${word.textContent} on the frame`),
        ...pairs.filter(([a, b]) => hit(box(a), box(b))).map(([a, b]) => `${a.textContent} on ${b.textContent}`)];
}"""


@pytest.mark.parametrize("width", [328, 340, 375, 480, 560, 860])
def test_no_words_touch_the_cells_frame_or_each_other(lab, page_of, width):
    page = page_of()
    widget = page.locator(".lstm-backward-cell")
    widget.evaluate("(node, width) => { node.style.width = `${width}px`; }", width)
    page.wait_for_timeout(200)
    for t, unit in ((T - 1, 0), (T - 1, 2), (0, 1), (2, 2)):
        ask(page, f"[first.set_trait(k, v) for k, v in {dict(step=t, unit=unit)!r}.items()]")
        eventually(page, lambda t=t, unit=unit: matches(widget, t, unit))
        assert widget.evaluate(TOUCHING) == [], (t, unit)


def test_a_gradient_that_fades_is_drawn_thinner(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-backward-cell")
    thick = []
    for t in range(T):
        ask(page, f"first.set_trait('step', {t})")
        eventually(page, lambda t=t: matches(widget, t, 0))
        wire = widget.locator(".lstm-wire[data-wire=add-keep]")
        thick.append((abs(float(wire.get_attribute("data-value"))), float(wire.get_attribute("stroke-width"))))
    values, widths = np.array(thick).T
    line = np.polynomial.Polynomial.fit(values, widths, 1)  # one scale for all steps
    assert np.abs(line(values) - widths).max() < 1e-6 and np.ptp(widths) > 0.5


@pytest.mark.parametrize(("width", "most"), [(680, 830), (900, 680), (1200, 680)])
def test_it_is_no_taller_than_it_needs_to_be(lab, page_of, width, most):
    page = page_of(width=1366, height=768)
    widget = page.locator(".lstm-backward-cell")
    widget.evaluate("(node, width) => { node.style.width = `${width}px`; }", width)
    page.wait_for_timeout(200)
    assert widget.bounding_box()["height"] < most
    assert widget.evaluate(CLIPPED) == []


def test_the_lines_keep_the_initial_states_gradient_in_their_range(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-backward-cell")
    for unit in range(H):
        ask(page, f"first.set_trait('unit', {unit})")
        eventually(page, lambda unit=unit: matches(widget, T - 1, unit))
        for name in "ch":
            path = widget.locator(f".lstm-{name}-line").get_attribute("d")
            heights = [float(point.split(",")[1]) for point in path[1:].split("L")]
            assert max(heights) - min(heights) <= 40 + 1e-9, (unit, name)
            edges = [float(line.get_attribute("y1")) for line in widget.locator(".lstm-grid").all()]
            assert min(edges) - 1e-9 <= min(heights) and max(heights) <= max(edges) + 1e-9, (unit, name)
