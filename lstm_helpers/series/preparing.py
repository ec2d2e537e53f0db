"""From a series to examples for a network, without leaking the future.

fill       y_t ← y_s, s the last measured step before t
split      by time: the test part comes after the training part
scale      z = (y - mean) / deviation, both of the training part
examples   past y_{t-n} … y_{t-1},  future y_t … y_{t+k-1},  for every origin t
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from lstm_helpers.arrays import Array, check_finite, check_float, check_size


class Scaler(NamedTuple):
    """Mean and deviation of the training part; one number each, or one for each feature."""

    mean: Array  # () or (D,), in the units of the series
    deviation: Array  # () or (D,), above 0


class Examples(NamedTuple):
    """N windows of a series, each a past and a future; time first."""

    past: Array  # (length, N) or (length, N, D)
    future: Array  # (horizon, N) or (horizon, N, D)
    origins: Array  # (N,) whole numbers: future[0, n] is values[origins[n]]


def fill_forward(values: Array) -> Array:
    """Fill every gap with the last measured value.

    Parameters
    ----------
    values : float array (T,) or (T, D)
        NaN where nothing was measured; each column is filled separately.

    Returns
    -------
    array
        A new array of the same shape. The value at step t depends on the steps up to t alone.

    Raises
    ------
    ValueError
        If a column begins with a gap, since nothing was measured before it, or holds infinity.
    """
    check_series(values)
    missing = np.isnan(values)
    if missing[0].any():
        first = int((~missing).all(axis=tuple(range(1, values.ndim))).argmax())
        raise ValueError(
            "values[0] is missing; expected a first value, since a gap is filled with a value before it: "
            f"begin later, try values[{first}:]"
        )
    steps = np.arange(len(values)).reshape(-1, *(1,) * (values.ndim - 1))
    seen = np.maximum.accumulate(np.where(missing, 0, steps), axis=0)
    filled = np.take_along_axis(values, seen, axis=0)
    check_finite("values", filled)
    return filled


def split(values: Array, *starts: int) -> tuple[Array, ...]:
    """Cut a series in time.

    Parameters
    ----------
    values : array (T, …)
        Oldest first.
    *starts : int
        Where the second part begins, the third …; increasing, so that each part has at least one step.

    Returns
    -------
    tuple of arrays
        One more than there are starts: ``train, validation, test = split(values, 180, 220)``. Joined they are
        ``values``.

    Raises
    ------
    ValueError
        If a part would be empty.
    """
    borders = (0, *starts, len(values))
    if any(not isinstance(start, int | np.integer) for start in starts) or np.any(np.diff(borders) < 1):
        raise ValueError(
            f"starts are {starts}; expected rising whole numbers from 1 to {len(values) - 1}, so that every part of "
            f"the {len(values)} steps holds at least one"
        )
    return tuple(values[a:b].copy() for a, b in pairwise(borders))


def fit_scaler(train: Array) -> Scaler:
    """Measure mean and deviation of the training part; pass no other values.

    Parameters
    ----------
    train : float array (T,) or (T, D)
        Without gaps.

    Raises
    ------
    ValueError
        If there are gaps, or a feature is constant.
    """
    check_series(train)
    check_finite("train", train, hint="fill gaps first, see series.fill_forward")
    deviation = np.asarray(train.std(axis=0))
    flat = deviation <= 1e-12 * np.abs(train).max(axis=0)  # rounding can make it slightly larger than 0
    if flat.any():
        which = "" if train.ndim == 1 else f"[:, {int(flat.argmax())}]"
        raise ValueError(f"train{which} is constant; expected values that vary: leave this feature out")
    return Scaler(np.asarray(train.mean(axis=0)), deviation)


def scale(scaler: Scaler, values: Array) -> Array:
    """Give (values - mean) / deviation; values outside the range of the training part are not clipped."""
    return (values - scaler.mean) / scaler.deviation


def unscale(scaler: Scaler, values: Array) -> Array:
    """Undo ``scale``: forecasts in the units of the series."""
    return values * scaler.deviation + scaler.mean


def examples(values: Array, length: int, horizon: int = 1, *, first: int | None = None) -> Examples:
    """Cut a series into all windows of a past and the future after it.

    Parameters
    ----------
    values : float array (T,) or (T, D)
        Without gaps. For training pass the training part alone, so that no future reaches beyond it.
    length, horizon : int
        The number of steps of the past, and of the future.
    first : int, optional
        The first origin: the first step of the first future. None takes the earliest, ``length``. For a test it is
        the first step of the test part; the past may reach back before it.

    Returns
    -------
    Examples
        ``past`` (length, N, …), ``future`` (horizon, N, …), one after another in time.

    Raises
    ------
    ValueError
        If the series is too short, has gaps, or ``first`` leaves too little before or after it.
    """
    check_series(values)
    check_finite("values", values, hint="fill gaps first, see series.fill_forward")
    check_size("length", length)
    check_size("horizon", horizon)
    start, last = length if first is None else first, len(values) - horizon
    if start < length:
        raise ValueError(f"first is {first}; expected at least length={length}, so that there is a past")
    if start > last:
        raise ValueError(
            f"values has {len(values)} steps; expected at least {start + horizon}: {start} before the first origin and "
            f"horizon={horizon} from it on"
        )
    origins = np.arange(start, last + 1)
    past = np.stack([values[origins - length + k] for k in range(length)])
    return Examples(past, np.stack([values[origins + k] for k in range(horizon)]), origins)


def check_series(values: Array) -> None:
    """Refuse anything but floats (T,) or (T, D) with T from 1."""
    if not isinstance(values, np.ndarray) or values.ndim not in (1, 2) or 0 in values.shape:
        what = f"shape {values.shape}" if isinstance(values, np.ndarray) else f"type {type(values).__name__}"
        raise ValueError(f"values has {what}; expected an array (T,) or (T, D), time first, with at least one step")
    check_float("values", values)
