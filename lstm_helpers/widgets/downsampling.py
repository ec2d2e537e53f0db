"""A long training in few points: which of a million losses to draw so that nothing worth seeing is lost.

Of every bin of equally many steps the lowest and the highest loss stay, in their order, so that a single spike is
still seen. A bin is a power of two wide and starts at a multiple of it: as training goes on the kept points stay
where they are, until there are too many and every two bins become one.
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
        One for each step.
    most : int
        How many to keep at most, at least 6.

    Returns
    -------
    array of int
        Positions in ``losses``, rising: all of them if they are few enough, else the first and the last, and the
        lowest and the highest of every bin.

    Raises
    ------
    ValueError
        If ``losses`` is not one row of numbers, or ``most`` is too small.
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
    """Average the last ``window`` losses up to each of the positions ``at``; fewer where there are fewer.

    Parameters
    ----------
    losses : array (n,)
        One for each step.
    at : array of int
        Positions in ``losses``.
    window : int
        How many losses in a mean, the one at the position included.

    Returns
    -------
    array
        A mean for each position.

    Raises
    ------
    ValueError
        If ``losses`` is not one row of numbers, or ``window`` is below 1.
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
