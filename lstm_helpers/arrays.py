"""Trees of arrays, so that code which walks over parameters, states or gradients is written once.

A *tree* is an array, or a tuple (named or not) of trees. Parameters, states, steps and gradients are all trees.
This module maps over them, stacks them, saves and loads them, and holds the checks whose errors teach.
"""

import os
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeAlias, TypeVar
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
TreeT = TypeVar("TreeT")

# Arrays whose shape stands in their type: time, batch, and the size of the input (D) or of the hidden state (H).
BD = Annotated[Array, "B D"]
BH = Annotated[Array, "B H"]
TB = Annotated[Array, "T B"]
TBD = Annotated[Array, "T B D"]
TBH = Annotated[Array, "T B H"]

# These four are Any to a type checker: Python has no type for "the Params of the module given as ``cell``". To a
# reader the names say what stands there. Functions that take anything, and say what is wrong with it, take ``object``.
# Any for other reasons are ``layers.base.LayerTrace`` (each layer has its own), ``activations.Values`` (a number for a
# number, an array for an array), ``frameworks.presence.Foreign`` (its package may be missing), keywords of matplotlib
# (``figures.style.Look``), JSON (``lab.Document``), a cell's or an engine's functions of any kind
# (``faults.catalogue.Function``), and the dtype of an ``Array`` (float32 to complex128).
Tree: TypeAlias = Any  # an array, or a tuple (named or not) of trees
Params: TypeAlias = Any  # a tree: the learned parameters, or their gradient
State: TypeAlias = Any  # a tree: the state that one step passes to the next
Step: TypeAlias = Any  # a cell's named tuple of everything that one step computed

_FORMAT = "lstm_helpers.arrays/1"  # the archive's comment; a later layout gets another number


# Trees


def leaves(tree: object, path: str = "") -> Iterator[tuple[str, Array]]:
    """Yield every array of a tree with its path, such as ``("0.W_x", array)``; a lone array's path is ``""``."""
    if isinstance(tree, tuple):
        names: Sequence[str] = getattr(tree, "_fields", None) or [str(k) for k in range(len(tree))]
        for name, branch in zip(names, tree, strict=True):
            yield from leaves(branch, f"{path}.{name}" if path else name)
    elif isinstance(tree, np.ndarray | np.generic):
        yield path, np.asarray(tree)
    else:
        raise ValueError(f"{path or 'tree'} is a {type(tree).__name__}; expected an array or a tuple of arrays")


def tree_map(function: Callable[..., Any], tree: TreeT, *others: Tree) -> TreeT:
    """Apply a function to every array of a tree, or to the corresponding arrays of several trees.

    Raises
    ------
    ValueError
        If the trees differ in structure.
    """
    if not isinstance(tree, tuple):
        for other in others:
            if isinstance(other, tuple):
                raise ValueError(f"trees differ in structure: an array against {describe(other)}")
        return function(tree, *others)  # type: ignore[no-any-return]
    for other in others:
        alike = type(other) is type(tree) and len(other) == len(tree)  # Params of two cells may have one structure
        if not alike and describe(other) != describe(tree):
            raise ValueError(f"trees differ in structure: {describe(tree)} against {describe(other)}")
    branches = [tree_map(function, *arrays) for arrays in zip(tree, *others, strict=True)]
    return type(tree)(*branches) if hasattr(tree, "_fields") else tuple(branches)  # type: ignore[return-value]


def stack(trees: Sequence[TreeT]) -> TreeT:
    """Join trees of one structure along a new first axis: a list of steps becomes one step with a time axis."""
    return tree_map(lambda *arrays: np.stack(arrays), trees[0], *trees[1:])


def tree_norm(tree: object) -> float:
    """Give the Euclidean norm √Σ|a|² over all numbers of a tree; it overflows only if the norm itself does."""
    sizes = [np.abs(leaf) for _, leaf in leaves(tree) if leaf.size]
    largest = float(np.max([size.max() for size in sizes])) if sizes else 0.0
    if largest == 0 or not np.isfinite(largest):
        return largest
    # Divided by the largest number, no square overflows and not all of them underflow.
    return largest * float(np.sqrt(sum(np.square(size / largest, dtype=np.float64).sum() for size in sizes)))


