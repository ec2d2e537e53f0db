"""The exercise of the chapter on depth: run a stack of LSTM layers, each on the output of the one below."""

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.cells import lstm
from lstm_helpers.exercises.checker import Case, Exercise, Misconception
from lstm_helpers.through_time import unroll


def _stack_outputs(layers: list[lstm.Params], xs: Array) -> Array:
    for params in layers:
        xs = unroll(lstm, params, xs).h
    return xs


def _cells_upward(layers: list[lstm.Params], xs: Array) -> Array:
    for params in layers[:-1]:
        xs = unroll(lstm, params, xs).c
    return np.asarray(unroll(lstm, layers[-1], xs).h)


def _handing_over(layers: list[lstm.Params], xs: Array) -> Array:
    state: lstm.State | None = None
    for params in layers:
        trace = unroll(lstm, params, xs, state)
        xs, state = trace.h, trace.state
    return xs


def _all_layers(layers: list[lstm.Params], xs: Array) -> Array:
    outputs = []
    for params in layers:
        xs = unroll(lstm, params, xs).h
        outputs.append(xs)
    return np.stack(outputs)


def _cases(rng: np.random.Generator) -> list[Case]:
    def case(depth: int, steps: int, batch_size: int, size: int) -> Case:
        # As many inputs as units, so that a wrong order or input runs without an error.
        layers = [lstm.init(rng, size, size) for _ in range(depth)]
        layers = [p._replace(W_x=2 * p.W_x, b=p.b + rng.normal(size=p.b.shape)) for p in layers]
        return layers, rng.normal(size=(steps, batch_size, size))

    return [case(2, 3, 1, 2), case(1, 3, 2, 2), case(3, 4, 2, 3), case(2, 2, 2, 2)]


stack_outputs = Exercise(
    name="stack_outputs",
    arguments=("layers", "xs"),
    right=_stack_outputs,
    misconceptions=(
        Misconception(
            lambda layers, xs: unroll(lstm, layers[-1], xs).h,
            "Only one layer affects your result: every layer reads xs, and you return the output of the last.\n"
            "Hint: what should the second layer read?",
        ),
        Misconception(
            _cells_upward,
            "You pass the cell state to the layer above. Only the cell itself reads c: the layer above reads h.\n"
            "Hint: which field of a trace is the output?",
        ),
        Misconception(
            lambda layers, xs: _stack_outputs(layers[::-1], xs),
            "You run the layers from top to bottom. Hint: the first layer of the list reads xs.",
        ),
        Misconception(
            _handing_over,
            "You start each layer from the last state of the layer below. Every layer has its own state; only "
            "outputs are passed up. Hint: without a state argument, each layer starts from zeros.",
        ),
        Misconception(
            lambda layers, xs: _stack_outputs(layers[:-1], xs),
            "Your result is the *input* of the last layer: one layer was not run.\n"
            "Hint: how often does your loop run for one layer?",
        ),
        Misconception(
            _all_layers,
            "You return the outputs of all layers. Hint: the output of the stack is that of the last layer.",
        ),
        Misconception(
            lambda layers, xs: _stack_outputs(layers, xs)[-1],
            "You return the last step only. Hint: the exercise asks for the outputs of all steps, (T, B, H).",
        ),
        Misconception(
            lambda layers, xs: sum(unroll(lstm, params, xs).h for params in layers),
            "You run the layers in parallel on the same input and add their outputs: that is width, not depth.\n"
            "Hint: the input of the second layer is the output of the first.",
        ),
    ),
    cases=_cases,
    takeaway="A stack is a loop: the output of a layer is the input of the next, and each has its own state.",
)
