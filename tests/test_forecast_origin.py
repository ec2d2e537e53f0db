"""Forecasts from one origin: errors, means and wins, words and refusals; `browser/` tests the other half."""

import numpy as np
import pytest
import traitlets

from lstm_helpers import series
from lstm_helpers.series import baselines
from lstm_helpers.widgets import ForecastOrigin

VALUES = np.array([0.0, 3.0, 1.0, 4.0, 2.0, 5.0, 3.0, 6.0, 4.0, 9.0])
TIMES = np.arange(1990, 2000)
PAST, FUTURE, ORIGINS = series.examples(VALUES, 3, 2, first=4)
FORECASTS = {
    "persistence": baselines.persistence(PAST, 2),
    "two ago": baselines.seasonal_naive(PAST, 2, period=2),
}


def widget(**settings):
    return ForecastOrigin(TIMES, VALUES, ORIGINS, FORECASTS, **settings)


def test_errors_here_and_on_average_are_those_of_the_forecasts():
    one = widget()
    for k in range(len(ORIGINS)):
        for ahead in (1, 2):
            one.origin, one.ahead = k, ahead
            for name, forecast in FORECASTS.items():
                assert one.errors[name] == abs(forecast[ahead - 1, k] - FUTURE[ahead - 1, k])
                assert one.mean_errors[name] == pytest.approx(np.abs(forecast - FUTURE)[ahead - 1].mean(), rel=1e-14)


def test_the_words_count_how_often_the_best_on_average_is_the_closest():
    one = widget(origin=0, ahead=1)
    assert repr(one) == "ForecastOrigin(2 methods, 5 origins, origin=0, ahead=1)"
    # 2 comes after 4: persistence is off by 2, the value of two steps ago, 1, by 1.
    assert one.words == (
        "Data up to 1993; 2.0 was observed in 1994. The smallest error is 1.0 (two ago). Over all 5 origins, the "
        "smallest mean error at this horizon is 1.0 (two ago); that forecast is the closest at 5 of the 5 origins."
    )
    before = one.static_png()[0]
    one.ahead = np.int64(2)
    both = "persistence and two ago"  # one season ahead the two say the same
    assert one.words.startswith(f"Data up to 1993; 5.0 was observed in 1995. The smallest error is 1.0 ({both}).")
    assert one.words.endswith(f"is 1.4 ({both}); that forecast is the closest at 5 of the 5 origins.")
    assert one.static_png()[0] != before


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="expected 1 to 4 of one shape \\(K, N\\) with N=5"):
        ForecastOrigin(TIMES, VALUES, ORIGINS, {"short": np.zeros((2, 4))})
    with pytest.raises(ValueError, match="expected equally many, and 3 steps from the last origin, 8, on"):
        ForecastOrigin(TIMES, VALUES, ORIGINS, {"far": np.zeros((3, 5))})
    with pytest.raises(traitlets.TraitError, match="origin is 5; expected 0 to 4: origins count from 0"):
        widget(origin=5)
    with pytest.raises(traitlets.TraitError, match="ahead is 0; expected 1 to 2: steps ahead count from 1"):
        widget(ahead=0)
