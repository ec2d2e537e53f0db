"""Layers on top of each other: each reads the output of the one below.

    x^(1) = x,    x^(k+1) = output of layer k,    output of the stack = output of the last layer

Gradients go down the stack: the ∂L/∂x^(k+1) of layer k+1 is the ∂L/∂output of layer k.
Graves, Mohamed and Hinton (2013); dropout between the layers: Zaremba, Sutskever and Vinyals (2014).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from lstm_helpers.arrays import Array, Params, State, Tree, describe
from lstm_helpers.layers.base import Layer, LayerTrace, check_layer
from lstm_helpers.layers.dropout import DropoutTrace
from lstm_helpers.through_time import Backward


@dataclass(frozen=True, eq=False)
class StackedTrace:
    """The result of a run of ``Stacked``: one trace for each layer, the lowest first."""

    layers: tuple[LayerTrace, ...]

    @property
    def output(self) -> Array:
        """The output of the last layer, (T, B, ·)."""
        return self.layers[-1].output  # type: ignore[no-any-return]

    @property
    def state(self) -> tuple[State, ...]:
        """The last state of each layer; () for a layer without memory."""
        return tuple(trace.state for trace in self.layers)

    @property
    def n_reversed(self) -> int:
        """That of the highest layer other than dropout, which does not change the order of reading."""
        reading = [trace for trace in self.layers if not isinstance(trace, DropoutTrace)]
        return getattr(reading[-1], "n_reversed", 0) if reading else 0


@dataclass(frozen=True, init=False, repr=False)
class Stacked:
    """Layers on top of each other, the lowest first.

    Params, states and their gradients are tuples, one entry for each layer. All layers get the same mask and, in
    training, the same generator, which they use in their order.

    Parameters
    ----------
    *layers : Layer
        At least one, such as ``Dropout(0.2), Recurrent(lstm), Dropout(0.2), Recurrent(lstm)``.

    Raises
    ------
    ValueError
        If there is no layer, or one of them is not a layer.
    """

    layers: tuple[Layer, ...]

    def __init__(self, *layers: Layer) -> None:
        if not layers:
            raise ValueError("layers is empty; expected at least one: Stacked(Recurrent(lstm), Recurrent(lstm))")
        for k, layer in enumerate(layers):
            check_layer(f"layers[{k}]", layer)
        object.__setattr__(self, "layers", layers)

    def __repr__(self) -> str:
        return f"Stacked({', '.join(map(repr, self.layers))})"

    @property
    def causal(self) -> bool:
        """Whether a sequence can be cut into chunks: True if every layer allows it."""
        return all(getattr(layer, "causal", False) for layer in self.layers)

    def init(
        self, rng: np.random.Generator, input_size: int, hidden_size: int, **cell_options: object
    ) -> tuple[Params, ...]:
        """Draw the weights of all layers in their order; the options go to every cell."""
        params = []
        for k, layer in enumerate(self.layers):
            with self._noted(k):
                params.append(layer.init(rng, input_size, hidden_size, **cell_options))
                input_size = layer.output_size(input_size, hidden_size)
        return tuple(params)

    def output_size(self, input_size: int, hidden_size: int) -> int:
        """Give the size of the last layer's output."""
        for layer in self.layers:
            input_size = layer.output_size(input_size, hidden_size)
        return input_size

    def forward(
        self,
        params: Params,
        xs: Array,
        state: State | None = None,
        mask: Array | None = None,
        rng: np.random.Generator | None = None,
    ) -> StackedTrace:
        """Run xs (T, B, D) up through all layers; ``state`` as in a trace, or None for the zero state."""
        self._check_tuple("params", params)
        states = self._each("state", state)
        traces: list[LayerTrace] = []
        for k, layer in enumerate(self.layers):
            with self._noted(k):
                traces.append(layer.forward(params[k], xs, states[k], mask, rng))
            xs = traces[-1].output
        return StackedTrace(tuple(traces))

    def backward(self, params: Params, trace: StackedTrace, d_output: Array, d_state: State | None = None) -> Backward:
        """Backpropagate down the stack; every field of the result but ``xs`` is a tuple, one entry for each layer."""
        self._check_tuple("params", params)
        self._check_tuple("trace.layers", trace.layers)
        d_states = self._each("d_state", d_state)
        backs: list[Backward] = []
        for k in reversed(range(len(self.layers))):
            with self._noted(k):
                backs.append(self.layers[k].backward(params[k], trace.layers[k], d_output, d_states[k]))
            d_output = backs[-1].xs
        by_layer, _, state, states = zip(*reversed(backs), strict=True)
        return Backward(by_layer, d_output, state, states)

    def _each(self, name: str, value: Tree) -> tuple[Tree, ...]:
        if value is None:
            return (None,) * len(self.layers)
        self._check_tuple(name, value)
        return tuple(value)

    def _check_tuple(self, name: str, value: object) -> None:
        """Refuse anything but a plain tuple of one entry for each layer; a cell's State is a named tuple."""
        count = len(self.layers)
        if not isinstance(value, tuple) or hasattr(value, "_fields") or len(value) != count:
            names = ", ".join(map(repr, self.layers))
            raise ValueError(f"{name} is {describe(value)}; expected a tuple of {count}, one for each layer: {names}")

    @contextmanager
    def _noted(self, k: int) -> Iterator[None]:
        """Say in an error which layer it comes from."""
        try:
            yield
        except (ValueError, TypeError) as error:
            below = f" (its xs is the output of layers[{k - 1}])" if k else ""
            error.add_note(f"This was in layers[{k}] of the stack, {self.layers[k]!r}{below}.")
            raise
