"""Jacobians through time: known theory, an independent derivative, and the laws that tie them to backpropagation."""

import re

import numpy as np
import pytest

from lstm_helpers import cells, gradcheck, gradient_flow, through_time
from lstm_helpers.activations import sigmoid
from lstm_helpers.arrays import tree_map
from lstm_helpers.cells import gru, lstm, rnn
from lstm_helpers.gradcheck import relative_error
from tests import laws
from tests.test_cells import MatrixMemory

CELLS = pytest.mark.parametrize("cell", [lstm, rnn], ids=["lstm", "rnn"])
EVERY_CELL = pytest.mark.parametrize("cell", [*cells.CELLS, MatrixMemory], ids=laws.name_of)


def run(cell, T=6, B=1, D=2, H=3, mask=None, seed=0):
    params, xs, state, d_hs, d_state = laws.case(cell, T, B, D, H, seed)
    return params, xs, state, through_time.unroll(cell, params, xs, state, mask), d_hs, d_state


def orthogonal(rng, size):
    return np.linalg.qr(rng.normal(size=(size, size)))[0]


# Theory


@pytest.mark.parametrize("rho", [0.5, 0.9, 1.0, 1.1, 2.0])
def test_a_linear_rnn_shrinks_or_grows_by_rho_at_every_step(rho):
    """At h = 0 the derivative of tanh is 1: the Jacobian is a power of W_h, here of norm rho^T."""
    rng = np.random.default_rng(1)
    params = rnn.Params(np.zeros((2, 8)), rho * orthogonal(rng, 8), np.zeros(8))
    trace = through_time.unroll(rnn, params, np.zeros((60, 1, 2)))
    got = gradient_flow.norms(gradient_flow.jacobians(rnn, params, trace, start=True))
    assert relative_error(got, rho ** np.arange(60.0, -1, -1)) < 1e-12
    backward = np.linalg.matrix_power(params.W_h.T, 60)  # row vectors: h_t = h_{t-1} W_h
    assert relative_error(gradient_flow.jacobians(rnn, params, trace, start=True)[0], backward) < 1e-12


@pytest.mark.parametrize("bias", [-1.0, 0.0, 1.0, 5.0])
def test_an_lstm_without_weights_decays_by_its_forget_gate(bias):
    params = tree_map(np.zeros_like, lstm.init(np.random.default_rng(0), 2, 4))
    params.b[4:8] = bias
    trace = through_time.unroll(lstm, params, np.zeros((100, 1, 2)))
    got = gradient_flow.norms(gradient_flow.jacobians(lstm, params, trace, of="c", by="c", start=True))
    assert relative_error(got, sigmoid(bias) ** np.arange(100.0, -1, -1)) < 1e-12
    parts = gradient_flow.split(lstm, params, trace, start=True)
    assert np.array_equal(parts.rest, np.zeros(101)) and np.array_equal(parts.direct_fraction, np.ones(101))


# Exactness


def complex_step_jacobian(cell, params, xs, state, mask=None):
    """Differentiate every number of the last state by every number of the first, without the backward pass."""
    fields = state._fields

    def number(at, field, k):
        last = through_time.unroll(cell, params, xs, at, mask).state
        return np.complex128(getattr(last, field)[0].flat[k])  # real where it does not depend on what was changed

    rows = []
    for field in fields:
        for k in range(getattr(state, field)[0].size):
            slope = gradcheck.complex_step(lambda at, field=field, k=k: number(at, field, k), state)
            rows.append(np.concatenate([a[0].ravel() for a in slope]))
    return np.array(rows)


@EVERY_CELL
def test_every_entry_equals_the_complex_step(cell):
    params, xs, state, trace, _, _ = run(cell)
    got = gradient_flow.jacobians(cell, params, trace, start=True)
    numbers = sum(a[0].size for a in state)
    assert got.shape == (7, numbers, numbers)
    for t in range(6):
        here = state if t == 0 else trace[t - 1].state
        assert relative_error(got[t], complex_step_jacobian(cell, params, xs[t:], here)) < 1e-12, t
    assert np.array_equal(got[-1], np.eye(got.shape[-1]))
    assert np.array_equal(gradient_flow.jacobians(cell, params, trace), got[1:])


