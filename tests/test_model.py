"""The whole of it: exact gradients from end to end, answers at the right steps, padding that changes nothing."""

import copy
import re
import tracemalloc

import numpy as np
import pytest

from lstm_helpers import linear, losses, model
from lstm_helpers.arrays import leaves, tree_map
from lstm_helpers.cells import lstm, rnn
from lstm_helpers.gradcheck import complex_step, relative_error
from lstm_helpers.layers import Bidirectional, Dropout, Recurrent
from lstm_helpers.model import Batch, Model

T, B, D, H, K = 6, 4, 3, 4, 3
MASK = np.random.default_rng(5).random((T, B)) < 0.6
MASK[0], MASK[:, 1] = True, False  # holes, and a sequence without any step


def setting(cell, at, embedding_size, loss, mask, dropout=0.0, seed=1):
    """Make a model, its weights and a batch for it."""
    rng = np.random.default_rng(seed)
    net = Model(Recurrent(cell, recurrent_dropout=dropout), at, embedding_size)
    params = tree_map(lambda a: a + 0.3 * rng.normal(size=a.shape), net.init(rng, D, H, K))
    xs = rng.normal(size=(T, B, D)) if embedding_size is None else rng.integers(D, size=(T, B))
    where = (T, B) if at == "every" else (B,)
    targets = rng.normal(size=(*where, K)) if loss is losses.mse else rng.integers(K, size=where)
    return net, params, Batch(xs, targets, mask)


@pytest.mark.parametrize("mask", [None, MASK], ids=["full", "masked"])
@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize("embedding_size", [None, 2])
@pytest.mark.parametrize("at", ["every", "last", "mean"])
@pytest.mark.parametrize(("cell", "loss"), [(lstm, losses.cross_entropy), (lstm, losses.mse), (rnn, losses.mse)])
def test_every_gradient_of_the_whole_model_equals_the_complex_step(cell, loss, at, embedding_size, dropout, mask):
    net, params, batch = setting(cell, at, embedding_size, loss, mask, dropout)

    def value(params):
        return net.loss(params, batch, loss, rng=np.random.default_rng(7))

    got = net.loss_and_grads(params, batch, loss, rng=np.random.default_rng(7))
    assert got.loss == value(params)
    assert relative_error(got.grads, complex_step(value, params)) < 1e-10
    assert all(np.abs(leaf).max() > 1e-6 for _, leaf in leaves(got.grads))


@pytest.mark.parametrize("mask", [None, MASK], ids=["full", "masked"])
@pytest.mark.parametrize("at", ["every", "last", "mean"])
def test_a_model_of_dropout_alone_is_a_masked_linear_map(at, mask):
    net = Model(Dropout(0.3), at)
    params = net.init(np.random.default_rng(0), D, H, K)
    assert params.readout.W_y.shape == (D, K) and params.layer == ()
    xs = np.random.default_rng(1).normal(size=(T, B, D))
    batch = Batch(xs, np.zeros((T, B, K) if at == "every" else (B, K)), mask)
    want = complex_step(lambda p: net.loss(p, batch, losses.mse, rng=np.random.default_rng(7)), params)
    got = net.loss_and_grads(params, batch, losses.mse, rng=np.random.default_rng(7))
    assert relative_error(got.grads, want) < 1e-10
    if mask is None:
        seen = {"every": xs, "last": xs[-1], "mean": xs.mean(axis=0)}[at]
        assert relative_error(net.predict(params, xs), seen @ params.readout.W_y) < 1e-14


@pytest.mark.parametrize("mask", [None, MASK], ids=["full", "masked"])
@pytest.mark.parametrize("at", ["every", "last", "mean"])
def test_dropout_passes_the_gradient_of_tokens_that_were_not_dropped(at, mask):
    """Also at the last real step of each sequence, where a layer without memory is asked in the middle."""
    net = Model(Dropout(0.3), at, embedding_size=2)
    params = net.init(np.random.default_rng(0), D, H, K)
    tokens = np.random.default_rng(1).integers(D, size=(T, B))
    batch = Batch(tokens, np.zeros((T, B, K) if at == "every" else (B, K)), mask)
    want = complex_step(lambda p: net.loss(p, batch, losses.mse, rng=np.random.default_rng(7)), params)
    got = net.loss_and_grads(params, batch, losses.mse, rng=np.random.default_rng(7))
    assert relative_error(got.grads, want) < 1e-10


