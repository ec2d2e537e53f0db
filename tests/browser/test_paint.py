"""The colours of the widgets: each symbol has its colour of the figures, legends agree, and more is darker.

Colours are read from the browser, after all styles, and held against `figures.style`.
"""

import re

import numpy as np
import pytest

from lstm_helpers.figures.style import COLOURS
from tests.browser.every_widget import EXAMPLES, open_page
from tests.browser.test_widgets import ask, eventually
from tests.figures.test_looks import CELL_WIRES

PAINT = """(node, selector) => [...node.querySelectorAll(selector)].map(each => {
    const { fill, stroke, strokeDasharray } = getComputedStyle(each);
    const { x, y, width, height } = each.getBBox();
    return { fill, stroke, dashes: strokeDasharray.replaceAll('px', ''), data: { ...each.dataset }, x, y, width, height,
             beside: each.nextElementSibling ? each.nextElementSibling.textContent : '' };
})"""
NAMES = {
    f"rgb({', '.join(str(int(colour[k : k + 2], 16)) for k in (1, 3, 5))})": symbol
    for symbol, colour in COLOURS.items()
}

# Of each widget: what a part shows, as "fill" or "line", its symbol (ink: the page's own), and dashes.
PAINTED = {
    "GateSliders": {
        ".lstm-kept": "fill f", ".lstm-added": "fill i", ".lstm-c-line": "line ink", ".lstm-h-line": "line h 5, 3",
        ".lstm-c-mark": "fill ink", ".lstm-h-mark": "line h",
    },
    "GradientDial": {
        ".lstm-c-line": "line ink", ".lstm-h-line": "line h 5, 3", ".lstm-c-band": "fill ink", ".lstm-h-band": "fill h",
        ".lstm-h-mark": "line h", "circle": "fill ink",
    },
    "MemoryAblation": {
        ".lstm-c-line": "line ink", ".lstm-h-line": "line h 5, 3", ".lstm-p-line": "line ink",
        ".lstm-c-rest": "line ink", ".lstm-h-rest": "line h 5, 3", ".lstm-mark-c": "fill ink",
        ".lstm-mark-h": "line h", ".lstm-mark-p": "fill ink",
    },
    "SoftGate": {
        ".lstm-activation-sigmoid": "line ink", ".lstm-activation-tanh": "line ink", ".lstm-tangent": "line x",
        ".lstm-point": "fill o", ".lstm-product": "fill o", ".lstm-value-in": "fill ink", ".lstm-gate-wall": "fill ink",
    },
    "TemperatureSampler": {".lstm-next": "fill h"},
    "FadingDifference": {".lstm-fading": "line ink", ".lstm-left": "fill ink"},
    "LiveCell": {".lstm-c-line": "line ink", ".lstm-h-line": "line h", ".lstm-h-mark": "line h"},
    "BackwardCell": {".lstm-c-line": "line ink", ".lstm-h-line": "line h", ".lstm-h-mark": "line h"},
    "SentenceCell": {".lstm-c-line": "line ink", ".lstm-h-line": "line h", ".lstm-p-line": "line x"},
    "CellVariants": {".lstm-held": "fill ink"},
    "ForecastOrigin": {".lstm-observed": "line ink", ".lstm-here-error": "fill ink"},
    "BlockOrder": {".lstm-answer": "fill ink"},
}  # fmt: skip
BY_VALUE = {  # for widgets that show numbers as colours: the parts, and the attribute with the number
    "AlignmentInspector": (".lstm-weight", "weight", 1.0),
    "FaultPicker": (".lstm-error", "error", 1.0),
    "MovedOutputs": ("[class*=lstm-moved-]", "value", None),
    "StackGradient": (".lstm-arrives", "value", 1.0),
}
ELSEWHERE = {"LiveTraining", "LossCurve", "Predict", "TextInspector"}  # no symbol, or tests of their own


@pytest.fixture
def widgets(lab):
    """Each widget of a page with one of each, by its name, and the page."""
    page = open_page(lab)
    shown = page.locator(".lstm-widget")
    eventually(page, lambda: shown.nth(list(EXAMPLES).index("GateSliders")).locator(".lstm-added").count() > 0)
    lab.look("light", 1100, 2600)
    return {name: shown.nth(k) for k, name in enumerate(EXAMPLES)} | {"page": page}


