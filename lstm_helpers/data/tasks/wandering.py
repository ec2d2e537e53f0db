"""Numbers of which the next can be told only in part, and it is known in which: an autoregression of order one.

    x_{t+1} = φ x_t + ε_t        ε_t ~ N(0, 1), each on its own        -1 < φ < 1

Whoever knows all of the past can say φ x_t, and is wrong by ε_t: a mean squared error of 1. **Nobody can do better**: a
forecast with a lower error has seen what it was to forecast. The series is drawn in its long-run state, of mean 0 and
variance 1/(1 - φ²), which is therefore the error of always saying 0; persistence, saying x_t, costs 2/(1 + φ).
"""

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.arrays import check_generator, check_size
from lstm_helpers.model import Batch

PHI = 0.8
LOWEST_ERROR = 1.0  # mean squared error of the best forecast


def batch(
    rng: np.random.Generator, batch_size: int, length: int, *, phi: float = PHI, dtype: DTypeLike = np.float64
) -> Batch:
    """Draw sequences, and as the target at each step the number that comes next.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of every number.
    batch_size, length : int
        B and T.
    phi : float
        How much of a number is left in the next, above -1 and below 1.
    dtype : dtype
        The float type of inputs and targets.

    Returns
    -------
    Batch
        ``xs`` and ``targets`` (T, B, 1), targets one step ahead of xs; no mask.

    Raises
    ------
    ValueError
        If an argument is of the wrong kind, or ``phi`` is not between -1 and 1.
    """
    check_generator(rng)
    check_size("batch_size", batch_size)
    check_size("length", length)
    _check_phi(phi)
    noise = rng.normal(size=(length + 1, batch_size, 1))
    series = noise.copy()
    series[0] *= np.sqrt(zero_error(phi))
    for t in range(length):
        series[t + 1] += phi * series[t]
    series = series.astype(dtype)
    return Batch(series[:-1], series[1:])


def zero_error(phi: float = PHI) -> float:
    """Return the exact mean squared error of always saying 0, the mean: the variance of the series."""
    _check_phi(phi)
    return 1 / (1 - phi**2)


def persistence_error(phi: float = PHI) -> float:
    """Return the exact mean squared error of saying that the next number is like the last."""
    _check_phi(phi)
    return 2 / (1 + phi)


def _check_phi(phi: float) -> None:
    if not -1 < phi < 1:
        raise ValueError(f"phi is {phi!r}; expected a number above -1 and below 1, else the series has no variance")
