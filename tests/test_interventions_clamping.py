"""Clamping gates: what must change, what must not, and that everything after it is computed by the cell."""

import re

import numpy as np
import pytest

from lstm_helpers import unroll
from lstm_helpers.arrays import leaves
from lstm_helpers.cells import lstm
from lstm_helpers.data import trained
from lstm_helpers.data.tasks import agreement
from lstm_helpers.interventions import clamp_gates

FIELDS = "ifgoch"


def a_run(T=6, B=2, D=3, H=4, seed=3, mask=None, dtype=np.float64):
    rng = np.random.default_rng(seed)
    params = lstm.init(rng, D, H, dtype=dtype)
    params = params._replace(W_h=3 * params.W_h)
    xs = rng.normal(size=(T, B, D)).astype(dtype)
    return params, unroll(lstm, params, xs, lstm.State(*rng.normal(size=(2, B, H)).astype(dtype)), mask)


def same_bits(a, b):
    return all(np.array_equal(left, right) for (_, left), (_, right) in zip(leaves(a), leaves(b), strict=True))


def test_clamping_nothing_changes_nothing():
    params, trace = a_run()
    assert clamp_gates(params, trace, {}) is not None and same_bits(clamp_gates(params, trace, {}).steps, trace.steps)
    empty = unroll(lstm, params, np.zeros((0, 1, 3)))
    assert len(clamp_gates(params, empty, {})) == 0


def test_a_gate_clamped_to_its_own_value_changes_nothing():
    params, trace = a_run(B=1)
    held = {(2, gate, k): trace[2]._asdict()[gate][0, k] for gate in "ifgo" for k in range(4)}
    for (_, was), (_, now) in zip(leaves(trace.steps), leaves(clamp_gates(params, trace, held).steps), strict=True):
        np.testing.assert_allclose(now, was, rtol=0, atol=1e-15)


def test_by_hand():
    """One unit, one input, no recurrence: c = 0.25 · 2 + 0.5 · 1 at the held step, and half of it one step later."""
    biases = np.zeros(4)
    params = lstm.Params(np.zeros((1, 4)), np.zeros((1, 4)), biases)  # i = f = o = 1/2, g = 0
    trace = unroll(lstm, params, np.zeros((3, 1, 1)), lstm.State(np.zeros((1, 1)), np.array([[4.0]])))
    assert trace.c[:, 0, 0].tolist() == [2.0, 1.0, 0.5]
    run = clamp_gates(params, trace, {(1, "f", 0): 0.25, (1, "g", 0): 1.0, (1, "o", 0): 0.125})
    assert run.c[:, 0, 0].tolist() == [2.0, 1.0, 0.5]  # 0.25 · 2 + 0.5 · 1 = 1 as well, so look at the gates
    assert run.f[:, 0, 0].tolist() == [0.5, 0.25, 0.5] and run.g[:, 0, 0].tolist() == [0.0, 1.0, 0.0]
    np.testing.assert_allclose(run.h[:, 0, 0], [0.5 * np.tanh(2), 0.125 * np.tanh(1), 0.5 * np.tanh(0.5)], rtol=1e-15)
    run = clamp_gates(params, trace, {(1, "i", 0): 1.0, (1, "g", 0): -1.0})
    assert run.c[:, 0, 0].tolist() == [2.0, 0.0, 0.0]


def test_the_past_stays_and_the_future_is_the_cells_own():
    params, trace = a_run()
    run = clamp_gates(params, trace, {(2, "f", 1): 0.0})
    for name in FIELDS:
        assert np.array_equal(getattr(run, name)[:2], getattr(trace, name)[:2])
        others = [0, 2, 3]
        assert np.array_equal(getattr(run, name)[2][:, others], getattr(trace, name)[2][:, others]), name
    assert np.array_equal(run.i[2], trace.i[2]) and np.array_equal(run.c[2, :, 1], run.i[2, :, 1] * run.g[2, :, 1])
    later = unroll(lstm, params, trace.x[3:], run[2].state)
    for name in FIELDS:
        assert np.array_equal(getattr(run, name)[3:], getattr(later, name)), name
    assert np.abs(run.f[3:, :, others] - trace.f[3:, :, others]).max() > 1e-3  # h fed back into the other units
    assert np.array_equal(run.previous.c[3], run.c[2]) and np.array_equal(run.previous.h[3], run.h[2])


def test_the_first_step_held_begins_where_the_run_began():
    params, trace = a_run()
    run = clamp_gates(params, trace, {(0, "i", 1): 0.0})
    assert np.array_equal(run.f[0], trace.f[0]) and np.array_equal(run.g[0], trace.g[0])
    assert np.array_equal(run.c[0, :, 1], trace.f[0, :, 1] * trace.start.c[:, 1])  # nothing is let in
    assert np.array_equal(run.previous.c[0], trace.start.c) and run.start is trace.start


def test_what_each_gate_is_for():
    params, trace = a_run()
    kept = clamp_gates(params, trace, {(3, "f", 2): 1.0, (3, "i", 2): 0.0})
    assert np.array_equal(kept.c[3, :, 2], trace.c[2, :, 2])  # the cell state arrives unchanged
    hidden = clamp_gates(params, trace, {(3, "o", 2): 0})
    assert np.all(hidden.h[3, :, 2] == 0) and np.array_equal(hidden.c[3], trace.c[3])  # hides, does not erase
    assert not np.array_equal(hidden.c[4], trace.c[4])  # but the next step's gates have seen it


