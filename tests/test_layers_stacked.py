"""A stack is its layers one after the other, and nothing else: outputs, gradients, draws, states."""

import copy
import re
from itertools import islice

import numpy as np
import pytest

from lstm_helpers import losses
from lstm_helpers.arrays import leaves, tree_map
from lstm_helpers.cells import lstm, rnn
from lstm_helpers.data.tasks import latch
from lstm_helpers.gradcheck import complex_step, relative_error
from lstm_helpers.layers import Dropout, Recurrent, Stacked
from lstm_helpers.model import Batch, Model
from lstm_helpers.training import adam, fit, load_checkpoint, save_checkpoint, start

T, B, D, H = 6, 4, 2, 3
MASK = np.random.default_rng(5).random((T, B)) < 0.6
MASK[:, 1] = False
STACKS = {
    "one": Stacked(Recurrent(lstm)),
    "two": Stacked(Recurrent(lstm), Recurrent(lstm)),
    "mixed": Stacked(Recurrent(rnn), Recurrent(lstm), Recurrent(rnn)),
    "dropout between": Stacked(Dropout(0.2), Recurrent(lstm), Dropout(0.3), Recurrent(lstm, recurrent_dropout=0.3)),
    "dropout on top": Stacked(Recurrent(lstm), Dropout(0.3)),
    "stack in a stack": Stacked(Recurrent(rnn), Stacked(Dropout(0.2), Recurrent(lstm)), Recurrent(lstm)),
}


def same(a, b):
    tree_map(np.testing.assert_array_equal, a, b)


def normal_like(rng, tree):
    return tree_map(lambda a: rng.normal(size=a.shape), tree)


def case(stack, steps=T, seed=0):
    """Draw weights with all biases, inputs, a starting state, and the weights of a loss."""
    rng = np.random.default_rng(seed)
    params = tree_map(lambda a: a + 0.2 * rng.normal(size=a.shape), stack.init(rng, D, H))
    xs = rng.normal(size=(steps, B, D))
    empty = stack.forward(params, xs[:0])
    state, d_state = normal_like(rng, empty.state), normal_like(rng, empty.state)
    return params, xs, state, rng.normal(size=(steps, B, stack.output_size(D, H))), d_state


@pytest.mark.parametrize("steps", [T, 1])
@pytest.mark.parametrize("mask", [None, MASK], ids=["full", "masked"])
@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("name", STACKS)
def test_every_gradient_equals_the_complex_step(name, training, mask, steps):
    stack = STACKS[name]
    params, xs, state, d_output, d_state = case(stack, steps)
    mask = None if mask is None else mask[:steps]

    def run(params, xs, state):
        return stack.forward(params, xs, state, mask, np.random.default_rng(8) if training else None)

    def loss(tree):
        trace = run(*tree)
        ends = zip(leaves(trace.state), leaves(d_state), strict=True)
        return (trace.output * d_output).sum() + sum((a * b).sum() for (_, a), (_, b) in ends)

    got = stack.backward(params, run(params, xs, state), d_output, d_state)
    assert relative_error((got.params, got.xs, got.state), complex_step(loss, (params, xs, state))) < 1e-10
    if mask is not None:
        assert not got.xs[~mask].any()


@pytest.mark.parametrize("mask", [None, MASK], ids=["full", "masked"])
@pytest.mark.parametrize("layer", [Recurrent(lstm), Recurrent(rnn, recurrent_dropout=0.4), Dropout(0.4)], ids=repr)
def test_a_stack_of_one_is_its_layer(layer, mask):
    stack, own, others = Stacked(layer), np.random.default_rng(3), np.random.default_rng(3)
    params, (want,) = layer.init(own, D, H), stack.init(others, D, H)
    same(want, params)
    assert stack.output_size(D, H) == layer.output_size(D, H)
    _, xs, (state,), d_output, (d_state,) = case(stack)
    alone = layer.forward(params, xs, state, mask, own)
    trace = stack.forward((params,), xs, (state,), mask, others)
    same(trace.output, alone.output)
    same(trace.state, (alone.state,))
    want, got = layer.backward(params, alone, d_output, d_state), stack.backward((params,), trace, d_output, (d_state,))
    same(got.xs, want.xs)
    for field in ("params", "state", "states"):
        same(getattr(got, field), (getattr(want, field),))
    assert own.bit_generator.state == others.bit_generator.state


