"""Two tests of a forecast: whether it only repeats the last value, and whether it uses the future.

    echo      the correlation of ŷ_t with y_t, with y_{t-1}, and of ŷ_t - y_{t-1} with y_t - y_{t-1}
    leaks     change the future; every result that then differs depends on it

Persistence, ŷ_t = y_{t-1}, correlates perfectly with the previous value, and says nothing about the change.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lstm_helpers.arrays import Array, check_finite, leaves


class Echo(NamedTuple):
    """Correlations of a one-step forecast, from -1 to 1; NaN where one side is constant."""

    now: float  # of the forecast with its target
    before: float  # of the forecast with the value before that
    change: float  # of the forecast change with the observed change


def echo(forecast: Array, actual: Array, before: Array) -> Echo:
    """Correlate one-step forecasts with their targets, and with the values before them.

    Parameters
    ----------
    forecast, actual, before : float array (N,)
        ŷ_t, y_t and y_{t-1}.

    Returns
    -------
    Echo
        A forecast that copies has ``before`` at 1, and ``change`` near 0 or NaN. On a series that changes slowly,
        ``now`` is near 1 even for a copy: only ``change`` shows the difference.

    Raises
    ------
    ValueError
        If the shapes differ or a number is not finite.
    """
    for name, value in (("forecast", forecast), ("actual", actual), ("before", before)):
        if np.ndim(value) != 1 or np.shape(value) != np.shape(forecast) or len(value) < 2:
            raise ValueError(f"{name} has shape {np.shape(value)}; expected (N,), N from 2, equal for all three")
        check_finite(name, np.asarray(value))
    return Echo(
        _correlation(forecast, actual),
        _correlation(forecast, before),
        _correlation(forecast - before, actual - before),
    )


def leaks(function: Callable[[Array], object], values: Array, known: int) -> tuple[str, ...]:
    """Name the results of a function for the first ``known`` steps that depend on later steps.

    Parameters
    ----------
    function : function
        From a series to a tree of arrays: fitted numbers, or values at the first ``known`` steps.
    values : float array (T,) or (T, D)
        A series to test it on, with gaps if they matter; never written to.
    known : int
        How many steps may be used. All later ones are replaced by other numbers, twice; gaps stay gaps.

    Returns
    -------
    tuple of str
        The paths of the arrays that differ, such as ``("mean", "deviation")``; "result" for a single array,
        "structure" if the number of arrays changes. Empty if nothing leaked, on this series.

    Raises
    ------
    ValueError
        If ``known`` leaves no known step, or no later one.
    """
    if not 0 < known < len(values):
        raise ValueError(f"known is {known!r}; expected from 1 to {len(values) - 1}, so that there are later steps")
    honest = dict(leaves(function(values.copy())))
    different: set[str] = set()
    far = 3.0 * np.nanmax(np.abs(values)) + 1.0
    for shift in (-far, far):  # far below and far above all known values
        changed = values.copy()
        changed[known:] = shift - 2.0 * changed[known:]
        other = dict(leaves(function(changed)))
        if other.keys() != honest.keys():
            return ("structure",)
        different |= {path for path in honest if not np.array_equal(honest[path], other[path], equal_nan=True)}
    return tuple(path or "result" for path in honest if path in different)


def _correlation(a: Array, b: Array) -> float:
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / size if size > 0 else float("nan")
