"""Comparisons: dot plots of runs and of methods, ratios with their quartiles, and breakdowns of a whole."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator
from numpy.typing import ArrayLike

from lstm_helpers.arrays import Array
from lstm_helpers.data.measured import Measurement, mean_interval
from lstm_helpers.figures.axes import plain_ticks
from lstm_helpers.figures.style import (
    COLOURS,
    CONTENDERS,
    INK,
    MARKERS,
    PALE,
    PAPER,
    Look,
    despine,
    number,
    own_axes,
    shades,
    width_of,
    with_count,
)

_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)


def draw_time_ratios(rows: Sequence[Measurement], ax: Axes | None = None) -> Axes:
    """Draw times as ratios to ours: one row of points for each size, one marker for each implementation.

    Parameters
    ----------
    rows : sequence of measured.Measurement
        Each has ``size``, ``who`` and the quartiles ``low``, ``ratio`` and ``high``. An implementation without a row at
        some size is named there as not measured.
    ax : matplotlib Axes or None
        Where to draw. None makes a figure.

    Raises
    ------
    ValueError
        If there is nothing to draw, or a ratio is not above 0.
    """
    sizes = list(dict.fromkeys(row.size for row in rows))
    who = list(dict.fromkeys(row.who for row in rows))
    if not rows or min(row.low for row in rows) <= 0:
        raise ValueError(f"rows holds {len(rows)} measurements; expected at least one, and ratios above 0")
    ax = own_axes(9.0, 0.9 + 0.5 * len(sizes)) if ax is None else ax
    ax.set_xscale("log")
    for row in rows:
        k = who.index(row.who)
        at = sizes.index(row.size) + 0.13 * (k - (len(who) - 1) / 2)
        ax.plot([row.low, row.high], [at, at], color=CONTENDERS[k % 6], lw=2.0, solid_capstyle="butt")
        ax.plot(row.ratio, at, MARKERS[k % 6], color=CONTENDERS[k % 6], ms=6.5, mec=PAPER, gid=f"{row.who} {row.size}")
    measured = {(row.size, row.who) for row in rows}
    for at, size in enumerate(sizes):
        if absent := [name for name in who if (size, name) not in measured]:
            words = f"not measured: {', '.join(absent)}"
            ax.text(0.995, at + 0.05, words, transform=ax.get_yaxis_transform(), ha="right", va="top", size=9.5)
            ax.texts[-1].set_gid(f"absent {size}")
    for k, name in enumerate(who):
        ax.plot([], [], MARKERS[k % 6], color=CONTENDERS[k % 6], ms=6.5, label=name)
    ax.axvline(1.0, color=INK, lw=1.0, zorder=0)
    low, high = min(0.8, *(row.low for row in rows)), max(1.25, *(row.high for row in rows))
    ticks = [tick for tick in _TICKS if 0.9 * low <= tick <= 1.1 * high]
    ax.xaxis.set_major_locator(FixedLocator(ticks))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.set(xlim=(0.85 * low, 1.18 * high), ylim=(len(sizes) - 0.4, -0.6), ylabel="T, B, D, H")
    ax.set_xlabel("their time / ours  (above 1: ours is faster)")
    ax.set_yticks(range(len(sizes)), [", ".join(map(str, size)) for size in sizes])
    for at in range(len(sizes)):
        ax.axhline(at, color=PALE, lw=0.5, zorder=0)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.06), ncols=min(len(who), 3), fontsize=10, borderpad=0)
    despine(ax)
    return ax


def draw_breakdown(
    parts: Mapping[str, Mapping[str, float]], *, unit: str = "fraction of the time", ax: Axes | None = None
) -> Axes:
    """Draw the breakdown of each whole as one bar divided into its parts, with percentages written in them.

    Parameters
    ----------
    parts : mapping of whole to mapping of part to number
        Numbers from 0 up; all wholes have the same parts, in the same order. Each bar is scaled to 1.
    unit : str
        The label of the axis.
    ax : matplotlib Axes or None
        Where to draw. None makes a figure.

    Raises
    ------
    ValueError
        If there is nothing to draw, parts differ, or a number is negative.
    """
    names = list(next(iter(parts.values()))) if parts else []
    if not names or any(list(each) != names for each in parts.values()):
        raise ValueError("parts is empty or its names differ between bars; expected the same names in the same order")
    if any(value < 0 for each in parts.values() for value in each.values()):
        raise ValueError("parts holds a negative number; expected numbers from 0 up")
    ax = own_axes(9.0, 1.1 + 0.62 * len(parts)) if ax is None else ax
    colours = shades(len(names))[::-1]
    for row, (whole, each) in enumerate(parts.items()):
        values = np.array(list(each.values()), dtype=float)
        widths, start = values / values.sum(), 0.0
        for name, width, colour in zip(names, widths, colours, strict=True):
            bar = ax.barh(
                row, width, left=start, height=0.62, color=colour, edgecolor=PAPER, label=name if not row else None
            )
            bar[0].set_gid(f"{whole} {name}")
            if width > 0.055:
                light = np.mean(colour[:3]) > 0.5
                ax.text(
                    start + width / 2,
                    row,
                    f"{width:.0%}",
                    ha="center",
                    va="center",
                    size=10,
                    color=INK if light else PAPER,
                )
            start += width
    ax.set(xlim=(0, 1), ylim=(len(parts) - 0.45, -0.55), xlabel=unit)
    ax.set_xticks([0, 0.5, 1], ["0 %", "50 %", "100 %"])
    ax.set_yticks(range(len(parts)), list(parts))
    ax.tick_params(axis="y", length=0)
    ax.legend(loc="lower center", bbox_to_anchor=(0.45, 1.0), ncols=3, fontsize=10, borderpad=0.2)
    despine(ax)
    return ax


def draw_dot_plot(
    values: Mapping[str, ArrayLike],
    *,
    value_label: str,
    log: bool = False,
    level: float | None = None,
    level_label: str = "",
    bounds: tuple[float, float] | None = None,
    names: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw every run as a dot, and the mean of each group with its 95 % interval; the first group is the reference.

    Dots that would hide one another are stacked, so that all runs can be counted.

    Parameters
    ----------
    values : mapping of label to array (n,)
        One number for each of n runs, 2 to 30; groups run top to bottom. A line marks the mean of the first group.
    value_label : str
        What the numbers are, with their unit.
    log : bool
        Use a logarithmic axis; the mean and its interval are then those of the logarithms.
    level : float, optional
        A number to compare with, such as chance level, drawn as a dashed line; ``level_label`` names it below the axis.
    bounds : (float, float), optional
        The least and the greatest value that a run can have, such as 0 and 1; intervals are drawn no further.
    names : bool
        Whether to write the labels; leave them out beside another plot that has them.
    ax : matplotlib Axes or None
        Where to draw. None makes a figure.

    Raises
    ------
    ValueError
        If there is no group, a group has fewer than 2 or more than 30 runs, or a number cannot be drawn.
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
        if bounds is not None:
            low, high = np.clip([low, high], *bounds)
        if row == 0:
            ax.axvline(float(middle), color=PALE, lw=1.2, zorder=0, gid="level")
        ax.axhline(row + 0.5, color=PALE, lw=0.5, zorder=0)
        ax.plot([low, high], [row + 0.27] * 2, color=INK, lw=2.5, solid_capstyle="butt", gid=f"interval {label}")
        ax.plot([middle], [row + 0.27], "d", color=INK, ms=7.5, mec=PAPER, gid=f"mean {label}")
    if level is not None:
        ax.axvline(level, color=INK, lw=1.1, ls=(0, (4, 3)), zorder=0, gid="known")
    ax.set(ylim=(len(tables) - 0.5, -0.5))
    for row, (label, runs) in enumerate(tables.items()):
        dots: Look = {"ms": _DOT, "color": COLOURS["h"], "alpha": 0.6, "mec": "none", "ls": "", "gid": f"runs {label}"}
        ax.plot(runs, row + 0.03 - _stacked(ax, runs, 0.4), marker="o", **dots)
    if log:
        plain_ticks(ax.xaxis)
    ax.set_xlabel(value_label if level is None else f"{value_label}\ndashed: {level_label}")
    ax.set_yticks(range(len(tables)), list(tables) if names else [""] * len(tables))
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    despine(ax)
    return ax


_DOT = 5.5  # the size of a dot in points


def _stacked(ax: Axes, values: Array, room: float, *, both: bool = False) -> Array:
    """Give each of the dots in a row a height, 0 unless it would hide another: those are stacked on one another.

    The middle ones are placed first, so that a heap has its top in its middle and does not look like a trend. ``room``
    is the greatest height, as a fraction of the row; ``both`` stacks above and below in turn. Call it when the limits
    of the axes are set.
    """
    low, high = np.log(ax.get_xlim()) if ax.get_xscale() == "log" else ax.get_xlim()
    places = np.log(values) if ax.get_xscale() == "log" else values
    places = (places - low) / (high - low) * 0.8 * width_of(ax)  # the labels take about a fifth of the width
    floor, placed = np.zeros(len(values), int), list[int]()
    for k in np.argsort(np.abs(places - np.median(places)), kind="stable"):
        taken = {int(floor[other]) for other in placed if abs(places[k] - places[other]) < 0.9 * _DOT}
        floor[k] = next(n for n in range(len(values)) if n not in taken)
        placed.append(int(k))
    heights = np.where(floor % 2, (floor + 1) // 2, -(floor // 2)) if both else floor
    row = ax.get_window_extent().height * 72.0 / ax.figure.dpi / abs(np.subtract(*ax.get_ylim()))
    step = min(0.9 * _DOT / max(row, 1.0), room / max(int(np.abs(heights).max()), 1))
    return np.asarray(heights * step, dtype=float)


def draw_leaderboard(
    errors: Mapping[str, ArrayLike],
    *,
    label: str = "mean absolute error",
    log: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw one row for each method: its error, or the errors of all its runs as dots with a bar at their median.

    Dots that would hide one another are stacked. The axis starts at 0, unless the smallest error is more than half of
    the largest: then it shows the range of the errors.

    Parameters
    ----------
    errors : mapping of label to number or array (runs,)
        Methods run top to bottom in the order of the mapping. The median is written beside each row.
    label : str
        What is measured, with its unit.
    log : bool
        Use a logarithmic axis, where factors matter; every error must then be above 0.
    ax : matplotlib Axes or None
        Where to draw. None makes a figure.

    Raises
    ------
    ValueError
        If there are no errors, or one is negative, not finite, or 0 on a logarithmic axis.
    """
    rows = {name: np.atleast_1d(np.asarray(values, dtype=float)) for name, values in errors.items()}
    for name, runs in rows.items():
        if runs.ndim != 1 or not runs.size or not np.all(np.isfinite(runs) & ((runs > 0) if log else (runs >= 0))):
            least = "above 0" if log else "at least 0"
            raise ValueError(f"errors[{name!r}] is {runs}; expected a number, {least}, or an array (runs,) of them")
    if not rows:
        raise ValueError("errors is empty; expected at least one label")
    ax = own_axes(9.0, 0.7 + 0.42 * len(rows)) if ax is None else ax
    best = min(float(np.median(runs)) for runs in rows.values())
    low, high = (find(np.concatenate([*rows.values()])) for find in (np.min, np.max))
    pad = (high / low) ** 0.04 if log else 0.05 * (high - low) or 1.0
    if log:
        ax.set_xscale("log")
        ax.set_xlim(low / pad, high * pad)
        plain_ticks(ax.xaxis)
    else:
        ax.set_xlim((low - pad, high + pad) if low > high / 2 else (0, 1.04 * high or 1.0))
    ax.set(ylim=(len(rows) - 0.45, -0.55), xlabel=label)
    for place, (name, runs) in enumerate(rows.items()):
        colour = shades(2)[1] if runs.size > 1 else INK
        marker: Look = {"marker": "o", "ms": _DOT, "alpha": 0.6} if runs.size > 1 else {"marker": "D", "ms": 7}
        heights = place + _stacked(ax, runs, 0.35, both=True)
        ax.plot(runs, heights, ls="", color=colour, mec="none", gid=name, **marker)
        middle = float(np.median(runs))
        if runs.size > 1:
            ax.plot([middle, middle], [place - 0.4, place + 0.4], color=colour, lw=2.4, gid=f"median {name}")
        said = number(middle, 1 if best >= 10 else 2)
        ax.annotate(said, (1.0, place), xycoords=("axes fraction", "data"), xytext=(8, 0), textcoords="offset points")
        ax.texts[-1].set(va="center", weight="bold", color=colour, gid=f"number {name}")
    ax.axvline(best, color=PALE, lw=1.0, zorder=0, gid="best")
    ax.set_yticks(range(len(rows)), [with_count(name, runs.size) for name, runs in rows.items()])
    ax.tick_params(axis="y", length=0)
    despine(ax)
    return ax
