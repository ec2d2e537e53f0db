"""The soft gate and the ablation in a browser: used by keyboard and Python, and compared with the package."""

import itertools

import numpy as np
import pytest

from lstm_helpers.data import trained
from lstm_helpers.data.tasks import agreement
from lstm_helpers.widgets import MemoryAblation, SoftGate
from tests.browser.every_widget import cells
from tests.browser.test_widgets import CLIPPED, CONTRAST, FITS, LETTERS, ask, eventually, where_the_reader_is

WORDS = "the dogs near the cat behind the horses beside the child".split()
GATE = """node => {
    const of = (name, key) => Number(node.querySelector(name).dataset[key]);
    return [of('.lstm-point', 'gate'), of('.lstm-point', 'derivative'), of('.lstm-product', 'product')];
}"""
RUN = """node => ['c', 'h', 'p'].map(name =>
    [...node.querySelectorAll(`.lstm-mark-${name}`)].map(({ dataset }) => Number(dataset.value)))"""
CONTRAST_OF_CURVES = CONTRAST.replace(".lstm-c-line", ".lstm-c-line, .lstm-activation-tanh").replace(
    ".lstm-h-line", ".lstm-h-line, .lstm-point"
)


@pytest.fixture
def page_of(lab):
    """Open a page with one of each, run."""

    def open_page(**options):
        lab.write("small_widgets_under_test", *cells("SoftGate", "MemoryAblation"))
        page = lab.open("small_widgets_under_test", **options)
        lab.run_all(page)
        page.wait_for_function("() => document.querySelectorAll('.lstm-soft-gate .lstm-point').length === 1")
        return page

    return open_page


def press(page, widget, moves, name):
    """Press keys on labelled controls; each must change a trait, the picture, and what the control says."""
    control = widget.get_by_label(moves[0][0], exact=True)
    control.focus()
    place = where_the_reader_is(page)
    for label, key, trait, after, said in moves:
        control = widget.get_by_label(label, exact=True)
        control.focus()
        before = widget.locator("svg").inner_html()
        page.keyboard.press(key)
        eventually(page, lambda trait=trait, after=after: ask(page, f"{name}.{trait}") == after)
        assert widget.locator("svg").inner_html() != before, (label, key)
        if said is not None:
            assert control.get_attribute("aria-valuetext") == said
    assert where_the_reader_is(page) == place
    eventually(page, lambda: widget.locator("[aria-live=polite]").inner_text() != "")
    words = widget.locator(".lstm-caption").inner_text()
    assert widget.locator("svg").get_attribute("aria-label") == words
    eventually(page, lambda: widget.locator("[aria-live=polite]").inner_text() == words)


def plain(words):
    return words.replace("\u00a0", " ")


def gate_shows(widget, value, z, activation):
    want = SoftGate(value, z, activation)
    drawn = np.array(widget.evaluate(GATE))
    said = plain(widget.locator(".lstm-caption").inner_text())
    return np.abs(drawn - want.passed).max() < 1e-12 and said == want.words


