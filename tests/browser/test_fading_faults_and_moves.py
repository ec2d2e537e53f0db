"""Three small widgets in a browser: used by keyboard, mouse and Python, and compared with the package."""

import numpy as np
import pytest

from lstm_helpers import faults
from lstm_helpers.widgets import FaultPicker
from tests.browser.every_widget import cells
from tests.browser.test_small_widgets import plain
from tests.browser.test_widgets import CLIPPED, FITS, LETTERS, ask, eventually, where_the_reader_is

VALUES = """(node, selector) => [...node.querySelectorAll(selector)]
    .map(({ dataset }) => [Number(dataset.t), Number(dataset.value ?? dataset.error)])"""
ERRORS = "node => [...node.querySelectorAll('.lstm-error')].map(({ dataset }) => Number(dataset.error))"


@pytest.fixture
def page(lab):
    """A page with one of each, run."""
    lab.write("three_under_test", *cells("FadingDifference", "FaultPicker", "MovedOutputs"))
    page = lab.open("three_under_test")
    lab.run_all(page)
    page.wait_for_function("() => document.querySelectorAll('.lstm-widget .lstm-picture text').length > 30")
    yield page
    assert not lab.reports


def says(page, widget, name):
    said = ask(page, f"{name}.words")
    return repr(plain(widget.locator(".lstm-caption").inner_text())) == repr(eval(said).replace("\u00a0", " "))


def test_the_vanilla_rnn_runs_in_the_browser_as_in_the_package(page):
    widget = page.locator(".lstm-fading-difference")
    slider = widget.get_by_label("scale of W_h", exact=True)
    slider.focus()
    place = where_the_reader_is(page)
    for key, scale in (("ArrowRight", 1.05), ("End", 4.0), ("Home", 0.0), ("PageUp", None), ("ArrowLeft", None)):
        slider.press(key)
        if scale is not None:
            eventually(page, lambda scale=scale: abs(float(ask(page, "fadingdifference.scale")) - scale) < 1e-9)
    assert where_the_reader_is(page) == place and widget.locator(".lstm-ghost").count() == 1
    for scale in (0.0, 0.35, 1.0, 1.7, 3.9):
        ask(page, f"fadingdifference.set_trait('scale', {scale})")
        eventually(page, lambda: says(page, widget, "fadingdifference"))
        drawn = np.array(widget.evaluate(VALUES, ".lstm-left"))
        want = np.array(eval(ask(page, "fadingdifference.run.difference.tolist()")))
        shown = np.flatnonzero(want >= 1e-12)
        assert np.array_equal(drawn[:, 0], shown)
        np.testing.assert_allclose(drawn[:, 1], want[shown], rtol=1e-9)


@pytest.mark.parametrize("width", [340, 600, 860])
def test_no_word_is_dropped_where_there_is_room(page, width):
    widget = page.locator(".lstm-fading-difference")
    widget.evaluate("(node, width) => { node.style.width = `${width}px`; }", width)
    for scale in (1.0, 1.5):  # the previous setting's label takes some of the room
        ask(page, f"fadingdifference.set_trait('scale', {scale})")
        eventually(page, lambda scale=scale: ask(page, "fadingdifference.scale") == repr(scale))
        page.wait_for_timeout(200)
        named = widget.locator("svg text[data-step]").all_text_contents()
        assert named == "the dogs near the cat behind the horses beside the child".split(), named
        assert widget.locator("svg text.lstm-now").all_text_contents() == ["dogs"]
        assert widget.evaluate(CLIPPED) == []


def test_faults_have_their_names_in_the_package(page):
    offered = page.locator(".lstm-faults").get_by_label("fault", exact=True).locator("option").all_text_contents()
    assert [faults.fault_named(name).name for name in offered] == offered
    note = page.locator(".lstm-faults .lstm-equation").inner_text()
    assert "above 1" in note and "sign" in note


def test_the_fault_picker_shows_the_examination(page):
    widget, same = page.locator(".lstm-faults"), FaultPicker("cell_state_off_by_one")
    menu, slider = widget.get_by_label("fault", exact=True), widget.get_by_label("experiment", exact=True)
    for name in ("forget_gate_skipped", "divided_by_batch_size"):
        menu.select_option(name)
        same.fault = name
        eventually(page, lambda name=name: ask(page, "faultpicker.fault") == repr(name))
        assert np.array_equal(np.reshape(widget.evaluate(ERRORS), same.errors.shape), same.errors)
        for k, column in enumerate(faults.COLUMNS):
            slider.press("Home" if k == 0 else "ArrowRight")
            same.experiment = column
            eventually(page, lambda: plain(widget.locator(".lstm-caption").inner_text()) == same.words)
            assert slider.get_attribute("aria-valuetext") == column
    widget.locator("rect[data-experiment='last c']").first.click()
    eventually(page, lambda: ask(page, "faultpicker.experiment") == "'last c'")


def test_moved_outputs_follow_keyboard_and_mouse(page):
    widget = page.locator(".lstm-moved")
    slider = widget.get_by_label("changed input", exact=True)
    slider.focus()
    for key, at in (("End", 10), ("ArrowLeft", 9), ("Home", 0), ("ArrowUp", 1)):
        slider.press(key)
        eventually(page, lambda at=at: ask(page, "movedoutputs.at") == str(at))
        for name in ("forward", "backward"):
            drawn = np.array(widget.evaluate(VALUES, f".lstm-moved-{name}"))[:, 1]
            assert drawn.tolist() == eval(ask(page, f"movedoutputs.moved[{name!r}].tolist()"))
        assert says(page, widget, "movedoutputs")
    box = widget.locator(".lstm-pointable").nth(6).bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 12)
    eventually(page, lambda: ask(page, "movedoutputs.at") == "6")


def test_readable_wide_and_narrow(lab, page):
    for theme, width in (("light", 1100), ("dark", 480), ("light", 375)):
        lab.look(theme, width)
        for widget in page.locator(".lstm-widget").all():
            kind = widget.get_attribute("class")
            assert widget.evaluate(CLIPPED) == [], kind
            assert min(widget.evaluate(LETTERS)) >= 11.5, kind
            assert widget.evaluate(FITS), f"{kind} is wider than its place"
