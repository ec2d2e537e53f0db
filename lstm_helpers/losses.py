"""How wrong the outputs are, and in which direction they are worse.

    mse              L = mean (y - target)^2                       ∂L/∂y = 2 (y - target) / n
    cross-entropy    L = mean -ln softmax(y)[target]               ∂L/∂y = (softmax(y) - onehot) / n

The cross-entropy is in nats: a guess among K equal answers costs ln K. Means are over what is real: n counts the
positions where the mask is True (and, for mse, the numbers at each of them).
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
    """How wrong the answers are, and which way is worse."""

    value: Any  # one number
    d_y: Array  # ∂L/∂y, with the shape of y; exactly 0 where the mask is False


def mse(y: Array, targets: Array, mask: Array | None = None) -> Loss:
    """Give the mean squared error.

    Parameters
    ----------
    y : array (…, K)
        The answers, (T, B, K) or (B, K).
    targets : array (…, K)
        What they should have been: the shape and dtype of ``y``, in the same units.
    mask : bool array (…), optional
        Where it is False neither is read.

    Returns
    -------
    Loss
        In squared units of ``y``.

    Raises
    ------
    ValueError
        If shapes or dtypes differ, a target is NaN or infinite, or nothing is left to count.
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
    """Give the mean cost of the right answers, in nats.

    Parameters
    ----------
    y : array (…, K)
        A score for each of K answers, (T, B, K) or (B, K): any numbers, not chances.
    targets : integer array (…)
        The right answer's number, from 0 to K - 1.
    mask : bool array (…), optional
        Where it is False neither is read.

    Returns
    -------
    Loss

    Raises
    ------
    ValueError
        If shapes do not fit, a target is not one of the answers, or nothing is left to count.
    """
    count = _check_answers(y, targets, mask)
    log_probability = log_softmax(y)
    right = (targets if mask is None else np.where(mask, targets, 0))[..., None]
    cost = -np.take_along_axis(log_probability, right, axis=-1)[..., 0]
    d_y = np.exp(log_probability)
    np.put_along_axis(d_y, right, np.take_along_axis(d_y, right, axis=-1) - 1, axis=-1)
    if mask is not None:
        cost, d_y = np.where(mask, cost, 0), np.where(mask[..., None], d_y, 0)
    return Loss(cost.sum() / count, d_y / count)


def accuracy(y: Array, targets: Array, mask: Array | None = None) -> float:
    """Give the share of positions where the highest score is the right answer's; arguments as ``cross_entropy``."""
    count = _check_answers(y, targets, mask)
    right = y.argmax(axis=-1) == targets
    return float((right if mask is None else right & mask).sum() / count)


def _check_answers(y: Array, targets: Array, mask: Array | None) -> int:
    check_float("y", y)
    if np.shape(targets) != y.shape[:-1]:
        hint = ": give the numbers of the right answers, try targets.argmax(-1)" if np.shape(targets) == y.shape else ""
        raise ValueError(f"targets has shape {np.shape(targets)}; expected {y.shape[:-1]}, one for each row of y{hint}")
    count = _count(y.shape[:-1], mask)
    check_classes("targets", targets, y.shape[-1], mask)
    return count


def _count(shape: tuple[int, ...], mask: Array | None) -> int:
    """Count the positions that are real; a mean over none is refused."""
    check_positions(shape, mask)
    count = int(np.prod(shape)) if mask is None else int(mask.sum())
    if count == 0:
        what = f"y has the shape {shape} of positions" if mask is None else "mask is False everywhere"
        raise ValueError(f"{what}; expected at least one position, since a mean over none is no number")
    return count