def describe(tree: object) -> str:
    """Name a tree's outermost structure for an error message."""
    if not isinstance(tree, tuple):
        return "an array" if isinstance(tree, np.ndarray | np.generic) else f"a {type(tree).__name__}"
    fields = getattr(tree, "_fields", None)
    return f"{type(tree).__name__}({', '.join(fields)})" if fields else f"a tuple of {len(tree)}"


# Files


def save(path: str | os.PathLike[str], tree: object) -> None:
    """Write a tree of arrays to an .npz file, completely or not at all.

    The file holds one plain array per path (``W_x``, ``0.W_h`` …), so ``numpy.load`` reads it too. An existing file
    is replaced only once the new one is complete on disk.

    Raises
    ------
    ValueError
        If the tree holds something other than arrays of numbers.
    """
    named = {name or "array": leaf for name, leaf in leaves(tree)}
    for name, leaf in named.items():
        if leaf.dtype.kind not in "biufc":
            raise ValueError(f"{name} has dtype {leaf.dtype}; expected numbers")
    target = Path(path).resolve()
    partial = target.with_name(f".{target.name}.{uuid4().hex}.partial")
    try:
        with open(partial, "xb") as file:
            with zipfile.ZipFile(file, "w") as archive:
                archive.comment = _FORMAT.encode()
                for name, leaf in named.items():
                    # A new ZipInfo holds no clock time: the same tree gives the same bytes.
                    with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
                        np.lib.format.write_array(member, leaf, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)


