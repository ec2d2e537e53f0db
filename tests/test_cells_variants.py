"""What each variant of the LSTM has in common with it or with another, what it cannot do, and steps worked by hand."""

import re
from math import log

import numpy as np
import pytest

from lstm_helpers import fused, through_time
from lstm_helpers.cells import ablated, cifg, gru, gru_reset_before, lstm, lstm_no_forget, peephole
from lstm_helpers.gradcheck import relative_error
from lstm_helpers.layers import Recurrent
from tests import laws

T, B, D, H = SIZES = 7, 3, 2, 4


def same(a, b):
    """Assert that the traces or the states of two cells hold equal numbers in all fields that both have."""
    for field in set(a._fields) & set(b._fields) - {"x", "previous"}:
        # Not to the last bit: a product's rounding may depend on where its operands lie in memory.
        assert relative_error(getattr(a, field), getattr(b, field)) < 1e-14, field


def both_ways(cell, params, xs, state, d_hs, d_state):
    trace = through_time.unroll(cell, params, xs, state)
    return trace, through_time.backpropagate(cell, params, trace, d_hs, d_state)


def blocks_of(params, count):
    """Cut W_x, W_h and b, one below the other, into their blocks: (count, D + H + 1, H)."""
    return np.split(np.concatenate([params.W_x, params.W_h, params.b[None]]), count, axis=1)


def from_blocks(blocks, params_type=lstm.Params):
    """Put blocks (D + H + 1, H) side by side and make parameters of them."""
    whole = np.concatenate(blocks, axis=1)
    return params_type(whole[:D], whole[D : D + H], whole[-1])


# Identities


def test_a_peephole_cell_with_zero_peepholes_is_the_lstm():
    params, xs, state, d_hs, d_state = laws.case(lstm, *SIZES)
    blind = peephole.Params(*params, p=np.zeros(3 * H))
    (plain, back), (trace, blind_back) = (
        both_ways(cell, p, xs, state, d_hs, d_state) for cell, p in ((lstm, params), (peephole, blind))
    )
    same(trace.steps, plain.steps)
    assert relative_error(tuple(blind_back.params[:3]), tuple(back.params)) < 1e-14
    assert relative_error((blind_back.xs, tuple(blind_back.state)), (back.xs, tuple(back.state))) < 1e-14
    assert np.abs(blind_back.params.p).min() > 0  # the peepholes are 0, but they have a gradient


def test_peepholes_start_at_zero_and_change_no_other_weight():
    got, plain = (cell.init(np.random.default_rng(4), D, H, forget_bias=2.0) for cell in (peephole, lstm))
    same(got, plain)
    assert np.array_equal(got.p, np.zeros(3 * H))


def test_cifg_is_the_lstm_with_i_equal_to_one_minus_f():
    """1 - sigmoid(z) = sigmoid(-z): the LSTM with z_i = -z_f; its two gradients join with opposite signs."""
    params, xs, state, d_hs, d_state = laws.case(cifg, *SIZES)
    f, g, o = blocks_of(params, 3)
    tied = from_blocks([-f, f, g, o])
    trace, back = both_ways(cifg, params, xs, state, d_hs, d_state)
    untied, untied_back = both_ways(lstm, tied, xs, state, d_hs, d_state)
    for field in "ifgoch":
        assert relative_error(getattr(trace, field), getattr(untied, field)) < 1e-13, field
    d_i, d_f, d_g, d_o = blocks_of(untied_back.params, 4)
    assert relative_error(back.params, from_blocks([d_f - d_i, d_g, d_o], cifg.Params)) < 1e-12
    assert relative_error(back.xs, untied_back.xs) < 1e-12


def test_the_lstm_approaches_lstm_no_forget_as_the_forget_bias_grows():
    """1 - f ≈ exp(-b_f): ten more on the bias, and the difference is e^10 = 22026 times smaller."""
    params, xs, state, d_hs, d_state = laws.case(lstm_no_forget, *SIZES)
    want, want_back = both_ways(lstm_no_forget, params, xs, state, d_hs, d_state)
    i, g, o = blocks_of(params, 3)
    off = []
    for bias in (10.0, 20.0, 100.0):
        f = np.zeros_like(i)
        f[-1] = bias
        trace, back = both_ways(lstm, from_blocks([i, f, g, o]), xs, state, d_hs, d_state)
        off.append(np.abs(trace.c - want.c).max())
    assert 1 / 1.01 < off[0] / off[1] / np.exp(10) < 1.01
    same(trace.steps, want.steps)  # f is exactly 1 by now
    assert np.array_equal(trace.f, np.ones((T, B, H)))
    d_i, _, d_g, d_o = blocks_of(back.params, 4)
    assert relative_error(from_blocks([d_i, d_g, d_o]), lstm.Params(*want_back.params)) < 1e-14


