"""Undo, redo and reset: one mechanism for all widgets, by button and by key, separate from the notebook's own."""

import pytest

from tests.browser.every_widget import EXAMPLES, cells, open_page
from tests.browser.test_widgets import ask, eventually, tell, where_the_reader_is

CHANGES = {
    "AlignmentInspector": ("at", 3),
    "BackwardCell": ("part", "update"),
    "BlockOrder": ("read", "ofig"),
    "CellVariants": ("feed", "always"),
    "FadingDifference": ("scale", 2.0),
    "FaultPicker": ("experiment", "mask"),
    "ForecastOrigin": ("ahead", 5),
    "GateSliders": ("f", 0.25),
    "GradientDial": ("lag", 12),
    "LiveCell": ("overrides", {(2, "f", 0): 0.0}),
    "LiveTraining": ("learning_rate", 0.1),
    "MemoryAblation": ("zeroed", "c"),
    "MovedOutputs": ("at", 7),
    "SentenceCell": ("sentence", "the birds near the cat"),
    "SoftGate": ("z", -1.5),
    "StackGradient": ("stack", "residual"),
    "TemperatureSampler": ("temperature", 1.5),
    "TextInspector": ("show", "unit"),
}
NOTHING_TO_SET = {"LossCurve", "Predict"}
SETTINGS = "{{name: getattr({0}, name) for name in {0}._start}}"


@pytest.fixture
def page(lab):
    """A page with gate sliders and a text inspector, run."""
    lab.write("undo_under_test", *cells("GateSliders", "TextInspector"))
    page = lab.open("undo_under_test")
    lab.run_all(page)
    page.wait_for_function("() => document.querySelectorAll('.lstm-widget .lstm-past').length === 2")
    yield page
    assert not lab.reports


def becomes(page, expression, value):
    eventually(page, lambda: ask(page, expression) == value)


def test_a_run_of_keys_is_one_step_and_so_is_a_drag(page):
    sliders = page.locator(".lstm-gate-sliders")
    undo, reset = sliders.get_by_role("button", name="Undo"), sliders.get_by_role("button", name="Reset")
    assert undo.is_disabled() and reset.is_disabled()
    forget, gate = sliders.get_by_label("forget gate f"), sliders.get_by_label("output gate o")
    forget.focus()
    place = where_the_reader_is(page)
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    becomes(page, "gatesliders.f", "0.86")
    box = gate.bounding_box()
    page.mouse.move(box["x"] + box["width"] - 9, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 5, steps=6)
    page.wait_for_timeout(1700)  # longer than the pause that ends a run of keys
    page.mouse.move(box["x"] - 40, box["y"] - 60, steps=6)  # released elsewhere
    page.mouse.up()
    becomes(page, "gatesliders.o", "0.0")
    gate.focus()
    page.keyboard.press("ArrowRight")
    becomes(page, "gatesliders.o", "0.01")
    for key, f, o in (
        ("Control+z", "0.86", "0.0"),
        ("Control+z", "0.86", "1.0"),
        ("Control+z", "0.9", "1.0"),
        ("Control+z", "0.9", "1.0"),  # nothing is left to undo
        ("Control+Shift+z", "0.86", "1.0"),
        ("Meta+Shift+z", "0.86", "0.0"),
        ("Control+y", "0.86", "0.01"),
        ("Meta+z", "0.86", "0.0"),
    ):
        page.keyboard.press(key)
        becomes(page, "(gatesliders.f, gatesliders.o)", f"({f}, {o})")
    assert forget.get_attribute("aria-valuetext") == "0.86"
    undo.click()
    becomes(page, "gatesliders.o", "1.0")
    undo.press("Enter")
    becomes(page, "gatesliders.f", "0.9")
    assert undo.is_disabled() and reset.is_disabled()
    assert page.evaluate("document.activeElement.textContent") == "Undo", "the focus fell out of the widget"
    page.keyboard.press("Enter")
    assert where_the_reader_is(page) == place


