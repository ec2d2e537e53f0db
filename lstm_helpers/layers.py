"""How cells are wired into layers: small frozen objects that hold neither weights nor sizes.

Every layer has the same four functions (``Layer``), so that layers can be put inside layers and inside a model.

    Recurrent with dropout    z_t = x_t W_x + (m ⊙ h_{t-1}) W_h + b       one mask m (B, H) for the whole sequence
    Dropout                   y_t = m_t ⊙ x_t                             a new mask m_t (B, D) at every step

A mask holds 0 with probability ``rate`` and 1 / (1 - rate) otherwise: its mean is 1, so that nothing has to be scaled
when nothing is dropped. Dropout: Srivastava et al. (2014); one mask for all steps: Gal and Ghahramani (2016). What a
cell carries past W_h, such as the LSTM's belt, is never dropped.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Protocol

import numpy as np

from lstm_helpers import fused
from lstm_helpers.arrays import Array, check_finite, check_float, check_generator, check_shape
from lstm_helpers.cells.contract import Cell
from lstm_helpers.through_time import Backward, check_inputs, check_mask


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


@dataclass(frozen=True, eq=False, repr=False)
class Trace:
    """The engine's trace of a run, whose fields it passes on, and what was dropped in it."""

    run: Any  # the engine's trace: trace.f, trace[t], len(trace) … are its
    keep: Array | None  # (B, H): the mask of recurrent dropout; None if nothing was dropped

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
    """One cell over time, first step to last, so that a sequence can be cut into pieces (``one_way``).

    Parameters
    ----------
    cell : module
        Such as ``lstm_helpers.cells.lstm``.
    engine : module
        What runs it: anything with ``unroll`` and ``backpropagate``, such as ``through_time``, the one to read.
    recurrent_dropout : float
        The chance, from 0 to below 1, that a unit of h is hidden from W_h, for a whole sequence at a time. A sequence
        that is cut into pieces gets a new mask with every piece.
    """

    cell: Any
    engine: Any = fused
    recurrent_dropout: float = 0.0
    one_way: ClassVar[bool] = True

    def __post_init__(self) -> None:
        _check_rate("recurrent_dropout", self.recurrent_dropout)

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
    ) -> Trace:
        """Run the cell; arguments and errors as in ``unroll``, and ``rng`` for the dropout."""
        keep = None
        if self.recurrent_dropout and rng is not None:
            h = check_inputs(self.cell, params, xs, state, mask).h  # before a number is drawn
            keep = _draw(rng, self.recurrent_dropout, h.shape, h.real.dtype)
        return Trace(self.engine.unroll(_partly_deaf(self.cell, keep), params, xs, state, mask), keep)

    def backward(self, params: Any, trace: Trace, d_output: Array, d_state: Any = None) -> Backward:
        """Send gradients back through the run, and through what was dropped in it; as ``backpropagate``."""
        cell = _partly_deaf(self.cell, trace.keep)
        back: Backward = self.engine.backpropagate(cell, params, trace.run, d_output, d_state)
        return back


class DropoutTrace(NamedTuple):
    """What a run of ``Dropout`` computed."""

    output: Array  # (T, B, D)
    keep: Array | None  # (T, B, D): 0 or 1 / (1 - rate); None if nothing was dropped
    mask: Array | None  # (T, B) bool
    state: tuple[()] = ()


@dataclass(frozen=True)
class Dropout:
    """A layer without weights and memory that hides each number of its input, anew at every step.

    Where the mask is False the output is 0 and the input is never read.
    """

    rate: float

    def __post_init__(self) -> None:
        _check_rate("rate", self.rate)

    def init(self, rng: np.random.Generator, input_size: int, hidden_size: int, **cell_options: Any) -> tuple[()]:
        """Give no weights, and draw nothing."""
        return ()

    def output_size(self, input_size: int, hidden_size: int) -> int:
        """Give the size of the output: that of the input."""
        return input_size

    def forward(
        self,
        params: Any,
        xs: Array,
        state: Any = None,
        mask: Array | None = None,
        rng: np.random.Generator | None = None,
    ) -> DropoutTrace:
        """Hide a part of xs (T, B, D), or nothing if there is no rng."""
        check_shape("xs", xs, T=None, B=None, D=None)
        check_float("xs", xs)
        if mask is not None:
            check_mask(mask, xs)
        check_finite("xs", xs, mask)
        keep = None if rng is None or not self.rate else _draw(rng, self.rate, xs.shape, xs.real.dtype)
        return DropoutTrace(_apply(keep, mask, xs), keep, mask)

    def backward(self, params: Any, trace: DropoutTrace, d_output: Array, d_state: Any = None) -> Backward:
        """Send ∂L/∂output through the same gaps."""
        T, B, D = trace.output.shape
        check_shape("d_output", d_output, T=T, B=B, D=D)
        return Backward((), _apply(trace.keep, trace.mask, d_output), (), ())


@dataclass(frozen=True)
class _PartlyDeaf:
    """A cell whose W_h hears ``keep`` ⊙ h; right for every cell in which h_{t-1} enters through W_h alone."""

    cell: Any
    keep: Array  # (B, H)

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
        return state._replace(h=state.h * self.keep)


def _partly_deaf(cell: Any, keep: Array | None) -> Cell:
    return cell if keep is None else _PartlyDeaf(cell, keep)


def _draw(rng: Any, rate: float, shape: tuple[int, ...], dtype: Any) -> Array:
    check_generator(rng)
    return (rng.random(shape) >= rate).astype(dtype) / (1.0 - rate)  # type: ignore[no-any-return]


def _apply(keep: Array | None, mask: Array | None, values: Array) -> Array:
    shown = values if mask is None else np.where(mask[:, :, None], values, 0)
    return shown if keep is None else shown * keep


def _check_rate(name: str, rate: Any) -> None:
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate < 1:
        raise ValueError(f"{name} is {rate!r}; expected a chance from 0 (drop nothing) to below 1")


def _name(cell: Any) -> str:
    return str(getattr(cell, "__name__", type(cell).__name__)).rpartition(".")[2]
