"""What every layer offers, so that layers can be put inside layers and inside a model.

A layer is a small frozen object that says how cells are wired. It holds neither weights nor sizes.
"""

from typing import Any, Protocol

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.through_time import Backward


class Layer(Protocol):
    """What every layer offers.

    Two things more are told where they differ from the usual: ``layer.causal`` is True if a sequence can be cut into
    pieces that hand on the state, and ``trace.n_reversed`` counts the output's last columns read from the end to
    the beginning (0 if it is not there).
    """

    def init(self, rng: np.random.Generator, input_size: int, hidden_size: int, **cell_options: Any) -> Any:
        """Draw the layer's weights; the options go to the cell's own ``init``."""

    def output_size(self, input_size: int, hidden_size: int) -> int:
        """Give the size of the last axis of the output."""

    def forward(
        self,
        params: Any,
        xs: Array,
        state: Any = None,
        mask: Array | None = None,
        rng: np.random.Generator | None = None,
    ) -> Any:
        """Run over xs (T, B, ·): a trace with ``output`` (T, B, ·) and ``state``. Without rng nothing is dropped."""

    def backward(self, params: Any, trace: Any, d_output: Array, d_state: Any = None) -> Backward:
        """Send ∂L/∂output, and ∂L/∂(last state), back through a run."""


def check_layer(name: str, layer: Any) -> None:
    """Refuse what is no layer, with a word on what it may have been meant to be."""
    functions = ("init", "output_size", "forward", "backward")
    if isinstance(layer, type) or not all(callable(getattr(layer, function, None)) for function in functions):
        hint = ""
        if isinstance(layer, tuple | list):
            hint = ": write Stacked(*layers)"
        elif isinstance(layer, type):
            hint = f": {layer.__name__} is a class, call it"
        elif hasattr(layer, "zero_state"):
            hint = ": a cell becomes one by Recurrent(cell)"
        raise ValueError(f"{name} is {layer!r}; expected a layer such as Recurrent(lstm) or Dropout(0.2){hint}")