@pytest.mark.parametrize("mask", [None, MASK], ids=["full", "masked"])
def test_a_stack_is_its_layers_by_hand(mask):
    """Also in what is drawn, and in which order."""
    stack = STACKS["dropout between"]
    first, bottom, second, top = stack.layers
    params, xs, state, d_output, d_state = case(stack)
    rng = np.random.default_rng(8)
    a = first.forward((), xs, (), mask, rng)
    b = bottom.forward(params[1], a.output, state[1], mask, rng)
    c = second.forward((), b.output, (), mask, rng)
    d = top.forward(params[3], c.output, state[3], mask, rng)
    trace = stack.forward(params, xs, state, mask, np.random.default_rng(8))
    same(trace.output, d.output)
    same(trace.state, ((), b.state, (), d.state))
    same(trace.layers[1].f, b.f)
    from_top = top.backward(params[3], d, d_output, d_state[3])
    between = second.backward((), c, from_top.xs)
    from_bottom = bottom.backward(params[1], b, between.xs, d_state[1])
    got = stack.backward(params, trace, d_output, d_state)
    same(got.params, ((), from_bottom.params, (), from_top.params))
    same(got.state, ((), from_bottom.state, (), from_top.state))
    same(got.states, ((), from_bottom.states, (), from_top.states))
    same(got.xs, first.backward((), a, from_bottom.xs).xs)


def test_weights_are_drawn_layer_by_layer_in_the_sizes_that_meet():
    rng = np.random.default_rng(0)
    params = STACKS["dropout between"].init(np.random.default_rng(0), 5, 3, forget_bias=2.0)
    same(params, ((), lstm.init(rng, 5, 3, forget_bias=2.0), (), lstm.init(rng, 3, 3, forget_bias=2.0)))
    assert Stacked(Dropout(0.1), Dropout(0.1)).output_size(5, 3) == 5
    assert Stacked(Recurrent(lstm), Dropout(0.1)).output_size(5, 3) == 3


@pytest.mark.parametrize("name", STACKS)
def test_chunks_equal_the_whole(name):
    stack = STACKS[name]
    params, xs, state, _, _ = case(stack)
    whole, first = stack.forward(params, xs, state), stack.forward(params, xs[:2], state)
    second = stack.forward(params, xs[2:], first.state)
    same(np.concatenate([first.output, second.output]), whole.output)
    same(second.state, whole.state)


@pytest.mark.parametrize("name", STACKS)
def test_padding_changes_nothing_whatever_it_holds(name):
    stack = STACKS[name]
    params, xs, state, d_output, d_state = case(stack)
    plain = stack.forward(params, xs, state)
    want = stack.backward(params, plain, d_output, d_state)
    padded = np.concatenate([xs, np.full((50, B, D), np.nan)])
    mask = np.arange(T + 50)[:, None] < np.full(B, T)
    trace = stack.forward(params, padded, state, mask)
    same(trace.output[:T], plain.output)
    same(trace.state, plain.state)
    d_padded = np.concatenate([d_output, np.zeros((50, *d_output.shape[1:]))])
    got = stack.backward(params, trace, d_padded, d_state)
    assert relative_error((got.params, got.xs[:T], got.state), (want.params, want.xs, want.state)) < 1e-14
    assert not got.xs[T:].any()


def test_without_a_state_every_layer_starts_from_zeros():
    stack = STACKS["dropout between"]
    params, xs, state, _, _ = case(stack)
    zeros = tree_map(np.zeros_like, state)
    same(stack.forward(params, xs).output, stack.forward(params, xs, zeros).output)
    same(stack.forward(params, xs, (None, state[1], None, None)).output,
         stack.forward(params, xs, ((), state[1], (), zeros[3])).output)  # fmt: skip
    nothing = stack.forward(params, xs[:0])
    assert nothing.output.shape == (0, B, H)
    same(nothing.state, zeros)
    back = stack.backward(params, nothing, nothing.output, state)
    same((back.state, back.params), (state, tree_map(np.zeros_like, params)))


