"""The cells against hand-worked numbers, laws, extremes and bad input."""

import re

import numpy as np
import pytest

from lstm_helpers import cells, through_time
from lstm_helpers.arrays import tree_map
from lstm_helpers.cells import ablated, lstm, rnn
from tests import laws

CELLS = [getattr(cells, name) for name in cells.__all__] + [ablated.Ablated(part) for part in ablated.PARTS]


@pytest.mark.parametrize("law", laws.FOR_THE_LSTM, ids=lambda law: law.__name__)
def test_lstm_law(law):
    law(lstm, through_time)


@pytest.mark.parametrize("law", laws.FOR_ANY_CELL, ids=lambda law: law.__name__)
@pytest.mark.parametrize("cell", CELLS, ids=laws.name_of)
def test_law(cell, law):
    law(cell, through_time)


def test_rnn_step_by_hand():
    """tanh(ln 2) = 3/5, so 1 - h^2 = 16/25."""
    params = rnn.Params(np.array([[np.log(2)]]), np.array([[0.5]]), np.array([0.0]))
    step = rnn.forward(params, rnn.State(np.array([[0.0]])), np.array([[1.0]]))
    assert abs(step.h.item() - 0.6) < 1e-15
    d_params, d_previous, d_x = rnn.backward(params, step, rnn.State(np.array([[2.0]])))
    assert abs(d_params.b.item() - 1.28) < 1e-15
    assert abs(d_params.W_x.item() - 1.28) < 1e-15
    assert d_params.W_h.item() == 0.0
    assert abs(d_previous.h.item() - 0.64) < 1e-15
    assert abs(d_x.item() - 1.28 * np.log(2)) < 1e-15


def test_a_full_open_belt_counts_past_one():
    """With f = i = g = 1 the belt is at 50 after 50 steps: no tanh bounds it."""
    params = lstm.Params(np.zeros((1, 4)), np.zeros((1, 4)), np.full(4, 100.0))
    trace = through_time.unroll(lstm, params, np.zeros((50, 1, 1)))
    assert np.array_equal(trace.c.ravel(), np.arange(1.0, 51.0))
    assert trace.h[0, 0, 0] == np.tanh(1.0)
    assert np.all(np.abs(trace.h) <= 1.0)


def test_half_open_gates_halve_the_belt():
    """Zero weights: f = i = o = 1/2 and g = 0, so c halves at each step, exactly."""
    params = lstm.Params(np.zeros((2, 8)), np.zeros((2, 8)), np.zeros(8))
    start = lstm.State(np.zeros((1, 2)), np.array([[1.0, -3.0]]))
    trace = through_time.unroll(lstm, params, np.ones((10, 1, 2)), start)
    assert np.array_equal(trace.c[:, 0, :], np.outer(0.5 ** np.arange(1, 11), [1.0, -3.0]))


@pytest.mark.parametrize("cell", CELLS, ids=laws.name_of)
@pytest.mark.parametrize("logit", [1e4, -1e4])
def test_extreme_logits_are_finite_and_silent(cell, logit):
    """pytest turns every warning into an error, so running through is the assertion of silence."""
    params = tree_map(np.zeros_like, cell.init(np.random.default_rng(0), 2, 3))
    params = type(params)(*params[:2], *[np.full_like(vector, logit) for vector in params[2:]])
    xs = np.zeros((3, 2, 2))
    trace = through_time.unroll(cell, params, xs)
    back = through_time.backpropagate(cell, params, trace, np.ones((3, 2, 3)))
    for leaf in (trace.h, *back.params, back.xs, *back.state):
        assert np.all(np.isfinite(leaf))
    if cell is lstm:
        expected = 1.0 if logit > 0 else 0.0
        assert np.all(trace.i == expected) and np.all(trace.f == expected) and np.all(trace.o == expected)


@pytest.mark.parametrize("cell", CELLS, ids=laws.name_of)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_dtype_is_kept(cell, dtype):
    params = cell.init(np.random.default_rng(0), 2, 3, dtype=dtype)
    mask = np.array([[True], [False], [True]])
    trace = through_time.unroll(cell, params, np.ones((3, 1, 2), dtype), mask=mask)
    back = through_time.backpropagate(cell, params, trace, np.ones((3, 1, 3), dtype))
    for leaf in (*trace.steps[2:], *trace.state, *back.params, back.xs, *back.state, *back.states):
        assert leaf.dtype == dtype


def test_float32_draws_the_same_weights():
    wide, narrow = (lstm.init(np.random.default_rng(7), 3, 5, dtype=dtype) for dtype in (np.float64, np.float32))
    assert np.array_equal(wide.W_h.astype(np.float32), narrow.W_h)


@pytest.mark.parametrize("cell", CELLS, ids=laws.name_of)
def test_inputs_are_never_written_to(cell):
    params, xs, state, d_hs, d_state = laws.case(cell, 4, 2, 3, 2)
    for leaf in (*params, xs, *state, d_hs, *d_state):
        leaf.flags.writeable = False
    mask = np.array([[True, False]] * 4)
    mask.flags.writeable = False
    trace = through_time.unroll(cell, params, xs, state, mask)
    before = trace.h.copy()
    through_time.backpropagate(cell, params, trace, d_hs, d_state)
    assert np.array_equal(trace.h, before)


