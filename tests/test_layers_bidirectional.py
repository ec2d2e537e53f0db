"""Reading both ways is two forward runs, one over the reversed input; a residual layer adds what it read."""

import copy
import re
from pathlib import Path

import numpy as np
import pytest

from lstm_helpers import losses, model, through_time
from lstm_helpers.arrays import leaves, tree_map
from lstm_helpers.cells import gru, lstm, rnn
from lstm_helpers.gradcheck import complex_step, relative_error
from lstm_helpers.layers import Bidirectional, Dropout, Recurrent, Residual, Stacked
from lstm_helpers.layers.dropout import DropoutTrace
from lstm_helpers.layers.residual import ResidualTrace
from lstm_helpers.layers.stacked import StackedTrace
from lstm_helpers.model import Batch, Model
from tests.test_layers_stacked import MASK, B, D, H, T, case, same

CELLS = {"lstm": lstm, "rnn": rnn, "gru": gru}
WIRINGS = {
    "both ways": Bidirectional(lstm),
    "both ways, dropout": Bidirectional(gru, recurrent_dropout=0.4),
    "two both ways": Stacked(Bidirectional(lstm), Bidirectional(rnn)),
    "one on both": Stacked(Bidirectional(rnn), Recurrent(lstm)),
    "residual": Stacked(Recurrent(lstm), Residual(Recurrent(lstm))),
    "residual with dropout": Stacked(Recurrent(lstm), Residual(Stacked(Dropout(0.3), Recurrent(gru)))),
    "residual of residual": Stacked(Recurrent(rnn), Residual(Residual(Recurrent(lstm)))),
}
each_wiring = pytest.mark.parametrize("name", WIRINGS)


@each_wiring
@pytest.mark.parametrize("steps", [T, 1])
@pytest.mark.parametrize("mask", [None, MASK], ids=["full", "masked"])
def test_every_gradient_equals_the_complex_step(name, mask, steps):
    layer = WIRINGS[name]
    params, xs, state, d_output, d_state = case(layer, steps)
    mask = None if mask is None else mask[:steps]

    def run(params, xs, state):
        return layer.forward(params, xs, state, mask, np.random.default_rng(8))

    def loss(tree):
        trace = run(*tree)
        ends = zip(leaves(trace.state), leaves(d_state), strict=True)
        return (trace.output * d_output).sum() + sum((a * b).sum() for (_, a), (_, b) in ends)

    got = layer.backward(params, run(params, xs, state), d_output, d_state)
    assert relative_error((got.params, got.xs, got.state), complex_step(loss, (params, xs, state))) < 1e-10
    if mask is not None:
        assert not got.xs[~mask].any()


# Both ways


@pytest.mark.parametrize("mask", [None, MASK], ids=["full", "masked"])
def test_bidirectional_is_two_runs_one_of_them_reversed(mask):
    layer = Bidirectional(lstm, through_time)
    params, xs, state, d_output, d_state = case(layer)
    there = through_time.unroll(lstm, params[0], xs, state[0], mask)
    back = through_time.unroll(lstm, params[1], xs[::-1], state[1], None if mask is None else mask[::-1])
    trace = layer.forward(params, xs, state, mask)
    same(trace.output, np.concatenate([there.h, back.h[::-1]], axis=2))
    same(trace.state, (there.state, back.state))
    first = through_time.backpropagate(lstm, params[0], there, d_output[..., :H], d_state[0])
    second = through_time.backpropagate(lstm, params[1], back, d_output[::-1, :, H:], d_state[1])
    got = layer.backward(params, trace, d_output, d_state)
    same(got.params, (first.params, second.params))
    same(got.xs, first.xs + second.xs[::-1])
    same(got.state, (first.state, second.state))
    same(got.states, (first.states, tree_map(lambda a: a[::-1], second.states)))


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_reversing_input_and_directions_twice_is_the_identity(cell):
    """Over the reversed input, the two directions with weights exchanged give each other's outputs, reversed."""
    layer = Bidirectional(cell)
    params, xs, state, _, _ = case(layer)
    plain = layer.forward(params, xs, state, MASK)
    turned = layer.forward(params[::-1], xs[::-1], state[::-1], MASK[::-1])
    exchanged = np.concatenate([turned.output[..., H:], turned.output[..., :H]], axis=2)[::-1]
    same(plain.output, exchanged)
    same(plain.state, turned.state[::-1])