def load(path: str | os.PathLike[str], like: TreeT) -> TreeT:
    """Read a tree that ``save`` wrote.

    Parameters
    ----------
    path : path
        The file.
    like : tree
        Any tree with the expected structure, shapes and dtypes, for example a freshly initialised one.
        Everything is compared with it *before* an array is read, so no file can make this function allocate more
        than ``like`` does, and nothing in the file is ever executed.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged, was not written by ``save``, or holds a different tree.
    """
    expected = {name or "array": leaf for name, leaf in leaves(like)}
    with open(path, "rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                if archive.comment != _FORMAT.encode():
                    raise ValueError("not a file that lstm_helpers.arrays.save wrote")
                found = [info.filename.removesuffix(".npy") for info in archive.infolist()]
                if sorted(found) != sorted(expected):
                    raise ValueError(f"it holds {_names(found)}; expected {_names(list(expected))}")
                arrays = iter([_read(archive, name, leaf) for name, leaf in expected.items()])
        except Exception as error:  # a damaged archive makes the zip reader fail in many ways
            raise ValueError(f"{path} cannot be loaded: {error or type(error).__name__}") from error
    return tree_map(lambda _: next(arrays), like)


def _read(archive: zipfile.ZipFile, name: str, like: Array) -> Array:
    """Read one member after checking that its declared size, shape and dtype are those of ``like``."""
    info = archive.getinfo(f"{name}.npy")
    if info.compress_type != zipfile.ZIP_STORED or not 0 < info.file_size - like.nbytes <= 4096:
        raise ValueError(f"{name} has {info.file_size} bytes; expected {like.nbytes} and a header, not compressed")
    with archive.open(info) as member:
        version = np.lib.format.read_magic(member)
        if version != (1, 0):
            raise ValueError(f"{name} is in version {version} of the .npy format; expected (1, 0)")
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(member)
        if shape != like.shape or dtype != like.dtype:
            raise ValueError(f"{name} has shape {shape} and dtype {dtype}; expected {like.shape} and {like.dtype}")
        data = member.read()  # reading to the end also compares the checksum
    if len(data) != like.nbytes:
        raise ValueError(f"{name} has {len(data)} bytes of numbers; expected {like.nbytes}")
    return np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C").copy(order="C")


def _names(names: Sequence[str]) -> str:
    listed = ", ".join(sorted(names)[:12])
    return f"{listed} and {len(names) - 12} more" if len(names) > 12 else listed or "nothing"


# Checks


def check_shape(name: str, value: object, hint: str = "", **sizes: int | None) -> None:
    """Refuse anything but an array whose axes have the given sizes; ``None`` allows any size from 1, or from 0 for T.

    ``check_shape("x", x, B=None, D=8)`` raises "x has shape (3, 5); expected (B, D) with D=8".
    """
    shape = value.shape if isinstance(value, np.ndarray) else None
    fits = shape is not None and len(shape) == len(sizes)
    for have, (axis, want) in zip(shape or (), sizes.items(), strict=False):
        fits = fits and (have == want if want is not None else have >= 1 or axis == "T")
    if not fits:
        known = {axis: size for axis, size in sizes.items() if size is not None}
        refuse_shape(name, value, list(sizes), known, hint)


def refuse_shape(name: str, value: object, axes: Sequence[str], known: Mapping[str, int], hint: str) -> NoReturn:
    """Raise the error for an array without these axes, some of whose sizes are known."""
    if not isinstance(value, np.ndarray):
        raise ValueError(f"{name} is a {type(value).__name__}; expected a NumPy array ({', '.join(axes)})")
    sizes = ", ".join(f"{axis}={size}" for axis, size in known.items())
    empty = " (an empty axis holds nothing to compute)" if 0 in value.shape and value.ndim == len(axes) else ""
    raise ValueError(
        f"{name} has shape {value.shape}; expected ({', '.join(axes)})"
        + (f" with {sizes}" if sizes else "")
        + empty
        + (f": {hint}" if hint else "")
    )


def check_float(name: str, value: Array) -> None:
    """Refuse whole numbers, text and objects: gradients need floats."""
    if value.dtype.kind not in "fc":
        raise ValueError(
            f"{name} has dtype {value.dtype}; expected floats such as float64: try {name}.astype(np.float64)"
        )


def check_finite(name: str, value: Array, mask: Array | None = None, hint: str = "") -> None:
    """Refuse NaN and infinity, except where a mask over the first axes is False."""
    fine = np.isfinite(value)
    if mask is not None:
        fine |= ~mask.reshape(mask.shape + (1,) * (value.ndim - mask.ndim))
    if not fine.all():
        where = tuple(int(k) for k in np.argwhere(~fine)[0])
        at = f"[{', '.join(map(str, where))}]" if where else ""
        raise ValueError(f"{name}{at} is {value[where]}: expected finite numbers" + (f"; {hint}" if hint else ""))


def check_same_dtype(**trees: object) -> None:
    """Refuse arrays of different precision; complex numbers may join real ones of the same precision."""
    first = ""
    precision = None
    for name, tree in trees.items():
        for path, leaf in leaves(tree):
            full = f"{name}.{path}" if path else name
            check_float(full, leaf)
            if precision is None:
                first, precision = full, leaf.real.dtype
            elif leaf.real.dtype != precision:
                raise ValueError(
                    f"{full} has dtype {leaf.dtype} but {first} has {precision}: "
                    f"give all arrays one dtype, for example {full}.astype(np.{precision})"
                )


def check_generator(rng: object) -> None:
    """Refuse anything but a NumPy generator, so that every random number comes from a visible seed."""
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng is {rng!r}; expected a numpy Generator: try np.random.default_rng(0)")


def check_size(name: str, value: object) -> None:
    """Refuse a size that is not a whole number from 1."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise ValueError(f"{name} is {value!r}; expected a whole number from 1")


def check_positions(shape: tuple[int, ...], mask: Array | None) -> None:
    """Refuse a mask that is not bool with one entry for each position."""
    if mask is not None and (np.shape(mask) != shape or mask.dtype != np.bool_):
        raise ValueError(f"mask has shape {np.shape(mask)} and dtype {np.asarray(mask).dtype}; expected bool {shape}")


def check_classes(name: str, values: object, count: int, mask: Array | None) -> None:
    """Refuse anything but an array of whole numbers from 0 to ``count`` - 1."""
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "iu":
        kind = values.dtype if isinstance(values, np.ndarray) else type(values).__name__
        raise ValueError(f"{name} has dtype {kind}; expected whole numbers from 0 to {count - 1}, as int64")
    wrong = (values < 0) | (values >= count)
    wrong = wrong if mask is None else wrong & mask
    if wrong.any():
        where = tuple(int(k) for k in np.argwhere(wrong)[0])
        at = ", ".join(map(str, where))
        raise ValueError(f"{name}[{at}] is {values[where]}; expected a whole number from 0 to {count - 1}")
