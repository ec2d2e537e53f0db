"""Correlations against NumPy's, clamped cells against their definition, and saliency against finite differences."""

import re

import numpy as np
import pytest

from lstm_helpers import interventions, linear, through_time
from lstm_helpers.cells import gru, lstm, rnn
from lstm_helpers.gradcheck import central_difference, complex_step, relative_error
from lstm_helpers.interventions import Clamped, correlations, saliency
from lstm_helpers.layers import Recurrent, Stacked
from lstm_helpers.model import Model
from tests import laws

RNG = np.random.default_rng


def test_correlations_are_numpys():
    rng = RNG(0)
    values, pattern = rng.normal(size=(7, 3, 5)), rng.normal(size=(7, 3))
    expected = [np.corrcoef(values[:, :, k].ravel(), pattern.ravel())[0, 1] for k in range(5)]
    assert np.abs(correlations(values, pattern) - expected).max() < 1e-14


def test_correlations_of_what_is_known():
    pattern = np.array([True, False, True, True])
    line = pattern * 3.0 - 7
    values = np.stack([line, -2 * line, np.full(4, 0.1), [1.0, 1.0, -1.0, 1.0]], axis=1)
    found = correlations(values, pattern)
    assert np.allclose(found[:2], [1, -1]) and found[2] == 0  # a unit that never changes correlates with nothing
    assert np.allclose(correlations(1e8 + values, 5 - pattern), -found, atol=1e-6)
    assert correlations(values.astype(np.float32), pattern).dtype == np.float64


def test_correlations_of_single_precision_are_computed_in_double():
    values, pattern = (1000 + RNG(0).normal(size=(50, 2))).astype(np.float32), RNG(1).normal(size=50)
    expected = [np.corrcoef(values[:, k].astype(np.float64), pattern)[0, 1] for k in range(2)]
    assert np.abs(correlations(values, pattern) - expected).max() < 1e-13