def test_the_gate_follows_the_keyboard_and_shows_the_packages_numbers(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-soft-gate")
    assert gate_shows(widget, 1.5, 2.0, "sigmoid")
    moves = [
        ("value v", "ArrowRight", "value", "1.6", "1.60"),
        ("value v", "Home", "value", "-2.0", "−2.00"),
        ("pre-activation z", "ArrowDown", "z", "1.9", "1.90"),
        ("pre-activation z", "End", "z", "8.0", "8.00"),
        ("pre-activation z", "PageDown", "z", None, None),
        ("pre-activation z", "Home", "z", "-8.0", "−8.00"),
        ("sigmoid", "ArrowRight", "activation", "'tanh'", None),
    ]
    press(page, widget, [move for move in moves if move[3]], "softgate")
    assert gate_shows(widget, -2.0, -8.0, "tanh")
    rng = np.random.default_rng(8)
    settings = [(0.0, 0.0, "sigmoid"), (2.0, 8.0, "sigmoid"), (-2.0, -8.0, "sigmoid"), (1.0, 0.0, "tanh")]
    settings += [(*rng.uniform((-2, -8), (2, 8)).tolist(), rng.choice(["sigmoid", "tanh"]).item()) for _ in range(12)]
    for setting in settings:
        values = dict(zip(("value", "z", "activation"), setting, strict=True))
        ask(page, f"[softgate.set_trait(k, v) for k, v in {values!r}.items()]")
        eventually(page, lambda setting=setting: gate_shows(widget, *setting))
    assert ask(page, "softgate.set_trait('z', 9)").startswith("TraitError: z is 9; the pre-activation lies between")
    assert not lab.problems(page)


def ablation_shows(widget, want):
    run = want.run
    drawn = widget.evaluate(RUN)
    said = plain(widget.locator(".lstm-caption").inner_text())
    return drawn == [run.c[:, want.unit].tolist(), run.h[:, want.unit].tolist(), run.p.tolist()] and said == want.words


def test_the_ablation_follows_the_keyboard_and_shows_the_packages_runs(lab, page_of):
    page = page_of()
    widget = page.locator(".lstm-ablation")
    want = MemoryAblation(trained.agreement(), agreement.encode(WORDS), WORDS, 5, "both", 0, "plural")
    assert ablation_shows(widget, want)
    moves = [
        ("before step", "ArrowRight", "at", "6", "7 of 11, the"),
        ("before step", "End", "at", "10", "11 of 11, child"),
        ("show unit", "ArrowUp", "unit", "1", "1"),
        ("both", "ArrowLeft", "zeroed", "'c'", None),
        ("c", "ArrowLeft", "zeroed", "'h'", None),
        ("before step", "Home", "at", "0", "1 of 11, the"),
    ]
    press(page, widget, moves, "memoryablation")
    rng = np.random.default_rng(2)
    for zeroed in ("nothing", "h", "c", "both") * 4:
        want.at, want.unit, want.zeroed = int(rng.integers(11)), int(rng.integers(4)), zeroed
        values = {name: getattr(want, name) for name in ("at", "unit", "zeroed")}
        ask(page, f"[memoryablation.set_trait(k, v) for k, v in {values!r}.items()]")
        eventually(page, lambda: ablation_shows(widget, want))
    for zeroed, falling in (("h", "h"), ("c", "c"), ("both", "ch"), ("nothing", "")):
        ask(page, f"memoryablation.set_trait('zeroed', {zeroed!r})")
        eventually(page, lambda zeroed=zeroed: widget.get_by_label(zeroed, exact=True).is_checked())
        assert widget.locator("[data-at]").count() == (zeroed != "nothing")
        for name in "chp":
            path = widget.locator(f".lstm-{name}-line").get_attribute("d")[1:]
            x = [float(point.split(",")[0]) for point in path.split("L")]
            falls = [a for a, b in itertools.pairwise(x) if a == b]
            assert len(falls) == (name in falling), (zeroed, name)
            assert not falls or falls == [float(widget.locator("[data-at]").get_attribute("x1"))]
    assert not lab.problems(page)


def test_readable_in_both_themes_wide_narrow_and_on_a_telephone(lab, page_of):
    page = page_of()
    settings = {
        "softgate": ({"value": -2.0, "z": -8.0}, {"value": 2.0, "z": -1.0, "activation": "tanh"}),
        "memoryablation": ({"at": 10, "zeroed": "both"}, {"at": 0, "zeroed": "h", "unit": 2}),
    }
    for theme, width in (("light", 1100), ("dark", 560), ("light", 375)):
        lab.look(theme, width)
        for name, kind in (("softgate", ".lstm-soft-gate"), ("memoryablation", ".lstm-ablation")):
            widget = page.locator(kind)
            for values in settings[name]:
                ask(page, f"[{name}.set_trait(k, v) for k, v in {values!r}.items()]")
                said = ask(page, f"{name}.words")
                eventually(
                    page, lambda widget=widget, said=said: plain(widget.locator(".lstm-caption").inner_text()) in said
                )
                contrast = widget.evaluate(CONTRAST_OF_CURVES)
                assert contrast["text"] >= 4.5 and contrast["c"] >= 7 and contrast["h"] >= 3, contrast
                assert widget.evaluate(CLIPPED) == []
                assert min(widget.evaluate(LETTERS)) >= 11.5
        for widget in page.locator(".lstm-widget").all():
            kind = widget.get_attribute("class")
            assert widget.evaluate(FITS), f"{kind} is wider than its place"
            rows = widget.locator(".lstm-row").evaluate_all(
                "all => all.every(one => one.scrollWidth <= one.clientWidth)"
            )
            assert rows, f"{kind} has a slider wider than its place"
    assert not lab.problems(page)


def test_the_gate_is_dragged_by_mouse_and_by_finger(lab, page_of):
    page = page_of(width=900)
    widget = page.locator(".lstm-soft-gate")
    picture, point = widget.locator("svg"), widget.locator(".lstm-movable[data-move=z]")
    box = point.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] - 60, box["y"] + 10, steps=5)
    page.mouse.up()
    eventually(page, lambda: float(ask(page, "softgate.z")) < 0)
    z = float(ask(page, "softgate.z"))
    assert gate_shows(widget, 1.5, z, "sigmoid") and z == round(z, 1)
    left = picture.bounding_box()["x"]
    page.mouse.click(left + 40, picture.bounding_box()["y"] + 120)  # anywhere on the plot of the activation function
    eventually(page, lambda: float(ask(page, "softgate.z")) < -7)
    grip = widget.locator(".lstm-movable[data-move=value]").bounding_box()
    x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 5, y + 400, steps=5)  # beyond the edge: it stops at the limit
    page.mouse.up()
    eventually(page, lambda: ask(page, "softgate.value") == "-2.0")
    page.keyboard.press("Control+z")  # a press into the picture gave the widget the keys
    eventually(page, lambda: ask(page, "softgate.value") == "1.5")
    session = page.context.new_cdp_session(page)
    box = widget.locator(".lstm-movable[data-move=z]").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for kind, at in (("touchStart", x), ("touchMove", x + 30), ("touchMove", x + 90), ("touchEnd", None)):
        points = [] if at is None else [{"x": at, "y": y}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    eventually(page, lambda: float(ask(page, "softgate.z")) > -6)
    assert widget.locator(".lstm-movable").evaluate_all(
        "all => all.every(one => getComputedStyle(one).touchAction === 'none')"
    )
    assert not lab.problems(page)