def test_reset_returns_to_the_constructor_and_can_be_undone(page):
    sliders = page.locator(".lstm-gate-sliders")
    for name, value in (("f", 0.5), ("f", 0.25), ("steps", 40), ("feed", "always")):
        tell(page, f"gatesliders.{name}", value)
    eventually(page, lambda: sliders.get_by_label("at every step", exact=True).is_checked())
    reset, undo = sliders.get_by_role("button", name="Reset"), sliders.get_by_role("button", name="Undo")
    reset.click()
    becomes(page, "repr(gatesliders) == repr(widgets.GateSliders())", "True")
    assert reset.is_disabled()
    undo.click()
    becomes(page, "(gatesliders.f, gatesliders.steps, gatesliders.feed)", "(0.25, 40, 'always')")
    for f, steps, feed in ((0.25, 40, "once"), (0.25, 20, "once"), (0.5, 20, "once"), (0.9, 20, "once")):
        assert not undo.is_disabled()
        undo.click()
        becomes(page, "(gatesliders.f, gatesliders.steps, gatesliders.feed)", repr((f, steps, feed)))
    assert undo.is_disabled()


def test_pointing_along_a_text_is_one_step_and_the_other_widget_keeps_its_own(page):
    text, sliders = page.locator(".lstm-inspector"), page.locator(".lstm-gate-sliders")
    for at in (2, 9, 12):
        text.locator(".lstm-read span").nth(at).hover()
        becomes(page, "textinspector.at", str(at))
        page.wait_for_timeout(1600 if at == 2 else 0)
    undo = text.get_by_role("button", name="Undo")
    undo.focus()
    page.keyboard.press("Control+z")
    becomes(page, "textinspector.at", "5")
    assert sliders.get_by_role("button", name="Undo").is_disabled()


def test_keys_elsewhere_are_the_notebooks_and_keys_here_are_not(page):
    sliders, count = (
        page.locator(".lstm-gate-sliders"),
        "() => document.querySelectorAll('.jp-Notebook .jp-Cell').length",
    )
    slider = sliders.get_by_label("forget gate f")
    slider.focus()
    slider.press("ArrowLeft")
    becomes(page, "gatesliders.f", "0.89")
    cells_before = page.evaluate(count)
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:insert-cell-below')")
    slider.focus()
    page.keyboard.press("Control+z")
    becomes(page, "gatesliders.f", "0.9")
    assert page.evaluate(count) == cells_before + 1, "the notebook undid as well"
    page.keyboard.press("Control+Shift+z")
    becomes(page, "gatesliders.f", "0.89")
    editor = page.locator(".jp-Notebook .jp-Cell .cm-content").last
    editor.click()
    page.keyboard.type("x")
    page.keyboard.press("Control+z")
    page.wait_for_timeout(300)
    assert ask(page, "gatesliders.f") == "0.89"
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:undo-cell-action')")


def test_a_press_into_a_picture_gives_the_widget_the_keys(page):
    sliders = page.locator(".lstm-gate-sliders")
    sliders.get_by_label("forget gate f").press("ArrowLeft")
    becomes(page, "gatesliders.f", "0.89")
    editor = page.locator(".jp-Notebook .jp-Cell .cm-content").last
    editor.click()
    page.keyboard.type("# mine")
    page.keyboard.press("Escape")
    written = editor.inner_text()
    sliders.locator("svg").first.click(position={"x": 120, "y": 60})
    page.keyboard.press("Control+z")
    becomes(page, "gatesliders.f", "0.9")
    assert editor.inner_text() == written and "# mine" in written, "the notebook undid what the reader wrote"


def test_every_widget_undoes_and_resets_what_python_sets(lab):
    page = open_page(lab)
    shown = page.locator(".lstm-widget")
    for k, name in enumerate(EXAMPLES):
        at_first = ask(page, SETTINGS.format(name.lower()))
        if name in NOTHING_TO_SET:
            assert at_first == "{}", f"{name} has settings: say in CHANGES how to change one"
            continue
        trait = CHANGES[name]
        tell(page, f"{name.lower()}.{trait[0]}", trait[1])
        undo, reset = (shown.nth(k).get_by_role("button", name=words, exact=True) for words in ("Undo", "Reset"))
        for button in (undo, reset):
            eventually(page, lambda button=button: not button.is_disabled())
            button.click()
            becomes(page, SETTINGS.format(name.lower()), at_first)
            tell(page, f"{name.lower()}.{trait[0]}", trait[1])
    assert not lab.problems(page)
