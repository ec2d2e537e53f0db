"""Code to make each widget, for tests that apply to all of them; a test fails if one is missing."""

from typing import NamedTuple


class Example(NamedTuple):
    """One widget."""

    code: str  # an expression that makes the widget
    sliders: dict[str, str]  # the trait of each slider, by the slider's label; empty if tested elsewhere


SETUP = """
from itertools import islice
import numpy as np
import matplotlib.pyplot as plt
from ipywidgets import Widget
from lstm_helpers import layers, losses, model, training, unroll, widgets
from lstm_helpers.data import trained
from lstm_helpers.cells import lstm, rnn
from lstm_helpers.data.tasks import agreement, latch

words = "the dogs near the cat behind the horses beside the child"
xs, network = agreement.encode(words), trained.agreement()
vanilla = rnn.init(np.random.default_rng(0), xs.shape[2], 8)
both = tuple(lstm.init(np.random.default_rng(k), xs.shape[2], 5) for k in (0, 1))
trace = unroll(lstm, network.cell, xs)
net = model.Model(layers.Recurrent(lstm), at="last")
start = net.init(np.random.default_rng(0), latch.INPUT_SIZE, 4, latch.OUTPUT_SIZE)
prose = trained.prose()
batches = lambda step: latch.batch(np.random.default_rng([1, step]), 16, 5)
series = np.random.default_rng(0).uniform(0, 90, 60)
forecasts = {name: np.random.default_rng(k).uniform(0, 90, (6, 20)) for k, name in enumerate(("one", "two", "three"))}
stacked = layers.Stacked(*[layers.Recurrent(lstm)] * 4)
added = layers.Stacked(*[layers.Residual(layers.Recurrent(lstm))] * 4)
weights, noise = stacked.init(np.random.default_rng(0), 6, 6), np.random.default_rng(1).normal(size=(7, 1, 6))
"""
EXAMPLES = {
    "AlignmentInspector": Example(
        "widgets.AlignmentInspector([*'abcd'], [*'efghijklmnop'], np.eye(4)[np.arange(12) % 4])", {}
    ),
    "BackwardCell": Example("widgets.BackwardCell(network.cell, trace, np.ones_like(trace.h))", {}),
    "BlockOrder": Example("widgets.BlockOrder(network, words, agreement.batch(np.random.default_rng(0), 40, 2))", {}),
    "CellVariants": Example("widgets.CellVariants(z_f=3)", {"pre-activation": "z_f"}),
    "FadingDifference": Example(
        "widgets.FadingDifference(vanilla, xs, agreement.encode(words.replace('dogs', 'dog')), words.split())",
        {"scale of W_h": "scale"},
    ),
    "FaultPicker": Example("widgets.FaultPicker('cell_state_off_by_one')", {}),
    "ForecastOrigin": Example(
        "widgets.ForecastOrigin(np.arange(1940, 2000), series, np.arange(30, 50), forecasts, origin=7, ahead=3)",
        {"known up to": "origin", "steps ahead": "ahead"},
    ),
    "GateSliders": Example(
        "widgets.GateSliders()",
        {"forget gate f": "f", "input gate i": "i", "candidate g": "g", "output gate o": "o"},
    ),
    "GradientDial": Example("widgets.GradientDial()", {"lag n": "lag", "forget bias b": "forget_bias"}),
    "LiveCell": Example("widgets.LiveCell(trace, network.cell, words.split())", {}),
    "LiveTraining": Example("widgets.LiveTraining(net, start, batches, losses.cross_entropy, title='latch')", {}),
    "LossCurve": Example("widgets.LossCurve('latch', level=np.log(2), level_label='chance level')", {}),
    "MemoryAblation": Example(
        "widgets.MemoryAblation(network, xs, words.split(), at=5, zeroed='both', answer='plural')",
        {"before step": "at", "show unit": "unit"},
    ),
    "MovedOutputs": Example("widgets.MovedOutputs(both, xs, words.split(), at=3)", {"changed input": "at"}),
    "Predict": Example("widgets.Predict('it grows', 'it shrinks', opened=True)", {}),
    "SentenceCell": Example("widgets.SentenceCell(network, words)", {}),
    "SoftGate": Example("widgets.SoftGate()", {"value v": "value", "pre-activation z": "z"}),
    "StackGradient": Example(
        "widgets.StackGradient({'plain': (stacked, weights), 'residual': (added, weights)}, noise, noise[0], step=3)",
        {"layer": "layer", "step": "step"},
    ),
    "TemperatureSampler": Example("widgets.TemperatureSampler(prose, ['The forget gate '], temperature=0.7)", {}),
    "TextInspector": Example("widgets.TextInspector(prose, 'The forget gate keeps. ', at=5, unit=1)", {}),
}


def cells(*names: str) -> list[str]:
    """Give the cells of a page with one of each, or of these, bound to its class's name in small letters."""
    chosen = {name: EXAMPLES[name] for name in names} or EXAMPLES
    return [SETUP, *(f"{name.lower()} = {example.code}\n{name.lower()}" for name, example in chosen.items())]


def open_page(lab, *, height: int = 2600, afresh: bool = False):
    """Open the page with one of each and run it; all tests that use it share one JupyterLab (tests/conftest.py)."""
    lab.write("every_widget_under_test", *cells())
    page = lab.open("every_widget_under_test", height=height, afresh=afresh)
    lab.run_all(page)
    page.wait_for_function(f"() => document.querySelectorAll('.lstm-widget').length === {len(EXAMPLES)}")
    return page
