"""Four widgets with numbers from Python: used by keyboard and mouse, and compared with the package."""

import numpy as np
import pytest

from tests.browser.every_widget import cells
from tests.browser.test_fading_faults_and_moves import VALUES, says
from tests.browser.test_widgets import CLIPPED, FITS, LETTERS, ask, eventually, tell, where_the_reader_is

ARRIVES = """node => [...node.querySelectorAll('.lstm-arrives')]
    .map(({ dataset }) => [Number(dataset.layer), Number(dataset.step), Number(dataset.value)])"""


@pytest.fixture
def page(lab):
    """A page with one of each, run."""
    lab.write("four_under_test", *cells("BlockOrder", "CellVariants", "ForecastOrigin", "StackGradient"))
    page = lab.open("four_under_test")
    lab.run_all(page)
    page.wait_for_function("() => document.querySelectorAll('.lstm-widget .lstm-picture text').length > 100")
    yield page
    assert not lab.reports


def drawn(widget, selector):
    return np.array(widget.evaluate(VALUES, selector))[:, 1]


def numbers(page, expression):
    return np.array(eval(ask(page, expression)))


def test_every_order_of_blocks_is_drawn_as_python_ran_it(page):
    widget = page.locator(".lstm-block-order")
    menu = widget.get_by_label("read as", exact=True)
    orders = menu.locator("option").evaluate_all("all => all.map(({ value }) => value)")
    assert len(orders) == 24 and widget.get_by_role("option", name="i o f g (ONNX)").count() == 1
    for order in (*orders[::4], "iofg", "ofig"):
        menu.select_option(order)
        eventually(page, lambda order=order: ask(page, "blockorder.read") == repr(order))
        assert np.array_equal(drawn(widget, ".lstm-answer"), numbers(page, "blockorder.plural.tolist()"))
        assert says(page, widget, "blockorder")
        letters = [widget.locator(f"[data-block='read as {k}']").inner_html() for k in range(4)]
        assert "".join(letters) == order
    assert widget.locator(".lstm-ghost").count() == 1
    tell(page, "blockorder.read", "iofg")
    eventually(page, lambda: widget.locator(".lstm-ghost").count() == 0)


def test_five_cells_have_pythons_states_at_every_gate_and_input(page):
    widget = page.locator(".lstm-variants")
    slider = widget.get_by_label("pre-activation", exact=True)
    slider.focus()
    place = where_the_reader_is(page)
    for feed in ("a pulse at every step", "a pulse, then its opposite", "a pulse, once"):
        widget.get_by_label(feed, exact=True).check()
        for key in ("Home", "ArrowRight", "End"):
            slider.press(key)
            eventually(page, lambda: says(page, widget, "cellvariants"))
            for row, name in enumerate(("LSTM", "no forget gate", "coupled", "GRU", "peephole")):
                want = numbers(page, f"cellvariants.held[{name!r}].tolist()")
                assert np.array_equal(drawn(widget, f".lstm-held-{row}"), want), (feed, key, name)
    assert slider.get_attribute("aria-valuetext") == "6, f = 0.998" and where_the_reader_is(page) == place


def test_errors_at_every_origin_are_the_packages(page):
    widget = page.locator(".lstm-origin")
    origin, ahead = (widget.get_by_label(name, exact=True) for name in ("known up to", "steps ahead"))
    assert origin.get_attribute("aria-valuetext") == "1976"
    for one, key in ((origin, "Home"), (ahead, "End"), (origin, "ArrowRight"), (ahead, "ArrowLeft"), (origin, "End")):
        one.press(key)
        eventually(page, lambda: says(page, widget, "forecastorigin"))
        here, mean = (numbers(page, f"list(forecastorigin.{name}.values())") for name in ("errors", "mean_errors"))
        assert np.array_equal(drawn(widget, ".lstm-here-error"), here)
        np.testing.assert_allclose(drawn(widget, ".lstm-mean"), mean, rtol=1e-12)