@pytest.mark.parametrize("embedding_size", [None, 2])
def test_the_answer_at_the_last_real_step_is_one_of_those_at_every_step(embedding_size):
    net, params, batch = setting(lstm, "last", embedding_size, losses.mse, MASK)
    every = Model(net.layer, "every", embedding_size).predict(params, batch.xs, mask=MASK)
    y = net.predict(params, batch.xs, mask=MASK)
    for b in range(B):
        last = np.flatnonzero(MASK[:, b])[-1] if MASK[:, b].any() else 0  # without any step: what the start state gives
        assert np.array_equal(y[b], every[last, b])
    assert np.array_equal(y[1], linear.forward(params.readout, np.zeros(H)))
    unmasked = net.predict(params, batch.xs)
    assert np.array_equal(unmasked, Model(net.layer, "every", embedding_size).predict(params, batch.xs)[-1])


@pytest.mark.parametrize("embedding_size", [None, 2])
def test_the_answer_from_the_mean_is_the_mean_of_the_answers_at_the_real_steps(embedding_size):
    """The readout is linear, so the two are the same; a sequence without any step gets the bias alone."""
    net, params, batch = setting(lstm, "mean", embedding_size, losses.mse, MASK)
    every = Model(net.layer, "every", embedding_size).predict(params, batch.xs, mask=MASK)
    y = net.predict(params, batch.xs, mask=MASK)
    for b in range(B):
        want = every[MASK[:, b], b].mean(axis=0) if MASK[:, b].any() else params.readout.b_y
        assert relative_error(y[b], want) < 1e-14
    every = Model(net.layer, "every", embedding_size).predict(params, batch.xs)
    assert relative_error(net.predict(params, batch.xs), every.mean(axis=0)) < 1e-14


@pytest.mark.parametrize("at", ["every", "last", "mean"])
@pytest.mark.parametrize("embedding_size", [None, 2])
def test_padding_changes_neither_loss_nor_gradient(at, embedding_size):
    loss = losses.cross_entropy
    net, params, batch = setting(lstm, at, embedding_size, loss, None)
    want = net.loss_and_grads(params, batch, loss)
    filler = np.full((50, *batch.xs.shape[1:]), np.nan) if embedding_size is None else np.full((50, B), -1)
    targets = np.concatenate([batch.targets, np.full((50, B), -1)]) if at == "every" else batch.targets
    padded = Batch(np.concatenate([batch.xs, filler]), targets, np.arange(T + 50)[:, None] < np.full(B, T))
    got = net.loss_and_grads(params, padded, loss)
    assert abs(got.loss - want.loss) < 1e-15
    assert relative_error(got.grads, want.grads) < 1e-14
    assert relative_error(got.state, want.state) == 0.0


@pytest.mark.parametrize("at", ["every", "last", "mean"])
@pytest.mark.parametrize("loss", [losses.cross_entropy, losses.mse])
@pytest.mark.parametrize("embedding_size", [None, 2])
@pytest.mark.parametrize("both_ways", [False, True])
def test_padding_in_front_and_in_the_middle_changes_neither_loss_nor_gradient(at, loss, embedding_size, both_ways):
    """Each sequence has its gaps elsewhere; what stands there is NaN, or no token at all, and no answer."""
    net, params, batch = setting(lstm, at, embedding_size, loss, None)
    if both_ways:
        net = Model(Bidirectional(lstm), at, embedding_size)
        params = net.init(np.random.default_rng(2), D, H, K)
    want = net.loss_and_grads(params, batch, loss)
    mask = np.array([list(steps) for steps in ("..######.", "##.#.##.#", ".###.###.", "######...")]).T == "#"

    def spread(values, filler):
        wide = np.full((len(mask), *values.shape[1:]), filler, values.dtype)
        for b in range(B):
            wide[mask[:, b], b] = values[:, b]
        return wide

    xs = spread(batch.xs, np.nan if embedding_size is None else D + 99)
    targets = batch.targets
    if at == "every":
        targets = spread(targets, -1 if loss is losses.cross_entropy else np.nan)
    got = net.loss_and_grads(params, Batch(xs, targets, mask), loss)
    assert abs(got.loss - want.loss) < 1e-14
    assert relative_error(got.grads, want.grads) < 1e-12
    y, plain = net.predict(params, xs, mask=mask), net.predict(params, batch.xs)
    for b in range(B):
        have, should = (y[mask[:, b], b], plain[:, b]) if at == "every" else (y[b], plain[b])
        assert relative_error(have, should) < 1e-13


