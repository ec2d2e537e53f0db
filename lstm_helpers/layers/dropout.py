"""Dropout: a layer that sets random inputs to 0, so that no unit can rely on another, and its masks.

    y_t = m_t ⊙ x_t                             a new mask m_t (B, D) at every step

A mask holds 0 with probability ``rate`` and 1 / (1 - rate) otherwise: its mean is 1, so nothing has to be rescaled at
inference. Srivastava et al. (2014).
"""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.arrays import Array, Params, State, check_finite, check_float, check_generator, check_shape
from lstm_helpers.through_time import Backward, check_mask


class DropoutTrace(NamedTuple):
    """The result of a run of ``Dropout``."""

    output: Array  # (T, B, D)
    dropout_mask: Array | None  # (T, B, D): 0 or 1 / (1 - rate); None if nothing was dropped
    mask: Array | None  # (T, B) bool
    state: tuple[()] = ()

    def __repr__(self) -> str:
        T, B, D = self.output.shape
        return f"DropoutTrace(T={T}, B={B}, D={D}{', nothing dropped' if self.dropout_mask is None else ''})"


@dataclass(frozen=True)
class Dropout:
    """A layer without weights or state that drops each input number with probability ``rate``, anew at every step.

    Where the mask is False the output is 0 and the input is never read.
    """

    rate: float
    causal: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_rate("rate", self.rate)

    def init(self, rng: np.random.Generator, input_size: int, hidden_size: int, **cell_options: object) -> tuple[()]:
        """Return (), since there are no weights; ``rng`` is not used."""
        return ()

    def output_size(self, input_size: int, hidden_size: int) -> int:
        """Give the size of the output: that of the input."""
        return input_size

    def forward(
        self,
        params: Params,
        xs: Array,
        state: State | None = None,
        mask: Array | None = None,
        rng: np.random.Generator | None = None,
    ) -> DropoutTrace:
        """Drop a part of xs (T, B, D), or nothing without rng."""
        check_shape("xs", xs, T=None, B=None, D=None)
        check_float("xs", xs)
        if mask is not None:
            check_mask(mask, xs)
        check_finite("xs", xs, mask)
        dropout_mask = None if rng is None or not self.rate else sample_mask(rng, self.rate, xs.shape, xs.real.dtype)
        return DropoutTrace(_apply(dropout_mask, mask, xs), dropout_mask, mask)

    def backward(self, params: Params, trace: DropoutTrace, d_output: Array, d_state: State | None = None) -> Backward:
        """Multiply ∂L/∂output by the same mask."""
        T, B, D = trace.output.shape
        check_shape("d_output", d_output, T=T, B=B, D=D)
        return Backward((), _apply(trace.dropout_mask, trace.mask, d_output), (), ())


def sample_mask(rng: np.random.Generator, rate: float, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
    """Sample a mask: 0 with probability ``rate``, else 1 / (1 - rate), so that its mean is 1."""
    check_generator(rng)
    return (rng.random(shape) >= rate).astype(dtype) / (1.0 - rate)


def check_rate(name: str, rate: object) -> None:
    """Refuse anything but a probability below 1."""
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate < 1:
        raise ValueError(f"{name} is {rate!r}; expected a probability from 0 (drop nothing) to below 1")


def _apply(dropout_mask: Array | None, mask: Array | None, values: Array) -> Array:
    real = values if mask is None else np.where(mask[:, :, None], values, 0)
    return real if dropout_mask is None else real * dropout_mask
