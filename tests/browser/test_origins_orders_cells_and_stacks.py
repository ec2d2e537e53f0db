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
    slider = widget.get_by_label("forget gate z", exact=True)
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


def test_readable_wide_and_narrow(lab, page):
    for theme, width in (("light", 1100), ("dark", 480), ("light", 375)):
        lab.look(theme, width)
        for widget in page.locator(".lstm-widget").all():
            kind = widget.get_attribute("class")
            assert widget.evaluate(CLIPPED) == [], kind
            assert min(widget.evaluate(LETTERS)) >= 11.5, kind
            assert widget.evaluate(FITS), f"{kind} is wider than its place"