def test_the_lstm_with_its_forget_gate_ablated_is_lstm_no_forget():
    params, xs, state, d_hs, d_state = laws.case(lstm_no_forget, *SIZES)
    want, want_back = both_ways(lstm_no_forget, params, xs, state, d_hs, d_state)
    trace, back = both_ways(ablated.Ablated("forget gate"), lstm.Params(*params), xs, state, d_hs, d_state)
    same(trace.steps, want.steps)
    assert np.all(trace.f == 1)
    assert relative_error(tuple(back.params), tuple(want_back.params)) < 1e-14


@pytest.mark.parametrize("reset", [gru, gru_reset_before], ids=laws.name_of)
def test_a_gru_with_z_at_1_copies_its_state_bit_for_bit(reset):
    params, xs, state, _, _ = laws.case(reset, 50, B, D, H)
    vectors = []
    for b in params[2:]:
        b = b.copy()
        b[H : 2 * H] = 100
        vectors.append(b)
    params = type(params)(*(W * np.repeat([1, 0, 1], H) for W in params[:2]), *vectors)
    trace = through_time.unroll(reset, params, xs, state)
    assert np.array_equal(trace.h, np.broadcast_to(state.h, trace.h.shape))


def test_the_two_grus_are_equal_where_nothing_is_reset():
    """With r = 1 both biases meet in one sum, and it does not matter on which side of the product r stands."""
    params, xs, state, d_hs, d_state = laws.case(gru, *SIZES)
    keep = np.repeat([0, 1, 1], H)
    after = gru.Params(params.W_x * keep, params.W_h * keep, params.b_x * keep + np.repeat([100, 0, 0], H), params.b_h)
    before = gru_reset_before.Params(after.W_x, after.W_h, after.b_x + after.b_h)
    (trace, back), (other, other_back) = (
        both_ways(cell, p, xs, state, d_hs, d_state) for cell, p in ((gru, after), (gru_reset_before, before))
    )
    assert np.all(trace.r == 1) and relative_error(trace.h, other.h) < 1e-14
    assert relative_error((back.params.W_x, back.params.W_h), (other_back.params.W_x, other_back.params.W_h)) < 1e-12
    assert relative_error(back.params.b_h, other_back.params.b) < 1e-12
    differ = [through_time.unroll(*run, xs, state).h for run in ((gru, params), (gru_reset_before, as_before(params)))]
    assert relative_error(*differ) > 0.01  # elsewhere they are two cells


def as_before(params):
    return gru_reset_before.Params(params.W_x, params.W_h, params.b_x + params.b_h)


def test_the_gru_interpolates_with_weights_that_add_up_to_one():
    """The weights of n and the previous h add up to 1, like the two gates of the CIFG."""
    params, xs, state, _, _ = laws.case(gru, *SIZES)
    trace = through_time.unroll(gru, params, xs, state)
    mixed = trace.n + trace.z * (trace.previous.h - trace.n)
    assert relative_error(trace.h, mixed) < 1e-13


# What bounds a state


@pytest.mark.parametrize("cell", [cifg, gru, gru_reset_before], ids=laws.name_of)
def test_a_weighted_mean_stays_within_its_range_so_these_cannot_count(cell):
    """However large the weights: |c|, or the GRU's |h|, stays within 1, where the LSTM's cell state reached 50."""
    rng = np.random.default_rng(6)
    params = cell.init(rng, 1, 5)
    params = type(params)(*(30 * rng.normal(size=a.shape) for a in params))
    trace = through_time.unroll(cell, params, rng.normal(size=(200, 4, 1)))
    assert np.abs(trace.c if cell is cifg else trace.h).max() <= 1


