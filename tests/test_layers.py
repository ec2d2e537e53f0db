"""Layers run a cell and add dropout, and nothing else: exact gradients, laws of masks, no dropout in evaluation."""

import copy
import re

import numpy as np
import pytest

from lstm_helpers import cells, fused, through_time
from lstm_helpers.arrays import tree_map
from lstm_helpers.cells import lstm, rnn
from lstm_helpers.gradcheck import complex_step, relative_error
from lstm_helpers.layers import Dropout, DropoutTrace, Recurrent
from tests.laws import case

EVERY_CELL = cells.CELLS
MASK = np.random.default_rng(5).random((6, 4)) < 0.6
MASK[:, 1] = False


def same(a, b):
    tree_map(np.testing.assert_array_equal, a, b)


@pytest.mark.parametrize("cell", EVERY_CELL)
@pytest.mark.parametrize("mask", [None, MASK])
@pytest.mark.parametrize("engine", [fused, through_time])
def test_without_dropout_a_layer_is_the_engine(cell, mask, engine):
    params, xs, state, d_hs, d_state = case(cell, 6, 4, 2, 3)
    layer, trace = Recurrent(cell, engine), engine.unroll(cell, params, xs, state, mask)
    got = layer.forward(params, xs, state, mask)
    same(got.output, trace.h)
    same(got.state, trace.state)
    same(got.previous, trace.previous)
    assert len(got) == 6 and got.mask is mask
    same(got[2], trace[2])
    same(layer.backward(params, got, d_hs, d_state), engine.backpropagate(cell, params, trace, d_hs, d_state))


@pytest.mark.parametrize("cell", EVERY_CELL)
@pytest.mark.parametrize("mask", [None, MASK])
def test_gradients_through_recurrent_dropout_equal_the_complex_step(cell, mask):
    params, xs, state, d_hs, d_state = case(cell, 6, 4, 2, 3)
    layer = Recurrent(cell, recurrent_dropout=0.4)

    def loss(tree):
        params, xs, state = tree
        trace = layer.forward(params, xs, state, mask, np.random.default_rng(8))
        return (trace.output * d_hs).sum() + sum((a * b).sum() for a, b in zip(trace.state, d_state, strict=True))

    trace = layer.forward(params, xs, state, mask, np.random.default_rng(8))
    assert 0 < np.count_nonzero(trace.h_mask) < trace.h_mask.size
    got = layer.backward(params, trace, d_hs, d_state)
    assert relative_error((got.params, got.xs, got.state), complex_step(loss, (params, xs, state))) < 1e-12


@pytest.mark.parametrize("cell", EVERY_CELL)
def test_recurrent_dropout_drops_rows_of_W_h_for_a_whole_sequence(cell):
    """Scaling h_{t-1} where it enters W_h is scaling W_h's rows: so for each sequence, with its own mask."""
    params, xs, state, _, _ = case(cell, 6, 4, 2, 5)
    trace = Recurrent(cell, recurrent_dropout=0.4).forward(params, xs, state, rng=np.random.default_rng(8))
    assert len({tuple(row) for row in trace.h_mask}) > 1
    for b, row in enumerate(trace.h_mask):
        alone = params._replace(W_h=row[:, None] * params.W_h)
        want = through_time.unroll(cell, alone, xs[:, b : b + 1], tree_map(lambda a, b=b: a[b : b + 1], state))
        assert relative_error(trace.output[:, b : b + 1], want.h) < 1e-14
    same(trace.previous.h[1:], trace.output[:-1])  # what is carried is the true h