def test_the_first_answer_has_read_the_last_input_and_a_forward_layers_has_not():
    params, xs, _, _, _ = case(Bidirectional(lstm))
    other = xs.copy()
    other[-1] += 1
    moved = Bidirectional(lstm).forward(params, other).output - Bidirectional(lstm).forward(params, xs).output
    assert np.all(moved[0, :, H:] != 0) and not moved[:-1, :, :H].any()


@pytest.mark.parametrize("name", ["both ways", "two both ways", "residual"])
def test_padding_changes_nothing_whatever_it_holds(name):
    layer = WIRINGS[name]
    params, xs, state, d_output, d_state = case(layer)
    plain = layer.forward(params, xs, state)
    want = layer.backward(params, plain, d_output, d_state)
    padded = np.concatenate([xs, np.full((50, B, D), np.nan)])
    mask = np.arange(T + 50)[:, None] < np.full(B, T)
    trace = layer.forward(params, padded, state, mask)
    same(trace.output[:T], plain.output)
    same(trace.state, plain.state)
    d_padded = np.concatenate([d_output, np.zeros((50, *d_output.shape[1:]))])
    got = layer.backward(params, trace, d_padded, d_state)
    assert relative_error((got.params, got.xs[:T], got.state), (want.params, want.xs, want.state)) < 1e-13


def test_without_steps_both_directions_return_their_initial_state():
    layer = Bidirectional(lstm)
    params, xs, state, _, _ = case(layer)
    trace = layer.forward(params, xs[:0], state)
    assert trace.output.shape == (0, B, 2 * H)
    same(trace.state, state)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["both ways, dropout", "residual with dropout"])
def test_one_dtype_and_inputs_that_stay_as_they_were(name, dtype):
    layer = WIRINGS[name]
    given = tree_map(lambda a: a.astype(dtype), case(layer))
    before = copy.deepcopy(given)
    for _, leaf in leaves(given):
        leaf.flags.writeable = False
    params, xs, state, d_output, d_state = given
    trace = layer.forward(params, xs, state, MASK, np.random.default_rng(0))
    back = layer.backward(params, trace, d_output, d_state)
    found = (trace.output, trace.state, back.params, back.xs, back.state, back.states)
    assert {leaf.dtype for _, leaf in leaves(found)} == {np.dtype(dtype)}
    same(given, before)


# Against PyTorch, whose masks are packed sequences


RECORDED = dict(np.load(Path(__file__).parent / "recorded" / "wirings.npz"))
NAMES = [str(name) for name in RECORDED["names"]]


def ours(kind, tensors, layers, both_ways, join=np.add):
    """Lay PyTorch's weights, or their gradients, out as this package does, in the order of its last states."""
    found = []
    for k in range(layers):
        for end in ("", "_reverse")[: 1 + both_ways]:
            W_x, W_h, b_x, b_h = (
                tensors[f"{name}_l{k}{end}"] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            )
            biases = (b_x, b_h) if kind == "gru" else (join(b_x, b_h),)
            found.append(CELLS[kind].Params(W_x.T, W_h.T, *biases))
    return grouped(found, both_ways)


def grouped(entries, both_ways):
    """Group one entry for each layer and direction as params and states of the stack are grouped."""
    return tuple(zip(entries[::2], entries[1::2], strict=True)) if both_ways else tuple(entries)


@pytest.mark.parametrize("name", NAMES)
def test_outputs_states_and_gradients_equal_pytorchs(name):
    kind, count, ways, _ = name.split("-")
    layers, both_ways, cell = int(count), ways == "both", CELLS[kind]
    found = {key.removeprefix(f"{name}/"): array for key, array in RECORDED.items() if key.startswith(f"{name}/")}
    original, gradients = (
        {key.removeprefix(start): array for key, array in found.items() if key.startswith(start)}
        for start in ("original.", "gradients.original.")
    )

    def states(prefix):
        each = zip(*(found[f"{prefix}.{field}"] for field in cell.State._fields), strict=True)
        return grouped([cell.State(*arrays) for arrays in each], both_ways)

    layer = Stacked(*[(Bidirectional if both_ways else Recurrent)(cell) for _ in range(layers)])
    params, mask = ours(kind, original, layers, both_ways), found["mask"]
    trace = layer.forward(params, found["xs"], states("start"), mask)
    assert relative_error(np.where(mask[:, :, None], trace.output, 0), found["hs"]) < 1e-12
    assert relative_error(trace.state, states("last")) < 1e-12
    back = layer.backward(params, trace, found["d_hs"], states("d_last"))
    # Either of two biases that are added receives the gradient of their sum.
    assert relative_error(back.params, ours(kind, gradients, layers, both_ways, lambda a, b: a)) < 1e-10
    assert relative_error(back.xs, found["gradients.xs"]) < 1e-10
    assert relative_error(back.state, states("gradients.start")) < 1e-10


