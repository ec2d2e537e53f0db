"""Loss functions and their gradients.

    mse              L = mean (y - target)^2                       ∂L/∂y = 2 (y - target) / n
    cross-entropy    L = mean -ln softmax(y)[target]               ∂L/∂y = (softmax(y) - onehot) / n

The cross-entropy is in nats: a uniform prediction over K classes has loss ln K. Means are over unmasked positions: n
counts the positions where the mask is True (and, for mse, the numbers at each of them).
"""

from typing import Any, NamedTuple

import numpy as np

from lstm_helpers.activations import log_softmax
from lstm_helpers.arrays import (
    Array,
    check_classes,
    check_finite,
    check_float,
    check_positions,
    check_same_dtype,
)


class Loss(NamedTuple):
    """The value of a loss and its gradient."""

    value: Any  # one number
    d_y: Array  # ∂L/∂y, with the shape of y; exactly 0 where the mask is False


def mse(y: Array, targets: Array, mask: Array | None = None) -> Loss:
    """Give the mean squared error.

    Parameters
    ----------
    y : array (…, K)
        The predictions, (T, B, K) or (B, K).
    targets : array (…, K)
        The observed values: the shape and dtype of ``y``, in the same units.
    mask : bool array (…), optional
        Where it is False, neither ``y`` nor ``targets`` is read.

    Returns
    -------
    Loss
        In squared units of ``y``.

    Raises
    ------
    ValueError
        If shapes or dtypes differ, a target is NaN or infinite, or no position is left.
    """
    if np.shape(targets) != y.shape:
        missing = np.shape(targets) == y.shape[:-1] and y.shape[-1] == 1
        hint = ": try targets[..., None]" if missing else ", the shape of y"
        raise ValueError(f"targets has shape {np.shape(targets)}; expected {y.shape}{hint}")
    check_same_dtype(y=y, targets=targets)
    count = _count(y.shape[:-1], mask) * y.shape[-1]
    check_finite("targets", targets, mask)
    error = y - targets if mask is None else np.where(mask[..., None], y - targets, 0)
    return Loss((error * error).sum() / count, error * (2.0 / count))


def cross_entropy(y: Array, targets: Array, mask: Array | None = None) -> Loss:
    """Give the mean cross-entropy, in nats.

    Parameters
    ----------
    y : array (…, K)
        The logits of K classes, (T, B, K) or (B, K): any numbers, not probabilities.
    targets : integer array (…)
        The index of the right class, from 0 to K - 1.
    mask : bool array (…), optional
        Where it is False, neither ``y`` nor ``targets`` is read.

    Returns
    -------
    Loss

    Raises
    ------
    ValueError
        If shapes do not fit, a target is not one of the classes, or no position is left.
    """
    count = _check_answers(y, targets, mask)
    log_probability = log_softmax(y)
    right = (targets if mask is None else np.where(mask, targets, 0))[..., None]
    nats = -np.take_along_axis(log_probability, right, axis=-1)[..., 0]
    d_y = np.exp(log_probability)
    np.put_along_axis(d_y, right, np.take_along_axis(d_y, right, axis=-1) - 1, axis=-1)
    if mask is not None:
        nats, d_y = np.where(mask, nats, 0), np.where(mask[..., None], d_y, 0)
    return Loss(nats.sum() / count, d_y / count)


def accuracy(y: Array, targets: Array, mask: Array | None = None) -> float:
    """Give the fraction of positions where the right class has the largest logit; arguments as in ``cross_entropy``."""
    count = _check_answers(y, targets, mask)
    right = y.argmax(axis=-1) == targets
    return float((right if mask is None else right & mask).sum() / count)


def _check_answers(y: Array, targets: Array, mask: Array | None) -> int:
    check_float("y", y)
    if np.shape(targets) != y.shape[:-1]:
        hint = ": give the indices of the right classes, try targets.argmax(-1)" if np.shape(targets) == y.shape else ""
        raise ValueError(f"targets has shape {np.shape(targets)}; expected {y.shape[:-1]}, one for each row of y{hint}")
    count = _count(y.shape[:-1], mask)
    check_classes("targets", targets, y.shape[-1], mask)
    return count


def _count(shape: tuple[int, ...], mask: Array | None) -> int:
    """Count the unmasked positions; a mean over none is refused."""
    check_positions(shape, mask)
    count = int(np.prod(shape)) if mask is None else int(mask.sum())
    if count == 0:
        what = f"y has the shape {shape} of positions" if mask is None else "mask is False everywhere"
        raise ValueError(f"{what}; expected at least one position, since a mean over none is undefined")
    return count
