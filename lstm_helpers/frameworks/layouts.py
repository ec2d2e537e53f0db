"""How each framework stores the weights of a cell: the order of its blocks, their orientation, and its biases.

    here           z = x W_x + h W_h + b              blocks side by side, i f g o
    PyTorch        z = W_ih x + b_ih + W_hh h + b_hh  transposed, the same order, two biases that are added
    Keras          as here; it writes c for g         one bias
    ONNX           transposed, i o f c                two biases one after the other, and an axis of directions

The GRU's blocks are r z n here and in PyTorch, z r n in the others; it has two biases everywhere. A vanilla RNN has
one block. Where a cell has one bias here and a framework has two, the first is ours and the second is 0; when they are
read back, they are added.
"""

from collections.abc import Mapping
from types import MappingProxyType, ModuleType
from typing import NamedTuple

import numpy as np

from lstm_helpers.arrays import Array, Params, check_same_dtype, check_shape
from lstm_helpers.cells import gru, lstm, rnn
from lstm_helpers.cells.base import Cell

Sizes = dict[str, int | None]


class Kind(NamedTuple):
    """A cell that every framework has: its name in each, and the order of its blocks."""

    cell: ModuleType
    here: str
    classes: Mapping[str, str]  # framework -> the name of its layer
    orders: Mapping[str, str]  # framework -> our letters for its blocks, in its order


KINDS = (
    Kind(
        lstm,
        "ifgo",
        {"torch": "LSTM", "keras": "LSTM", "onnx": "LSTM"},
        {"torch": "ifgo", "keras": "ifgo", "onnx": "iofg"},
    ),
    Kind(
        rnn,
        "h",
        {"torch": "RNN", "keras": "SimpleRNN", "onnx": "RNN"},
        {"torch": "h", "keras": "h", "onnx": "h"},
    ),
    Kind(
        gru,
        "rzn",
        {"torch": "GRU", "keras": "GRU", "onnx": "GRU"},
        {"torch": "rzn", "keras": "zrn", "onnx": "zrn"},
    ),
)
NAMES = MappingProxyType(
    {
        "torch": ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"),
        "keras": ("kernel", "recurrent_kernel", "bias"),
        "onnx": ("W", "R", "B"),
    }
)


def pack(framework: str, cell: Cell, params: Params) -> dict[str, Array]:
    """Convert a cell's weights to a framework's layout, under the framework's names.

    Parameters
    ----------
    framework : str
        ``"torch"``, ``"keras"`` or ``"onnx"``.
    cell : module
        ``lstm`` or another that the frameworks have.
    params : Params
        Its weights, float32 or float64.

    Returns
    -------
    dict of arrays
        New ones. PyTorch's names are those of the first layer; ONNX's arrays are those of one direction.

    Raises
    ------
    ValueError
        If one of them is unknown, or ``params`` are not that cell's.
    """
    kind = kind_of(cell)
    names = _names(framework)
    cell.zero_state(params, 1)  # refuses params of another cell
    check_same_dtype(params=params)
    check_precision("params", params.W_x)
    order = [kind.here.index(block) for block in kind.orders[framework]]
    W_x, W_h, b_x, b_h = (_reordered(array, order) for array in _with_two_biases(params))
    if framework == "torch":
        arrays = [W_x.T, W_h.T, b_x, b_h]
    elif framework == "keras":
        arrays = [W_x, W_h, b_x + b_h if _one_bias(cell) else np.stack([b_x, b_h])]
    else:
        arrays = [W_x.T[None], W_h.T[None], np.concatenate([b_x, b_h])[None]]
    return {name: np.ascontiguousarray(array) for name, array in zip(names, arrays, strict=True)}