@pytest.mark.parametrize("at", ["last", "mean"])
def test_a_sequence_without_any_step_is_not_counted(at):
    net, params, batch = setting(lstm, at, None, losses.mse, MASK)
    others = [0, 2, 3]
    fewer = Batch(batch.xs[:, others], batch.targets[others], MASK[:, others])
    a, b = (net.loss_and_grads(params, each, losses.mse) for each in (batch, fewer))
    assert abs(a.loss - b.loss) < 1e-15 and relative_error(a.grads, b.grads) < 1e-13


def test_a_carried_state_goes_on_where_the_last_run_ended():
    net, params, batch = setting(lstm, "every", 2, losses.mse, None)
    first = net.forward(params, batch.xs[:2])
    second = net.predict(params, batch.xs[2:], first.trace.state)
    assert np.array_equal(np.concatenate([first.y, second]), net.predict(params, batch.xs))
    zero = net.zero_state(params, batch.xs)
    assert all(np.array_equal(a, np.zeros((B, H))) for a in zero) and isinstance(zero, lstm.State)


def test_weights_and_batch_stay_as_they_were():
    net, params, batch = setting(lstm, "last", 2, losses.cross_entropy, MASK, 0.4)
    before = copy.deepcopy(params)
    for _, leaf in (*leaves(params), *leaves(tuple(batch))):
        leaf.flags.writeable = False
    net.loss_and_grads(params, batch, losses.cross_entropy, rng=np.random.default_rng(0))
    assert relative_error(params, before) == 0.0


def test_prediction_drops_nothing():
    net, params, batch = setting(lstm, "every", None, losses.mse, None, 0.5)
    plain = Model(Recurrent(lstm))
    assert np.array_equal(net.predict(params, batch.xs), plain.predict(params, batch.xs))
    assert net.loss(params, batch, losses.mse) == plain.loss(params, batch, losses.mse)
    assert net.loss(params, batch, losses.mse, rng=np.random.default_rng(0)) != plain.loss(params, batch, losses.mse)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("embedding", [None, 2])
@pytest.mark.parametrize("at", ["every", "last", "mean"])
def test_a_long_prediction_in_chunks_is_the_whole(at, embedding, masked, monkeypatch):
    rng, steps = np.random.default_rng(4), 75
    net = Model(Recurrent(lstm), at, embedding)
    params = net.init(rng, D, H, K)
    xs = rng.integers(0, D, (steps, B)) if embedding else rng.normal(size=(steps, B, D))
    mask = None
    if masked:
        mask = rng.random((steps, B)) < 0.5
        mask[20:, 0] = False
        mask[:, 1] = False
    state = lstm.State(*rng.normal(size=(2, B, H)))
    monkeypatch.setattr(model, "_CHUNK", 1)  # chunks of 16 steps, the shortest
    for start in (None, state):
        chunks, whole = net.predict(params, xs, start, mask), net.forward(params, xs, start, mask).y
        if at == "mean":  # a sum of sums rounds elsewhere
            assert relative_error(chunks, whole) < 1e-14
        else:
            assert np.array_equal(chunks, whole)
    if not embedding:
        xs[70, 2, 1], where = np.inf, "xs[70, 2, 1] is inf"
        mask = None if mask is None else np.ones_like(mask)
        with pytest.raises(ValueError, match=re.escape(where)):
            net.predict(params, xs, None, mask)
    with pytest.raises(ValueError, match="mask has shape"):
        net.predict(params, xs, None, np.ones((B, steps), bool))


@pytest.mark.parametrize("ends", [(60, 20, 40), (20, 60, 40, 75), (40, 60, 20, 5)], ids=str)
def test_outputs_in_chunks_go_to_their_own_sequences_in_any_order(ends, monkeypatch):
    """The order in which they end is a cycle of three or four: it is not its own inverse."""
    net = Model(Recurrent(lstm), "last")
    params = net.init(np.random.default_rng(0), D, H, K)
    xs = np.random.default_rng(1).normal(size=(75, len(ends), D))
    mask = np.arange(75)[:, None] < np.array(ends)
    monkeypatch.setattr(model, "_CHUNK", 1)
    alone = [net.forward(params, xs[:end, b : b + 1]).y[0] for b, end in enumerate(ends)]
    assert relative_error(net.predict(params, xs, mask=mask), np.array(alone)) < 1e-13