def test_any_layer_and_step_of_the_stack_can_be_selected(page):
    widget = page.locator(".lstm-stack")
    for stack in ("residual", "plain"):
        widget.get_by_label(stack, exact=True).check()
        eventually(page, lambda stack=stack: ask(page, "stackgradient.stack") == repr(stack))
        table = numbers(page, "stackgradient.sizes.tolist()")
        for layer, step, share in widget.evaluate(ARRIVES):
            assert share == table[layer, step - 1]
    for label, key in (("layer", "End"), ("step", "Home"), ("layer", "Home"), ("step", "End"), ("layer", "End")):
        widget.get_by_label(label, exact=True).press(key)
        eventually(page, lambda: says(page, widget, "stackgradient"))
    widget.locator("[data-layer='2'][data-step='5']").click()
    eventually(page, lambda: ask(page, "(stackgradient.layer, stackgradient.step)") == "(2, 5)")
    eventually(page, lambda: says(page, widget, "stackgradient"))
    widget.get_by_role("button", name="Undo").click()  # one click is one step of undo, although it changes two settings
    eventually(page, lambda: ask(page, "(stackgradient.layer, stackgradient.step)") == "(4, 7)")


# The same four as large as they get, with forecasts below 0, long sentences and exact zeros.
LARGE = """
values = np.random.default_rng(3).uniform(-40, 90, 90)
names = ("persistence", "11 years ago", "AR(9)", "LSTM, recursive")
tables = {name: np.random.default_rng(k).uniform(-60, 120, (11, 40)) for k, name in enumerate(names)}
forecastorigin = widgets.ForecastOrigin(np.arange(1900, 1990), values, np.arange(30, 70), tables, origin=7, ahead=3)
deep = layers.Stacked(*[layers.Recurrent(lstm)] * 12)
many = deep.init(np.random.default_rng(0), 6, 6)
silent = tuple(lstm.Params(p.W_x, p.W_h, p.b - 1e3 * (np.arange(24) >= 18)) for p in many)
noise = np.random.default_rng(1).normal(size=(12, 1, 6))
stackgradient = widgets.StackGradient({"plain": (deep, many), "silent": (deep, silent)}, noise, noise[0])
blockorder = widgets.BlockOrder(network, words, agreement.batch(np.random.default_rng(0), 40, 2))
"""
EXTREMES = {
    "forecastorigin": [{"origin": 0, "ahead": 11}, {"origin": 39, "ahead": 1}, {"origin": 20, "ahead": 10}],
    "blockorder": [{"read": "iofg"}, {"read": "ogfi"}, {"read": "oifg"}],
    "cellvariants": [
        {"z_f": -4, "feed": "there and back"},
        {"z_f": 6, "feed": "always"},
        {"z_f": 6, "feed": "there and back"},
    ],
    "stackgradient": [{"layer": 12, "step": 12}, {"layer": 0, "step": 1}, {"stack": "silent", "layer": 12, "step": 1}],
}
OVERLAP = """node => {
    const words = [...node.querySelectorAll('svg text:not(.lstm-at-horizon)')]
        .map(word => [word.textContent, word.getBoundingClientRect()]);
    const shared = (a, b, from, to) => Math.min(a[to], b[to]) - Math.max(a[from], b[from]);
    return words.flatMap(([one, a], k) => words.slice(k + 1)
        .filter(([, b]) => shared(a, b, 'left', 'right') > 1 && shared(a, b, 'top', 'bottom') > 3)
        .map(([other]) => `${one} / ${other}`));
}"""
TOO_LONG = """node => [node, ...node.querySelectorAll('.lstm-controls, .lstm-row, .lstm-label, .lstm-value')]
    .filter(part => part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).display !== 'inline')
    .map(part => part.textContent)"""
TALL = "node => node.querySelector('.lstm-caption').getBoundingClientRect().height"
FORECASTS = """node => {
    const points = path => path.getAttribute('d').slice(1).split('L').map(point => point.split(',').map(Number));
    const at = mark => [Number(mark.getAttribute('x')), Number(mark.getAttribute('y')) - 4];
    return {
        lines: [...node.querySelectorAll('.lstm-forecast')].map(points),
        marks: [...node.querySelectorAll('.lstm-at-horizon')].map(at),
        floor: Number(node.querySelector('.lstm-half').getAttribute('y2')),
        top: Number(node.querySelector('.lstm-half').getAttribute('y1')),
    };
}"""


