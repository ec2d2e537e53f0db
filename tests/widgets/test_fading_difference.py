"""The fading difference: its law, numbers, errors and picture; `browser/` tests its script."""

import math

import numpy as np
import pytest
import traitlets

from lstm_helpers.arrays import tree_map
from lstm_helpers.cells import rnn
from lstm_helpers.interventions import fading, spectral_radius
from lstm_helpers.widgets import FadingDifference

RNG = np.random.default_rng(3)
PARAMS = rnn.init(RNG, 4, 6)
XS = RNG.normal(size=(12, 1, 4))
OTHERS = XS.copy()
OTHERS[2] += 1


def test_a_small_difference_fades_by_the_spectral_radius():
    # Near h = 0 the cell is linear, so the largest eigenvalue of a symmetric W_h dominates in the long run.
    W_h = np.diag([0.5, 0.2, 0.1])
    params = rnn.Params(np.full((1, 3), 1e-6), W_h, np.zeros(3))
    xs, others = np.zeros((40, 1, 1)), np.zeros((40, 1, 1))
    others[0] = 1
    for scale in (0.5, 1.0, 1.8):
        d = fading(params, xs, others, scale).difference
        assert d[-1] / d[-2] == pytest.approx(spectral_radius(scale * W_h), rel=1e-6)
    assert spectral_radius(np.array([[0.0, -2.0], [2.0, 0.0]])) == pytest.approx(2.0)
    assert spectral_radius(np.array([[0.5, 10.0], [0.0, -0.75]])) == pytest.approx(0.75)  # the norm is above 10


def test_left_and_factor_are_those_of_the_difference():
    run = fading(PARAMS, XS, OTHERS, 1.3)
    assert run.first == 2 and np.all(run.difference[:2] == 0)
    assert run.left == run.difference[-1] / run.difference[2]
    assert run.factor**9 == pytest.approx(run.left, rel=1e-12)
    alone = fading(PARAMS._replace(W_h=1.3 * PARAMS.W_h), XS, OTHERS)
    assert np.array_equal(run.difference, alone.difference)
    nothing = fading(PARAMS, XS, OTHERS, 0.0)
    assert np.all(nothing.difference[3:] == 0) and nothing.left == nothing.factor == 0


def test_it_is_two_runs_by_hand_of_sequences_that_differ_at_several_steps_and_the_last():
    params = PARAMS._replace(b=np.random.default_rng(5).normal(size=6))
    others = XS.copy()
    others[3, 0, 1] += 1  # one number only
    others[[7, 11]] -= 1
    hs = []
    for xs in (XS, others):
        h, run = np.zeros(6), []
        for x in xs[:, 0]:
            h = np.tanh(x @ params.W_x + h @ (1.3 * params.W_h) + params.b)
            run.append(h)
        hs.append(np.array(run))
    run = fading(params, XS, others, 1.3)
    np.testing.assert_allclose(run.difference, np.sqrt(((hs[0] - hs[1]) ** 2).sum(axis=1)), rtol=1e-12)
    assert run.first == 3 and run.left == run.difference[11] / run.difference[3]
    assert run.factor**8 == pytest.approx(run.left, rel=1e-12)


def test_the_sentence_and_the_picture_follow():
    widget = FadingDifference(PARAMS, XS, OTHERS)
    before = widget.static_png()[0]
    assert repr(widget) == "FadingDifference(12 steps, 6 units, scale=1)"
    run, radius = widget.run, spectral_radius(PARAMS.W_h)
    assert widget.words.startswith(f"W_h × 1.00 has spectral radius {radius:.2f}. 9 words later the difference is ")
    assert widget.words.endswith(f" times its initial size: a factor of {run.factor:.2f} per word, on average.")
    widget.scale = np.float32(2.5)
    assert widget.static_png()[0] != before and "W_h × 2.50" in widget.words
    widget.scale = 0
    assert widget.words.endswith("The difference is 0 9 words later.")
    assert math.isclose(widget._size["radius"], radius)


def test_invalid_arguments_are_refused():
    with pytest.raises(ValueError, match="expected \\(T, 1, D\\) twice"):
        fading(PARAMS, XS, OTHERS[:-1])
    with pytest.raises(ValueError, match="do not differ before the last step"):
        fading(PARAMS, XS, XS)
    with pytest.raises(ValueError, match="labels has 2 entries; expected 12"):
        FadingDifference(PARAMS, XS, OTHERS, ["a", "b"])
    for scale in (-0.1, 4.1):
        with pytest.raises(traitlets.TraitError, match="the factor of W_h lies between 0 and 4"):
            FadingDifference(PARAMS, XS, OTHERS, scale=scale)


def test_arguments_are_not_modified():
    frozen = tree_map(np.copy, (PARAMS, XS, OTHERS))
    for array in (*frozen[0], *frozen[1:]):
        array.flags.writeable = False
    assert np.array_equal(fading(*frozen).difference, fading(PARAMS, XS, OTHERS).difference)
