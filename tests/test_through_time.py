"""The reference engine: shapes, masks with holes, no steps at all, and errors that teach."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lstm_helpers
from lstm_helpers import cells, through_time
from lstm_helpers.arrays import tree_map
from lstm_helpers.cells import lstm, rnn
from lstm_helpers.gradcheck import relative_error
from tests import laws

CELLS = cells.CELLS


def test_the_package_offers_the_reference_engine():
    assert lstm_helpers.unroll is through_time.unroll
    assert lstm_helpers.backpropagate is through_time.backpropagate


def test_a_trace_is_the_steps_with_a_time_axis():
    params, xs, state, _, _ = laws.case(lstm, 4, 3, 2, 5)
    trace = through_time.unroll(lstm, params, xs, state)
    assert repr(trace) == "Trace(T=4, B=3, H=5: x previous i f g o c h)"
    assert len(trace) == 4
    assert trace.start is state
    assert np.array_equal(trace.x, xs)
    for t, step in enumerate(trace):
        want = lstm.forward(params, state, xs[t])
        assert isinstance(step, lstm.Step) and isinstance(step.previous, lstm.State)
        assert all(np.array_equal(a, b) for a, b in zip(step[2:], want[2:], strict=True))
        assert np.array_equal(step.previous.c, state.c)
        state = want.state
    assert np.array_equal(trace.state.c, trace.c[-1]) and np.array_equal(trace.state.h, trace.h[-1])
    assert np.array_equal(trace[-1].h, trace[3].h)
    with pytest.raises(IndexError, match="t is 4; expected one of the 4 steps"):
        trace[4]
    with pytest.raises(AttributeError, match="no attribute 'gate'"):
        _ = trace.gate


sizes = st.integers(1, 4)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(T=st.integers(0, 5), B=sizes, D=sizes, H=sizes, cell=st.sampled_from(CELLS), seed=st.integers(0, 10**6))
def test_any_mask_is_the_same_as_leaving_the_steps_out(T, B, D, H, cell, seed):
    """Each sequence alone, with its masked steps cut out of the input, gives the same numbers and gradients."""
    params, xs, state, d_hs, d_state = laws.case(cell, T, B, D, H, seed)
    mask = np.random.default_rng(seed).random((T, B)) < 0.6
    read = np.where(mask[:, :, None], xs, np.nan)
    trace = through_time.unroll(cell, params, read, state, mask)
    back = through_time.backpropagate(cell, params, trace, d_hs, d_state)
    total = tree_map(np.zeros_like, params)
    for b in range(B):
        keep = np.flatnonzero(mask[:, b])
        first, last = (tree_map(lambda a, b=b: a[b : b + 1], s) for s in (state, d_state))
        alone = through_time.unroll(cell, params, xs[keep, b : b + 1], first)
        assert relative_error(tree_map(lambda a, b=b: a[b : b + 1], trace.state), alone.state) < 1e-13
        shown = np.cumsum(mask[:, b])  # how many real steps each output has behind it
        outputs = np.concatenate([first.h, alone.h[:, 0]])[shown]
        assert relative_error(trace.h[:, b], outputs) < 1e-13
        # What is asked of a masked output is asked of the last real one, or of the start.
        asked = np.zeros((len(keep) + 1, H))
        np.add.at(asked, shown, d_hs[:, b])
        want = through_time.backpropagate(cell, params, alone, asked[1:, None], last)
        want_state = want.state._replace(h=want.state.h + asked[:1])
        assert relative_error(tree_map(lambda a, b=b: a[b : b + 1], back.state), want_state) < 1e-12
        assert relative_error(back.xs[keep, b : b + 1], want.xs) < 1e-12
        total = tree_map(np.add, total, want.params)
    assert relative_error(back.params, total) < 1e-12
    assert np.all(back.xs[~mask] == 0.0)
    for name in trace.steps._fields:
        if name not in ("previous", "h", "c"):
            assert np.all(getattr(trace, name)[~mask] == 0.0), name


@pytest.mark.parametrize("cell", CELLS, ids=laws.name_of)
@pytest.mark.parametrize("masked", [False, True])
def test_no_steps_at_all(cell, masked):
    params, xs, state, d_hs, d_state = laws.case(cell, 0, 2, 3, 4)
    mask = np.zeros((0, 2), bool) if masked else None
    trace = through_time.unroll(cell, params, xs, state, mask)
    assert len(trace) == 0 and trace.h.shape == (0, 2, 4) and trace.x.shape == (0, 2, 3)
    assert trace.state is state
    back = through_time.backpropagate(cell, params, trace, d_hs, d_state)
    assert relative_error(back.state, d_state) == 0.0
    assert all(np.all(leaf == 0) for leaf in back.params)
    assert back.xs.shape == (0, 2, 3) and back.states.h.shape == (0, 2, 4)


def test_a_fully_masked_run_keeps_the_state_bit_for_bit():
    params, xs, state, d_hs, d_state = laws.case(lstm, 3, 2, 3, 4)
    trace = through_time.unroll(lstm, params, np.full_like(xs, np.nan), state, np.zeros((3, 2), bool))
    assert np.array_equal(trace.state.c, state.c) and np.array_equal(trace.h[1], state.h)
    back = through_time.backpropagate(lstm, params, trace, d_hs, d_state)
    assert np.array_equal(back.state.c, d_state.c)
    assert np.abs(back.state.h - (d_state.h + d_hs.sum(axis=0))).max() < 1e-14
    assert all(np.all(leaf == 0) for leaf in back.params)


def test_gradients_add_up_over_losses():
    """Backpropagation is linear in what is asked of it."""
    params, xs, state, d_hs, d_state = laws.case(lstm, 4, 2, 3, 2)
    trace = through_time.unroll(lstm, params, xs, state)
    both = through_time.backpropagate(lstm, params, trace, d_hs, d_state)
    one = through_time.backpropagate(lstm, params, trace, d_hs)
    other = through_time.backpropagate(lstm, params, trace, np.zeros_like(d_hs), d_state)
    assert relative_error(tree_map(np.add, one, other), both) < 1e-12


def test_complex_parameters_with_real_inputs_promote():
    params, xs, _, d_hs, _ = laws.case(lstm, 3, 2, 2, 2)
    params = params._replace(b=params.b + 0j)
    trace = through_time.unroll(lstm, params, xs)
    assert trace.h.dtype == np.complex128
    back = through_time.backpropagate(lstm, params, trace, d_hs)
    assert back.params.W_x.dtype == np.complex128


PARAMS, XS, STATE, D_HS, D_STATE = laws.case(lstm, 5, 2, 3, 4)
BAD_RUNS = {
    "xs has shape (2, 3); expected (T, B, D) with D=3: one sequence is a batch of one, xs[:, None, :]": dict(xs=XS[0]),
    "xs has shape (2, 5, 3) but state has B=2; expected (T, B, D): it looks batch-first, try xs.swapaxes(0, 1)": dict(
        xs=XS.swapaxes(0, 1), state=STATE
    ),
    "xs has shape (3, 5, 2); expected (T, B, D) with D=3: the features come last": dict(xs=XS.transpose(2, 0, 1)),
    "xs has shape (5, 0, 3); expected (T, B, D) with D=3 (an empty axis": dict(xs=XS[:, :0]),
    "xs has shape (5, 2, 0)": dict(xs=XS[:, :, :0]),
    "xs is a list; expected a NumPy array (T, B, D)": dict(xs=XS.tolist()),
    "xs has dtype int64; expected floats such as float64: try xs.astype(np.float64)": dict(xs=XS.astype(np.int64)),
    "xs has dtype float32 but params.W_x has float64: give all arrays one dtype": dict(xs=XS.astype(np.float32)),
    "state.h has dtype float32 but params.W_x has float64": dict(state=tree_map(np.float32, STATE)),
    "state is an array; expected State(h, c), as zero_state returns it": dict(state=STATE.h),
    "state is State(h); expected State(h, c)": dict(state=rnn.State(STATE.h)),
    "state.h has shape (3, 4); expected (B, H) with B=2, H=4": dict(state=lstm.zero_state(PARAMS, 3)),
    "params is Params(h); expected Params(W_x, W_h, b)": dict(params=type("Params", (rnn.State,), {})(STATE.h)),
    "params.W_h has shape (4, 4); expected (H, 4H)": dict(params=rnn.init(np.random.default_rng(0), 3, 4)),
    "mask has shape (2, 5); expected (T, B) = (5, 2): it looks batch-first, try mask.T": dict(
        mask=np.ones((2, 5), bool)
    ),
    "mask has shape (5,); expected (T, B) = (5, 2)": dict(mask=np.ones(5, bool)),
    "mask has dtype float64; expected bool, True where there is an input: try mask != 0": dict(mask=np.ones((5, 2))),
    "xs[3, 1, 2] is nan: expected finite numbers; fill the gap, or mask the step": dict(
        xs=np.where(np.arange(30).reshape(5, 2, 3) == 23, np.nan, XS)
    ),
    "xs[3, 1, 2] is nan: expected": dict(
        xs=np.where(np.arange(30).reshape(5, 2, 3) == 23, np.nan, XS), mask=np.arange(10).reshape(5, 2) != 3
    ),
    "xs[0, 0, 0] is -inf": dict(xs=np.full_like(XS, -np.inf), mask=np.ones((5, 2), bool)),
}


@pytest.mark.parametrize("message", BAD_RUNS)
def test_unroll_names_the_bad_argument(message):
    arguments = dict(params=PARAMS, xs=XS, state=None, mask=None) | BAD_RUNS[message]
    with pytest.raises(ValueError, match=re.escape(message)):
        through_time.unroll(lstm, **arguments)


BAD_GRADIENTS = {
    "d_hs has shape (2, 4); expected (T, B, H) = (5, 2, 4): give a gradient for every step": dict(d_hs=D_HS[-1]),
    "d_hs has shape (4, 2, 4); expected (T, B, H) = (5, 2, 4)": dict(d_hs=D_HS[1:]),
    "d_hs has dtype float32 but params.W_x has float64": dict(d_hs=D_HS.astype(np.float32)),
    "d_state.c has dtype float32 but params.W_x has float64": dict(
        d_state=lstm.State(D_STATE.h, D_STATE.c.astype(np.float32))
    ),
    "d_state.h has dtype int64; expected floats": dict(d_state=tree_map(np.int64, D_STATE)),
    "d_state.c has shape (2,); expected (B, H) with B=2, H=4": dict(d_state=lstm.State(D_STATE.h, np.zeros(2))),
    "d_state is an array; expected State(h, c)": dict(d_state=D_STATE.h),
}


@pytest.mark.parametrize("message", BAD_GRADIENTS)
def test_backpropagate_names_the_bad_argument(message):
    trace = through_time.unroll(lstm, PARAMS, XS)
    arguments = dict(d_hs=D_HS, d_state=None) | BAD_GRADIENTS[message]
    with pytest.raises(ValueError, match=re.escape(message)):
        through_time.backpropagate(lstm, PARAMS, trace, **arguments)