@EVERY_CELL
def test_masked_steps_carry_the_gradient_as_they_carry_the_state(cell):
    mask = np.array([[1, 0], [1, 1], [0, 1], [1, 0], [0, 1], [1, 0]], bool)
    params, xs, state, trace, _, _ = run(cell, B=2, mask=mask)
    for sequence in (0, 1):
        first = tree_map(lambda a, k=sequence: a[k : k + 1], state)
        keep = mask[:, sequence]
        want = complex_step_jacobian(cell, params, xs[keep, sequence : sequence + 1], first)
        got = gradient_flow.jacobians(cell, params, trace, start=True, sequence=sequence)
        assert relative_error(got[0], want) < 1e-12
        for t in np.flatnonzero(~keep):
            assert np.array_equal(got[t], got[t + 1])
        if cell is lstm:
            alone = through_time.unroll(lstm, params, xs[keep, sequence : sequence + 1], first)
            kept = gradient_flow.forget_gate_product(trace, start=True, sequence=sequence)
            assert relative_error(kept[0], alone.f[:, 0].prod(axis=0)) < 1e-14


# Laws


@CELLS
def test_jacobians_multiply_over_steps(cell):
    params, _, _, trace, _, _ = run(cell, T=9)
    whole = gradient_flow.jacobians(cell, params, trace, start=True)
    for t in range(10):
        first = gradient_flow.jacobians(cell, params, gradient_flow.chunk(trace, 0, t), start=True)[0]
        assert relative_error(whole[0], whole[t] @ first) < 1e-12, t


@CELLS
def test_backpropagation_is_the_transposed_jacobian_at_work(cell):
    params, _, _, trace, d_hs, d_state = run(cell)
    back = through_time.backpropagate(cell, params, trace, np.zeros_like(d_hs), d_state)
    J = gradient_flow.jacobians(cell, params, trace, start=True)
    d = np.concatenate([a[0] for a in d_state])
    for t in range(6):
        want = np.concatenate([a[t, 0] for a in back.states])
        assert relative_error(J[t + 1].T @ d, want) < 1e-12
    assert relative_error(J[0].T @ d, np.concatenate([a[0] for a in back.state])) < 1e-12


def test_blocks_are_cut_from_the_whole():
    params, _, _, trace, _, _ = run(lstm)
    whole = gradient_flow.jacobians(lstm, params, trace)
    for of, rows in (("h", slice(0, 3)), ("c", slice(3, 6)), (None, slice(None))):
        for by, columns in (("h", slice(0, 3)), ("c", slice(3, 6)), (None, slice(None))):
            got = gradient_flow.jacobians(lstm, params, trace, of=of, by=by)
            assert relative_error(got, whole[:, rows, columns]) < 1e-14, (of, by)


