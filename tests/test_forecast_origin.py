"""Forecasts from one origin: errors, means and wins, words and refusals; `browser/` tests the other half."""

import numpy as np
import pytest
import traitlets

from lstm_helpers import series
from lstm_helpers.series import baselines
from lstm_helpers.widgets import ForecastOrigin
from tests.javascript import run

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
        "smallest mean error at this horizon is 1.0 (two ago); at 5 of them no other forecast is closer."
    )
    before = one.static_png()[0]
    one.ahead = np.int64(2)
    both = "persistence and two ago"  # one season ahead the two say the same
    assert one.words.startswith(f"Data up to 1993; 5.0 was observed in 1995. The smallest error is 1.0 ({both}).")
    assert one.words.endswith(f"is 1.4 ({both}); at 5 of them no other forecast is closer.")
    assert one.static_png()[0] != before


def test_the_words_fit_one_origin_one_method_and_numbers_below_zero():
    half = np.array([[3.75]])  # off by 1.75, a tie that is rounded to the even digit; 3.65 would be written 3.6 or 3.7
    only = ForecastOrigin(TIMES - 2000, VALUES - 3, [5], {"one": half - 2.5, "other": half})
    assert only.words == "Data up to −6; 2.0 was observed in −5. The smallest error is 0.8 (one)."
    single = ForecastOrigin(TIMES, VALUES - 9, [5, 6], {"one": [[-4.0, -6.25]]})
    assert single.words == (
        "Data up to 1994; −4.0 was observed in 1995. The error is 0.0 (one). "
        "Over all 2 origins, the mean error at this horizon is 0.1."
    )
    same = ForecastOrigin(TIMES, VALUES, [5, 6], dict.fromkeys("abc", np.array([[5.0, 3.0]])))
    assert "The smallest error is 0.0 (a, b and c). " in same.words and same.static_png()[0]


def test_best_methods_that_are_equal_on_average_are_counted_together():
    # Each is exact at one of the two origins: no method alone is the closest at both.
    one = ForecastOrigin(TIMES, VALUES, [5, 6], {"a": [[5.0, 4.0]], "b": [[6.0, 3.0]], "c": [[9.0, 9.0]]})
    assert one.words.endswith("is 0.5 (a and b); at 2 of them no other forecast is closer.")


def test_the_axis_holds_every_forecast_and_each_label_is_its_levels_number():
    body = "return sent.map(([values, forecasts]) => axis({ values, forecasts }));"
    cases = [[[0, 190], [-14.9, 190]], [[-3, 9], [0, 0]], [[270, 290], [271, 300]], [[5], [5]], [[0.12, 0.19], [0.15]]]
    cases += [[[0, 10], [1]], [[0, 30], [2]], [[0, 50], [3]], [[1e6, -1e6], [4]]]
    for (values, forecasts), found in zip(cases, run("forecast_origin", body, *cases), strict=True):
        assert found["low"] <= min(*values, *forecasts) and max(*values, *forecasts) <= found["high"]
        assert 2 <= len(found["levels"]) <= 7 and len(set(found["labels"])) == len(found["levels"])
        for level, label in zip(found["levels"], found["labels"], strict=True):
            assert found["low"] - 1e-9 <= level <= found["high"] + 1e-9
            assert float(label.replace("\N{MINUS SIGN}", "-")) == pytest.approx(level, abs=1e-12)


def test_dates_that_would_touch_are_left_out():
    found = run("forecast_origin", "return sent.map((places) => apart(places, 44));", [[50, 1], [80, 2], [6, 3]])
    assert found == [[[50, 1], [6, 3]]]


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="expected 1 to 4 of one shape \\(K, N\\) with N=5"):
        ForecastOrigin(TIMES, VALUES, ORIGINS, {"short": np.zeros((2, 4))})
    with pytest.raises(ValueError, match="expected equally many, and 3 steps from the last origin, 8, on"):
        ForecastOrigin(TIMES, VALUES, ORIGINS, {"far": np.zeros((3, 5))})
    with pytest.raises(ValueError, match="origins begin at 0; expected 1 or more: a forecast needs a past"):
        ForecastOrigin(TIMES, VALUES, [0, 1], {"early": np.zeros((2, 2))})
    with pytest.raises(traitlets.TraitError, match="origin is 5; expected 0 to 4: origins count from 0"):
        widget(origin=5)
    with pytest.raises(traitlets.TraitError, match="ahead is 0; expected 1 to 2: steps ahead count from 1"):
        widget(ahead=0)