@pytest.mark.parametrize("at", ["every", "last", "mean"])
def test_a_gap_in_a_long_prediction_hides_no_nan_behind_it(at, monkeypatch):
    net = Model(Recurrent(lstm), at)
    params = net.init(np.random.default_rng(0), D, H, K)
    xs, mask = np.zeros((40, 2, D)), np.ones((40, 2), bool)
    mask[[3, 20], 1] = False
    xs[~mask] = np.nan
    monkeypatch.setattr(model, "_CHUNK", 1)
    assert np.isfinite(net.predict(params, xs, mask=mask)).all()
    xs[30, 1, 2] = np.nan
    with pytest.raises(ValueError, match=re.escape("xs[30, 1, 2] is nan")):
        net.predict(params, xs, mask=mask)


def test_the_memory_of_a_prediction_does_not_grow_with_time():
    net = Model(Recurrent(lstm), "last")
    params = net.init(np.random.default_rng(0), 2, 16, 1)

    def peak(steps):
        xs = np.ones((steps, 4, 2))
        tracemalloc.start()
        try:
            net.predict(params, xs)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(16)
    assert peak(40_000) < 1.1 * peak(4_000) < 8e6


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_one_dtype_from_end_to_end(dtype):
    for net, xs in ((Model(Recurrent(lstm, recurrent_dropout=0.3), "last", 2), np.ones((T, B), np.int64)),
                    (Model(Recurrent(lstm), "mean"), np.ones((T, B, D), dtype)),
                    (Model(Recurrent(lstm)), np.ones((T, B, D), dtype))):  # fmt: skip
        params = net.init(np.random.default_rng(0), D, H, K, dtype=dtype, forget_bias=2.0)
        assert params.layer.b[H] == 2.0
        batch = Batch(xs, np.ones((*xs.shape[:2], K) if net.at == "every" else (B, K), dtype))
        result = net.loss_and_grads(params, batch, losses.mse, rng=np.random.default_rng(0))
        assert {leaf.dtype for _, leaf in leaves((params, result.grads, result.state))} == {np.dtype(dtype)}
        assert result.loss.dtype == dtype


def test_no_step_at_all():
    net, params, batch = setting(lstm, "every", None, losses.mse, None)
    assert net.predict(params, batch.xs[:0]).shape == (0, B, K)
    for at in ("last", "mean"):
        with pytest.raises(ValueError, match="xs has T=0 steps"):
            Model(net.layer, at).predict(params, batch.xs[:0])


def test_models_say_what_they_are():
    assert repr(Model(Recurrent(lstm), "last")) == "Model(layer=Recurrent(lstm), at='last', embedding_size=None)"


NET, PARAMS, BATCH = setting(lstm, "every", 2, losses.mse, None)
BAD = {
    "at is 'end'; expected 'every', 'last' or 'mean'": lambda: Model(Recurrent(lstm), "end"),
    "embedding_size is 0": lambda: Model(Recurrent(lstm), embedding_size=0),
    "params is Params(W_x, W_h, b); expected Params(embedding, layer, readout)": lambda: NET.predict(
        PARAMS.layer, BATCH.xs
    ),
    "tokens has shape (6, 4, 3)": lambda: NET.predict(PARAMS, np.ones((T, B, D))),
    "tokens[0, 0] is 3; expected a whole number from 0 to 2": lambda: NET.predict(PARAMS, np.full((T, B), 3)),
    "xs has shape (6, 4); expected (T, B, D)": lambda: Model(Recurrent(lstm)).predict(PARAMS, BATCH.xs),
    "output_size is None": lambda: NET.init(np.random.default_rng(0), D, H, None),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input_is_named(message):
    with pytest.raises(ValueError, match=re.escape(message)):
        BAD[message]()


def test_the_parts_have_names():
    assert model.Params._fields == ("embedding", "layer", "readout")
    assert [name for name, _ in leaves(PARAMS)][:2] == ["embedding.W_e", "layer.W_x"]
    assert Model(Recurrent(lstm)).init(np.random.default_rng(0), D, H, K).embedding == ()
