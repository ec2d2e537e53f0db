"""Does a forecast that looks good only repeat what was, and has it seen what will be? Two measurements that tell.

    echo      the correlation of ŷ_t with y_t, with y_{t-1}, and of ŷ_t - y_{t-1} with y_t - y_{t-1}
    leaks     change what comes later; whatever then comes out differently has seen it

Persistence, ŷ_t = y_{t-1}, correlates perfectly with the step before, and says nothing of the change.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lstm_helpers.arrays import Array, check_finite, leaves


class Echo(NamedTuple):
    """What a one-step forecast is like; correlations from -1 to 1, NaN where one side does not vary."""

    now: float  # of the forecast with the value it is meant for
    before: float  # of the forecast with the value before that
    change: float  # of the change it says with the change that came


def echo(forecast: Array, actual: Array, before: Array) -> Echo:
    """Compare one-step forecasts with what came, and with what was there already.

    Parameters
    ----------
    forecast, actual, before : float array (N,)
        ŷ_t, y_t and y_{t-1}.

    Returns
    -------
    Echo
        A forecast that copies has ``before`` at 1, and ``change`` near 0 or NaN. On a series that moves slowly ``now``
        is near 1 for a copy, too: only ``change`` tells.

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
    """Name what a function computes about the first ``known`` steps with the help of later ones.

    Parameters
    ----------
    function : function
        From a series to a tree of arrays: what was fitted, or what stands at the first ``known`` steps.
    values : float array (T,) or (T, D)
        A series to try it on, with gaps where gaps matter; never written to.
    known : int
        How many steps may be used. All later ones are replaced by other numbers, twice; gaps stay gaps.

    Returns
    -------
    tuple of str
        The paths of the arrays that came out differently, such as ``("mean", "deviation")``; "result" for an array
        alone, "structure" if there are more of them, or fewer. Empty if nothing leaked, on this series.

    Raises
    ------
    ValueError
        If nothing is known, or nothing comes later.
    """
    if not 0 < known < len(values):
        raise ValueError(f"known is {known!r}; expected from 1 to {len(values) - 1}, so that there are later steps")
    honest = dict(leaves(function(values.copy())))
    different: set[str] = set()
    far = 3.0 * np.nanmax(np.abs(values)) + 1.0
    for shift in (-far, far):  # far below and far above all that is known
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
