"""Which outputs change: exact zeros where no effect can arrive, and the sentence; `browser/` tests its script."""

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


def test_a_direction_does_not_depend_on_later_inputs():
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


def test_in_a_batch_the_largest_change_counts():
    """Use a function whose second sequence changes more at some steps, and its first one at the others."""
    weights = np.array([[1.0, 2.0], [5.0, 3.0], [0.5, 4.0]])  # (T, B)

    def run(xs):
        return np.cumsum(xs, axis=0) * weights[:, :, None] * np.array([1.0, -0.5])

    table = moved_outputs(run, np.zeros((3, 2, 2)))
    assert table.tolist() == [[2, 5, 4], [0, 5, 4], [0, 0, 4]]


def test_sentence_repr_and_picture():
    widget = MovedOutputs(PARAMS, XS, list("abcdefg"), at=3)
    assert repr(widget) == "MovedOutputs(7 steps, at=3)"
    assert widget.words == (
        "Input 4 of 7 is changed. In the forward direction outputs 4 to 7 change; "
        "in the backward direction outputs 1 to 4 change. All other outputs are exactly the same."
    )
    before = widget.static_png()[0]
    widget.at = np.int64(6)
    assert "In the forward direction output 7 changes; in the backward direction outputs 1 to 7 change" in widget.words
    assert widget.static_png()[0] != before


def test_invalid_arguments_are_refused():
    with pytest.raises(ValueError, match="expected \\(T, 1, D\\), one sequence of at most 24 steps"):
        MovedOutputs(PARAMS, np.zeros((7, 2, 3)))
    with pytest.raises(ValueError, match="labels has 1 entries; expected 7"):
        MovedOutputs(PARAMS, XS, ["a"])
    with pytest.raises(traitlets.TraitError, match="at is 7; expected 0 to 6: inputs count from 0"):
        MovedOutputs(PARAMS, XS, at=7)
