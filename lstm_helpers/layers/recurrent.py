"""One cell over time as a layer, with recurrent dropout.

    z_t = x_t W_x + (m ⊙ h_{t-1}) W_h + b       one mask m (B, H) for the whole sequence

One mask for all steps: Gal and Ghahramani (2016). A path that carries the state past W_h, such as the LSTM's cell state
or the GRU's z ⊙ h_{t-1}, is never dropped.
"""

from dataclasses import dataclass
from inspect import signature
from typing import ClassVar

import numpy as np

from lstm_helpers import fused
from lstm_helpers.arrays import TB, TBD, TBH, Params, State
from lstm_helpers.cells.base import Cell
from lstm_helpers.layers.dropout import check_rate, sample_mask
from lstm_helpers.through_time import Backward, Engine, Trace, check_inputs


@dataclass(frozen=True, repr=False)
class Recurrent:
    """One cell over time, from the first step to the last, so that a sequence can be cut into chunks (``causal``).

    Parameters
    ----------
    cell : module
        Such as ``lstm_helpers.cells.lstm``.
    engine : module
        The implementation that runs it: a module with ``unroll`` and ``backpropagate``, such as ``through_time``.
    recurrent_dropout : float
        Probability, from 0 to below 1, that a unit of h is dropped where it enters W_h, for a whole sequence. A
        sequence that is cut into chunks gets a new mask for every chunk.
    """

    cell: Cell
    engine: Engine = fused
    recurrent_dropout: float = 0.0
    causal: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_rate("recurrent_dropout", self.recurrent_dropout)
        if self.recurrent_dropout and "h_mask" not in signature(self.cell.forward).parameters:
            raise ValueError(
                f"cell is {_name(self.cell)}; recurrent_dropout needs one whose forward and backward take h_mask: "
                f"see {Cell.__module__}"
            )

    def __repr__(self) -> str:
        dropout = f", recurrent_dropout={self.recurrent_dropout}" if self.recurrent_dropout else ""
        return f"Recurrent({_name(self.cell)}{dropout})"

    def init(self, rng: np.random.Generator, input_size: int, hidden_size: int, **cell_options: object) -> Params:
        """Draw the cell's weights."""
        return self.cell.init(rng, input_size, hidden_size, **cell_options)

    def output_size(self, input_size: int, hidden_size: int) -> int:
        """Give the size of the output: that of h."""
        return hidden_size

    def forward(
        self,
        params: Params,
        xs: TBD,
        state: State | None = None,
        mask: TB | None = None,
        rng: np.random.Generator | None = None,
    ) -> Trace:
        """Run the cell; arguments and errors as in ``unroll``, and ``rng`` for the dropout."""
        if not self.recurrent_dropout or rng is None:
            return self.engine.unroll(self.cell, params, xs, state, mask)
        h = check_inputs(self.cell, params, xs, state, mask).h  # before the mask is sampled
        h_mask = sample_mask(rng, self.recurrent_dropout, h.shape, h.real.dtype)
        return self.engine.unroll(self.cell, params, xs, state, mask, h_mask)

    def backward(self, params: Params, trace: Trace, d_output: TBH, d_state: State | None = None) -> Backward:
        """Backpropagate through the run, with the mask that was dropped in it; as ``backpropagate``."""
        return self.engine.backpropagate(self.cell, params, trace, d_output, d_state)


def _name(cell: Cell) -> str:
    return str(cell.__name__).rpartition(".")[2] if hasattr(cell, "__name__") else repr(cell)