def test_without_a_forget_gate_a_constant_input_grows_the_cell_state_without_bound():
    params = lstm_no_forget.Params(np.zeros((1, 3)), np.zeros((1, 3)), np.array([0.0, 100.0, 0.0]))
    trace = through_time.unroll(lstm_no_forget, params, np.zeros((1000, 1, 1)))
    assert np.array_equal(trace.c.ravel(), np.arange(1, 1001) / 2)  # i = 1/2, g = 1
    leaky = lstm.Params(np.zeros((1, 4)), np.zeros((1, 4)), np.array([0.0, log(3), 100.0, 0.0]))
    trace = through_time.unroll(lstm, leaky, np.zeros((1000, 1, 1)))
    assert abs(trace.c[-1].item() - 2) < 1e-12  # i g / (1 - f) = (1/2) / (1/4)


# Steps by hand: sigmoid(ln 3) = 3/4, sigmoid(-ln 3) = 1/4, tanh(ln 2) = 3/5


def one(*values):
    return [np.array([[v]]) for v in values]


def check_numbers(got, **values):
    for name, value in values.items():
        assert abs(getattr(got, name).item() - value) < 1e-15, name


def test_gru_by_hand():
    zeros = np.zeros((1, 3))
    params = gru.Params(zeros, zeros, np.array([log(3), -log(3), 0.0]), np.array([0.0, 0.0, 4 / 3 * log(2)]))
    step = gru.forward(params, gru.State(*one(-0.5)), np.ones((1, 1)))
    check_numbers(step, r=3 / 4, z=1 / 4, q=4 / 3 * log(2), n=3 / 5, h=3 / 4 * 3 / 5 - 1 / 4 * 1 / 2)
    d_params, d_previous, _ = gru.backward(params, step, gru.State(*one(1.0)))
    dz_n = 3 / 4 * 16 / 25
    dz_r, dz_z = dz_n * 4 / 3 * log(2) * 3 / 16, (-1 / 2 - 3 / 5) * 3 / 16
    assert np.abs(d_params.b_x - [dz_r, dz_z, dz_n]).max() < 1e-15
    assert np.abs(d_params.b_h - [dz_r, dz_z, dz_n * 3 / 4]).max() < 1e-15
    assert abs(d_previous.h.item() - 1 / 4) < 1e-15  # the weights are 0: all that is left is what z carries


def test_gru_reset_before_by_hand():
    W_h = np.array([[0.0, 0.0, 8 / 3 * log(2)]])
    params = gru_reset_before.Params(np.zeros((1, 3)), W_h, np.array([log(3), -log(3), 0.0]))
    step = gru_reset_before.forward(params, gru_reset_before.State(*one(0.5)), np.ones((1, 1)))
    check_numbers(step, r=3 / 4, z=1 / 4, n=3 / 5, h=3 / 4 * 3 / 5 + 1 / 4 * 1 / 2)
    d_params, d_previous, _ = gru_reset_before.backward(params, step, gru_reset_before.State(*one(1.0)))
    dz_n = 3 / 4 * 16 / 25
    d_reset = dz_n * 8 / 3 * log(2)
    assert np.abs(d_params.b - [d_reset * 1 / 2 * 3 / 16, (1 / 2 - 3 / 5) * 3 / 16, dz_n]).max() < 1e-15
    assert np.abs(d_params.W_h.ravel() - np.array([d_reset * 3 / 32, -3 / 160, dz_n * 3 / 4]) * 0.5).max() < 1e-15
    assert abs(d_previous.h.item() - (1 / 4 + d_reset * 3 / 4)) < 1e-15


def test_peephole_by_hand():
    """With W_x = W_h = 0 the gates depend on the cell state alone: c_{t-1} = 1 for i and f, c_t = 0.7 for o."""
    p = np.array([log(3), -log(3), log(3) / 0.7])
    params = peephole.Params(np.zeros((1, 4)), np.zeros((1, 4)), np.array([0.0, 0.0, log(2), 0.0]), p)
    step = peephole.forward(params, peephole.State(*one(0.0, 1.0)), np.ones((1, 1)))
    check_numbers(step, i=3 / 4, f=1 / 4, g=3 / 5, c=0.7, o=3 / 4, h=3 / 4 * np.tanh(0.7))
    d_params, d_previous, _ = peephole.backward(params, step, peephole.State(*one(0.0, 1.0)))
    dz_i, dz_f = 3 / 5 * 3 / 16, 3 / 16
    assert np.abs(d_params.p - [dz_i, dz_f, 0]).max() < 1e-15
    assert abs(d_previous.c.item() - (1 / 4 + dz_i * log(3) - dz_f * log(3))) < 1e-15


