"""Two independent ways to compute a gradient numerically, to check one that was derived by hand.

    central difference   (L(w + e) - L(w - e)) / 2e          truncation e^2, rounding 1e-16/e: best near e = 1e-5
    complex step         Im L(w + i e) / e,  e = 1e-20       no subtraction, so no rounding error to trade against

Complex step: Squire and Trapp (1998). Both methods work on any function of any tree of arrays. They perturb one number
at a time, so use them on small arrays.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from lstm_helpers.arrays import Array, Tree, check_float, describe, leaves, tree_map

TreeT = TypeVar("TreeT")


def complex_step(loss: Callable[[TreeT], ArrayLike], tree: TreeT, eps: float = 1e-20) -> TreeT:
    """Give the gradient of ``loss`` at ``tree``, exact to rounding.

    Parameters
    ----------
    loss : function
        From a tree like ``tree`` to one number. It must pass complex numbers through: no ``abs``, ``max``, ``.real``.
    tree : tree of real float arrays
        Where to differentiate; never written to.
    eps : float
        The imaginary step. Its error is of the order of eps²; nothing is subtracted, so no step is too small.

    Returns
    -------
    tree
        ∂loss/∂(each number), with the structure, shapes and dtypes of ``tree``.

    Raises
    ------
    ValueError
        If ``tree`` is not real floats, ``eps`` is not above 0, or ``loss`` returns something else than one complex
        number.
    """
    _check_eps(eps)

    def derivative(at: TreeT) -> float:
        value = _one_number(loss(at))
        if not np.iscomplexobj(value):
            raise ValueError(
                "loss returned a real number for a complex tree, so its derivative is lost: "
                "look for abs, max, .real or a cast to float in it"
            )
        return float(value.imag) / eps

    def perturbed(leaf: Array, k: int) -> Array:
        perturbation = np.zeros(leaf.shape, np.result_type(leaf, np.complex64))
        perturbation.flat[k] = 1j * eps
        return leaf + perturbation

    return _for_each_number(tree, lambda replace, leaf, k: derivative(replace(perturbed(leaf, k))))


def central_difference(loss: Callable[[TreeT], ArrayLike], tree: TreeT, eps: float = 1e-5) -> TreeT:
    """Give the gradient of ``loss`` at ``tree`` with two evaluations for each number, to about 1e-10 in float64.

    Parameters, result and errors are those of ``complex_step``, but ``loss`` may be any real function; ``eps`` is the
    step to either side, in the units of the numbers themselves.
    """
    _check_eps(eps)

    def perturbed(leaf: Array, k: int, by: float) -> Array:
        changed = leaf.copy()
        changed.flat[k] += by
        return changed

    def derivative(replace: Callable[[Array], TreeT], leaf: Array, k: int) -> float:
        above, below = (_one_number(loss(replace(perturbed(leaf, k, by)))) for by in (eps, -eps))
        return float(above - below) / (2 * eps)

    return _for_each_number(tree, derivative)


def _check_eps(eps: float) -> None:
    if not (np.isfinite(eps) and eps > 0):
        raise ValueError(f"eps is {eps}; expected a small positive number such as 1e-5")


def relative_error(a: Tree, b: Tree) -> float:
    """Give the largest difference between two trees, relative to the largest number in the leaf where it occurs.

    Returns
    -------
    float
        max over leaves of ‖a − b‖∞ / max(‖a‖∞, ‖b‖∞). Two leaves of zeros (or empty ones) differ by 0; a NaN anywhere
        gives infinity. "Equal to 1e-12" in this book means that this number is at most 1e-12.

    Raises
    ------
    ValueError
        If the trees differ in structure or shapes.
    """
    errors = [0.0]

    def compare(x: Array, y: Array) -> None:
        x, y = np.asarray(x), np.asarray(y)
        if x.shape != y.shape:
            raise ValueError(f"a and b differ in shape: {x.shape} against {y.shape}")
        if x.size == 0:
            return
        with np.errstate(invalid="ignore", over="ignore"):
            difference, size = np.abs(x - y).max(), max(np.abs(x).max(), np.abs(y).max())
            error = float(difference / size) if size != 0 else 0.0
        errors.append(error if np.isfinite(error) else float("inf"))

    tree_map(compare, a, b)
    return max(errors)


def _for_each_number(tree: TreeT, derivative: Callable[[Callable[[Array], TreeT], Array, int], float]) -> TreeT:
    """Build a tree of derivatives; ``derivative`` gets a function that puts a changed leaf in its place in the tree."""
    flat = [leaf for _, leaf in leaves(tree)]
    for name, leaf in leaves(tree):
        check_float(name or "tree", leaf)
        if np.iscomplexobj(leaf):
            raise ValueError(f"{name or 'tree'} has dtype {leaf.dtype}; expected real floats in {describe(tree)}")

    def replacer(position: int) -> Callable[[Array], TreeT]:
        def replace(new: Array) -> TreeT:
            fresh = iter([*flat[:position], new, *flat[position + 1 :]])
            return tree_map(lambda _: next(fresh), tree)

        return replace

    grads = iter(
        [
            np.array([derivative(replacer(n), leaf, k) for k in range(leaf.size)], leaf.dtype).reshape(leaf.shape)
            for n, leaf in enumerate(flat)
        ]
    )
    return tree_map(lambda _: next(grads), tree)


def _one_number(value: ArrayLike) -> Any:
    if np.size(value) != 1:
        raise ValueError(f"loss returned shape {np.shape(value)}; expected one number: try .sum()")
    return np.asarray(value).reshape(())[()]