GOOD = lstm.init(np.random.default_rng(0), 3, 2)
BAD_STEPS = {
    "x has shape (3,); expected (B, D) with D=3: a single input is a batch of one, x[None, :]": dict(x=np.zeros(3)),
    "x has shape (4, 2); expected (B, D) with D=3": dict(x=np.zeros((4, 2))),
    "x has shape (0, 3); expected (B, D) with D=3 (an empty axis": dict(x=np.zeros((0, 3))),
    "x is a list; expected a NumPy array (B, D)": dict(x=[[0.0] * 3]),
    "x has dtype int64; expected floats such as float64: try x.astype": dict(x=np.zeros((4, 3), np.int64)),
    "x has dtype float32 but params.W_x has float64": dict(x=np.zeros((4, 3), np.float32)),
    "state is a tuple of 2; expected State(h, c), as zero_state returns it": dict(state=(np.zeros((4, 2)),) * 2),
    "state.h has shape (5, 2); expected (B, H) with B=4, H=2": dict(state=lstm.zero_state(GOOD, 5)),
    "params is a tuple of 3; expected Params(W_x, W_h, b)": dict(params=tuple(GOOD)),
    "params.W_x has shape (8, 3); expected (D, 4H) with 4H=8: PyTorch": dict(params=GOOD._replace(W_x=GOOD.W_x.T)),
    "params.W_h has shape (8, 2); expected (H, 4H): PyTorch": dict(params=GOOD._replace(W_h=GOOD.W_h.T)),
    "params.b has shape (2, 8); expected (4H) with 4H=8": dict(params=GOOD._replace(b=np.zeros((2, 8)))),
}


@pytest.mark.parametrize("message", BAD_STEPS)
def test_forward_names_the_bad_argument(message):
    arguments = dict(params=GOOD, state=lstm.zero_state(GOOD, 4), x=np.zeros((4, 3))) | BAD_STEPS[message]
    with pytest.raises(ValueError, match=re.escape(message)):
        lstm.forward(**arguments)


BAD_INITS = {
    "rng is 0; expected a numpy Generator: try np.random.default_rng(0)": dict(rng=0),
    "input_size is 0; expected a whole number from 1": dict(input_size=0),
    "hidden_size is 2.0; expected a whole number from 1": dict(hidden_size=2.0),
    "hidden_size is True; expected": dict(hidden_size=True),
    "forget_bias is nan; expected a finite number": dict(forget_bias=np.nan),
    "dtype is int64; expected a float type": dict(dtype=np.int64),
    "dtype is complex128; expected a float type": dict(dtype=np.complex128),
}


@pytest.mark.parametrize("message", BAD_INITS)
def test_init_names_the_bad_argument(message):
    arguments = dict(rng=np.random.default_rng(0), input_size=3, hidden_size=2) | BAD_INITS[message]
    with pytest.raises(ValueError, match=re.escape(message)):
        lstm.init(**arguments)


def test_chrono_spreads_the_time_constants_up_to_the_lag():
    """1 / (1 - sigmoid(ln u)) = 1 + u, uniform from 2 to the longest lag, and i = 1 - f."""
    before = lstm.init(np.random.default_rng(0), 3, 4000, dtype=np.float32)
    params = lstm.chrono(np.random.default_rng(1), before, 101)
    b_i, b_f, b_g, b_o = np.split(params.b.astype(float), 4)
    constants = 1 / (1 - 1 / (1 + np.exp(-b_f)))
    assert 2 <= constants.min() < 2.1 and 100.9 < constants.max() <= 101.001
    assert abs(constants.mean() - 51.5) < 1.5
    assert np.array_equal(b_i, -b_f) and not b_g.any() and not b_o.any()
    assert params.b.dtype == np.float32 and params.W_h is before.W_h
    assert np.all(np.split(before.b, 4)[1] == 1.0)  # not written to


@pytest.mark.parametrize(("lag", "said"), [(2, "at least 3 steps"), (0, "whole number from 1"), (5.0, "whole number")])
def test_chrono_refuses_a_bad_lag(lag, said):
    with pytest.raises(ValueError, match=f"longest_lag is {lag}.*{said}"):
        lstm.chrono(np.random.default_rng(0), GOOD, lag)


def test_zero_state_and_backward_name_the_bad_argument():
    with pytest.raises(ValueError, match="batch_size is 0; expected a whole number from 1"):
        lstm.zero_state(GOOD, 0)
    step = lstm.forward(GOOD, lstm.zero_state(GOOD, 4), np.zeros((4, 3)))
    with pytest.raises(ValueError, match=re.escape("d_state.c has shape (2,); expected (B, H) with B=4, H=2")):
        lstm.backward(GOOD, step, lstm.State(np.zeros((4, 2)), np.zeros(2)))
