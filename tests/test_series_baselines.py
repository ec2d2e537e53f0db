"""Baselines give known numbers on series whose future is known, and read nothing but the past."""

from functools import partial

import numpy as np
import pytest

from lstm_helpers import series
from lstm_helpers.data.tasks import sunspots
from lstm_helpers.series import baselines

RNG = np.random.default_rng(0)
WALK = np.cumsum(RNG.normal(size=60))


def follow(weights, intercept, start, steps):
    """Compute an AR(p) without noise, by its definition."""
    y = list(start)
    for _ in range(steps):
        y.append(intercept + sum(w * y[-k] for k, w in enumerate(weights, start=1)))
    return np.array(y)


OSCILLATING = np.array([1.3, -0.6, 0.2, -0.25])
EXACT = follow(OSCILLATING, 2.5, [1.0, -3.0, 4.0, 2.0], 60)
FORECASTERS = {
    "persistence": baselines.persistence,
    "seasonal naive": partial(baselines.seasonal_naive, period=7),
    "AR(3)": partial(baselines.autoregression, baselines.fit_autoregression(WALK, 3)),
    "direct": partial(
        baselines.direct_autoregression, tuple(baselines.fit_autoregression(WALK, 3, k + 1) for k in range(9))
    ),
    "of differences": baselines.differenced(partial(baselines.seasonal_naive, period=4), 2),
}
each = pytest.mark.parametrize("forecast", FORECASTERS.values(), ids=FORECASTERS)


def test_persistence_repeats_the_last_value():
    assert baselines.persistence(np.array([3.0, 1.0, 2.0]), 3).tolist() == [2.0, 2.0, 2.0]


def test_seasonal_naive_repeats_the_last_season_also_beyond_one():
    history = np.array([9.0, 9.0, 1.0, 2.0, 3.0])
    assert baselines.seasonal_naive(history, 7, 3).tolist() == [1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 1.0]
    assert baselines.seasonal_naive(history, 2, 1).tolist() == baselines.persistence(history, 2).tolist()


@pytest.mark.parametrize("cut", [12, 13, 19, 35])
def test_seasonal_naive_is_exact_on_a_periodic_series(cut):
    periodic = np.resize(RNG.normal(size=12), 60)
    assert np.array_equal(baselines.seasonal_naive(periodic[:cut], 60 - cut, 12), periodic[cut:])


@each
@pytest.mark.parametrize("horizon", [1, 5, 9])
def test_histories_side_by_side_are_forecast_as_each_alone(forecast, horizon):
    histories = RNG.normal(size=(15, 4, 2))
    together = forecast(histories, horizon)
    assert together.shape == (horizon, 4, 2)
    for a, b in np.ndindex(4, 2):
        np.testing.assert_allclose(together[:, a, b], forecast(histories[:, a, b], horizon), rtol=0, atol=1e-12)


@each
def test_a_longer_horizon_changes_no_earlier_step_and_nothing_is_written_to(forecast):
    history = WALK[:20].copy()
    history.flags.writeable = False
    np.testing.assert_allclose(forecast(history, 9)[:4], forecast(history, 4), rtol=0, atol=1e-12)


@each
def test_a_forecast_reads_the_past_and_nothing_else(forecast):
    def of_the_past(values):
        return forecast(values[:20], 9)

    assert series.leaks(of_the_past, WALK, 20) == ()
    assert series.leaks(of_the_past, WALK, 19) == ("result",)  # the newest value matters to every one of them


@each
def test_bad_histories_are_refused(forecast):
    with pytest.raises(ValueError, match=r"history\[14\] is nan: expected finite numbers; fill gaps first"):
        forecast(np.array([*WALK[:14], np.nan]), 2)
    with pytest.raises(ValueError, match="dtype int64; expected floats"):
        forecast(np.arange(15), 2)
    with pytest.raises(ValueError, match=r"horizon is 0; expected a whole number from 1"):
        forecast(WALK, 0)
    with pytest.raises(ValueError, match=r"history is \[1.0, 2.0\]; expected an array \(T, …\), time first"):
        forecast([1.0, 2.0], 2)
    with pytest.raises(ValueError, match="history has T=0 steps; expected at least"):
        forecast(WALK[:0], 2)


# Autoregression


def test_autoregression_recovers_the_coefficients_of_a_process_without_noise():
    fit = baselines.fit_autoregression(EXACT, 4)
    np.testing.assert_allclose(fit.weights, OSCILLATING, rtol=0, atol=1e-10)
    assert abs(fit.intercept - 2.5) < 1e-10


def test_it_does_so_far_from_zero_too():
    """Analytically, adding m to a series adds m(1 - Σw) to the intercept and changes no weight."""
    fit = baselines.fit_autoregression(EXACT + 1000.0, 4)
    np.testing.assert_allclose(fit.weights, OSCILLATING, rtol=0, atol=1e-9)
    assert abs(fit.intercept - (2.5 + 1000.0 * (1 - OSCILLATING.sum()))) < 1e-6


def test_a_line_worked_by_hand():
    """Pairs (1, 2), (2, 2), (2, 5): means 5/3 and 3; slope (2/3 - 1/3 + 2/3) / (2/3) = 1.5; intercept 3 - 2.5."""
    fit = baselines.fit_autoregression(np.array([1.0, 2.0, 2.0, 5.0]), 1)
    np.testing.assert_allclose([fit.weights[0], fit.intercept], [1.5, 0.5], rtol=0, atol=1e-12)
    np.testing.assert_allclose(baselines.autoregression(fit, np.array([4.0]), 2), [6.5, 10.25], rtol=0, atol=1e-12)