@pytest.mark.parametrize(
    ("values", "pattern", "words"),
    [
        (np.zeros((4, 2)), np.zeros(3), "pattern has shape (3,); expected (4,), one number for each row"),
        (np.zeros((4, 5, 2)), np.arange(4), "pattern has shape (4,); expected (4, 5)"),
        (np.zeros((4, 5, 2)), np.arange(4)[:, None], "pattern has shape (4, 1); expected (4, 5)"),
        (np.zeros((4, 5, 2)), np.zeros((4, 5, 2)), "pattern has shape (4, 5, 2); expected (4, 5)"),
        (np.zeros(4), np.zeros(4), "pattern has shape (4,); expected ()"),
        (np.zeros((4, 2)), np.ones(4), "pattern is constant"),
        (np.full((3, 2), np.nan), np.arange(3), "values[0, 0] is nan"),
        (np.zeros((3, 2)), np.array([1, np.inf, 0]), "pattern[1] is inf"),
        (np.zeros((0, 2)), np.zeros(0), "pattern is constant"),
    ],
)
def test_correlations_refuse(values, pattern, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        correlations(values, pattern)


# Clamping

PARAMS = lstm.init(RNG(1), 3, 5)
XS = RNG(2).normal(size=(6, 2, 3))


def by_hand(units, value):
    """The four lines of the cell, and after them some of h is written over."""
    state, hs = lstm.zero_state(PARAMS, 2), []
    state = state._replace(h=write(state.h, units, value))
    for x in XS:
        step = lstm.forward(PARAMS, state, x)
        state = lstm.State(write(step.h, units, value), step.c)
        hs.append(state.h)
    return np.stack(hs), state.c


def write(h, units, value):
    h = h.copy()
    for k, unit in enumerate(units):
        h[:, unit] = np.broadcast_to(value, len(units))[k]
    return h


@pytest.mark.parametrize(("units", "value"), [((1,), 0.0), ((0, 4), 0.3), ((3, 2), (0.9, -0.2)), ((), 0.0)])
def test_a_clamped_cell_is_the_cell_with_h_written_over(units, value):
    trace = through_time.unroll(Clamped(lstm, units, value), PARAMS, XS)
    hs, c = by_hand(units, value)
    assert np.array_equal(trace.h, hs) and np.array_equal(trace.state.c, c)


def test_clamping_no_unit_changes_nothing_and_clamping_all_removes_the_input():
    free = through_time.unroll(lstm, PARAMS, XS)
    assert np.array_equal(through_time.unroll(Clamped(lstm, ()), PARAMS, XS).h, free.h)
    deaf = through_time.unroll(Clamped(lstm, range(5)), PARAMS, XS)
    silent = through_time.unroll(lstm, PARAMS._replace(W_h=np.zeros((5, 20))), XS)
    assert np.all(deaf.h == 0) and np.allclose(deaf.c, silent.c, atol=1e-15)


def test_clamping_a_unit_to_its_own_value_changes_nothing():
    """With its output gate closed a unit outputs 0, clamped or not."""
    b = PARAMS.b.copy()
    b[15 + 2] = -1e4
    params = PARAMS._replace(b=b, W_x=np.where(np.arange(20) == 17, 0, PARAMS.W_x))
    free, held = (through_time.unroll(cell, params, XS) for cell in (lstm, Clamped(lstm, [2], 0.0)))
    assert np.array_equal(free.h, held.h)


@pytest.mark.parametrize("cell", [lstm, rnn], ids=["lstm", "rnn"])
def test_gradients_of_a_clamped_cell(cell):
    params, clamped = cell.init(RNG(3), 3, 4), Clamped(cell, (1, 3), 0.25)
    d_hs = RNG(4).normal(size=(6, 2, 4))
    back = through_time.backpropagate(clamped, params, through_time.unroll(clamped, params, XS), d_hs)
    exact = complex_step(lambda p: (through_time.unroll(clamped, p, XS).h * d_hs).sum(), params)
    assert relative_error(back.params, exact) < 1e-13
    d_xs = complex_step(lambda xs: (through_time.unroll(clamped, params, xs).h * d_hs).sum(), XS)
    assert relative_error(back.xs, d_xs) < 1e-13


def test_clamping_fits_into_a_layer_and_writes_into_nothing():
    model = Model(Recurrent(Clamped(lstm, [0], 0.5)), embedding_size=2)
    params, tokens = model.init(RNG(0), 4, 3, 4), RNG(1).integers(0, 4, (9, 2))
    assert np.all(model.forward(params, tokens).trace.h[:, :, 0] == 0.5)
    step = lstm.forward(PARAMS, lstm.zero_state(PARAMS, 2), XS[0])
    d_state = lstm.State(np.ones((2, 5)), np.ones((2, 5)))
    Clamped(lstm, [1]).backward(PARAMS, step, d_state)
    assert np.all(d_state.h == 1)


@pytest.mark.parametrize("unit", [5, -1])
def test_a_unit_that_is_not_there(unit):
    with pytest.raises(ValueError, match=re.escape(f"units is [{unit}]; expected whole numbers from 0 to 4")):
        through_time.unroll(Clamped(lstm, [unit]), PARAMS, XS)


# Connectivity

LAYERS = {"one": Recurrent(lstm), "stack": Stacked(Recurrent(lstm), Recurrent(rnn))}


@pytest.mark.parametrize("name", LAYERS)
def test_saliency_is_the_norm_of_the_gradient(name):
    model = Model(LAYERS[name], embedding_size=3)
    params, tokens = model.init(RNG(5), 6, 4, 6), np.array([0, 3, 3, 5, 1])
    answers = np.array([3, 3, 5, 1, 2])
    found = saliency(model, params, tokens, answers)
    xs = linear.embed(params.embedding, tokens[:, None])
    for t in range(5):

        def score(xs, t=t):
            y = linear.forward(params.readout, model.layer.forward(params.layer, xs).output)[t, 0]
            return y[answers[t]] - y.mean()

        differences = central_difference(score, xs)[:, 0]
        assert np.abs(found[t] - np.linalg.norm(differences, axis=-1)).max() < 1e-9
        assert relative_error(found[t], np.linalg.norm(complex_step(score, xs)[:, 0], axis=-1)) < 1e-12


def test_saliency_of_the_future_is_zero_and_a_constant_logit_shift_has_none():
    model = Model(Recurrent(lstm), embedding_size=3)
    params, tokens = model.init(RNG(6), 6, 4, 6), RNG(7).integers(0, 6, 8)
    found = saliency(model, params, tokens, np.roll(tokens, -1))
    assert np.all(found[np.triu_indices(8, 1)] == 0) and np.all(found[np.tril_indices(8)] > 0)
    W_y = params.readout.W_y
    shifted = params._replace(readout=params.readout._replace(W_y=W_y + RNG(8).normal(size=(4, 1))))
    assert np.allclose(saliency(model, shifted, tokens, np.roll(tokens, -1)), found, rtol=1e-10)


def test_forgotten_inputs_have_no_saliency():
    """With the forget gate closed and W_h = 0 only the present input is left."""
    model = Model(Recurrent(lstm), embedding_size=3)
    params = model.init(RNG(9), 6, 4, 6)
    b = np.where((np.arange(16) >= 4) & (np.arange(16) < 8), -1e3, 0.1)
    W_x = np.where((np.arange(16) >= 4) & (np.arange(16) < 8), 0.0, params.layer.W_x)
    params = params._replace(layer=lstm.Params(W_x, np.zeros((4, 16)), b))
    found = saliency(model, params, np.arange(5), np.arange(5))
    assert np.all(np.diag(found) > 0) and np.all(found[~np.eye(5, dtype=bool)] == 0)


@pytest.mark.parametrize(
    ("model", "tokens", "answers", "words"),
    [
        (Model(Recurrent(lstm)), np.zeros(3, int), np.zeros(3, int), "expected one with an embedding"),
        (Model(Recurrent(lstm), "last", 3), np.zeros(3, int), np.zeros(3, int), "an output at every step"),
        (Model(Recurrent(lstm), "mean", 3), np.zeros(3, int), np.zeros(3, int), "an output at every step"),
        (Model(Recurrent(lstm), embedding_size=3), np.zeros(3, int), np.zeros(2, int), "answers has shape (2,) and"),
        (Model(Recurrent(lstm), embedding_size=3), np.zeros(0, int), np.zeros(0, int), "expected (T,) for both"),
        (Model(Recurrent(lstm), embedding_size=3), np.zeros((3, 1), int), np.zeros(3, int), "tokens (3, 1)"),
    ],
)
def test_saliency_refuses(model, tokens, answers, words):
    params = Model(Recurrent(lstm), embedding_size=3).init(RNG(0), 6, 4, 6)
    with pytest.raises(ValueError, match=re.escape(words)):
        interventions.saliency(model, params, tokens, answers)


@pytest.mark.parametrize("cell", [lstm, gru], ids=laws.name_of)
def test_a_clamped_cell_takes_recurrent_dropout(cell):
    laws.h_mask_scales_the_rows_of_W_h(Clamped(cell, [1], 0.25), through_time)
