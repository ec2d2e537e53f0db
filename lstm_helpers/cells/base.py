"""What every cell offers and what it refuses, so that engines, layers and figures work with any of them.

A cell is a *module*: named tuples ``Params``, ``State`` and ``Step``, and the functions below. Weights stand to the
right of row vectors: ``W_x`` is (D, k·H) and ``W_h`` is (H, k·H) for a cell of k blocks. Every other weight is a vector
of whole blocks; a check is told which ones as ``b=4``, and expects b of k blocks if it is told none.

A cell in which h_{t-1} reaches h_t also *past* W_h, as the GRU's z ⊙ h_{t-1} does, sets ``CARRIES_H = True``, and its
``forward`` and ``backward`` take one more argument, ``h_mask`` (B, H): W_h then hears h_mask ⊙ h_{t-1}, and what is
carried past it stays whole. Recurrent dropout needs this; for all other cells it is done from outside.
"""

from typing import Any, Protocol

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.arrays import Array, check_generator, check_same_dtype, check_shape, check_size, describe


class Cell(Protocol):
    """The functions of a cell module, as the engines call them."""

    def zero_state(self, params: Any, batch_size: int) -> Any:
        """Give the state before the first step."""

    def forward(self, params: Any, state: Any, x: Array) -> Any:
        """Compute one step."""

    def backward(self, params: Any, step: Any, d_state: Any) -> tuple[Any, Any, Array]:
        """Send a gradient back through one step."""


def uniform(
    rng: np.random.Generator, input_size: int, hidden_size: int, blocks: int, dtype: DTypeLike
) -> tuple[Array, Array]:
    """Draw W_x (D, k·H) and W_h (H, k·H) uniformly from ±1/√H, as PyTorch does."""
    check_generator(rng)
    check_size("input_size", input_size)
    check_size("hidden_size", hidden_size)
    if np.dtype(dtype).kind != "f":
        raise ValueError(f"dtype is {np.dtype(dtype)}; expected a float type such as np.float64")
    limit = 1.0 / np.sqrt(hidden_size)
    W_x = rng.uniform(-limit, limit, (input_size, blocks * hidden_size)).astype(dtype)
    W_h = rng.uniform(-limit, limit, (hidden_size, blocks * hidden_size)).astype(dtype)
    return W_x, W_h


def zeros(params: Any, batch_size: int, blocks: int, **vectors: int) -> Array:
    """Give zeros (B, H) of the parameters' dtype, after checking that they are a cell's of so many blocks."""
    check_params(params, blocks, **vectors)
    check_size("batch_size", batch_size)
    return np.zeros((batch_size, params.W_h.shape[0]), params.W_h.dtype)


def check_params(params: Any, blocks: int, **vectors: int) -> None:
    """Refuse parameters whose shapes do not belong together: W_x (D, k·H), W_h (H, k·H), and b (k·H,) or others."""
    vectors = vectors or {"b": blocks}
    fields = ("W_x", "W_h", *vectors)
    if getattr(params, "_fields", None) != fields:
        raise ValueError(f"params is {describe(params)}; expected Params({', '.join(fields)}), as init returns it")
    hint = "PyTorch's weights are the transpose of these: try .T"
    shape = np.shape(params.W_h)
    hidden_size = shape[0] if shape else 0
    wide = blocks * hidden_size
    axis = _axis(blocks)
    if shape != (hidden_size, wide) or hidden_size == 0:
        raise ValueError(f"params.W_h has shape {shape}; expected (H, {axis}): {hint}")
    check_shape("params.W_x", params.W_x, hint, **{"D": None, axis: wide})
    for name, count in vectors.items():
        check_shape(f"params.{name}", getattr(params, name), "", **{_axis(count): count * hidden_size})


def _axis(blocks: int) -> str:
    return f"{blocks}H" if blocks > 1 else "H"


def check_state(name: str, state: Any, fields: tuple[str, ...], batch_size: int, hidden_size: int) -> None:
    """Refuse a state that has not these fields, each (B, H)."""
    if getattr(state, "_fields", None) != fields:
        raise ValueError(f"{name} is {describe(state)}; expected State({', '.join(fields)}), as zero_state returns it")
    for field, value in zip(fields, state, strict=True):
        check_shape(f"{name}.{field}", value, B=batch_size, H=hidden_size)


def check_step(params: Any, state: Any, x: Any, blocks: int, state_type: Any, **vectors: int) -> None:
    """Refuse the inputs of one step unless shapes and dtypes fit together."""
    check_params(params, blocks, **vectors)
    hint = "a single input is a batch of one, x[None, :]" if getattr(x, "ndim", 2) == 1 else ""
    check_shape("x", x, hint, B=None, D=params.W_x.shape[0])
    check_state("state", state, state_type._fields, len(x), len(params.W_h))
    if len({a.dtype for a in (*params, *state, x)}) > 1 or x.dtype.kind != "f":  # rarely: it costs half a step
        check_same_dtype(params=params, state=state, x=x)
