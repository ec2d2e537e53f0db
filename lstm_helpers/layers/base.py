"""The interface of a layer, so that layers can be nested and used in a model.

A layer is a small frozen object that defines how cells are connected. It holds neither weights nor sizes.
"""

from typing import Any, Protocol, TypeAlias

import numpy as np

from lstm_helpers.arrays import Array, Params, State
from lstm_helpers.through_time import Backward

LayerTrace: TypeAlias = Any  # the result of a layer's forward: it has output (T, B, ·) and state


class Layer(Protocol):
    """The functions of a layer.

    A layer may have two more attributes. ``layer.causal`` is True if a sequence can be cut into chunks that pass on
    the state. ``trace.n_reversed`` is the number of last columns of the output that were read from the end to the
    beginning (0 if it is missing).
    """

    def init(self, rng: np.random.Generator, input_size: int, hidden_size: int, **cell_options: object) -> Params:
        """Draw the layer's weights; the options go to the cell's own ``init``."""

    def output_size(self, input_size: int, hidden_size: int) -> int:
        """Give the size of the last axis of the output."""

    def forward(
        self,
        params: Params,
        xs: Array,
        state: State | None = None,
        mask: Array | None = None,
        rng: np.random.Generator | None = None,
    ) -> LayerTrace:
        """Run over xs (T, B, ·); return a trace with ``output`` (T, B, ·) and ``state``. ``rng`` is for dropout."""

    def backward(self, params: Params, trace: LayerTrace, d_output: Array, d_state: State | None = None) -> Backward:
        """Backpropagate ∂L/∂output, and ∂L/∂(last state), through a run."""


def check_layer(name: str, layer: object) -> None:
    """Refuse anything but a layer, with a hint at what may have been meant."""
    functions = ("init", "output_size", "forward", "backward")
    if isinstance(layer, type) or not all(callable(getattr(layer, function, None)) for function in functions):
        hint = ""
        if isinstance(layer, tuple | list):
            hint = ": write Stacked(*layers)"
        elif isinstance(layer, type):
            hint = f": {layer.__name__} is a class, call it"
        elif hasattr(layer, "zero_state"):
            hint = ": make a layer of a cell with Recurrent(cell)"
        raise ValueError(f"{name} is {layer!r}; expected a layer such as Recurrent(lstm) or Dropout(0.2){hint}")