def test_the_split_adds_up_and_its_direct_part_is_what_is_left_without_recurrent_weights():
    params, xs, state, trace, _, _ = run(lstm)
    total = gradient_flow.jacobians(lstm, params, trace, of="c", by="c", start=True)
    direct = gradient_flow.forget_gate_product(trace, start=True)
    assert relative_error(direct[1:], gradient_flow.forget_gate_product(trace)) == 0.0
    assert relative_error(direct[2], trace.f[2:, 0].prod(axis=0)) < 1e-14
    parts = gradient_flow.split(lstm, params, trace, start=True)
    assert relative_error(parts.direct_fraction, parts.direct / (parts.direct + parts.rest)) < 1e-14
    assert relative_error(parts.total, gradient_flow.norms(total)) == 0.0
    assert relative_error(parts.direct, direct.max(axis=1)) == 0.0
    want = [np.linalg.svd(J - np.diag(d), compute_uv=False)[0] for J, d in zip(total, direct, strict=True)]
    assert relative_error(parts.rest, np.array(want)) < 1e-12
    assert np.all(parts.total <= parts.direct + parts.rest + 1e-14)
    assert (
        np.all((parts.direct_fraction >= 0) & (parts.direct_fraction <= 1))
        and parts.direct_fraction[-1] == 1.0
        and parts.direct_fraction[0] < 1.0
    )
    alone = params._replace(W_h=np.zeros_like(params.W_h))
    unfed = through_time.unroll(lstm, alone, xs, state)
    only = gradient_flow.jacobians(lstm, alone, unfed, of="c", by="c", start=True)
    assert relative_error(only, gradient_flow.forget_gate_product(unfed, start=True)[:, :, None] * np.eye(3)) < 1e-14


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@CELLS
def test_lower_precision_follows_as_far_as_its_range_reaches(cell, dtype):
    def curve(kind):
        def make(rng):
            return cell.init(rng, 3, 8, dtype=kind)

        return gradient_flow.lag_norms(np.random.default_rng(4), cell, make, 12, runs=3)

    exact, rough = curve(np.float64), curve(dtype)
    assert exact.dtype == rough.dtype == np.float64
    assert 0 < relative_error(np.log(rough), np.log(exact)) < 100 * np.finfo(dtype).eps


def test_norms_are_largest_singular_values_and_overflow_is_infinite():
    matrices = np.random.default_rng(0).normal(size=(4, 2, 5, 3))
    assert relative_error(gradient_flow.norms(matrices), np.linalg.svd(matrices, compute_uv=False)[..., 0]) < 1e-14
    matrices[1, 0, 2, 1], matrices[2, 1, 0, 0] = np.inf, np.nan
    got = gradient_flow.norms(matrices)
    assert np.isinf(got[1, 0]) and np.isinf(got[2, 1]) and np.isfinite(got).sum() == 6
    assert relative_error(gradient_flow.norms(np.full((1, 1), 1e-300)), np.array(1e-300)) < 1e-14


# Experiments


def test_lag_norms_are_those_of_runs_made_by_hand():
    def make(rng):
        return lstm.init(rng, 2, 4, forget_bias=2.0)

    got = gradient_flow.lag_norms(np.random.default_rng(7), lstm, make, 5, runs=3, input_scale=0.5, of="c", by="c")
    assert got.shape == (3, 6) and np.array_equal(got[:, 0], np.ones(3))
    for curve, child in zip(got, np.random.default_rng(7).spawn(3), strict=True):
        params = make(child)
        trace = through_time.unroll(lstm, params, 0.5 * child.normal(size=(5, 1, 2)))
        J = complex_step_jacobian(lstm, params, trace.x, trace.start)
        assert abs(curve[5] - np.linalg.svd(J[4:, 4:], compute_uv=False)[0]) < 1e-12 * curve[5]
    more = gradient_flow.lag_norms(np.random.default_rng(7), lstm, make, 5, runs=4, input_scale=0.5, of="c", by="c")
    assert np.array_equal(more[:3], got)
    parts = gradient_flow.lag_splits(np.random.default_rng(7), lstm, make, 5, runs=3, input_scale=0.5)
    assert np.array_equal(parts.total, got) and parts.direct_fraction.shape == (3, 6)
    assert np.array_equal(parts.direct_fraction[:, :2], np.ones((3, 2)))  # too soon for a path through h
    assert relative_error(parts.direct[2, 5], trace.f[:, 0].prod(axis=0).max()) < 1e-14


