"""The widget's numbers, errors, and picture for a page without a kernel; `browser/` tests its script."""

import itertools
import math
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
import traitlets

from lstm_helpers import unroll, widgets
from lstm_helpers.activations import half_life, sigmoid
from lstm_helpers.arrays import tree_map
from lstm_helpers.cells import lstm
from lstm_helpers.figures.style import COLOURS
from lstm_helpers.interventions import apply_gates, steady_state
from lstm_helpers.widgets import GateSliders, SoftGate
from lstm_helpers.widgets.base import VIEW

PNG = b"\x89PNG\r\n\x1a\n"


# The laws of a cell state with constant gates


def test_it_is_the_cell_with_constant_gates():
    f, i, g, o = 0.83, 0.4, -0.7, 0.6
    logits = [math.log(i / (1 - i)), math.log(f / (1 - f)), math.atanh(g), math.log(o / (1 - o))]
    params = tree_map(np.zeros_like, lstm.init(np.random.default_rng(0), 1, 1))._replace(b=np.array(logits))
    trace = unroll(lstm, params, np.zeros((30, 1, 1)))
    run = apply_gates(f, i, g, o, 30)
    np.testing.assert_allclose(run.c, trace.c[:, 0, 0], rtol=1e-12)
    np.testing.assert_allclose(run.h, trace.h[:, 0, 0], rtol=1e-12)


def test_open_forget_gate_keeps_for_ever_bit_for_bit():
    run = apply_gates(1.0, 1.0, 0.37, 1.0, 1000, feed="once")
    assert np.all(run.c == 0.37)


def test_one_load_decays_by_halves():
    f = 0.9
    run = apply_gates(f, 1.0, 0.5, 1.0, 60, feed="once")
    np.testing.assert_allclose(run.c, 0.5 * f ** np.arange(60), rtol=1e-12)
    whole = apply_gates(0.5 ** (1 / 4), 1.0, 1.0, 1.0, 9, feed="once")
    assert half_life(0.5 ** (1 / 4)) == pytest.approx(4.0, rel=1e-12)
    np.testing.assert_allclose(whole.c[[4, 8]], [0.5, 0.25], rtol=1e-12)


def test_constant_load_tends_to_its_limit_and_passes_one():
    run = apply_gates(0.9, 1.0, 0.5, 1.0, 400)
    assert steady_state(0.9, 1.0, 0.5) == pytest.approx(5.0, rel=1e-12)
    np.testing.assert_allclose(run.c, 5.0 * (1 - 0.9 ** np.arange(1, 401)), rtol=1e-12)
    assert run.c[2] > 1 > run.c[1] and np.all(np.abs(run.h) < 1)


def test_limit_at_the_edges():
    assert steady_state(1.0, 1.0, 0.5) == math.inf and steady_state(1.0, 1.0, -0.5) == -math.inf
    assert steady_state(1.0, 0.0, 0.5) == 0.0 and steady_state(0.0, 0.5, -0.5) == -0.25


def test_a_closed_output_gate_does_not_erase():
    open_, closed = apply_gates(0.9, 1, 0.5, 1.0), apply_gates(0.9, 1, 0.5, 0.0)
    assert np.array_equal(open_.c, closed.c) and np.all(closed.h == 0) and np.all(open_.h != 0)


def test_kept_and_added_make_up_the_cell_state():
    rng = np.random.default_rng(2)
    f, i, o = rng.random((3, 12))
    run = apply_gates(f, i, rng.uniform(-1, 1, 12), o, 12)
    assert np.array_equal(run.kept + run.added, run.c)
    np.testing.assert_allclose(run.kept[1:], f[1:] * run.c[:-1], rtol=1e-15)
    np.testing.assert_allclose(run.h, o * np.tanh(run.c), rtol=1e-15)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"f": 1.01}, "f has a value outside 0..1"),
        ({"i": -0.1}, "i has a value outside 0..1"),
        ({"o": math.nan}, "o has a value outside 0..1"),
        ({"g": -1.5}, "g has a value outside -1..1"),
        ({"f": [0.5, 0.5]}, r"f has shape \(2,\); expected one number, or one a step: shape \(4,\)"),
        ({"steps": 0}, "steps is 0"),
        ({"feed": "twice"}, "feed is 'twice'; expected one of 'once', 'always'"),
    ],
)
def test_apply_gates_refuses(settings, words):
    with pytest.raises(ValueError, match=words):
        apply_gates(**{"f": 0.5, "i": 0.5, "g": 0.5, "o": 0.5, "steps": 4, **settings})