def painted(widget, selector):
    """Give the colours there as symbols."""
    ink = widget.evaluate("node => getComputedStyle(node).color")
    names = {**NAMES, ink: "ink"}
    return [
        {**one, "fill": names.get(one["fill"], one["fill"]), "stroke": names.get(one["stroke"], one["stroke"])}
        for one in widget.evaluate(PAINT, selector)
    ]


def darkness(colour):
    """Give a colour's distance from white; 0 where nothing is painted."""
    return 0.0 if colour == "none" else 255.0 - float(np.mean([int(part) for part in re.findall(r"\d+", colour)[:3]]))


def test_every_symbol_has_the_colour_of_the_figures(lab, widgets):
    assert set(PAINTED) | set(BY_VALUE) | ELSEWHERE == set(EXAMPLES)
    for name, parts in PAINTED.items():
        for selector, wanted in parts.items():
            found = painted(widgets[name], selector)
            how, symbol, dashes = (*wanted.split(" ", 2), "")[:3]
            colours = {one["fill" if how == "fill" else "stroke"] for one in found}
            assert colours == {symbol}, (name, selector, colours)
            if how == "line" and "mark" not in selector:
                assert {one["dashes"] for one in found} == {dashes or "none"}, (name, selector)

    # The legend of the gate sliders has the colours of the bars, and the bars are as tall as their numbers.
    sliders = widgets["GateSliders"]
    for feed, least in (("once", 1), ("always", 2)):
        ask(widgets["page"], f"gatesliders.set_trait('feed', {feed!r})")
        eventually(widgets["page"], lambda least=least: sliders.locator(".lstm-added").count() >= least)
        swatches = painted(sliders, ".lstm-key")
        said = {re.search(r"\b([fi]) ×", one["beside"])[1]: one["fill"] for one in swatches}
        assert said == {"f": "f", "i": "i"} and len(swatches) == 2
    marks = painted(sliders, ".lstm-c-mark")
    scale = np.polyfit(
        [float(mark["data"]["c"]) for mark in marks], [mark["y"] + mark["height"] / 2 for mark in marks], 1
    )
    for part in ("kept", "added"):
        numbers = [float(mark["data"][part]) for mark in marks if float(mark["data"][part])]
        bars = [bar["height"] for bar in painted(sliders, f".lstm-{part}:not(.lstm-key)")]
        np.testing.assert_allclose(bars, np.abs(scale[0] * np.array(numbers)), atol=0.01)

    # A block bears its gate's colour, wherever it stands.
    for row in ("stored", "read as"):
        chips = painted(widgets["BlockOrder"], f"rect:has(+ [data-block^='{row}'])")
        assert [one["beside"] for one in chips] == [one["fill"] for one in chips] and len(chips) == 4

    # The wires and boxes of the cell, forward and backward.
    for name in ("LiveCell", "SentenceCell", "BackwardCell"):
        wires = {one["data"]["wire"]: one for one in painted(widgets[name], "[data-wire]")}
        for symbol, each in CELL_WIRES.items():
            for wire in each.split():
                there, back = wire.split("-")
                one = wires.pop(f"{back}-{there}" if name == "BackwardCell" else wire)
                assert one["stroke"] == ("ink" if symbol == "c" else symbol), (name, wire)
                assert (one["dashes"] != "none") == (float(one["data"].get("value", 0)) < 0), (name, wire)
        assert not wires
        for gate in "ifgo":
            (level,) = painted(widgets[name], f"[data-node={gate}] .lstm-level")
            assert level["fill"] == gate, (name, gate)

    # More is darker, from the same map for all.
    for name, (selector, number, most) in BY_VALUE.items():
        found = painted(widgets[name], selector)
        values = np.array([float(one["data"][number]) for one in found])
        dark = np.array([darkness(one["fill"]) for one in found])
        order = np.argsort(values, kind="stable")
        assert np.all(np.diff(dark[order]) >= 0), name
        top = values.max() if most is None else most
        assert dark[values >= top].min() == dark.max() > 150, name
        if name != "StackGradient":  # of powers of ten none is zero
            assert 15 > dark[values == 0].max(), name
    assert not lab.problems(widgets["page"])
