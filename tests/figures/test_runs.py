"""The plot of runs shows every run, and the mean and interval that ``measured.mean_interval`` gives."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_helpers.data.measured import mean_interval
from lstm_helpers.figures import draw_dot_plot

RUNS = {"first": np.array([1.0, 2.0, 4.0]), "second": np.array([8.0, 1.0, 2.0, 2.0])}


def lines(ax):
    return {line.get_gid(): np.asarray(line.get_xdata(), float) for line in ax.lines}


@pytest.mark.parametrize("log", [False, True])
def test_every_run_its_mean_and_its_interval_are_drawn(log):
    ax = draw_dot_plot(RUNS, value_label="loss (nats)", log=log)
    drawn, to, back = lines(ax), np.log if log else np.array, np.exp if log else np.array
    for row, (label, runs) in enumerate(RUNS.items()):
        mean, half = mean_interval(to(runs))
        assert np.array_equal(drawn[f"runs {label}"], runs)
        assert np.allclose(drawn[f"interval {label}"], back([mean - half, mean + half]))
        assert np.allclose(drawn[f"mean {label}"], back(mean))
        (heights,) = {tuple(np.unique(line.get_ydata())) for line in ax.lines if line.get_gid() == f"runs {label}"}
        assert np.round(heights) == row
    assert np.allclose(drawn["level"], drawn["mean first"][0])
    assert [tick.get_text() for tick in ax.get_yticklabels()] == list(RUNS)
    assert ax.get_ylim()[0] > ax.get_ylim()[1] and ax.get_xlabel() == "loss (nats)"
    assert ax.get_xscale() == ("log" if log else "linear")
    if log:
        ax.figure.canvas.draw()
        shown = [tick.get_text() for tick in ax.get_xticklabels()]
        assert {"1", "2", "5"} <= set(shown)


def test_it_draws_where_it_is_told_and_names_may_stand_elsewhere():
    _, ax = plt.subplots()
    assert draw_dot_plot(RUNS, value_label="n", names=False, ax=ax) is ax
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
def test_what_cannot_be_drawn_is_refused_by_name(values, message):
    with pytest.raises(ValueError, match=message):
        draw_dot_plot(values, value_label="loss", log=True)
    plt.close("all")
