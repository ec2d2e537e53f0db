"""One cell over time as a layer, and what recurrent dropout hides from it.

    z_t = x_t W_x + (m ⊙ h_{t-1}) W_h + b       one mask m (B, H) for the whole sequence

One mask for all steps: Gal and Ghahramani (2016). What a cell carries past W_h, such as the LSTM's belt or the GRU's
z ⊙ h_{t-1}, is never dropped.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from lstm_helpers import fused
from lstm_helpers.arrays import Array
from lstm_helpers.cells.base import Cell
from lstm_helpers.layers.dropout import check_rate, sample_mask
from lstm_helpers.through_time import Backward, check_inputs


@dataclass(frozen=True, eq=False, repr=False)
class RecurrentTrace:
    """The engine's trace of a run, whose fields it passes on, and what was dropped in it."""

    run: Any  # the engine's trace: trace.f, trace[t], len(trace) … are its
    dropout_mask: Array | None  # (B, H): the mask of recurrent dropout; None if nothing was dropped

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "run":  # not there yet while a copy is being made
            raise AttributeError(name)
        return getattr(self.run, name)

    def __len__(self) -> int:
        return len(self.run)

    def __getitem__(self, t: int) -> Any:
        return self.run[t]

    def __repr__(self) -> str:
        return repr(self.run)

    @property
    def output(self) -> Array:
        """What the next layer reads: h (T, B, H)."""
        return self.run.h  # type: ignore[no-any-return]


@dataclass(frozen=True, repr=False)
class Recurrent:
    """One cell over time, first step to last, so that a sequence can be cut into pieces (``causal``).

    Parameters
    ----------
    cell : module
        Such as ``lstm_helpers.cells.lstm``.
    engine : module
        What runs it: anything with ``unroll`` and ``backpropagate``, such as ``through_time``, the one to read.
    recurrent_dropout : float
        Probability, from 0 to below 1, that a unit of h is hidden from W_h for a whole sequence at a time. A sequence
        that is cut into pieces gets a new mask with every piece.
    """

    cell: Any
    engine: Any = fused
    recurrent_dropout: float = 0.0
    causal: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_rate("recurrent_dropout", self.recurrent_dropout)

    def __repr__(self) -> str:
        dropout = f", recurrent_dropout={self.recurrent_dropout}" if self.recurrent_dropout else ""
        return f"Recurrent({_name(self.cell)}{dropout})"

    def init(self, rng: np.random.Generator, input_size: int, hidden_size: int, **cell_options: Any) -> Any:
        """Draw the cell's weights."""
        return self.cell.init(rng, input_size, hidden_size, **cell_options)

    def output_size(self, input_size: int, hidden_size: int) -> int:
        """Give the size of the output: that of h."""
        return hidden_size

    def forward(
        self,
        params: Any,
        xs: Array,
        state: Any = None,
        mask: Array | None = None,
        rng: np.random.Generator | None = None,
    ) -> RecurrentTrace:
        """Run the cell; arguments and errors as in ``unroll``, and ``rng`` for the dropout."""
        dropout_mask = None
        if self.recurrent_dropout and rng is not None:
            h = check_inputs(self.cell, params, xs, state, mask).h  # before a number is drawn
            dropout_mask = sample_mask(rng, self.recurrent_dropout, h.shape, h.real.dtype)
        return RecurrentTrace(
            self.engine.unroll(_partly_deaf(self.cell, dropout_mask), params, xs, state, mask), dropout_mask
        )

    def backward(self, params: Any, trace: RecurrentTrace, d_output: Array, d_state: Any = None) -> Backward:
        """Send gradients back through the run, and through what was dropped in it; as ``backpropagate``."""
        cell = _partly_deaf(self.cell, trace.dropout_mask)
        back: Backward = self.engine.backpropagate(cell, params, trace.run, d_output, d_state)
        return back


@dataclass(frozen=True)
class _PartlyDeaf:
    """A cell whose W_h hears ``dropout_mask`` ⊙ h, for every cell in which h_{t-1} enters through W_h alone."""

    cell: Any
    dropout_mask: Array  # (B, H)

    def zero_state(self, params: Any, batch_size: int) -> Any:
        return self.cell.zero_state(params, batch_size)

    def forward(self, params: Any, state: Any, x: Array) -> Any:
        # The step remembers the true h: it is what a masked step carries over, and what figures draw.
        return self.cell.forward(params, self._heard(state), x)._replace(previous=state)

    def backward(self, params: Any, step: Any, d_state: Any) -> tuple[Any, Any, Array]:
        step = step._replace(previous=self._heard(step.previous))
        d_params, d_previous, d_x = self.cell.backward(params, step, d_state)
        return d_params, self._heard(d_previous), d_x

    def _heard(self, state: Any) -> Any:
        return state._replace(h=state.h * self.dropout_mask)


@dataclass(frozen=True)
class _PartlyDeafInside:
    """The same for a cell that says ``CARRIES_H``: it tells the two uses of h apart itself (see ``cells.base``)."""

    cell: Any
    dropout_mask: Array  # (B, H)

    def zero_state(self, params: Any, batch_size: int) -> Any:
        return self.cell.zero_state(params, batch_size)

    def forward(self, params: Any, state: Any, x: Array) -> Any:
        return self.cell.forward(params, state, x, self.dropout_mask)

    def backward(self, params: Any, step: Any, d_state: Any) -> tuple[Any, Any, Array]:
        d_params, d_previous, d_x = self.cell.backward(params, step, d_state, self.dropout_mask)
        return d_params, d_previous, d_x


def _partly_deaf(cell: Any, dropout_mask: Array | None) -> Cell:
    if dropout_mask is None:
        return cell  # type: ignore[no-any-return]
    return (
        _PartlyDeafInside(cell, dropout_mask) if getattr(cell, "CARRIES_H", False) else _PartlyDeaf(cell, dropout_mask)
    )


def _name(cell: Any) -> str:
    return str(cell.__name__).rpartition(".")[2] if hasattr(cell, "__name__") else repr(cell)