@pytest.fixture
def large(lab):
    """A page with the four at their largest, run."""
    made = [LARGE, *(name for name in EXTREMES if name != "cellvariants")]
    lab.write("four_large_under_test", *cells("CellVariants"), *made)
    page = lab.open("four_large_under_test", height=4000)
    lab.run_all(page)
    page.wait_for_function("() => document.querySelectorAll('.lstm-widget .lstm-picture text').length > 100")
    yield page
    assert not lab.reports


KINDS = {"forecastorigin": "origin", "blockorder": "block-order", "cellvariants": "variants", "stackgradient": "stack"}


def test_no_words_are_cut_off_or_overlap_and_the_page_below_stays_where_it_is(large):
    wrong, heights = [], {}
    for name, settings in EXTREMES.items():
        widget = large.locator(f".lstm-{KINDS[name]}")
        for setting in settings:
            ask(large, f"[{name}.set_trait(k, v) for k, v in {setting!r}.items()] and None")
            eventually(large, lambda name=name, widget=widget: says(large, widget, name))
            for width in (340, 372, 440, 500, 540, 640, 760, 860):
                widget.evaluate("(node, width) => { node.style.width = `${width}px`; }", width)
                large.wait_for_timeout(60)
                found = [widget.evaluate(look) for look in (CLIPPED, OVERLAP, TOO_LONG)]
                wrong += [(name, setting, width, found)] if any(found) else []
                heights.setdefault((name, width), set()).add(widget.evaluate(TALL))
    assert not wrong, "\n".join(map(str, wrong))
    moving = {where: found for where, found in heights.items() if len(found) > 1}
    assert not moving, f"the caption's height depends on its sentence: {moving}"


def test_forecasts_stay_inside_the_axes_and_bear_their_marks_at_the_horizon(large):
    widget = large.locator(".lstm-origin")
    for origin, ahead in ((0, 1), (39, 11), (21, 6)):
        ask(
            large, f"[forecastorigin.set_trait(k, v) for k, v in {dict(origin=origin, ahead=ahead)!r}.items()] and None"
        )
        eventually(large, lambda: says(large, widget, "forecastorigin"))
        drawn = widget.evaluate(FORECASTS)
        assert len(drawn["marks"]) == len(drawn["lines"]) == 4
        for line, mark in zip(drawn["lines"], drawn["marks"], strict=True):
            np.testing.assert_allclose(line[ahead], mark)
            assert all(drawn["top"] <= y <= drawn["floor"] for _, y in line)


def test_the_note_of_the_stack_explains_what_is_drawn_at_this_width(large):
    widget = large.locator(".lstm-stack")
    ask(large, "stackgradient.set_trait('stack', 'silent')")
    for width, start, zero, explained in ((860, "1", "0", False), (340, "0", "−∞", True), (860, "1", "0", False)):
        widget.evaluate("(node, width) => { node.style.width = `${width}px`; }", width)
        shown = widget.locator(".lstm-in-cell")
        eventually(large, lambda start=start, shown=shown: shown.nth(11).inner_html() == start)
        assert shown.last.inner_html() == zero
        assert ("−3 stands for 10⁻³" in widget.locator(".lstm-equation").inner_text()) == explained


def test_what_differs_between_cells_is_marked_as_the_note_says(page):
    widget = page.locator(".lstm-variants")
    assert "Underlined: differences from the LSTM" in widget.locator(".lstm-equation").inner_text()
    looks = "all => all.map(word => getComputedStyle(word).textDecorationLine)"
    assert set(widget.locator(".lstm-differs").evaluate_all(looks)) == {"underline"}
    assert "underline" not in widget.locator(".lstm-end").evaluate_all(looks)


def test_readable_wide_and_narrow(lab, page):
    for theme, width in (("light", 1100), ("dark", 480), ("light", 375)):
        lab.look(theme, width)
        for widget in page.locator(".lstm-widget").all():
            kind = widget.get_attribute("class")
            assert widget.evaluate(CLIPPED) == [], kind
            assert min(widget.evaluate(LETTERS)) >= 11.5, kind
            assert widget.evaluate(FITS), f"{kind} is wider than its place"
