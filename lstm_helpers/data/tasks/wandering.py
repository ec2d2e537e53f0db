"""A first-order autoregressive series, whose next value is predictable only in part; the best error is known.

    x_{t+1} = φ x_t + ε_t        ε_t ~ N(0, 1), independent        -1 < φ < 1

The best forecast from the whole past is φ x_t, whose error is ε_t: a mean squared error of 1. **No forecast does
better**: one with a lower error has used the future. The series starts from its stationary distribution, of mean 0 and
variance 1/(1 - φ²), which is the error of always forecasting 0. Persistence, forecasting x_t, has error 2/(1 + φ).
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
    """Draw sequences; the target at each step is the next number.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of every number.
    batch_size, length : int
        B and T.
    phi : float
        φ, above -1 and below 1.
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
    """Return the exact mean squared error of always forecasting 0, the mean: the variance of the series."""
    _check_phi(phi)
    return 1 / (1 - phi**2)


def persistence_error(phi: float = PHI) -> float:
    """Return the exact mean squared error of persistence, which forecasts the last number."""
    _check_phi(phi)
    return 2 / (1 + phi)


def _check_phi(phi: float) -> None:
    if not -1 < phi < 1:
        raise ValueError(f"phi is {phi!r}; expected a number above -1 and below 1, else the series has no variance")
