"""Many seeds at once: the accuracy of every run, and how many runs learned at each setting."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter
from numpy.typing import ArrayLike

from lstm_helpers.arrays import Array
from lstm_helpers.figures.style import GATE_MAP, INK, Look, despine, ink_on, mark_level, own_axes, width_of


def draw_seeds(
    at: Sequence[float] | ArrayLike,
    accuracy: ArrayLike,
    *,
    chance: float = 0.5,
    learned: float = 0.95,
    label: str = "distance",
    ax: Axes | None = None,
) -> Axes:
    """Draw the accuracy of every run at each distance, and above them how many of the runs learned the task.

    Runs of one distance that would cover one another stand side by side, centred on the distance, so that their
    places say nothing. No mean is drawn: where runs either learn a task or guess, no run is near it.

    Parameters
    ----------
    at : sequence of float
        The distances, increasing.
    accuracy : array (distances, runs)
        Accuracies from 0 to 1.
    chance : float
        The accuracy of guessing.
    learned : float
        A run with more than this accuracy counts as one that learned.
    label : str
        The label of the x axis.
    ax : matplotlib Axes or None
        Where to draw. None makes a figure.

    Raises
    ------
    ValueError
        If an accuracy is not from 0 to 1, or accuracies and distances do not fit.
    """
    places, table = np.asarray(at, dtype=float), np.asarray(accuracy, dtype=float)
    if places.ndim != 1 or places.size < 2 or np.any(np.diff(places) <= 0):
        raise ValueError(f"at is {at!r}; expected at least two increasing numbers")
    if table.ndim != 2 or len(table) != places.size or not np.all((table >= 0) & (table <= 1)):
        raise ValueError(f"accuracy has shape {table.shape}; expected ({places.size}, runs), fractions from 0 to 1")
    ax = own_axes(9.0, 3.4) if ax is None else ax
    step = float(np.min(np.diff(places)))
    low = min(chance - 0.1, float(table.min()) - 0.06)  # the same for most data, so that plots compare
    ax.set(xlim=(places[0] - 0.6 * step, places[-1] + 0.6 * step), ylim=(low, 1.26), xlabel=label)
    ax.set_ylabel("accuracy")
    ax.set_yticks([chance, (chance + 1) / 2, 1.0])
    ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    ax.set_xticks(places, [f"{place:g}" for place in places])
    mark_level(ax, chance, "chance")
    gap = 0.72 * step / max(table.shape[1] - 1, 1)
    size = float(np.clip(0.95 * gap * width_of(ax) / (places[-1] - places[0] + 1.2 * step), 2.4, 4.5))
    for place, row in zip(places, table, strict=True):
        ax.plot(place + _aside(row, 0.025, gap), row, "o", color=INK, ms=size, mew=0, gid=f"runs {place:g}")
        look: Look = {"ha": "center", "va": "bottom", "size": 10.5, "weight": "bold", "color": INK}
        ax.text(place, 1.03, f"{np.sum(row > learned)}", gid=f"learned {place:g}", **look)
    ax.text(0.01, 1.0, f"learned, of {table.shape[1]}:", transform=ax.transAxes, va="top", size=10, color=INK)
    despine(ax)
    return ax


def _aside(values: Array, close: float, gap: float) -> Array:
    """Give each value's distance from the middle: values within ``close`` of each other stand ``gap`` apart."""
    order = np.argsort(values, kind="stable")
    groups: list[list[int]] = []
    for k in order:
        if groups and values[k] - values[groups[-1][0]] <= close:
            groups[-1].append(int(k))
        else:
            groups.append([int(k)])
    aside = np.zeros(values.size)
    for group in groups:
        ranks = np.arange(len(group)) - (len(group) - 1) / 2
        aside[sorted(group)] = gap * ranks  # in the order of the runs, not of the values
    return aside


def draw_counts(
    counts: ArrayLike,
    n: int,
    *,
    rows: Sequence[object],
    columns: Sequence[object],
    row_label: str,
    column_label: str,
    ax: Axes | None = None,
) -> Axes:
    """Draw how many of n runs learned at each of two settings: a table whose fields are darker the more runs learned.

    Parameters
    ----------
    counts : array (rows, columns)
        Whole numbers from 0 to n.
    n : int
        The number of runs behind each field.
    rows, columns : sequence
        The settings, written along the two axes.
    row_label, column_label : str
        The labels of the axes.
    ax : matplotlib Axes or None
        Where to draw. None makes a figure.

    Raises
    ------
    ValueError
        If a count is not from 0 to n, or counts and settings do not fit.
    """
    table = np.asarray(counts)
    if table.shape != (len(rows), len(columns)) or np.any((table < 0) | (table > n) | (table % 1 != 0)):
        raise ValueError(f"counts has shape {table.shape}; expected ({len(rows)}, {len(columns)}) of 0 to n={n}")
    ax = own_axes(6.5, 0.9 + 0.5 * len(rows)) if ax is None else ax
    ax.pcolormesh(table, cmap=GATE_MAP, vmin=0, vmax=n, edgecolor="white", lw=2, gid="counts")
    for (row, column), count in np.ndenumerate(table):
        colour = GATE_MAP(count / n)
        shade = "#" + "".join(f"{round(255 * part):02x}" for part in colour[:3])
        place: Look = {"ha": "center", "va": "center", "color": ink_on(shade)}
        ax.text(column + 0.5, row + 0.5, f"{count:.0f}", **place)
    ax.set_xticks(np.arange(len(columns)) + 0.5, [f"{name}" for name in columns])
    ax.set_yticks(np.arange(len(rows)) + 0.5, [f"{name}" for name in rows])
    ax.set(ylim=(len(rows), 0), xlabel=column_label, ylabel=row_label)
    ax.set_title(f"how many of {n} runs learned", size=10.5, loc="left")
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    return ax
