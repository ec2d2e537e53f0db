"""Downsampling of a long learning curve: which of a million losses to draw.

Every bin of steps keeps its lowest and its highest loss, in order, so that a single spike stays visible. The width of a
bin is a power of two, and a bin starts at a multiple of it. So the kept points stay the same as training goes on, until
there are too many and every two bins are merged.
"""

import numpy as np
from numpy.typing import ArrayLike

from lstm_helpers.arrays import Array, check_size

POINTS = 400  # about one for every two pixels of a wide page
WINDOW = 20  # steps in a mean: enough to see a trend through the noise of batches


def downsample(losses: ArrayLike, most: int = POINTS) -> Array:
    """Choose which losses to draw.

    Parameters
    ----------
    losses : array (n,)
        One loss for each step.
    most : int
        The largest number of losses to keep, at least 6.

    Returns
    -------
    array of int
        Indices in ``losses``, increasing: all of them if there are few enough, else the first and the last, and the
        lowest and the highest of every bin.

    Raises
    ------
    ValueError
        If ``losses`` is not one-dimensional, or ``most`` is too small.
    """
    losses = _row(losses)
    if most < 6:
        raise ValueError(f"most is {most!r}; expected at least 6: two ends, and two losses of each of two bins")
    count = losses.size
    if count <= most:
        return np.arange(count)
    width = 2
    while 2 * -(-count // width) + 2 > most:
        width *= 2
    whole = count - count % width
    bins = losses[:whole].reshape(-1, width)
    starts = np.arange(0, whole, width)
    kept = [np.array([0, count - 1]), starts + bins.argmin(axis=1), starts + bins.argmax(axis=1)]
    if whole < count:
        kept.append(whole + np.array([losses[whole:].argmin(), losses[whole:].argmax()]))
    return np.unique(np.concatenate(kept))


def trailing_mean(losses: ArrayLike, at: ArrayLike, window: int = WINDOW) -> Array:
    """Average the last ``window`` losses up to each index in ``at``; fewer near the beginning.

    Parameters
    ----------
    losses : array (n,)
        One loss for each step.
    at : array of int
        Indices in ``losses``.
    window : int
        The number of losses in a mean, including the one at the index.

    Returns
    -------
    array
        A mean for each index.

    Raises
    ------
    ValueError
        If ``losses`` is not one-dimensional, or ``window`` is below 1.
    """
    losses = _row(losses)
    check_size("window", window)
    back = np.asarray(at, dtype=np.int64)[:, None] - np.arange(window)
    there = back >= 0
    values = np.where(there, losses[np.where(there, back, 0)] if losses.size else 0.0, 0.0)
    return np.asarray(values.sum(axis=1) / np.maximum(there.sum(axis=1), 1))


def _row(losses: ArrayLike) -> Array:
    losses = np.asarray(losses, dtype=np.float64)
    if losses.ndim != 1:
        raise ValueError(f"losses has shape {losses.shape}; expected (n,), one number for each step")
    return losses