def test_cifg_by_hand():
    params = cifg.Params(np.zeros((1, 3)), np.zeros((1, 3)), np.array([log(3), log(2), 0.0]))
    step = cifg.forward(params, cifg.State(*one(0.0, 1.0)), np.ones((1, 1)))
    check_numbers(step, f=3 / 4, i=1 / 4, g=3 / 5, c=0.9, o=1 / 2)
    d_params, d_previous, _ = cifg.backward(params, step, cifg.State(*one(0.0, 1.0)))
    assert np.abs(d_params.b - [(1 - 3 / 5) * 3 / 16, 1 / 4 * 16 / 25, 0]).max() < 1e-15
    assert abs(d_previous.c.item() - 3 / 4) < 1e-15


# Parts taken out


@pytest.mark.parametrize("part", ["input gate", "forget gate", "output gate"])
def test_an_ablated_gate_is_the_lstm_with_that_gate_clamped_open(part):
    cell, k = ablated.Ablated(part), lstm.BLOCKS.index(part[0])
    params, xs, state, d_hs, d_state = laws.case(lstm, *SIZES)
    blocks = blocks_of(params, 4)
    open_block = np.zeros_like(blocks[k])
    open_block[-1] = 100.0
    held = from_blocks([open_block if n == k else block for n, block in enumerate(blocks)])
    want, want_back = both_ways(lstm, held, xs, state, d_hs, d_state)
    left = from_blocks([block for n, block in enumerate(blocks) if n != k])
    trace, back = both_ways(cell, left, xs, state, d_hs, d_state)
    assert np.all(getattr(trace, part[0]) == 1)
    for field in "ifgoch":
        assert relative_error(getattr(trace, field), getattr(want, field)) < 1e-14, field
    d_left = [block for n, block in enumerate(blocks_of(want_back.params, 4)) if n != k]
    assert relative_error(back.params, from_blocks(d_left)) < 1e-13
    drawn = [one_cell.init(np.random.default_rng(3), D, H, forget_bias=2.0) for one_cell in (cell, lstm)]
    rest = [block for n, block in enumerate(blocks_of(drawn[1], 4)) if n != k]
    assert relative_error(drawn[0], from_blocks(rest)) == 0.0


def test_an_ablated_activation_is_the_identity():
    params, xs, state, _, _ = laws.case(lstm, *SIZES)
    step = ablated.Ablated("input activation").forward(params, state, xs[0])
    z_g = xs[0] @ params.W_x[:, 2 * H : 3 * H] + state.h @ params.W_h[:, 2 * H : 3 * H] + params.b[2 * H : 3 * H]
    plain = lstm.forward(params, state, xs[0])
    assert np.abs(step.g - z_g).max() < 1e-14 and np.abs(np.tanh(step.g) - plain.g).max() < 1e-14
    assert np.array_equal(step.i, plain.i) and np.abs(step.c - (step.f * state.c + step.i * z_g)).max() < 1e-14
    step = ablated.Ablated("output activation").forward(params, state, xs[0])
    same(step._replace(h=plain.h), plain)
    assert np.array_equal(step.h, plain.o * plain.c)


# Layers, sizes, initial weights, errors


def test_the_state_a_gru_carries_past_W_h_is_never_dropped():
    """With z = 1 everything is carried, so recurrent dropout has no effect."""
    params, xs, state, d_hs, d_state = laws.case(gru, *SIZES)
    params = params._replace(b_x=params.b_x + np.repeat([0.0, 500.0, 0.0], H))
    layer = Recurrent(gru, recurrent_dropout=0.5)
    trace = layer.forward(params, xs, state, rng=np.random.default_rng(0))
    assert np.any(trace.h_mask == 0)
    assert np.array_equal(trace.output, np.broadcast_to(state.h, trace.output.shape))
    back = layer.backward(params, trace, d_hs, d_state)
    assert np.abs(back.state.h - (d_hs.sum(axis=0) + d_state.h)).max() < 1e-14