def test_a_singular_value_above_one_is_needed_to_explode_and_not_enough():
    """The same weights, with inputs and without: inputs push tanh off its steep middle."""

    def make(rng):
        return gradient_flow.with_spectral_norm(rnn.init(rng, 8, 32), 2.0)

    quiet, loud = (
        gradient_flow.lag_norms(np.random.default_rng(2), rnn, make, 60, runs=5, input_scale=s) for s in (0.0, 3.0)
    )
    assert np.median(quiet[:, -1]) > 1e3
    assert np.median(loud[:, -1]) < 1e-3
    small = gradient_flow.lag_norms(
        np.random.default_rng(2),
        rnn,
        lambda rng: gradient_flow.with_spectral_norm(rnn.init(rng, 8, 32), 0.9),
        60,
        runs=5,
    )
    assert np.all(small <= 0.9 ** np.arange(61) * (1 + 1e-12))  # σ_max ≤ 1: it cannot explode, whatever the inputs


def test_scaling_to_a_spectral_norm_changes_nothing_else():
    params = lstm.init(np.random.default_rng(0), 3, 5)
    scaled = gradient_flow.with_spectral_norm(params, 1.7)
    assert abs(np.linalg.norm(scaled.W_h, 2) - 1.7) < 1e-14
    assert scaled.W_x is params.W_x and scaled.b is params.b
    assert relative_error(scaled.W_h / scaled.W_h[0, 0], params.W_h / params.W_h[0, 0]) < 1e-14


# Truncation


def test_a_chunk_is_the_run_over_its_inputs_from_the_previous_state():
    mask = np.random.default_rng(3).random((7, 2)) < 0.6
    params, xs, _, trace, _, _ = run(lstm, T=7, B=2, mask=mask)
    part = gradient_flow.chunk(trace, 2, 5)
    again = through_time.unroll(lstm, params, xs[2:5], trace[1].state, mask[2:5])
    assert relative_error((part.steps, part.start), (again.steps, again.start)) < 1e-14
    assert np.array_equal(part.mask, mask[2:5]) and len(gradient_flow.chunk(trace, 0, 7)) == 7


@CELLS
@pytest.mark.parametrize("masked", [False, True])
def test_truncation_beyond_the_end_is_full_backpropagation(cell, masked):
    mask = np.random.default_rng(3).random((7, 2)) < 0.6 if masked else None
    params, _, _, trace, d_hs, d_state = run(cell, T=7, B=2, mask=mask)
    full = through_time.backpropagate(cell, params, trace, d_hs, d_state)
    for steps in (7, 8, 100):
        assert relative_error(gradient_flow.truncated(cell, params, trace, d_hs, steps, d_state), full) == 0.0


@CELLS
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("steps", [1, 2, 3, 6])
def test_truncation_is_the_gradient_with_constant_states_between_chunks(cell, steps, masked):
    """Complex step on chunks whose initial state is a constant: no line of the backward pass is used."""
    mask = np.random.default_rng(3).random((7, 2)) < 0.6 if masked else None
    params, xs, state, trace, d_hs, d_state = run(cell, T=7, B=2, mask=mask)
    got = gradient_flow.truncated(cell, params, trace, d_hs, steps, d_state)
    total, d_xs = tree_map(np.zeros_like, params), []
    for first in range(0, 7, steps):
        rows = slice(first, first + steps)
        held = state if first == 0 else trace[first - 1].state
        at_end = d_state if first + steps >= 7 else tree_map(np.zeros_like, d_state)

        def loss(tree, rows=rows, held=held, at_end=at_end):
            weights, inputs = tree
            part = mask[rows] if masked else None
            piece = through_time.unroll(cell, weights, inputs, held, part)
            return (piece.h * d_hs[rows]).sum() + sum((a * b).sum() for a, b in zip(piece.state, at_end, strict=True))

        d_params, d_piece = gradcheck.complex_step(loss, (params, xs[rows]))
        total = tree_map(np.add, total, d_params)
        d_xs.append(d_piece)
    assert relative_error(got.params, total) < 1e-12
    assert relative_error(got.xs, np.concatenate(d_xs)) < 1e-12
    full = through_time.backpropagate(cell, params, trace, d_hs, d_state)
    assert relative_error(got.params, full.params) > 1e-3