def test_evaluation_draws_nothing():
    stack = STACKS["dropout between"]
    params, xs, state, _, _ = case(stack)
    plain = Stacked(Dropout(0), Recurrent(lstm), Dropout(0), Recurrent(lstm))
    rng = np.random.default_rng(0)
    same(stack.forward(params, xs, state).output, plain.forward(params, xs, state, rng=rng).output)
    assert rng.bit_generator.state == np.random.default_rng(0).bit_generator.state
    assert relative_error(stack.forward(params, xs, state, rng=rng).output, plain.forward(params, xs).output) > 0.01


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_one_dtype_and_inputs_that_stay_as_they_were(dtype):
    stack = STACKS["dropout between"]
    params, xs, state, d_output, d_state = case(stack)
    given = tree_map(lambda a: a.astype(dtype), (params, xs, state, d_output, d_state))
    before = copy.deepcopy(given)
    for _, leaf in leaves(given):
        leaf.flags.writeable = False
    params, xs, state, d_output, d_state = given
    trace = stack.forward(params, xs, state, MASK, np.random.default_rng(0))
    back = stack.backward(params, trace, d_output, d_state)
    found = (trace.output, trace.state, back.params, back.xs, back.state, back.states)
    assert {leaf.dtype for _, leaf in leaves(found)} == {np.dtype(dtype)}
    same(given, before)
    initial = stack.init(np.random.default_rng(0), D, H, dtype=dtype)
    assert {leaf.dtype for _, leaf in leaves(initial)} == {np.dtype(dtype)}


# In a model


@pytest.mark.parametrize("at", ["every", "last"])
def test_gradients_of_a_model_with_a_stack_equal_the_complex_step(at):
    net = Model(STACKS["dropout between"], at, embedding_size=2)
    params = net.init(np.random.default_rng(0), 5, H, 2)
    rng = np.random.default_rng(1)
    targets = rng.integers(2, size=(T, B) if at == "every" else B)
    batch = Batch(rng.integers(5, size=(T, B)), targets, MASK)
    got = net.loss_and_grads(params, batch, losses.cross_entropy, rng=np.random.default_rng(7))
    want = complex_step(lambda p: net.loss(p, batch, losses.cross_entropy, rng=np.random.default_rng(7)), params)
    assert relative_error(got.grads, want) < 1e-10
    same(net.zero_state(params, batch.xs), tree_map(np.zeros_like, got.state))


def test_a_model_with_a_stack_learns_the_latch():
    net = Model(Stacked(Recurrent(lstm), Dropout(0.1), Recurrent(lstm)), at="last")
    params = net.init(np.random.default_rng(0), latch.INPUT_SIZE, 6, latch.OUTPUT_SIZE)

    def batches(step):
        return latch.batch(np.random.default_rng([7, step]), 16, 6)

    steps = fit(net, params, batches, losses.cross_entropy, adam(0.02), rng=np.random.default_rng(1))
    path = [(progress.loss, params := progress.params)[0] for progress in islice(steps, 80)]
    assert path[0] > 0.6 and np.mean(path[-10:]) < 0.1
    test = latch.batch(np.random.default_rng(9), 200, 6)
    assert losses.accuracy(net.predict(params, test.xs), test.targets) > 0.98


def test_training_carries_the_states_of_all_layers_and_resumes_to_the_bit(tmp_path):
    net = Model(STACKS["dropout between"])
    params = net.init(np.random.default_rng(0), D, H, 1)
    xs = np.random.default_rng(2).normal(size=(24, B, D))

    def stream(step):
        return Batch(xs[4 * step : 4 * step + 4], xs[4 * step : 4 * step + 4, :, :1]) if step < 6 else None

    def train(resume=None):
        rng = np.random.default_rng(3)
        return list(fit(net, params, stream, losses.mse, adam(0.01), rng=rng, carry_state=True, resume=resume))

    path = train()
    assert len(path) == 6 and [len(state) for state in path[2].state] == [0, 2, 0, 2]
    save_checkpoint(tmp_path / "half.npz", path[2])
    like = start(params, adam(0.01), rng=np.random.default_rng(0), state=net.zero_state(params, xs))
    rest = train(load_checkpoint(tmp_path / "half.npz", like))
    same(rest[-1].params, path[-1].params)
    same(rest[-1].state, path[-1].state)