def test_the_first_weight_is_that_of_the_newest_value():
    fit = baselines.Autoregression(np.array([1.0, 0.1, 0.01]), np.array(1000.0))
    assert baselines.autoregression(fit, np.array([99.0, 3.0, 2.0, 1.0]), 1) == pytest.approx(1001.23, abs=1e-12)


@pytest.mark.parametrize("horizon", [1, 2, 10])
def test_forecasts_of_the_exact_process_are_its_future(horizon):
    recursive = baselines.fit_autoregression(EXACT[:40], 4)
    direct = tuple(baselines.fit_autoregression(EXACT[:40], 4, k) for k in range(1, horizon + 1))
    truth = EXACT[40 : 40 + horizon]
    np.testing.assert_allclose(baselines.autoregression(recursive, EXACT[:40], horizon), truth, atol=1e-9)
    np.testing.assert_allclose(baselines.direct_autoregression(direct, EXACT[:40], horizon), truth, atol=1e-8)


@pytest.mark.parametrize("ahead", [1, 3])
def test_residuals_are_orthogonal_to_all_that_was_read(ahead):
    """The normal equations: what least squares means."""
    fit = baselines.fit_autoregression(WALK, 5, ahead)
    past, future, _ = series.examples(WALK, 5, ahead)
    residual = future[-1] - (fit.intercept + fit.weights @ past[::-1])
    assert np.abs(past @ residual).max() < 1e-9 and abs(residual.sum()) < 1e-10


def test_the_yearly_sunspots_give_the_errors_known_from_the_literature():
    """Mean squared error divided by 1535, on 1700 to 1920, 1921 to 1955 and 1956 to 1979; fitted on the first."""
    years, numbers = sunspots.load()
    errors = {}
    for order in (9, 12):
        fit = baselines.fit_autoregression(numbers[years <= 1920], order)
        past, future, origins = series.examples(numbers, order)
        square = (baselines.autoregression(fit, past, 1)[0] - future[0]) ** 2 / 1535
        at = years[origins]
        errors[order] = [square[(first <= at) & (at <= last)].mean() for first, last in PERIODS]
    np.testing.assert_allclose(errors[12], [0.1285, 0.1262, 0.3584], rtol=0, atol=6e-5)
    np.testing.assert_allclose(errors[9][1], 0.123, rtol=0, atol=5e-4)


PERIODS = ((1700, 1920), (1921, 1955), (1956, 1979))


def test_too_few_equations_are_refused():
    assert len(baselines.fit_autoregression(WALK[:7], 3).weights) == 3  # 4 equations, 4 unknowns
    with pytest.raises(ValueError, match=r"6 steps, which make 3 equations for 4 unknowns; expected at least 7 steps"):
        baselines.fit_autoregression(WALK[:6], 3)
    with pytest.raises(ValueError, match=r"8 steps, which make 3 equations for 4 unknowns; expected at least 9 steps"):
        baselines.fit_autoregression(WALK[:8], 3, 3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: baselines.fit_autoregression(WALK[:, None], 3), r"values has shape \(60, 1\); expected \(T,\)"),
        (lambda: baselines.fit_autoregression(WALK, 0), "order is 0; expected a whole number from 1"),
        (lambda: baselines.fit_autoregression(WALK, 3, 0), "ahead is 0; expected a whole number from 1"),
        (lambda: baselines.fit_autoregression(np.where(WALK > 0, WALK, np.nan), 3), "fill gaps first"),
        (lambda: FORECASTERS["AR(3)"](WALK[:2], 1), "history has T=2 steps; expected at least p=3"),
        (lambda: FORECASTERS["direct"](WALK, 10), "params are 9 fits; expected one for each of horizon=10 steps"),
        (lambda: baselines.seasonal_naive(WALK[:6], 1, 7), "history has T=6 steps; expected at least 7, one season"),
        (lambda: baselines.seasonal_naive(WALK, 1, 2.0), "period is 2.0; expected a whole number from 1"),
        (lambda: baselines.differenced(baselines.persistence, 0), "lag is 0; expected a whole number from 1"),
        (
            lambda: baselines.differenced(baselines.persistence, 3)(WALK[:3], 1),
            "history has T=3 steps; expected at least 4, one difference",
        ),
    ],
)
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# One step after another, and differences


def test_recursive_hands_each_forecast_on():
    """Fibonacci: each step reads the two before."""
    got = baselines.recursive(lambda past: past[-1] + past[-2], np.array([1.0, 1.0]), 6)
    assert got.tolist() == [2.0, 3.0, 5.0, 8.0, 13.0, 21.0]


def test_persistence_of_differences_draws_a_straight_line():
    forecast = baselines.differenced(baselines.persistence, 1)
    assert forecast(np.array([0.0, 1.0, 3.0]), 4).tolist() == [5.0, 7.0, 9.0, 11.0]


@pytest.mark.parametrize(("lag", "horizon"), [(1, 5), (4, 3), (4, 4), (4, 11)])
def test_a_season_on_a_line_is_forecast_exactly(lag, horizon):
    """Seasonal differences of season + line are constant; first differences are periodic."""
    y = np.resize([2.0, -1.0, 0.0, 5.0], 40) + 0.5 * np.arange(40.0)
    inner = partial(baselines.seasonal_naive, period=4) if lag == 1 else baselines.persistence
    np.testing.assert_allclose(baselines.differenced(inner, lag)(y[:21], horizon), y[21 : 21 + horizon], atol=1e-12)


def test_the_inner_forecaster_sees_differences():
    seen = []

    def spy(history, horizon):
        seen.append(history)
        return baselines.persistence(history, horizon)

    baselines.differenced(spy, 3)(WALK[:10], 2)
    assert np.array_equal(seen[0], [WALK[t] - WALK[t - 3] for t in range(3, 10)])