# Settings


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("f", 1.2, "f is 1.2; a gate lies between 0 and 1"),
        ("i", -0.01, "i is -0.01; a gate lies between 0 and 1"),
        ("o", math.nan, "o is nan; a gate lies between 0 and 1"),
        ("g", -2, "g is -2; the candidate lies between -1 and 1"),
        ("f", "0.5", "f is '0.5'"),
        ("f", True, "f is True"),
        ("steps", 0, "steps is 0; expected 1 to 200"),
        ("steps", 201, "steps is 201; expected 1 to 200"),
        ("steps", 2.5, "steps is 2.5; expected a whole number"),
        ("feed", "never", "feed is 'never'; expected one of 'once', 'always'"),
    ],
)
def test_gate_sliders_refuses_now_and_later(name, value, words):
    with pytest.raises(traitlets.TraitError, match=re.escape(words)):
        GateSliders(**{name: value})
    widget = GateSliders()
    before = repr(widget)
    with pytest.raises(traitlets.TraitError, match=re.escape(words)):
        setattr(widget, name, value)
    assert repr(widget) == before


def test_gate_sliders_takes_numpy_numbers_and_gives_its_cell_state():
    widget = GateSliders(f=np.float32(0.5), g=np.int64(-1), steps=np.int64(6), feed="always")
    assert repr(widget) == "GateSliders(f=0.5, i=1, g=-1, o=1, steps=6, feed='always')"
    assert np.array_equal(widget.cell_state.c, apply_gates(0.5, 1, -1, 1, 6).c)


def test_gate_sliders_gives_the_forget_gate_as_a_bias_and_a_half_life():
    widget = GateSliders(f=0.9)
    assert widget.forget_bias == pytest.approx(math.log(9), rel=1e-14)
    assert widget.half_life == half_life(0.9)
    assert widget.forgetting == "f = 0.90 corresponds to a forget bias of 2.20 and a half-life of 6.6 steps"
    widget.f = sigmoid(5.0)
    assert widget.forgetting == "f = 0.9933 corresponds to a forget bias of 5.00 and a half-life of 103 steps"
    widget.f = 0.25
    assert (
        widget.forgetting == "f = 0.25 corresponds to a forget bias of \N{MINUS SIGN}1.10 and a half-life of 0.5 steps"
    )
    assert (
        GateSliders(f=0).forgetting.startswith("f = 0.00: everything is forgotten")
        and GateSliders(f=0).forget_bias == -math.inf
    )
    assert (
        GateSliders(f=1).forgetting.startswith("f = 1.00: nothing is ever forgotten")
        and GateSliders(f=1).half_life == math.inf
    )


def test_reprs_are_the_same_everywhere():
    assert repr(GateSliders()) == repr(GateSliders()) == "GateSliders(f=0.9, i=1, g=0.5, o=1, steps=20, feed='once')"


# Data for the browser


def test_colours_come_from_the_house_style():
    assert GateSliders()._colours == dict(COLOURS) == SoftGate()._colours


@pytest.mark.parametrize("name", widgets.__all__)
def test_scripts_fetch_nothing(name):
    kind = getattr(widgets, name)
    code = kind._esm + kind._css
    assert "import " not in kind._esm and "fetch(" not in code and "url(" not in code
    names_of_vocabularies = {"http://www.w3.org/2000/svg"}  # not fetched
    assert set(re.findall(r"https?://[^\"'\s]+", code)) == names_of_vocabularies
    assert code.count("export default") == 1
    assert code.count("const sigmoid =") <= 1, "the mirror of activations belongs in one file"


# Pages without a kernel


@pytest.mark.parametrize("kind", [GateSliders, SoftGate])
def test_mimebundle_has_view_text_and_picture_and_leaks_no_figure(kind):
    widget = kind()
    before, settings = plt.get_fignums(), dict(plt.rcParams)
    data, metadata = widget._repr_mimebundle_(include=None, exclude=None)
    assert set(data) == {"text/plain", "image/png", VIEW}
    assert data["text/plain"] == repr(widget)
    assert data["image/png"].startswith(PNG) and len(data["image/png"]) > 5000
    width = int.from_bytes(data["image/png"][16:20], "big")
    assert width == 2 * metadata["image/png"]["width"]
    assert plt.get_fignums() == before and dict(plt.rcParams) == settings


def test_static_picture_follows_the_settings_and_repeats():
    pictures = {}
    for f, feed in itertools.product((0.5, 0.9), ("once", "always")):
        widget = GateSliders(f=f, feed=feed)
        pictures[f, feed] = widget.static_png()[0]
        assert widget.static_png()[0] == pictures[f, feed]
    assert len(set(pictures.values())) == 4