def test_a_masked_step_carries_the_true_state():
    params, xs, state, _, _ = case(lstm, 6, 4, 2, 3)
    trace = Recurrent(lstm, recurrent_dropout=0.4).forward(params, xs, state, MASK, np.random.default_rng(8))
    for t, b in np.argwhere(~MASK):
        same(trace.h[t, b], trace.previous.h[t, b])
        same(trace.c[t, b], trace.previous.c[t, b])


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.8])
def test_masks_hold_two_values_and_have_the_mean_one(rate):
    count, rng = 200_000, np.random.default_rng(3)
    trace = Dropout(rate).forward((), np.ones((10, 100, count // 1000)), rng=rng)
    params = rnn.init(rng, 1, 200)
    recurrent = Recurrent(rnn, recurrent_dropout=rate).forward(params, np.zeros((1, count // 200, 1)), rng=rng)
    for keep in (trace.dropout_mask, recurrent.h_mask):
        assert keep.size == count
        assert np.array_equal(np.unique(keep), [0, 1 / (1 - rate)])
        spread = np.sqrt(rate / (1 - rate) / count)  # standard deviation of the mean of such masks
        assert abs(keep.mean() - 1) < 4 * spread
    same(trace.output, trace.dropout_mask)


def test_dropout_draws_anew_at_every_step():
    keep = Dropout(0.5).forward((), np.ones((50, 2, 8)), rng=np.random.default_rng(0)).dropout_mask
    assert len({step.tobytes() for step in keep}) == 50


@pytest.mark.parametrize("mask", [None, MASK])
def test_gradients_through_dropout_equal_the_complex_step(mask):
    xs, d_output = np.random.default_rng(1).normal(size=(2, 6, 4, 3))
    layer = Dropout(0.3)
    trace = layer.forward((), xs, mask=mask, rng=np.random.default_rng(2))
    want = complex_step(
        lambda xs: (layer.forward((), xs, mask=mask, rng=np.random.default_rng(2)).output * d_output).sum(), xs
    )
    assert relative_error(layer.backward((), trace, d_output).xs, want) < 1e-14


@pytest.mark.parametrize("steps", ["######", "......", "..####", "####..", "##.#.#"])
def test_dropout_never_reads_where_the_mask_is_false(steps):
    """Also where the sequences beside it are read at every step, or at none."""
    mask = np.array([list(steps), list("######"), list("......"), list(".#.#.#")]).T == "#"
    xs = np.where(mask[:, :, None], np.ones((6, 4, 3)), np.nan)
    for rng in (None, np.random.default_rng(0)):
        trace = Dropout(0.3).forward((), xs, mask=mask, rng=rng)
        assert not trace.output[~mask].any() and np.isfinite(trace.output).all()
        assert not Dropout(0.3).backward((), trace, np.full(xs.shape, 2.0)).xs[~mask].any()
        if rng is None:
            assert np.array_equal(trace.output.any(axis=2), mask)


def keep_of(trace):
    return trace.dropout_mask if isinstance(trace, DropoutTrace) else trace.h_mask


@pytest.mark.parametrize("layer", [Recurrent(lstm, recurrent_dropout=0.5), Dropout(0.5)])
def test_evaluation_drops_nothing_and_no_dropout_draws_nothing(layer):
    params, xs, _, _, _ = case(lstm, 4, 2, 3, 5)
    params = params if isinstance(layer, Recurrent) else ()
    without = layer.forward(params, xs)
    assert keep_of(without) is None
    same(without.output, Recurrent(lstm).forward(params, xs).output if params else xs)
    rng = np.random.default_rng(0)
    before = copy.deepcopy(rng.bit_generator.state)
    Recurrent(lstm).forward(case(lstm, 4, 2, 3, 5)[0], xs, rng=rng)
    Dropout(0.0).forward((), xs, rng=rng)
    assert rng.bit_generator.state == before
    assert keep_of(layer.forward(params, xs, rng=rng)) is not None
    assert rng.bit_generator.state != before


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dropout_keeps_the_dtype(dtype):
    params = lstm.init(np.random.default_rng(0), 3, 4, dtype=dtype)
    xs, rng = np.ones((5, 2, 3), dtype), np.random.default_rng(0)
    layer = Recurrent(lstm, recurrent_dropout=0.25)
    trace = layer.forward(params, xs, rng=rng)
    back = layer.backward(params, trace, np.ones_like(trace.output))
    assert trace.output.dtype == trace.h_mask.dtype == back.xs.dtype == back.params.W_h.dtype == dtype
    assert Dropout(0.25).forward((), xs, rng=rng).output.dtype == dtype


def test_sizes_and_weights():
    layer = Recurrent(lstm)
    params = layer.init(np.random.default_rng(0), 3, 4, forget_bias=2.0)
    same(params, lstm.init(np.random.default_rng(0), 3, 4, forget_bias=2.0))
    assert layer.output_size(3, 4) == 4
    assert Dropout(0.1).init(np.random.default_rng(0), 3, 4) == () and Dropout(0.1).output_size(3, 4) == 3


def test_inputs_stay_as_they_were():
    params, xs, state, d_hs, d_state = tree_map(frozen, case(lstm, 6, 4, 2, 3))
    for layer in (Recurrent(lstm, recurrent_dropout=0.5), Dropout(0.5)):
        own = (params, state, d_state) if isinstance(layer, Recurrent) else ((), (), ())
        trace = layer.forward(own[0], xs, own[1], MASK, np.random.default_rng(0))
        layer.backward(own[0], trace, d_hs if own[0] else xs, own[2])


def frozen(array):
    array.flags.writeable = False
    return array


def test_layers_say_what_they_are():
    assert repr(Recurrent(lstm)) == "Recurrent(lstm)"
    assert repr(Recurrent(rnn, recurrent_dropout=0.2)) == "Recurrent(rnn, recurrent_dropout=0.2)"
    assert repr(Dropout(0.5)) == "Dropout(rate=0.5)"
    params, xs, _, _, _ = case(lstm, 4, 2, 3, 5)
    trace = Recurrent(lstm).forward(params, xs)
    assert repr(trace) == repr(through_time.unroll(lstm, params, xs)) and copy.copy(trace).h_mask is None


PARAMS, XS, _, _, _ = case(lstm, 4, 2, 3, 5)
BAD = {
    "rate is 1.0; expected a probability from 0": lambda: Dropout(1.0),
    "rate is -0.1": lambda: Dropout(-0.1),
    "rate is True": lambda: Dropout(True),
    "recurrent_dropout is nan": lambda: Recurrent(lstm, recurrent_dropout=np.nan),
    "rng is 3; expected a numpy Generator": lambda: Dropout(0.5).forward((), XS, rng=3),
    "xs has dtype int64; expected floats": lambda: Dropout(0.5).forward((), XS.astype(np.int64)),
    "xs[0, 0, 0] is nan": lambda: Dropout(0.5).forward((), XS * np.nan),
    "xs has shape (2, 3); expected (T, B, D)": lambda: Dropout(0.5).forward((), XS[0]),
    "mask has shape (2, 4)": lambda: Dropout(0.5).forward((), XS, mask=np.ones((2, 4), bool)),
    "d_output has shape (4, 2)": lambda: Dropout(0.5).backward((), Dropout(0.5).forward((), XS), XS[..., 0]),
    "xs has shape (4, 2, 1); expected (T, B, D) with D=3": lambda: Recurrent(lstm, recurrent_dropout=0.5).forward(
        PARAMS, XS[..., :1], rng=np.random.default_rng(0)
    ),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input_is_named(message):
    with pytest.raises(ValueError, match=re.escape(message)):
        BAD[message]()


def test_nothing_is_drawn_for_a_batch_that_is_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="xs"):
        Recurrent(lstm, recurrent_dropout=0.5).forward(PARAMS, XS[..., :1], rng=rng)
    assert rng.bit_generator.state == np.random.default_rng(0).bit_generator.state
