"""Dot plots, ratios and breakdowns show the numbers they were given, and each mean has its interval."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from lstm_helpers import figures
from lstm_helpers.data.measured import Measurement, mean_interval
from lstm_helpers.figures.style import INK, PAPER


def measurement(size: tuple[int, int, int, int], who: str, ratio: float) -> Measurement:
    return Measurement("both", "float32", *size, "Recurrent(lstm)", who, 0.001, 0.9 * ratio, ratio, 1.2 * ratio)


ROWS = [
    measurement((20, 1, 4, 8), "PyTorch", 0.5),
    measurement((20, 1, 4, 8), "JAX", 8.0),
    measurement((35, 20, 200, 650), "PyTorch", 1.0),
]
PARTS = {"small": {"products": 1.0, "rest": 3.0}, "large": {"products": 8.0, "rest": 2.0}}


def points(ax: Any) -> dict[str, Any]:
    return {item.get_gid(): item for item in ax.lines if item.get_gid()}


def test_each_ratio_stands_at_its_value_in_the_row_of_its_size() -> None:
    ax = figures.draw_time_ratios(ROWS)
    found = points(ax)
    assert {name: float(p.get_xdata()[0]) for name, p in found.items()} == {
        "PyTorch (20, 1, 4, 8)": 0.5,
        "JAX (20, 1, 4, 8)": 8.0,
        "PyTorch (35, 20, 200, 650)": 1.0,
    }
    places = [round(float(p.get_ydata()[0])) for p in found.values()]
    assert places == [0, 0, 1]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["20, 1, 4, 8", "35, 20, 200, 650"]
    assert {t.get_text() for t in ax.get_legend().get_texts()} == {"PyTorch", "JAX"}


def test_quartiles_are_drawn_within_the_limits() -> None:
    ax = figures.draw_time_ratios(ROWS)
    bars = [tuple(line.get_xdata()) for line in ax.lines if len(line.get_xdata()) == 2 and not line.get_gid()]
    for row in ROWS:
        assert (row.low, row.high) in bars
    low, high = ax.get_xlim()
    assert low < 0.45 and high > 9.6 and ax.get_xscale() == "log"
    assert low < figures.draw_time_ratios(ROWS[2:]).get_xlim()[0] < 1 < figures.draw_time_ratios(ROWS[2:]).get_xlim()[1]
    ticks = [t.get_text() for t in ax.get_xticklabels()]
    assert "1" in ticks and "0.5" in ticks and "5" in ticks


@pytest.mark.parametrize("rows", [[], [measurement((1, 1, 1, 1), "a", 0.0)]])
def test_empty_ratios_are_refused(rows: list[Measurement]) -> None:
    with pytest.raises(ValueError, match=r"rows holds \d measurements; expected at least one"):
        figures.draw_time_ratios(rows)


def test_every_bar_is_divided_in_proportion_and_filled() -> None:
    ax = figures.draw_breakdown(PARTS)
    bars = {p.get_gid(): p for p in ax.patches if isinstance(p, Rectangle) and p.get_gid()}
    assert {name: (bar.get_x(), bar.get_width()) for name, bar in bars.items()} == {
        "small products": (0.0, 0.25),
        "small rest": (0.25, 0.75),
        "large products": (0.0, 0.8),
        "large rest": (0.8, pytest.approx(0.2)),
    }
    shown = [t.get_text() for t in ax.findobj(Text)]
    assert {"25%", "75%", "80%", "20%", "small", "large", "products", "rest"} <= set(shown)


def test_a_narrow_part_has_no_number_and_numbers_are_readable() -> None:
    ax = figures.draw_breakdown({"one": {"a": 1.0, "b": 99.0}})
    assert [t.get_text() for t in ax.texts] == ["99%"]
    ax = figures.draw_breakdown({"one": {"a": 1.0, "b": 1.0, "c": 1.0}})
    for text, bar in zip(ax.texts, ax.patches, strict=True):
        dark = np.mean(bar.get_facecolor()[:3]) < 0.5
        assert (text.get_color() == PAPER) == dark


@pytest.mark.parametrize(
    ("parts", "message"),
    [({}, "parts is empty"), ({"a": {"x": 1.0}, "b": {"y": 1.0}}, "differ"), ({"a": {"x": -1.0}}, "negative")],
)
def test_invalid_breakdowns_are_refused(parts: dict[str, dict[str, float]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        figures.draw_breakdown(parts)


SEEDS = {"first": np.array([1.0, 2.0, 4.0]), "second": np.array([8.0, 1.0, 2.0, 2.0])}


def lines(ax):
    return {line.get_gid(): np.asarray(line.get_xdata(), float) for line in ax.lines}


@pytest.mark.parametrize("log", [False, True])
def test_runs_means_and_intervals_are_drawn(log):
    ax = figures.draw_dot_plot(SEEDS, value_label="loss (nats)", log=log)
    drawn, to, back = lines(ax), np.log if log else np.array, np.exp if log else np.array
    for row, (label, runs) in enumerate(SEEDS.items()):
        mean, half = mean_interval(to(runs))
        assert np.array_equal(drawn[f"runs {label}"], runs)
        assert np.allclose(drawn[f"interval {label}"], back([mean - half, mean + half]))
        assert np.allclose(drawn[f"mean {label}"], back(mean))
        (heights,) = (np.asarray(line.get_ydata()) for line in ax.lines if line.get_gid() == f"runs {label}")
        assert np.all(np.round(heights) == row)
    assert np.allclose(drawn["level"], drawn["mean first"][0])
    assert [tick.get_text() for tick in ax.get_yticklabels()] == list(SEEDS)
    assert ax.get_ylim()[0] > ax.get_ylim()[1] and ax.get_xlabel() == "loss (nats)"
    assert ax.get_xscale() == ("log" if log else "linear")
    if log:
        ax.figure.canvas.draw()
        shown = [tick.get_text() for tick in ax.get_xticklabels()]
        assert {"1", "2", "5"} <= set(shown)


def heights_of(ax: Any, gid: str) -> np.ndarray:
    (found,) = (np.asarray(line.get_ydata(), float) for line in ax.lines if line.get_gid() == gid)
    return found


def test_equal_runs_are_stacked_so_that_each_is_seen():
    runs = {"all alike": np.full(10, 9.0), "apart": np.arange(1.0, 11.0), "some": np.array([1.0, 9.0, 9.0, 9.0])}
    ax = figures.draw_dot_plot(runs, value_label="n")
    for label, levels in {"all alike": 10, "apart": 1, "some": 3}.items():
        heights = heights_of(ax, f"runs {label}")
        row = list(runs).index(label)
        assert len(np.unique(heights.round(6))) == levels
        assert np.all((heights > row - 0.5) & (heights < row + 0.2)), "between the row above and the interval"
    (bar,) = {*heights_of(ax, "interval all alike")}
    assert bar > heights_of(ax, "runs all alike").max()


def test_a_heap_of_runs_has_its_top_in_its_middle():
    """A heap that leans to one side looks like a trend."""
    runs = np.linspace(2.0, 2.02, 9)
    ax = figures.draw_dot_plot({"heap": runs, "far": np.array([1.0, 3.0])}, value_label="n")
    heights = heights_of(ax, "runs heap")
    assert abs(np.corrcoef(runs, heights)[0, 1]) < 0.3 and heights[4] == heights.max()


def test_a_known_level_is_dashed_and_named_and_intervals_end_at_the_bounds():
    shares = {"one": np.array([0.6, 1.0, 1.0]), "two": np.array([0.2, 0.4, 0.3])}
    ax = figures.draw_dot_plot(shares, value_label="right", level=0.5, level_label="chance, 0.5", bounds=(0, 1))
    drawn = lines(ax)
    assert set(drawn["known"]) == {0.5} and ax.get_xlabel() == "right\ndashed: chance, 0.5"
    (known,) = (line for line in ax.lines if line.get_gid() == "known")
    assert known.is_dashed() and to_hex(known.get_color()) == to_hex(INK)
    mean, half = mean_interval(shares["one"])
    assert mean + half > 1 and np.allclose(drawn["interval one"], [mean - half, 1.0])
    plain = lines(figures.draw_dot_plot(shares, value_label="right"))
    assert "known" not in plain and np.allclose(plain["interval one"], [mean - half, mean + half])


def test_a_size_that_was_not_measured_is_named():
    ax = figures.draw_time_ratios(ROWS)
    said = {text.get_gid(): (text.get_text(), round(text.get_position()[1])) for text in ax.texts}
    assert said == {"absent (35, 20, 200, 650)": ("not measured: JAX", 1)}


def test_it_draws_on_the_given_axes_and_can_leave_names_out():
    _, ax = plt.subplots()
    assert figures.draw_dot_plot(SEEDS, value_label="n", names=False, ax=ax) is ax
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["", ""]
    plt.close("all")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "values is empty"),
        ({"a": [1.0]}, "2 to 30 runs"),
        ({"a": [[1.0, 2.0]]}, r"values\['a'\] is .*; expected \(n,\) positive numbers"),
        ({"a": [1.0, np.nan]}, r"values\['a'\]"),
        ({"a": [1.0, 0.0]}, r"values\['a'\] .* positive numbers"),
    ],
)
def test_invalid_arguments_are_named(values, message):
    with pytest.raises(ValueError, match=message):
        figures.draw_dot_plot(values, value_label="loss", log=True)
    plt.close("all")
