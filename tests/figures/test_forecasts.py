"""The figures of chapter 11 show the numbers they were given, of every run."""

from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from lstm_helpers import figures

RUNS = np.array([[1.0, 4.0, 3.0], [2.0, 2.0, 5.0], [9.0, 3.0, 4.0]])


def line(ax: Axes, gid: str) -> np.ndarray:
    (found,) = (item for item in ax.lines if item.get_gid() == gid)
    return np.asarray(found.get_ydata())


def band(ax: Axes, gid: str) -> tuple[list[float], list[float]]:
    """The lower and the upper edge of a band at each x."""
    (found,) = (item for item in ax.collections if item.get_gid() == gid)
    x, y = found.get_paths()[0].vertices.T
    return ([min(y[x == at]) for at in np.unique(x)], [max(y[x == at]) for at in np.unique(x)])


def texts(ax: Axes) -> set[str]:
    return {text.get_text() for text in ax.figure.findobj(Text) if text.get_text()}


def test_a_forecast_is_drawn_at_its_own_times_over_the_series() -> None:
    ax = figures.draw_forecasts(
        [1, 2, 3, 4], [5.0, 6.0, 7.0, 8.0], {"a": ([3, 4], [6.5, 7.5]), "b": ([4, 5, 6], RUNS)}, start=2.5
    )
    assert line(ax, "series").tolist() == [5, 6, 7, 8]
    assert line(ax, "a").tolist() == [6.5, 7.5] and line(ax, "b").tolist() == [2.0, 3.0, 4.0]
    assert band(ax, "band b") == ([1.0, 2.0, 3.0], [9.0, 4.0, 5.0])
    (b,) = (item for item in ax.lines if item.get_gid() == "b")
    assert np.asarray(b.get_xdata()).tolist() == [4, 5, 6]
    (start,) = (item for item in ax.lines if item.get_gid() == "start")
    assert set(start.get_xdata()) == {2.5} and ax.get_xlim() == (1, 6)
    assert {"a", "b (n = 3)"} <= texts(ax)


def test_networks_are_coloured_and_baselines_are_grey() -> None:
    ax = figures.draw_error_by_horizon({"a": RUNS[0], "many": RUNS, "b": RUNS[1]}, colours={"b": "red"})
    colour = {item.get_gid(): item.get_color() for item in ax.lines}
    red, green, blue = to_rgb(colour["a"])
    assert red == green == blue and len(set(to_rgb(colour["many"]))) == 3 and colour["b"] == "red"


def test_a_gap_stays_a_gap() -> None:
    ax = figures.draw_forecasts([1, 2, 3], [5.0, np.nan, 7.0], {})
    assert np.isnan(line(ax, "series")[1]) and "observed" in texts(ax)


def test_dates_become_decimal_years() -> None:
    days = np.array(["1970-01-01", "2001-01-01", "2001-07-02"], "datetime64[D]")
    ax = figures.draw_forecasts(days, [1.0, 2.0, 3.0], {"a": (days[1:], [2.0, 2.0])})
    (a,) = (item for item in ax.lines if item.get_gid() == "a")
    np.testing.assert_allclose(a.get_xdata(), [2001.0, 2001.5], rtol=0, atol=0.003)
    assert line(ax, "a").tolist() == [2.0, 2.0] and ax.get_xlim()[0] == 1970


def test_errors_begin_one_step_ahead_and_at_zero() -> None:
    ax = figures.draw_error_by_horizon({"one": [0.5, 1.0, 2.0], "many": RUNS}, label="error (°C)")
    (one,) = (item for item in ax.lines if item.get_gid() == "one")
    assert np.asarray(one.get_xdata()).tolist() == [1, 2, 3] and line(ax, "one").tolist() == [0.5, 1.0, 2.0]
    assert line(ax, "many").tolist() == [2.0, 3.0, 4.0] and band(ax, "band many")[1] == [9.0, 4.0, 5.0]
    assert ax.get_ylim()[0] == 0 and ax.get_ylim()[1] > 9.0


def test_the_leaderboard_shows_every_seed_and_the_median() -> None:
    ax = figures.draw_leaderboard({"copy": 3.25, "LSTM": [4.0, 2.0, 2.5, 8.0]})
    points: dict[Any, Any] = {item.get_gid(): sorted(item.get_xdata()) for item in ax.lines}
    assert points["copy"] == [3.25] and points["LSTM"] == [2.0, 2.5, 4.0, 8.0]
    assert points["median LSTM"] == [3.25, 3.25] and "median copy" not in points
    rows = {text.get_gid(): (text.get_text(), text.xy[1]) for text in ax.texts}
    assert rows == {"number copy": ("3.25", 0), "number LSTM": ("3.25", 1)}
    assert [label.get_text() for label in ax.get_yticklabels()] == ["copy", "LSTM (n = 4)"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the first row on top
    assert ax.get_xlim()[0] == 0 and ax.get_xlim()[1] > 8


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: figures.draw_forecasts([1, 2], [1.0], {}), r"values has times \(2,\) and values \(1,\)"),
        (lambda: figures.draw_forecasts([1], [1.0], {"a": ([1], RUNS)}), r"forecasts\['a'\] has times \(1,\) and"),
        (lambda: figures.draw_error_by_horizon({}), "errors is empty or holds numbers below 0"),
        (lambda: figures.draw_error_by_horizon({"a": [1.0, -1.0]}), "errors is empty or holds numbers below 0"),
        (lambda: figures.draw_error_by_horizon({"a": 1.0}), r"errors\['a'\] has times"),
        (lambda: figures.draw_leaderboard({}), "errors is empty; expected at least one label"),
        (
            lambda: figures.draw_leaderboard({"a": [1.0, np.nan]}),
            r"errors\['a'\] is \[ 1. nan\]; expected a number, at least 0",
        ),
        (lambda: figures.draw_leaderboard({"a": -1.0}), r"errors\['a'\] is \[-1.\]; expected a number, at least 0"),
        (lambda: figures.draw_leaderboard({"a": RUNS}), r"expected a number, at least 0, or an array \(runs,\)"),
    ],
)
def test_invalid_arguments_are_refused(draw: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        draw()