def unpack(framework: str, cell: ModuleType, arrays: Mapping[str, Array]) -> Params:
    """Read a cell's weights from a framework's own arrays: the inverse of ``pack``.

    Parameters
    ----------
    framework, cell
        As for ``pack``.
    arrays : mapping of arrays
        Under the framework's names; other names are not allowed.

    Returns
    -------
    Params
        New arrays of the same dtype.

    Raises
    ------
    ValueError
        If a name is missing or foreign, or a shape or dtype does not fit.
    """
    kind = kind_of(cell)
    names = _names(framework)
    if sorted(arrays) != sorted(names):
        found = ", ".join(sorted(map(str, arrays))) or "nothing"
        raise ValueError(f"arrays holds {found}; expected {', '.join(names)}, as {framework} names them")
    _check_arrays(framework, kind, arrays)
    given = [arrays[name] for name in names]
    if framework == "torch":
        W_x, W_h, b_x, b_h = given[0].T, given[1].T, given[2], given[3]
    elif framework == "keras":
        W_x, W_h = given[:2]
        b_x, b_h = (given[2], np.zeros_like(given[2])) if _one_bias(cell) else given[2]
    else:
        W_x, W_h = given[0][0].T, given[1][0].T
        b_x, b_h = np.split(given[2][0], 2)
    order = [kind.orders[framework].index(block) for block in kind.here]
    W_x, W_h, b_x, b_h = (_reordered(array, order) for array in (W_x, W_h, b_x, b_h))
    return cell.Params(W_x, W_h, b_x + b_h) if _one_bias(cell) else cell.Params(W_x, W_h, b_x, b_h)


def kind_of(cell: Cell) -> Kind:
    """Find the entry of a cell."""
    for kind in KINDS:
        if kind.cell is cell:
            return kind
    name = getattr(cell, "__name__", repr(cell)).rpartition(".")[2]
    raise ValueError(f"cell is {name}; expected one that the frameworks have: {', '.join(map(_name, KINDS))}")


def kind_named(framework: str, class_name: str) -> Kind | None:
    """Find the entry of a framework's layer, or None."""
    return next((kind for kind in KINDS if kind.classes[framework] == class_name), None)


def check_precision(name: str, array: Array) -> None:
    """Refuse any dtype but float32 and float64."""
    if array.dtype not in (np.float32, np.float64):
        raise ValueError(f"{name} has dtype {array.dtype}; expected float32 or float64")


def _name(kind: Kind) -> str:
    return kind.cell.__name__.rpartition(".")[2]


def _names(framework: str) -> tuple[str, ...]:
    if framework not in NAMES:
        raise ValueError(f"framework is {framework!r}; expected one of {', '.join(NAMES)}")
    return NAMES[framework]


def _one_bias(cell: Cell) -> bool:
    return "b" in kind_of(cell).cell.Params._fields


def _with_two_biases(params: Params) -> tuple[Array, Array, Array, Array]:
    if "b" in params._fields:
        return params.W_x, params.W_h, params.b, np.zeros_like(params.b)
    W_x, W_h, b_x, b_h = params
    return W_x, W_h, b_x, b_h


def _reordered(array: Array, order: list[int]) -> Array:
    """Reorder the blocks along the last axis."""
    blocks = np.split(array, len(order), axis=-1)
    return np.concatenate([blocks[k] for k in order], axis=-1)


def _check_arrays(framework: str, kind: Kind, arrays: Mapping[str, Array]) -> None:
    """Refuse arrays whose shapes are not those of this cell in this framework, before anything is split."""
    count = len(kind.here)
    recurrent = arrays[NAMES[framework][1]]
    hidden_size = np.shape(recurrent)[0 if framework == "keras" else -1] if np.ndim(recurrent) else 0
    wide: Sizes = {f"{count}H": count * hidden_size}
    H: Sizes = {"H": hidden_size}
    D: Sizes = {"D": None}
    one: Sizes = {"directions": 1}
    two: Sizes = {"biases": 2}
    both: Sizes = {f"{2 * count}H": 2 * count * hidden_size}
    if framework == "torch":
        shapes = [wide | D, wide | H, wide, wide]
    elif framework == "keras":
        shapes = [D | wide, H | wide, wide if _one_bias(kind.cell) else two | wide]
    else:
        shapes = [one | wide | D, one | wide | H, one | both]
    hint = f"every {kind.classes[framework]} has {count} blocks" if count > 1 else ""
    for name, sizes in zip(NAMES[framework], shapes, strict=True):
        check_shape(name, arrays[name], hint, **sizes)
        check_precision(name, arrays[name])
    check_same_dtype(**arrays)