# What is refused


STACK = STACKS["dropout between"]
PARAMS, XS, STATE, D_OUTPUT, D_STATE = case(STACK)
TWO = STACKS["two"]
PARAMS2, _, STATE2, _, _ = case(TWO)
BAD = {
    "layers is empty; expected at least one": lambda: Stacked(),
    "layers[1] is 3; expected a layer": lambda: Stacked(Recurrent(lstm), 3),
    "make a layer of a cell with Recurrent(cell)": lambda: Stacked(lstm),
    "write Stacked(*layers)": lambda: Stacked([Recurrent(lstm)]),
    "Recurrent is a class, call it": lambda: Stacked(Recurrent),
    "params is Params(W_x, W_h, b); expected a tuple of 4, one for each layer: Dropout(rate=0.2), Recurrent(lstm), ": (
        lambda: STACK.forward(PARAMS[1], XS)
    ),
    "params is a tuple of 3; expected a tuple of 4": lambda: STACK.forward(PARAMS[1:], XS),
    "params is a list; expected a tuple of 4": lambda: STACK.forward(list(PARAMS), XS),
    "state is State(h, c); expected a tuple of 2": lambda: TWO.forward(PARAMS2, XS, STATE2[0]),
    "state is a tuple of 1": lambda: TWO.forward(PARAMS2, XS, STATE2[:1]),
    "trace.layers is a tuple of 4; expected a tuple of 2": lambda: TWO.backward(
        PARAMS2, STACK.forward(PARAMS, XS), D_OUTPUT
    ),
    "d_state is State(h, c)": lambda: TWO.backward(PARAMS2, TWO.forward(PARAMS2, XS), D_OUTPUT, STATE2[0]),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input_is_named(message):
    with pytest.raises(ValueError, match=re.escape(message)):
        BAD[message]()


NOTED = {
    "layers[0] of the stack, Recurrent(lstm).": lambda: TWO.forward(PARAMS2, XS[..., :1]),
    "layers[1] of the stack, Recurrent(lstm) (its xs is the output of layers[0]).": lambda: TWO.forward(
        (PARAMS2[0], PARAMS2[0]), XS
    ),
    "layers[1] of the stack, Recurrent(lstm) (": lambda: TWO.backward(
        PARAMS2, TWO.forward(PARAMS2, XS), D_OUTPUT[..., :1]
    ),
    "layers[1] of the stack, Recurrent(rnn)": lambda: Stacked(Recurrent(lstm), Recurrent(rnn)).init(
        np.random.default_rng(0), D, H, forget_bias=1.0
    ),
}


@pytest.mark.parametrize("note", NOTED)
def test_an_error_says_which_layer_it_comes_from(note):
    with pytest.raises((ValueError, TypeError)) as caught:
        NOTED[note]()
    assert note in caught.value.__notes__[0]


def test_stacks_say_what_they_are():
    assert repr(STACK) == (
        "Stacked(Dropout(rate=0.2), Recurrent(lstm), Dropout(rate=0.3), Recurrent(lstm, recurrent_dropout=0.3))"
    )
    assert repr(STACK.forward(PARAMS, XS).layers[0]) == "DropoutTrace(T=6, B=4, D=2, nothing dropped)"
    assert "Trace(T=6, B=4, H=3: x previous" in repr(STACK.forward(PARAMS, XS))
    assert Stacked(Dropout(0.2)) == Stacked(Dropout(0.2)) != Stacked(Dropout(0.3))
    assert copy.deepcopy(Stacked(Dropout(0.2))) == Stacked(Dropout(0.2))
