"""Which outputs move: exact zeros where nothing can arrive, and the widget's words; `browser/` tests the other half."""

import numpy as np
import pytest
import traitlets

from lstm_helpers.cells import lstm
from lstm_helpers.interventions import moved_outputs
from lstm_helpers.layers import Bidirectional
from lstm_helpers.through_time import unroll
from lstm_helpers.widgets import MovedOutputs

RNG = np.random.default_rng(5)
PARAMS = lstm.init(RNG, 3, 4), lstm.init(RNG, 3, 4)
XS = RNG.normal(size=(7, 1, 3))


def test_a_direction_cannot_hear_what_lies_ahead_of_it():
    widget = MovedOutputs(PARAMS, XS)
    for at in range(7):
        widget.at = at
        there, back = widget.moved["forward"], widget.moved["backward"]
        assert np.all(there[:at] == 0) and np.all(there[at:] > 0)
        assert np.all(back[at + 1 :] == 0) and np.all(back[: at + 1] > 0)


def test_the_numbers_are_those_of_the_bidirectional_layer():
    table = moved_outputs(lambda xs: Bidirectional(lstm).forward(PARAMS, xs).output, XS)
    widget = MovedOutputs(PARAMS, XS)
    halves = np.array([widget._table[name] for name in ("forward", "backward")])
    np.testing.assert_allclose(halves.max(axis=0), table, rtol=1e-12)
    other = XS.copy()
    other[2] += 1
    want = np.abs(unroll(lstm, PARAMS[0], other).h - unroll(lstm, PARAMS[0], XS).h).max(axis=(1, 2))
    assert np.array_equal(widget._table["forward"][2], want)


def test_words_repr_and_picture():
    widget = MovedOutputs(PARAMS, XS, list("abcdefg"), at=3)
    assert repr(widget) == "MovedOutputs(7 steps, at=3)"
    assert widget.words == (
        "Input 4 of 7 is changed. The forward direction's outputs 4 to 7 move, the backward direction's outputs 1 to 4 "
        "move. On its other side each stays exactly as it was."
    )
    before = widget.static_png()[0]
    widget.at = np.int64(6)
    assert "The forward direction's output 7 moves, the backward direction's outputs 1 to 7 move" in widget.words
    assert widget.static_png()[0] != before


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="expected \\(T, 1, D\\), one sequence of at most 24 steps"):
        MovedOutputs(PARAMS, np.zeros((7, 2, 3)))
    with pytest.raises(ValueError, match="labels has 1 entries; expected 7"):
        MovedOutputs(PARAMS, XS, ["a"])
    with pytest.raises(traitlets.TraitError, match="at is 7; expected 0 to 6: inputs count from 0"):
        MovedOutputs(PARAMS, XS, at=7)