def test_the_record_holds_what_it_should():
    assert len(NAMES) == 12 and RECORDED["library"] == "PyTorch 2.13.0"
    lengths = [RECORDED[f"{name}/mask"].sum(axis=0) for name in NAMES if name.endswith("packed")]
    assert all(list(each) == [3, 6, 1, 4] for each in lengths), "not sorted by length, and one of a single step"


# Residual


@pytest.mark.parametrize("mask", [None, MASK], ids=["full", "masked"])
def test_residual_adds_what_it_read(mask):
    inside = Recurrent(lstm)
    rng = np.random.default_rng(0)
    params, xs, d_output = inside.init(rng, H, H), rng.normal(size=(T, B, H)), rng.normal(size=(T, B, H))
    alone, trace = inside.forward(params, xs, mask=mask), Residual(inside).forward(params, xs, mask=mask)
    real = np.ones((T, B, 1)) if mask is None else mask[:, :, None]
    same(trace.output, alone.output + real * xs)
    same(trace.state, alone.state)
    got, want = Residual(inside).backward(params, trace, d_output), inside.backward(params, alone, d_output)
    same(got.xs, want.xs + real * d_output)
    same(got.params, want.params)


def test_residual_layers_of_zero_weights_pass_the_input_and_its_gradient_on():
    """At depth 20: with weights 0 an LSTM gives h = 0, so that the stack is the identity."""
    deep = Stacked(*[Residual(Recurrent(lstm)) for _ in range(20)])
    params = tree_map(np.zeros_like, deep.init(np.random.default_rng(0), H, H))
    xs = np.random.default_rng(1).normal(size=(T, B, H))
    trace = deep.forward(params, xs)
    same(trace.output, xs)
    same(deep.backward(params, trace, xs).xs, xs)


# In a model


@pytest.mark.parametrize("mask", [None, MASK], ids=["full", "masked"])
@pytest.mark.parametrize("at", ["every", "last", "mean"])
@pytest.mark.parametrize("name", WIRINGS)
def test_gradients_of_a_model_equal_the_complex_step(name, at, mask):
    net = Model(WIRINGS[name], at)
    rng = np.random.default_rng(1)
    params = net.init(rng, D, H, 2)
    batch = Batch(rng.normal(size=(T, B, D)), rng.integers(2, size=(T, B) if at == "every" else B), mask)
    got = net.loss_and_grads(params, batch, losses.cross_entropy, rng=np.random.default_rng(7))
    want = complex_step(lambda p: net.loss(p, batch, losses.cross_entropy, rng=np.random.default_rng(7)), params)
    assert relative_error(got.grads, want) < 1e-10


@pytest.mark.parametrize(
    "layer",
    [
        Bidirectional(gru),
        Stacked(Bidirectional(gru), Dropout(0.2)),
        Stacked(Bidirectional(gru), Dropout(0.2), Dropout(0.2)),
        Stacked(Stacked(Recurrent(gru), Bidirectional(gru)), Dropout(0.2)),
        Residual(Bidirectional(gru)),
        Stacked(Residual(Bidirectional(gru)), Dropout(0.2)),
        Residual(Stacked(Bidirectional(gru), Bidirectional(gru))),
    ],
    ids=repr,
)
def test_the_last_answer_is_where_each_direction_ends(layer):
    """The forward direction at the last real step, the other at the first: as Keras merges, and as PyTorch's h_n."""
    net = Model(layer, at="last")
    params, xs = net.init(np.random.default_rng(0), 2 * H, H, 2), np.random.default_rng(1).normal(size=(T, B, 2 * H))
    mask, firsts, lasts = np.zeros((T, B), bool), [0, 0, 2, 5], [5, 2, 4, 5]
    for k, (first, last) in enumerate(zip(firsts, lasts, strict=True)):
        mask[first : last + 1, k] = True
    mask[3, 0] = False
    run = net.forward(params, xs, mask=mask)
    there, back = states_of_both(run.trace)
    read = np.zeros((B, 2 * H))
    if "Residual" in repr(layer):
        each = np.arange(B)
        read = np.concatenate([xs[lasts, each, :H], xs[firsts, each, H:]], axis=1)
    assert relative_error(run.features, np.concatenate([there.h, back.h], axis=1) + read) < 1e-15


