"""The interface of a cell, and the checks on its arguments, so that engines, layers and figures work with any cell.

A cell is a *module*: named tuples ``Params``, ``State`` and ``Step``, and the functions of ``Cell``. Weights multiply
row vectors from the right. The shape of every weight and of every field of the state is part of its type, and checked:

    class Params(NamedTuple):
        W_x: Annotated[Array, "D 3H"]        # three blocks, side by side
        W_h: Annotated[Array, "H 3H"]

D, H and B are the sizes of input, state and batch. The first field of a state is h, "B H"; a matrix memory is "B H H".

Recurrent dropout multiplies h_{t-1} by a mask *where it enters W_h*, and nowhere else: a path that carries h_{t-1} past
W_h, such as the GRU's z ⊙ h_{t-1}, is not masked. So every ``forward`` and ``backward`` takes ``h_mask`` (B, H), 1 by
default. W_h multiplies h_mask ⊙ h_{t-1}, ∂L/∂W_h is computed from h_mask ⊙ h_{t-1}, and the gradient that comes back
through W_h to h_{t-1} is multiplied by h_mask.

A cell takes from another what is the same there: ``State = lstm.State``, or ``class Step(lstm.Step)`` for a record with
the same fields. ``forward`` and ``backward`` are written out in every cell, to be read beside its equations.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Protocol, TypeVar, get_type_hints

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.arrays import (
    BD,
    BH,
    Array,
    Params,
    State,
    Step,
    check_generator,
    check_same_dtype,
    check_shape,
    check_size,
    describe,
    refuse_shape,
)

StateT = TypeVar("StateT")
Shapes = type | tuple[tuple[str, str], ...]  # a named tuple with annotated types, or pairs such as ("W_x", "D 4H")


class Cell(Protocol):
    """The functions of a cell module, as engines and layers call them."""

    def init(self, rng: np.random.Generator, input_size: int, hidden_size: int) -> Params:
        """Draw the weights; a keyword ``dtype``, and further options of the cell, may follow."""

    def zero_state(self, params: Params, batch_size: int) -> State:
        """Give the state before the first step."""

    def forward(self, params: Params, state: State, x: BD, h_mask: BH | float = 1.0) -> Step:
        """Compute one step; W_h multiplies ``h_mask`` ⊙ h."""

    def backward(
        self, params: Params, step: Step, d_state: State, h_mask: BH | float = 1.0
    ) -> tuple[Params, State, BD]:
        """Send a gradient back through one step: to the weights, the previous state, and the input."""


def initial(
    rng: np.random.Generator,
    input_size: int,
    hidden_size: int,
    blocks: Sequence[str],
    dtype: DTypeLike,
    forget_bias: float = 0.0,
) -> tuple[Array, Array, Array]:
    """Draw W_x (D, k·H) and W_h (H, k·H) uniformly from ±1/√H, as PyTorch does; b (k·H,) is 0 except in block "f"."""
    check_generator(rng)
    check_size("input_size", input_size)
    check_size("hidden_size", hidden_size)
    if np.dtype(dtype).kind != "f":
        raise ValueError(f"dtype is {np.dtype(dtype)}; expected a float type such as np.float64")
    if not np.isfinite(forget_bias):
        raise ValueError(f"forget_bias is {forget_bias}; expected a finite number")
    limit, width = 1.0 / np.sqrt(hidden_size), len(blocks) * hidden_size
    W_x = rng.uniform(-limit, limit, (input_size, width)).astype(dtype)
    W_h = rng.uniform(-limit, limit, (hidden_size, width)).astype(dtype)
    b = np.repeat([forget_bias if block == "f" else 0.0 for block in blocks], hidden_size).astype(dtype)
    return W_x, W_h, b


def zeros(params: Params, of: Shapes, state: Callable[..., StateT], batch_size: int) -> StateT:
    """Give a zero state of the parameters' dtype, after checking that the parameters belong to this cell."""
    sizes = check_params(params, of)
    check_size("batch_size", batch_size)
    sizes["B"] = batch_size
    return state(*[np.zeros([k * sizes[axis] for k, axis in axes], params[0].dtype) for axes in _axes(state).values()])


def check_params(params: Params, of: Shapes) -> dict[str, int]:
    """Refuse parameters whose shapes do not fit together; return the sizes of their axes, such as D and H."""
    axes = _axes(of)
    if getattr(params, "_fields", None) != tuple(axes):
        raise ValueError(f"params is {describe(params)}; expected Params({', '.join(axes)}), as init returns it")
    sizes: dict[str, int] = {}
    for name in sorted(axes, key=lambda name: axes[name][0] != (1, "H")):  # the array that determines H comes first
        hint = "PyTorch's weights are the transpose of these: try .T" if len(axes[name]) == 2 else ""
        _check(f"params.{name}", getattr(params, name), axes[name], sizes, hint)
    return sizes


def check_state(name: str, state: State, of: Shapes, batch_size: int, hidden_size: int) -> None:
    """Refuse a state whose fields or shapes are not those of ``of``."""
    axes = _axes(of)
    if getattr(state, "_fields", None) != tuple(axes):
        raise ValueError(f"{name} is {describe(state)}; expected State({', '.join(axes)}), as zero_state returns it")
    for field, value in zip(axes, state, strict=True):
        _check(f"{name}.{field}", value, axes[field], {"B": batch_size, "H": hidden_size})


def check_step(params: Params, state: State, x: BD, of: Shapes, state_type: type) -> None:
    """Refuse the arguments of one step unless their shapes and dtypes fit together."""
    sizes = check_params(params, of)
    hint = "a single input is a batch of one, x[None, :]" if getattr(x, "ndim", 2) == 1 else ""
    check_shape("x", x, hint, B=None, D=sizes["D"])
    check_state("state", state, state_type, len(x), sizes["H"])
    if len({a.dtype for a in (*params, *state, x)}) > 1 or x.dtype.kind != "f":  # rarely: it costs half a step
        check_same_dtype(params=params, state=state, x=x)


@cache
def _axes(of: Shapes) -> dict[str, list[tuple[int, str]]]:
    """Read the axes of each array from the types of a named tuple: "D 4H" is [(1, "D"), (4, "H")]."""
    if isinstance(of, type):
        hints = get_type_hints(of, include_extras=True)
        for name, hint in hints.items():
            if not hasattr(hint, "__metadata__"):
                raise ValueError(
                    f"{of.__name__}.{name} has no shape in its type; expected one such as Annotated[Array, 'D 4H']"
                )
        of = tuple((name, " ".join(hint.__metadata__)) for name, hint in hints.items())
    return {name: [(int(axis[:-1] or 1), axis[-1]) for axis in shape.split()] for name, shape in of}


def _check(name: str, value: Array, axes: list[tuple[int, str]], sizes: dict[str, int], hint: str = "") -> None:
    """Refuse an array without these axes; record each size that was not known yet."""
    known = {_named(k, axis): k * sizes[axis] for k, axis in axes if axis in sizes}
    shape = np.shape(value)
    if len(shape) == len(axes) and isinstance(value, np.ndarray):
        for size, (k, axis) in zip(shape, axes, strict=True):
            if k == 1:
                sizes.setdefault(axis, size)
        if all(size == k * sizes[axis] > 0 for size, (k, axis) in zip(shape, axes, strict=True)):
            return
    refuse_shape(name, value, [_named(k, axis) for k, axis in axes], known, hint)


def _named(k: int, axis: str) -> str:
    return f"{k}{axis}" if k > 1 else axis
