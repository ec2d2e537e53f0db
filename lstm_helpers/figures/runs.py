"""One number of every run, for several kinds of network below each other: dots, their mean, and how sure it is."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator
from numpy.typing import ArrayLike

from lstm_helpers.data.measured import mean_interval
from lstm_helpers.figures.style import COLOURS, INK, PALE, despine, own_axes


def draw_dot_plot(
    values: Mapping[str, ArrayLike], *, value_label: str, log: bool = False, names: bool = True, ax: Axes | None = None
) -> Axes:
    """Draw every run as a dot, and the mean of each kind with its 95 % interval; the first kind is the one to compare.

    Parameters
    ----------
    values : mapping of label to array (n,)
        One number for each of n runs, 2 to 30; top to bottom. Across from the first kind's mean a line is drawn.
    value_label : str
        What the numbers are, with their unit.
    log : bool
        A logarithmic axis; the mean and its interval are then those of the logarithms.
    names : bool
        Whether to write the labels; not beside another plot that has them.
    ax : matplotlib Axes or None
        Where to draw. None makes a figure.

    Raises
    ------
    ValueError
        If there is no kind, a number of runs is not from 2 to 30, or a number cannot be drawn.
    """
    tables = {label: np.asarray(runs, dtype=float) for label, runs in values.items()}
    if not tables:
        raise ValueError("values is empty; expected at least one label with its runs")
    for label, runs in tables.items():
        if runs.ndim != 1 or not np.all(np.isfinite(runs)) or (log and np.any(runs <= 0)):
            wanted = "positive numbers" if log else "finite numbers"
            raise ValueError(f"values[{label!r}] is {runs}; expected (n,) {wanted}, one for each run")
    ax = own_axes(9.0, 0.8 + 0.34 * len(tables)) if ax is None else ax
    if log:
        ax.set_xscale("log")
    for row, (label, runs) in enumerate(tables.items()):
        mean, half = mean_interval(np.log(runs) if log else runs)
        middle, low, high = (np.exp(v) if log else v for v in (mean, mean - half, mean + half))
        if row == 0:
            ax.axvline(float(middle), color=PALE, lw=1.2, zorder=0, gid="level")
        ax.axhline(row + 0.5, color=PALE, lw=0.5, zorder=0)
        dots: dict[str, Any] = {"ms": 5.5, "color": COLOURS["h"], "alpha": 0.5, "mec": "none"}
        ax.plot(runs, np.full(len(runs), row - 0.15), "o", gid=f"runs {label}", **dots)
        ax.plot([low, high], [row + 0.2] * 2, color=INK, lw=2.5, solid_capstyle="butt", gid=f"interval {label}")
        ax.plot([middle], [row + 0.2], "d", color=INK, ms=7.5, mec="white", gid=f"mean {label}")
    if log:
        _plain_ticks(ax.xaxis)
    ax.set(ylim=(len(tables) - 0.5, -0.5), xlabel=value_label)
    ax.set_yticks(range(len(tables)), list(tables) if names else [""] * len(tables))
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    despine(ax)
    return ax


def _plain_ticks(axis: Axis) -> None:
    """Write 0.02 and 50 on a logarithmic axis, not powers of ten: here it spans one or two of them."""
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_locator(NullLocator())