@pytest.mark.parametrize("cell", [gru, peephole, cifg, ablated.Ablated("input gate")], ids=laws.name_of)
def test_the_fast_engine_falls_back_to_the_reference(cell):
    params, xs, state, d_hs, d_state = laws.case(cell, *SIZES)
    trace = fused.unroll(cell, params, xs, state)
    same(trace.steps, through_time.unroll(cell, params, xs, state).steps)
    back = fused.backpropagate(cell, params, trace, d_hs, d_state)
    assert relative_error(back, through_time.backpropagate(cell, params, trace, d_hs, d_state)) < 1e-14


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        (lstm, 4 * (5 + 3 + 1) * 3),
        (peephole, 4 * (5 + 3 + 1) * 3 + 3 * 3),
        (cifg, 3 * (5 + 3 + 1) * 3),
        (lstm_no_forget, 3 * (5 + 3 + 1) * 3),
        (gru, 3 * (5 + 3 + 2) * 3),
        (gru_reset_before, 3 * (5 + 3 + 1) * 3),
        (ablated.Ablated("input gate"), 3 * (5 + 3 + 1) * 3),
        (ablated.Ablated("output activation"), 4 * (5 + 3 + 1) * 3),
    ],
    ids=lambda value: value if isinstance(value, int) else laws.name_of(value),
)
def test_sizes_and_initial_weights(cell, count):
    params = cell.init(np.random.default_rng(0), 5, 3)
    assert sum(a.size for a in params) == count
    for W in params[:2]:
        assert 0.5 / np.sqrt(3) < np.abs(W).max() <= 1 / np.sqrt(3)
    biases = np.concatenate(params[2:])
    has_forget_gate = cell in (lstm, peephole, cifg) or (
        isinstance(cell, ablated.Ablated) and cell.part != "forget gate"
    )
    assert np.count_nonzero(biases) == (3 if has_forget_gate else 0)
    if cell is cifg:
        assert np.array_equal(params.b, [1, 1, 1, 0, 0, 0, 0, 0, 0])


GRU = gru.init(np.random.default_rng(0), 3, 2)
PEEPHOLE = peephole.init(np.random.default_rng(0), 3, 2)
X, STATE = np.zeros((4, 3)), gru.zero_state(GRU, 4)
BAD = {
    "params is Params(W_x, W_h, b); expected Params(W_x, W_h, b_x, b_h), as init returns it": lambda: gru.forward(
        lstm.init(np.random.default_rng(0), 3, 2), STATE, X
    ),
    "params.b_h has shape (4,); expected (3H) with 3H=6": lambda: gru.forward(GRU._replace(b_h=np.zeros(4)), STATE, X),
    "params.W_x has shape (6, 3); expected (D, 3H) with 3H=6: PyTorch": lambda: gru.zero_state(
        GRU._replace(W_x=GRU.W_x.T), 4
    ),
    "params is Params(W_x, W_h, b); expected Params(W_x, W_h, b, p)": lambda: peephole.zero_state(
        lstm.Params(*PEEPHOLE[:3]), 4
    ),
    "params.p has shape (8,); expected (3H) with 3H=6": lambda: peephole.zero_state(
        PEEPHOLE._replace(p=np.zeros(8)), 4
    ),
    "params.W_h has shape (2, 8); expected (H, 3H)": lambda: lstm_no_forget.zero_state(lstm.Params(*PEEPHOLE[:3]), 4),
    "state is State(h); expected State(h, c)": lambda: peephole.forward(PEEPHOLE, STATE, X),
    "d_state.h has shape (2, 2); expected (B, H) with B=4, H=2": lambda: gru_reset_before.backward(
        as_before(GRU), gru_reset_before.forward(as_before(GRU), STATE, X), gru.State(np.zeros((2, 2)))
    ),
    "forget_bias is nan; expected a finite number": lambda: cifg.init(
        np.random.default_rng(0), 3, 2, forget_bias=np.nan
    ),
    "part is 'memory'; expected one of input gate, forget gate": lambda: ablated.Ablated("memory"),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input_is_named(message):
    with pytest.raises(ValueError, match=re.escape(message)):
        BAD[message]()


def test_the_repr_of_a_layer_names_the_ablated_part():
    assert repr(Recurrent(ablated.Ablated("input gate"))) == "Recurrent(Ablated('input gate'))"
    assert repr(Recurrent(gru_reset_before)) == "Recurrent(gru_reset_before)"