def states_of_both(trace):
    """The last states of the highest layer that reads both ways."""
    if isinstance(trace, ResidualTrace):
        return states_of_both(trace.layer)
    if isinstance(trace, StackedTrace):
        return states_of_both([each for each in trace.layers if not isinstance(each, DropoutTrace)][-1])
    return trace.state


def test_a_forward_layer_on_a_bidirectional_one_is_read_at_the_last_step():
    net = Model(WIRINGS["one on both"], at="last")
    params, xs = net.init(np.random.default_rng(0), D, H, 2), np.random.default_rng(1).normal(size=(T, B, D))
    run = net.forward(params, xs)
    same(run.features, run.trace.output[-1])


@pytest.mark.parametrize(
    ("layer", "flat"),
    [
        (Stacked(Dropout(0.2), Recurrent(lstm), Residual(Recurrent(gru))), True),
        (Bidirectional(lstm), False),
        (Stacked(Recurrent(lstm), Bidirectional(lstm)), False),
        (Residual(Bidirectional(lstm)), False),
    ],
    ids=repr,
)
def test_only_causal_layers_are_predicted_in_chunks(layer, flat, monkeypatch):
    assert getattr(layer, "causal", False) == flat
    size = 2 * H if isinstance(layer, Residual) else D
    net = Model(layer)
    params = net.init(np.random.default_rng(0), size, H, 2)
    xs = np.random.default_rng(1).normal(size=(50, B, size))
    whole = net.forward(params, xs).y
    monkeypatch.setattr(model, "_CHUNK", 1)
    assert relative_error(net.predict(params, xs), whole) < 1e-14


# What is refused


PARAMS, XS, STATE, D_OUTPUT, _ = case(WIRINGS["both ways"])
BOTH = WIRINGS["both ways"]
BAD = {
    "params is Params(W_x, W_h, b); expected a pair, one for each direction: (forward, backward)": (
        lambda: BOTH.forward(PARAMS[0], XS)
    ),
    "state is State(h, c); expected a pair": lambda: BOTH.forward(PARAMS, XS, STATE[0]),
    "d_state is a tuple of 1; expected a pair": (
        lambda: BOTH.backward(PARAMS, BOTH.forward(PARAMS, XS), D_OUTPUT, STATE[:1])
    ),
    "d_output has shape (6, 4, 3); expected (T, B, 2H) with T=6, B=4, 2H=6: [forward, backward]": (
        lambda: BOTH.backward(PARAMS, BOTH.forward(PARAMS, XS), D_OUTPUT[..., :3])
    ),
    "recurrent_dropout is 1; expected a probability": lambda: Bidirectional(lstm, recurrent_dropout=1),
    "layer is <module": lambda: Residual(lstm),
    "input_size is 2 but Recurrent(lstm) gives 3 numbers; expected equal sizes: leave the first layer": (
        lambda: Residual(Recurrent(lstm)).init(np.random.default_rng(0), 2, 3)
    ),
    "xs has shape (6, 4, 2) but Recurrent(lstm) gives (6, 4, 3)": (
        lambda: Residual(Recurrent(lstm)).forward(PARAMS[0], XS)
    ),
}


@pytest.mark.parametrize("words", BAD)
def test_errors_name_what_was_wrong(words):
    with pytest.raises(ValueError, match=re.escape(words)):
        BAD[words]()


def test_layers_say_what_they_are():
    assert repr(Bidirectional(lstm, recurrent_dropout=0.2)) == "Bidirectional(lstm, recurrent_dropout=0.2)"
    assert (
        repr(Stacked(Recurrent(gru), Residual(Recurrent(gru)))) == "Stacked(Recurrent(gru), Residual(Recurrent(gru)))"
    )