def test_several_steps_in_any_order_are_the_same_as_one_after_the_other():
    params, trace = a_run()
    first, second = {(1, "o", 0): 0.2, (1, "f", 3): 1.0}, {(4, "i", 2): 0.9, (3, "g", 0): -1.0}
    both = clamp_gates(params, trace, {**second, **first})
    assert same_bits(both.steps, clamp_gates(params, clamp_gates(params, trace, first), second).steps)
    assert same_bits(both.steps, clamp_gates(params, trace, {**first, **second}).steps)


def test_masked_sequences_carry_on():
    mask = np.array([[True, True], [True, False], [False, True], [True, True], [True, False], [True, True]])
    params, trace = a_run(mask=mask)
    run = clamp_gates(params, trace, {(1, "f", 0): 0.0, (1, "o", 0): 1.0})
    assert run.f[1, 0, 0] == 0 and run.o[1, 0, 0] == 1.0
    assert np.array_equal(run.c[:, 1], trace.c[:, 1]) and np.array_equal(run.f[:, 1], trace.f[:, 1])
    assert np.array_equal(run.c[2, 0], run.c[1, 0]) and np.array_equal(run.h[2, 0], run.h[1, 0])
    assert run.mask is mask and not np.array_equal(run.c[3:, 0], trace.c[3:, 0])
    params, trace = a_run(mask=np.array([[True] * 2] * 4 + [[False] * 2] * 2))
    with pytest.raises(ValueError, match="held has the step 4, which is masked"):
        clamp_gates(params, trace, {(4, "f", 0): 0.0})


def test_nothing_is_written_to_and_the_precision_stays():
    params, trace = a_run(dtype=np.float32)
    for _, array in (*leaves(trace.steps), *leaves(trace.start), *leaves(params)):
        array.setflags(write=False)
    run = clamp_gates(params, trace, {(0, "i", 0): 0.3, (np.int64(5), "o", np.int64(1)): np.float32(1)})
    assert all(array.dtype == np.float32 for _, array in leaves(run.steps))


def test_a_reset_cell_agrees_with_the_next_noun():
    """The experiment of the page on sequences; a single unit's memory is restored by the others instead."""
    network = trained.agreement()
    trace = unroll(lstm, network.cell, agreement.encode("the dogs near the cat behind the horse"))

    def answers(held):
        return (clamp_gates(network.cell, trace, held).h @ network.W_y + network.b_y)[:, 0, 0]

    plural = answers({})
    assert plural[1] > 5 and plural[-1] > 5
    reset = answers({(2, gate, unit): 0.0 for gate in "fi" for unit in range(4)})
    assert np.array_equal(reset[:2], plural[:2])
    np.testing.assert_allclose(reset[2], network.b_y[0], rtol=1e-12)  # the cell state is 0: only the bias is left
    assert reset[4] < -5 and reset[-1] < -5  # "the cat": singular
    for unit in range(4):
        assert answers({(2, gate, unit): 0.0 for gate in "fi"})[-1] > 5


@pytest.mark.parametrize(
    ("held", "words"),
    [
        ([], "held is a list; expected a dict such as {(4, 'f', 0): 0.0}"),
        ({4: 0.0}, "held has the key 4; expected (step, gate, unit)"),
        ({(4, "f"): 0.0}, "held has the key (4, 'f'); expected (step, gate, unit)"),
        ({(4, "c", 0): 0.0}, "held has the gate 'c'; expected one of 'i', 'f', 'g', 'o'"),
        ({(6, "f", 0): 0.0}, "held has the step 6; expected a whole number from 0 to 5"),
        ({(-1, "f", 0): 0.0}, "held has the step -1; expected a whole number from 0 to 5"),
        ({(True, "f", 0): 0.0}, "held has the step True; expected a whole number"),
        ({(0, "f", 4): 0.0}, "held has the unit 4; expected a whole number from 0 to 3"),
        ({(0, "f", 0.5): 0.0}, "held has the unit 0.5; expected a whole number"),
        ({(0, "f", 0): 1.5}, "held sets f to 1.5 at step 0; a gate lies between 0 and 1"),
        ({(0, "o", 0): -0.1}, "held sets o to -0.1 at step 0; a gate lies between 0 and 1"),
        ({(0, "g", 0): -1.1}, "held sets g to -1.1 at step 0; the candidate lies between -1 and 1"),
        ({(0, "i", 0): float("nan")}, "held sets i to nan at step 0"),
        ({(0, "i", 0): "1"}, "held sets i to '1' at step 0"),
    ],
)
def test_invalid_clamps_are_refused(held, words):
    params, trace = a_run()
    with pytest.raises(ValueError, match=re.escape(words)):
        clamp_gates(params, trace, held)


def test_recurrent_dropout_stays_when_a_gate_is_clamped():
    rng = np.random.default_rng(3)
    params, xs = lstm.init(rng, 2, 4), rng.normal(size=(5, 3, 2))
    h_mask = 2.0 * (rng.random((3, 4)) < 0.5)
    trace = unroll(lstm, params, xs, h_mask=h_mask)
    alone = unroll(lstm, params, xs[:, :1], h_mask=h_mask[:1])
    held = clamp_gates(params, alone, {(1, "f", 2): float(alone.f[1, 0, 2])})
    assert np.array_equal(held.h, alone.h) and held.h_mask is alone.h_mask
    assert np.abs(alone.h - trace.h[:, :1]).max() < 1e-15
