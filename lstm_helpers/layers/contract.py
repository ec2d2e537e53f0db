"""What every layer offers, so that layers can be put inside layers and inside a model.

A layer is a small frozen object that says how cells are wired. It holds neither weights nor sizes.
"""

from typing import Any, Protocol

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.through_time import Backward


class Layer(Protocol):
    """What every layer offers."""

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
