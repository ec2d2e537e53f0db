"""The figures of chapter 11 show the numbers they were given, of every run."""

from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from lstm_helpers import figures
from lstm_helpers.figures.style import PALE

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


def test_periods_the_highest_value_and_zero_are_named() -> None:
    options: Any = {"start": 2.0, "periods": ("before", "after"), "highest": 3.4}
    ax = figures.draw_forecasts([1, 2, 3], [-1.0, 3.0, 4.0], {"a": ([2, 3], [3.0, 3.5])}, **options)
    notes = {text.get_text(): text for text in ax.texts}
    for words, side in (("before", "right"), ("after", "left")):
        assert notes[words].xy == (2.0, 1.0) and notes[words].get_ha() == side
    assert notes["highest in training, 3"].xy == (1, 3.4)
    found = {item.get_gid(): item for item in ax.lines}
    assert set(found["highest"].get_ydata()) == {3.4} and found["highest"].is_dashed()
    assert set(found["zero"].get_ydata()) == {0}
    plain = figures.draw_forecasts([1, 2, 3], [1.0, 3.0, 4.0], {})
    assert {item.get_gid() for item in plain.lines} == {"series"}


def test_networks_are_coloured_and_baselines_are_grey() -> None:
    x = [1, 2, 3]
    forecasts = {"a": (x, RUNS[0]), "many": (x, RUNS), "b": (x, RUNS[1])}
    ax = figures.draw_forecasts(x, RUNS[2], forecasts, colours={"b": "red"})
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


def plots(ax: Axes) -> dict[str, Axes]:
    return {plot.get_label(): plot for row in ax.child_axes for plot in row.child_axes if plot.axison}  # type: ignore[attr-defined]


def test_each_method_has_a_plot_of_its_own_on_the_same_axes() -> None:
    errors = {"one": [0.5, 1.0, 2.0], "many": RUNS, "two": [2.0, 1.0, 3.0], "three": [1.0, 1.0, 1.0], "x": [1, 2, 3]}
    each = plots(figures.draw_error_by_horizon(errors, label="error (°C)"))
    assert list(each) == list(errors)
    (one,) = (item for item in each["one"].lines if item.get_gid() == "one")
    assert np.asarray(one.get_xdata()).tolist() == [1, 2, 3] and np.asarray(one.get_ydata()).tolist() == [0.5, 1, 2]
    assert line(each["many"], "many").tolist() == [2.0, 3.0, 4.0]
    assert band(each["many"], "band many") == ([1.0, 2.0, 3.0], [9.0, 4.0, 5.0])
    for name, plot in each.items():
        behind = {item.get_gid() for item in plot.lines if to_rgb(item.get_color()) == to_rgb(PALE)}
        assert behind == {f"behind {other}" for other in errors if other != name}
    assert len({(plot.get_xlim(), plot.get_ylim(), plot.get_yscale()) for plot in each.values()}) == 1
    assert each["one"].get_yscale() == "log" and each["one"].get_ylim()[0] < 0.5 and each["one"].get_ylim()[1] > 9.0
    titles = {name: plot.get_title(loc="left") for name, plot in each.items()}
    assert titles["one"] == "one\nmean 1.17" and titles["many"] == "many (n = 3)\nmean 3.00"


def test_errors_of_zero_have_an_axis_from_zero() -> None:
    each = plots(figures.draw_error_by_horizon({"one": [0.0, 1.0], "two": [1.0, 2.0]}))
    assert {(plot.get_yscale(), plot.get_ylim()[0]) for plot in each.values()} == {("linear", 0.0)}


def test_a_leaderboard_shows_the_range_of_the_errors() -> None:
    assert figures.draw_leaderboard({"a": 12.0, "b": [13.0, 25.0]}).get_xlim()[0] == 0, "a factor of 2 is seen from 0"
    near = figures.draw_leaderboard({"a": 0.72, "b": [0.71, 1.1]}).get_xlim()
    assert 0.65 < near[0] < 0.71 and 1.1 < near[1] < 1.2
    far = figures.draw_leaderboard({"a": 0.5, "b": [4.0, 13.0]}, log=True)
    assert far.get_xscale() == "log" and 0.4 < far.get_xlim()[0] < 0.5 and 13 < far.get_xlim()[1] < 16
    far.figure.canvas.draw()
    assert {"0.5", "1", "2", "5", "10"} <= {label.get_text() for label in far.get_xticklabels()}


def test_equal_errors_are_stacked_about_their_row() -> None:
    ax = figures.draw_leaderboard({"copy": 9.0, "LSTM": [2.0, 4.0, 4.0, 4.0, 8.0]})
    heights = dict(zip("abcde", line(ax, "LSTM"), strict=True))
    assert heights["a"] == heights["e"] == 1 and len({round(heights[k], 6) for k in "bcd"}) == 3
    assert np.isclose(np.mean([heights[k] for k in "bcd"]), 1) and all(0.6 < y < 1.4 for y in heights.values())


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
        (
            lambda: figures.draw_leaderboard({"a": 0.0}, log=True),
            r"errors\['a'\] is \[0.\]; expected a number, above 0",
        ),
        (lambda: figures.draw_leaderboard({"a": -1.0}), r"errors\['a'\] is \[-1.\]; expected a number, at least 0"),
        (lambda: figures.draw_leaderboard({"a": RUNS}), r"expected a number, at least 0, or an array \(runs,\)"),
    ],
)
def test_invalid_arguments_are_refused(draw: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        draw()