@EVERY_CELL
def test_no_steps_at_all(cell):
    params, _, _, trace, d_hs, d_state = run(cell, T=0, B=2)
    assert gradient_flow.jacobians(cell, params, trace).shape[0] == 0
    (only,) = gradient_flow.jacobians(cell, params, trace, start=True)
    assert np.array_equal(only, np.eye(len(only)))
    back = gradient_flow.truncated(cell, params, trace, d_hs, 3, d_state)
    assert relative_error(back, through_time.backpropagate(cell, params, trace, d_hs, d_state)) == 0.0


# What is refused

PARAMS, _, _, TRACE, D_HS, _ = run(lstm, B=2)
REFUSED = {
    "of is 'f'; expected None or a field of the state: h, c": lambda: gradient_flow.jacobians(
        lstm, PARAMS, TRACE, of="f"
    ),
    "by is 'g'; expected None or": lambda: gradient_flow.jacobians(lstm, PARAMS, TRACE, by="g"),
    "sequence is 2; expected a whole number from 0 to 1": lambda: gradient_flow.jacobians(
        lstm, PARAMS, TRACE, sequence=2
    ),
    "sequence is -1; expected": lambda: gradient_flow.forget_gate_product(TRACE, sequence=-1),
    "trace has the fields x, previous, h; expected a forget gate f": lambda: gradient_flow.forget_gate_product(
        run(rnn)[3]
    ),
    "jacobians has shape (3,); expected (..., S, S)": lambda: gradient_flow.norms(np.ones(3)),
    "steps is 0; expected a whole number from 1": lambda: gradient_flow.truncated(lstm, PARAMS, TRACE, D_HS, 0),
    "d_hs has shape (5, 2, 3); expected (T, B, H)": lambda: gradient_flow.truncated(lstm, PARAMS, TRACE, D_HS[1:], 2),
    "sigma is nan; expected a number from 0": lambda: gradient_flow.with_spectral_norm(PARAMS, float("nan")),
    "params.W_h is zero": lambda: gradient_flow.with_spectral_norm(tree_map(np.zeros_like, PARAMS), 1.0),
    "runs is 0": lambda: gradient_flow.lag_norms(np.random.default_rng(0), lstm, lambda rng: PARAMS, 3, runs=0),
    "input_scale is -1; expected a number from 0": lambda: gradient_flow.lag_norms(
        np.random.default_rng(0), lstm, lambda rng: PARAMS, 3, input_scale=-1
    ),
    "rng is 0; expected a numpy Generator": lambda: gradient_flow.lag_norms(0, lstm, lambda rng: PARAMS, 3),
}


@pytest.mark.parametrize("message", REFUSED)
def test_bad_arguments_are_named(message):
    with pytest.raises(ValueError, match=re.escape(message)):
        REFUSED[message]()


@pytest.mark.parametrize("cell", [lstm, gru], ids=laws.name_of)
def test_recurrent_dropout_affects_the_gradient_flow(cell):
    params, xs, state, d_hs, d_state = laws.case(cell, 5, 3, 2, 4)
    h_mask = np.random.default_rng(1).random((3, 4)) * 2
    trace = through_time.unroll(cell, params, xs, state, None, h_mask)
    got = gradient_flow.jacobians(cell, params, trace, of="h", by="h", start=True, sequence=1)[0]
    start = tree_map(lambda a: a[1:2], state)
    for k, row in enumerate(got):

        def loss(h, k=k):
            run = through_time.unroll(cell, params, xs[:, 1:2], start._replace(h=h), None, h_mask[1:2])
            return run.state.h[0, k]

        laws.assert_close(row, gradcheck.complex_step(loss, start.h)[0], 1e-12)
    whole = through_time.backpropagate(cell, params, trace, d_hs, d_state)
    laws.assert_close(gradient_flow.truncated(cell, params, trace, d_hs, 5, d_state), whole, 0.0)
    assert relative_error(gradient_flow.truncated(cell, params, trace, d_hs, 2, d_state).state, whole.state) > 0.01
