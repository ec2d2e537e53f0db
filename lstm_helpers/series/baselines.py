"""Baselines that a network must beat: forecasts without training, and linear autoregression.

A forecaster is a function of the past alone, history (T, …) -> (horizon, …), time first. Further axes hold separate
histories, each with its own forecast. A forecaster cannot leak the future, since it does not get it.

    persistence       y_{t+k} = y_t
    seasonal naive    y_{t+k} = y_{t+k-m}                          m steps are one season
    autoregression    y_t = a + w_1 y_{t-1} + … + w_p y_{t-p}      AR(p), a and w by least squares (Yule, 1927)

For more than one step ahead, autoregression either reads its own forecasts (recursive), or fits one regression for
each number of steps (direct).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lstm_helpers.arrays import Array, check_finite, check_float, check_size

Forecaster = Callable[[Array, int], Array]


class Autoregression(NamedTuple):
    """A fitted AR(p), for one number of steps ahead."""

    weights: Array  # (p,): weights[0] is that of the newest value
    intercept: Array  # (): in the units of the series


def persistence(history: Array, horizon: int) -> Array:
    """Repeat the last value; arguments as for ``seasonal_naive``."""
    _check_history(history, horizon)
    return np.repeat(history[-1:], horizon, axis=0)


def seasonal_naive(history: Array, horizon: int, period: int) -> Array:
    """Repeat the last season.

    Parameters
    ----------
    history : float array (T, …)
        The past, oldest first, without gaps; at least one season.
    horizon : int
        How many steps to forecast.
    period : int
        How many steps are one season: 12 for the months of a year.

    Returns
    -------
    array (horizon, …)
        In the units of ``history``.

    Raises
    ------
    ValueError
        If the history is too short, has gaps, or is not made of floats.
    """
    check_size("period", period)
    _check_history(history, horizon, period, "one season")
    return np.asarray(history[np.arange(horizon) % period - period])


def fit_autoregression(values: Array, order: int, ahead: int = 1) -> Autoregression:
    """Fit y_{t+ahead-1} = a + w_1 y_{t-1} + … + w_p y_{t-p} by least squares.

    Parameters
    ----------
    values : float array (T,)
        The training part of a series, without gaps.
    order : int
        p, how many values are read.
    ahead : int
        The number of steps from the newest value read to the target.

    Returns
    -------
    Autoregression
        The least-squares solution; if it is not unique, the one with the smallest weights.

    Raises
    ------
    ValueError
        If there are fewer equations than unknowns, or gaps.
    """
    check_size("order", order)
    check_size("ahead", ahead)
    if np.ndim(values) != 1:
        raise ValueError(f"values has shape {np.shape(values)}; expected (T,), one series")
    count = len(values) - order - ahead + 1
    if count < order + 1:
        raise ValueError(
            f"values has {len(values)} steps, which make {max(count, 0)} equations for {order + 1} unknowns; expected "
            f"at least {2 * order + ahead} steps: take a lower order"
        )
    _check_history(values, 1)
    lags = [values[order - k : order - k + count] for k in range(1, order + 1)]
    # The mean is subtracted first, so that the solver's accuracy does not depend on the level of the series.
    centre = values.mean()
    columns = np.stack([*(lag - centre for lag in lags), np.ones(count, values.dtype)], axis=1)
    *weights, rest = np.linalg.lstsq(columns, values[order + ahead - 1 :] - centre, rcond=None)[0]
    return Autoregression(np.array(weights), np.array(rest + centre * (1 - sum(weights))))


def autoregression(params: Autoregression, history: Array, horizon: int) -> Array:
    """Forecast step by step from a fit with ``ahead=1``, each step reading the forecasts before it.

    Parameters
    ----------
    params : Autoregression
        From ``fit_autoregression``.
    history : float array (T, …)
        The past, oldest first, without gaps; at least p values.
    horizon : int
        How many steps to forecast.

    Returns
    -------
    array (horizon, …)

    Raises
    ------
    ValueError
        If the history is too short, has gaps, or is not made of floats.
    """
    return recursive(lambda past: _regress(params, past), history, horizon)


def direct_autoregression(params: tuple[Autoregression, ...], history: Array, horizon: int) -> Array:
    """Forecast each step by a fit of its own, with ``ahead`` = 1, 2, …; arguments as for ``autoregression``."""
    if len(params) < horizon:
        raise ValueError(f"params are {len(params)} fits; expected one for each of horizon={horizon} steps")
    _check_history(history, horizon)
    return np.stack([_regress(fit, history) for fit in params[:horizon]])


def recursive(one_step: Callable[[Array], Array], history: Array, horizon: int) -> Array:
    """Turn a one-step forecaster into a many-step one, which reads its own forecasts as if they were observed.

    Parameters
    ----------
    one_step : function
        From a history (T, …) to the next value (…).
    history : float array (T, …)
        The past, oldest first. It grows by one forecast a step.
    horizon : int
        How many steps to forecast.

    Returns
    -------
    array (horizon, …)
    """
    _check_history(history, horizon)
    for _ in range(horizon):
        history = np.concatenate([history, one_step(history)[None]])
    return history[-horizon:]


def differenced(forecast: Forecaster, lag: int) -> Forecaster:
    """Make a forecaster of differences y_t - y_{t-lag}, whose forecasts are added to the value ``lag`` steps before.

    Parameters
    ----------
    forecast : forecaster
        Forecasts the differences.
    lag : int
        1 removes a linear trend; the length of a season removes the season as well.

    Returns
    -------
    forecaster
        Of the series itself; ``differenced(persistence, 1)`` extrapolates the last step as a straight line.
    """
    check_size("lag", lag)

    def of_series(history: Array, horizon: int) -> Array:
        _check_history(history, horizon, lag + 1, "one difference")
        changes = forecast(history[lag:] - history[:-lag], horizon)
        for change in changes:
            history = np.concatenate([history, (history[-lag] + change)[None]])
        return history[-horizon:]

    return of_series


def _regress(params: Autoregression, history: Array) -> Array:
    order = len(params.weights)
    if len(history) < order:
        raise ValueError(f"history has T={len(history)} steps; expected at least p={order}, which the fit reads")
    newest_first = history[: -order - 1 : -1]
    return np.asarray(params.intercept + np.tensordot(params.weights, newest_first, axes=1))


def _check_history(history: Array, horizon: int, least: int = 1, why: str = "one value") -> None:
    check_size("horizon", horizon)
    if not isinstance(history, np.ndarray) or history.ndim == 0:
        raise ValueError(f"history is {history!r:.60}; expected an array (T, …), time first")
    check_float("history", history)
    if len(history) < least:
        raise ValueError(f"history has T={len(history)} steps; expected at least {least}, {why}")
    check_finite("history", history, hint="fill gaps first, see series.fill_forward")
