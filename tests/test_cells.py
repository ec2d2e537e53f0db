"""The cells against hand-worked numbers, laws, extremes and bad input."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, NamedTuple

import numpy as np
import pytest

from lstm_helpers import cells, fused, through_time
from lstm_helpers.arrays import BH, Array, tree_map
from lstm_helpers.cells import ablated, base, gru, lstm, rnn
from lstm_helpers.layers import Recurrent
from tests import laws

CELLS = [*cells.CELLS, *(ablated.Ablated(part) for part in ablated.PARTS)]


@pytest.mark.parametrize("law", laws.FOR_THE_LSTM, ids=lambda law: law.__name__)
def test_lstm_law(law):
    law(lstm, through_time)


@pytest.mark.parametrize("law", laws.FOR_ANY_CELL + laws.IN_A_LAYER, ids=lambda law: law.__name__)
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


def test_a_cell_state_with_open_gates_exceeds_one():
    """With f = i = g = 1 the cell state is 50 after 50 steps: no tanh bounds it."""
    params = lstm.Params(np.zeros((1, 4)), np.zeros((1, 4)), np.full(4, 100.0))
    trace = through_time.unroll(lstm, params, np.zeros((50, 1, 1)))
    assert np.array_equal(trace.c.ravel(), np.arange(1.0, 51.0))
    assert trace.h[0, 0, 0] == np.tanh(1.0)
    assert np.all(np.abs(trace.h) <= 1.0)


def test_half_open_gates_halve_the_cell_state():
    """Zero weights: f = i = o = 1/2 and g = 0, so c halves at each step, exactly."""
    params = lstm.Params(np.zeros((2, 8)), np.zeros((2, 8)), np.zeros(8))
    start = lstm.State(np.zeros((1, 2)), np.array([[1.0, -3.0]]))
    trace = through_time.unroll(lstm, params, np.ones((10, 1, 2)), start)
    assert np.array_equal(trace.c[:, 0, :], np.outer(0.5 ** np.arange(1, 11), [1.0, -3.0]))


@pytest.mark.parametrize("cell", CELLS, ids=laws.name_of)
@pytest.mark.parametrize("z", [1e4, -1e4])
def test_extreme_pre_activations_are_finite_and_silent(cell, z):
    """pytest turns every warning into an error, so running through is the assertion of silence."""
    params = tree_map(np.zeros_like, cell.init(np.random.default_rng(0), 2, 3))
    params = type(params)(*params[:2], *[np.full_like(vector, z) for vector in params[2:]])
    xs = np.zeros((3, 2, 2))
    trace = through_time.unroll(cell, params, xs)
    back = through_time.backpropagate(cell, params, trace, np.ones((3, 2, 3)))
    for leaf in (trace.h, *back.params, back.xs, *back.state):
        assert np.all(np.isfinite(leaf))
    if cell is lstm:
        expected = 1.0 if z > 0 else 0.0
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
    "state.h has dtype float32 but params.W_x has float64": dict(state=tree_map(np.float32, lstm.zero_state(GOOD, 4))),
    "params.W_x has dtype int64; expected floats": dict(
        params=tree_map(np.int64, GOOD), state=lstm.State(*np.zeros((2, 4, 2), int)), x=np.zeros((4, 3), int)
    ),
    "params is a tuple of 3; expected Params(W_x, W_h, b)": dict(params=tuple(GOOD)),
    "params.W_x has shape (8, 3); expected (D, 4H) with 4H=8: PyTorch": dict(params=GOOD._replace(W_x=GOOD.W_x.T)),
    "params.W_h has shape (8, 2); expected (H, 4H): PyTorch": dict(params=GOOD._replace(W_h=GOOD.W_h.T)),
    "params.b has shape (2, 8); expected (4H) with 4H=8": dict(params=GOOD._replace(b=np.zeros((2, 8)))),
    "params.W_x has shape (3, 6); expected (D, 4H) with 4H=8": dict(params=GOOD._replace(W_x=np.zeros((3, 6)))),
    "params.W_h has shape (2, 6); expected (H, 4H): PyTorch": dict(params=GOOD._replace(W_h=np.zeros((2, 6)))),
    "params.W_x has shape (0, 8); expected (D, 4H) with 4H=8": dict(params=GOOD._replace(W_x=np.zeros((0, 8)))),
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


def test_chrono_sets_time_constants_up_to_the_lag():
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


# Weights and states of other shapes


class MemoryParams(NamedTuple):
    W_x: Annotated[Array, "D 2H"]
    W_h: Annotated[Array, "H H"]
    b: Annotated[Array, "H"]
    W_p: Annotated[Array, "H H"]


class MemoryState(NamedTuple):
    h: BH
    C: Annotated[Array, "B H H"]


class MemoryStep(NamedTuple):
    x: Array
    previous: MemoryState
    k: BH
    v: BH
    q: BH
    C: Annotated[Array, "B H H"]
    h: BH

    @property
    def state(self):
        return MemoryState(self.h, self.C)


class MatrixMemory:
    """A cell of another kind, for the laws: its memory is a matrix, and it has a third matrix of weights.

    C_t = C_{t-1} / 2 + k vᵀ,  q = tanh(h_{t-1} W_h + b),  h_t = tanh(C_tᵀ q) W_p
    """

    @staticmethod
    def init(rng, input_size, hidden_size):
        W_x, W_h, b = base.initial(rng, input_size, hidden_size, ("k", "v"), float)
        square = W_h[:, :hidden_size], W_h[:, hidden_size:]
        return MemoryParams(W_x, square[0], b[:hidden_size], square[1])

    @staticmethod
    def zero_state(params, batch_size):
        return base.zeros(params, MemoryParams, MemoryState, batch_size)

    @staticmethod
    def forward(params, state, x, h_mask=1.0):
        base.check_step(params, state, x, MemoryParams, MemoryState)
        k, v = np.split(x @ params.W_x, 2, axis=1)
        q = np.tanh((h_mask * state.h) @ params.W_h + params.b)
        C = state.C / 2 + k[:, :, None] * v[:, None, :]
        h = np.tanh(np.einsum("bkv,bk->bv", C, q)) @ params.W_p
        return MemoryStep(x, state, k, v, q, C, h)

    @staticmethod
    def backward(params, step, d_state, h_mask=1.0):
        base.check_state("d_state", d_state, MemoryState, *step.h.shape)
        read = np.tanh(np.einsum("bkv,bk->bv", step.C, step.q))
        dz_read = d_state.h @ params.W_p.T * (1 - read**2)
        dC = d_state.C + step.q[:, :, None] * dz_read[:, None, :]
        dz_q = np.einsum("bkv,bv->bk", step.C, dz_read) * (1 - step.q**2)
        dk, dv = np.einsum("bkv,bv->bk", dC, step.v), np.einsum("bkv,bk->bv", dC, step.k)
        d_kv = np.concatenate([dk, dv], axis=1)
        d_params = MemoryParams(
            step.x.T @ d_kv, (h_mask * step.previous.h).T @ dz_q, dz_q.sum(axis=0), read.T @ d_state.h
        )
        return d_params, MemoryState(h_mask * (dz_q @ params.W_h.T), dC / 2), d_kv @ params.W_x.T


@pytest.mark.parametrize("law", laws.FOR_ANY_CELL + laws.IN_A_LAYER, ids=lambda law: law.__name__)
@pytest.mark.parametrize("engine", [through_time, fused], ids=["through_time", "fused"])
def test_a_cell_with_a_matrix_memory_obeys_every_law(law, engine):
    law(MatrixMemory, engine)


MEMORY_PARAMS = MatrixMemory.init(np.random.default_rng(0), 3, 2)
MEMORY_STATE = MatrixMemory.zero_state(MEMORY_PARAMS, 4)
BAD_MEMORY = {
    "params.W_p has shape (3, 2); expected (H, H) with H=2": dict(params=MEMORY_PARAMS._replace(W_p=np.zeros((3, 2)))),
    "state.C has shape (4, 2); expected (B, H, H) with B=4, H=2": dict(state=MEMORY_STATE._replace(C=np.zeros((4, 2)))),
    "state.C has shape (4, 2, 3); expected (B, H, H) with B=4, H=2": dict(
        state=MEMORY_STATE._replace(C=np.zeros((4, 2, 3)))
    ),
}


@pytest.mark.parametrize("message", BAD_MEMORY)
def test_every_weight_and_state_is_checked_against_the_shape_in_its_type(message):
    arguments = dict(params=MEMORY_PARAMS, state=MEMORY_STATE, x=np.zeros((4, 3))) | BAD_MEMORY[message]
    with pytest.raises(ValueError, match=re.escape(message)):
        MatrixMemory.forward(**arguments)
    if "state" in BAD_MEMORY[message]:
        state = BAD_MEMORY[message]["state"]
        with pytest.raises(ValueError, match=re.escape(f"state.C has shape {state.C.shape}; expected (B, H, ")):
            through_time.unroll(MatrixMemory, MEMORY_PARAMS, np.zeros((5, 4, 3)), state)


class WideState(NamedTuple):
    h: BH
    both: Annotated[Array, "B 2H"]


class OtherParams(NamedTuple):
    A: Annotated[Array, "D 3H"]
    B: Annotated[Array, "2H H"]
    C: Annotated[Array, "H 2H"]


def test_the_sizes_are_read_from_the_weight_that_determines_h_in_any_order():
    params = OtherParams(np.zeros((5, 6)), np.zeros((4, 2)), np.zeros((2, 4)))
    assert base.check_params(params, OtherParams) == {"D": 5, "H": 2}
    with pytest.raises(ValueError, match=re.escape("params.B has shape (2, 2); expected (2H, H) with 2H=4, H=2")):
        base.check_params(params._replace(B=np.zeros((2, 2))), OtherParams)


def test_a_field_of_the_state_may_be_as_wide_as_two_of_h():
    state = base.zeros(GOOD, lstm.Params, WideState, 4)
    assert state.h.shape == (4, 2) and state.both.shape == (4, 4)
    base.check_state("state", state, WideState, 4, 2)
    with pytest.raises(ValueError, match=re.escape("state.both has shape (4, 2); expected (B, 2H) with B=4, 2H=4")):
        base.check_state("state", state._replace(both=state.h), WideState, 4, 2)


class Shapeless(NamedTuple):
    W_x: Array


def test_a_weight_without_a_shape_in_its_type_is_refused():
    with pytest.raises(
        ValueError, match=r"Shapeless\.W_x has no shape in its type; expected one such as Annotated\[Array, '"
    ):
        base.check_params(Shapeless(np.zeros((1, 1))), Shapeless)


def wrong_step(cell, fault):
    """Call forward or backward with one argument that would broadcast, or convert, silently."""
    params, xs, state, _, d_state = laws.case(cell, 1, 4, 3, 2)
    x = xs[0]
    if fault == "x is one input":
        return cell.forward(params, state, x[0])
    if fault == "x has one sequence":
        return cell.forward(params, state, x[:1])
    if fault == "x has another dtype":
        return cell.forward(params, state, x.astype(np.float32))
    if fault == "state has one sequence":
        return cell.forward(params, tree_map(lambda a: a[:1], state), x)
    if fault == "b is a number":
        return cell.forward(type(params)(*[a if a.ndim == 2 else a[:1] for a in params]), state, x)
    return cell.backward(params, cell.forward(params, state, x), tree_map(lambda a: a[:1], d_state))


@pytest.mark.parametrize(
    "fault",
    {
        "x is one input": "x has shape (3,)",
        "x has one sequence": "state.h has shape (4, 2)",
        "x has another dtype": "dtype",
        "state has one sequence": "state.h has shape (1, 2)",
        "b is a number": "params.b",
        "d_state has one sequence": "d_state.h has shape (1, 2)",
    }.items(),
    ids=lambda fault: fault[0],
)
@pytest.mark.parametrize("cell", CELLS, ids=laws.name_of)
def test_what_would_broadcast_is_refused_by_name(cell, fault):
    """A cell calls base.check_step in forward and base.check_state in backward."""
    with pytest.raises(ValueError, match=re.escape(fault[1])):
        wrong_step(cell, fault[0])


def test_every_module_in_cells_is_a_cell_in_the_list_or_a_known_exception():
    """A cell is one module, and its name in CELLS; one that was forgotten there would be tested by nothing."""
    apart = {"__init__", "ablated", "base"}
    modules = {path.stem for path in Path(cells.__file__).parent.glob("*.py")} - apart
    names = {laws.name_of(cell) for cell in cells.CELLS}
    assert modules == names, f"add to CELLS in cells/__init__.py: {modules - names}; no module is: {names - modules}"


# What a failing law says


def test_a_cell_without_h_mask_gets_a_message_with_the_fix():
    deaf = SimpleNamespace(
        init=gru.init,
        zero_state=gru.zero_state,
        forward=lambda params, state, x: gru.forward(params, state, x),
        backward=lambda params, step, d_state: gru.backward(params, step, d_state),
    )
    with pytest.raises(
        AssertionError, match=re.escape("takes no h_mask; expected forward(params, state, x, h_mask=1.0)")
    ):
        laws.h_mask_scales_the_rows_of_W_h(deaf, through_time)
    with pytest.raises(ValueError, match=r"cell is .*; recurrent_dropout needs .*h_mask"):
        Recurrent(deaf, recurrent_dropout=0.2)


def forward_masks_everything(params, state, x, h_mask=1.0):
    return gru.forward(params, state._replace(h=h_mask * state.h), x)._replace(previous=state)


def backward_masks_everything(params, step, d_state, h_mask=1.0):
    heard = step._replace(previous=step.previous._replace(h=h_mask * step.previous.h))
    d_params, d_previous, d_x = gru.backward(params, heard, d_state)
    return d_params, d_previous._replace(h=h_mask * d_previous.h), d_x


@pytest.mark.parametrize(
    "wrong, message",
    [
        (dict(forward=forward_masks_everything), "forward must multiply h by h_mask where it enters W_h"),
        (dict(backward=backward_masks_everything), "backward must use h_mask as forward did"),
        (dict(forward=lambda params, state, x, h_mask=1.0: gru.forward(params, state, x)), "forward must multiply h"),
        (dict(backward=lambda params, step, d_state, h_mask=1.0: gru.backward(params, step, d_state)), "backward must"),
    ],
)
def test_a_cell_that_uses_h_mask_wrongly_gets_a_message_with_the_fix(wrong, message):
    names = ("init", "zero_state", "forward", "backward")
    cell = SimpleNamespace(**({name: getattr(gru, name) for name in names} | wrong))
    with pytest.raises(AssertionError, match=message) as caught:
        laws.h_mask_scales_the_rows_of_W_h(cell, through_time)
    assert "numbers apart" in str(caught.value) and "\n  " in str(caught.value)


def test_assert_close_says_where_two_trees_differ():
    want = lstm.init(np.random.default_rng(0), 2, 3)
    laws.assert_close(want, want, 0.0)
    got = want._replace(W_h=want.W_h.copy(), b=want.b.copy())
    got.W_h[1, 4] += 1.0
    with pytest.raises(AssertionError) as caught:
        laws.assert_close((got, np.zeros(2)), (want, np.zeros(2)), 1e-12, "weights")
    first, second = str(caught.value).split("\n")
    assert first.startswith("weights: relative error 0.") and first.endswith("expected at most 1e-12")
    assert second.startswith(f"  0.W_h[1, 4] is {got.W_h[1, 4]}, want {want.W_h[1, 4]}: error 0.")
    assert second.endswith("1 of 36 numbers apart")
    got.b[2] = np.nan
    with pytest.raises(
        AssertionError, match=r"relative error inf.*\n.*\n  b\[2\] is nan, want 0\.0: error inf, 1 of 12"
    ):
        laws.assert_close(got, want, 1e-12)
