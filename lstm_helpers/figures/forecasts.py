"""Forecasts beside what came, errors against how far ahead, and a board on which every method and every seed stands."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from lstm_helpers.arrays import Array
from lstm_helpers.figures.axes import shades
from lstm_helpers.figures.style import COLOURS, INK, PALE, End, despine, label_ends, number, own_axes

_DASHES: Sequence[Any] = ("solid", (0, (5, 1.5)), (0, (1, 1.2)), (0, (6, 1.5, 1, 1.5)), (0, (3, 1)))


def draw_forecasts(
    times: ArrayLike,
    values: ArrayLike,
    forecasts: Mapping[str, tuple[ArrayLike, ArrayLike]],
    *,
    start: float | None = None,
    label: str = "value",
    time_label: str = "year",
    colours: Mapping[str, Any] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a series, and over it what was forecast.

    Parameters
    ----------
    times, values : array (T,)
        What came, and when: numbers, or dates, which become decimal years.
    forecasts : mapping of label to a pair: times (n,) and numbers (n,) or (runs, n)
        A line each; of several runs the median and a band from the least to the greatest.
    start : float, optional
        Where the test begins, marked by a line.
    label, time_label : str
        What the axes show, with units.
    colours : mapping of label to colour, optional
        Otherwise what has several runs is coloured, and what has one is grey beside it, from light to dark.
    ax : matplotlib Axes or None
        Where to draw. None makes a figure.

    Raises
    ------
    ValueError
        If times and values do not fit.
    """
    came = _curve("values", times, values)
    tables = {name: _curve(f"forecasts[{name!r}]", *pair) for name, pair in forecasts.items()}
    ax = own_axes(9.0, 3.8) if ax is None else ax
    at, truth = came
    ax.plot(at, truth[0], color=COLOURS["x"], lw=1.5, marker="o", ms=3.2 if at.size <= 120 else 0, gid="series")
    ends = _lines(ax, tables, colours)
    if at[-1] >= max((x[-1] for x, _ in tables.values()), default=at[-1]):
        ends.append(End(float(at[-1]), float(truth[0, -1]), "what came", COLOURS["x"]))
    if start is not None:
        ax.axvline(start, color=PALE, lw=1.0, zorder=0, gid="start")
    ax.set(xlabel=time_label, ylabel=label, xlim=(at[0], max(at[-1], *(x[-1] for x, _ in tables.values()), at[-1])))
    label_ends(ax, [end._replace(x=float(ax.get_xlim()[1])) for end in ends])
    despine(ax)
    return ax


def draw_error_by_horizon(
    errors: Mapping[str, ArrayLike],
    *,
    label: str = "mean absolute error",
    step_label: str = "steps ahead",
    colours: Mapping[str, Any] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the error of each method against how far ahead it looks.

    Parameters
    ----------
    errors : mapping of label to array (horizon,) or (runs, horizon)
        For 1, 2, … steps; of several runs the median is drawn, and a band from the least to the greatest.
    label, step_label : str
        What the axes show, with units.
    colours : mapping of label to colour, optional
        As for ``draw_forecasts``.
    ax : matplotlib Axes or None
        Where to draw. None makes a figure.

    Raises
    ------
    ValueError
        If there are no errors, or one is below 0.
    """
    tables = {name: _curve(f"errors[{name!r}]", _counted(values), values) for name, values in errors.items()}
    if not tables or any(np.any(table < 0) for _, table in tables.values()):
        raise ValueError("errors is empty or holds numbers below 0; expected at least one label, errors from 0 up")
    ax = own_axes(9.0, 4.4) if ax is None else ax
    highest = max(float(table.max()) for _, table in tables.values())
    farthest = max(float(x[-1]) for x, _ in tables.values())
    ax.set(xlim=(1, max(farthest, 1.5)), ylim=(0, 1.06 * highest or 1.0), xlabel=step_label, ylabel=label)
    label_ends(ax, _lines(ax, tables, colours))
    despine(ax)
    return ax


def draw_leaderboard(
    errors: Mapping[str, ArrayLike], *, label: str = "mean absolute error", ax: Axes | None = None
) -> Axes:
    """Draw one row for each method: its error, or those of all its runs as dots with a bar at their median.

    Parameters
    ----------
    errors : mapping of label to number or array (runs,)
        First in the mapping, first from above. Beside each row stands its median.
    label : str
        What is measured, with its unit.
    ax : matplotlib Axes or None
        Where to draw. None makes a figure.

    Raises
    ------
    ValueError
        If there are no errors, or one is not a finite number from 0.
    """
    rows = {name: np.atleast_1d(np.asarray(values, dtype=float)) for name, values in errors.items()}
    for name, runs in rows.items():
        if runs.ndim != 1 or not runs.size or not np.all(np.isfinite(runs) & (runs >= 0)):
            raise ValueError(f"errors[{name!r}] is {runs}; expected a number from 0, or an array (runs,) of them")
    if not rows:
        raise ValueError("errors is empty; expected at least one label")
    ax = own_axes(9.0, 0.7 + 0.42 * len(rows)) if ax is None else ax
    best = min(float(np.median(runs)) for runs in rows.values())
    for place, (name, runs) in enumerate(rows.items()):
        colour = shades(2)[1] if runs.size > 1 else INK
        shift = 0.16 * np.resize([-1.0, 0.0, 1.0], runs.size) if runs.size > 1 else np.zeros(1)
        marker: dict[str, Any] = {"marker": "o", "ms": 5, "alpha": 0.6} if runs.size > 1 else {"marker": "D", "ms": 7}
        ax.plot(np.sort(runs), place + shift, ls="", color=colour, mec="none", gid=name, **marker)
        middle = float(np.median(runs))
        if runs.size > 1:
            ax.plot([middle, middle], [place - 0.3, place + 0.3], color=colour, lw=2.4, gid=f"median {name}")
        said = number(middle, 1 if best >= 10 else 2)
        ax.annotate(said, (1.0, place), xycoords=("axes fraction", "data"), xytext=(8, 0), textcoords="offset points")
        ax.texts[-1].set(va="center", weight="bold", color=colour, gid=f"number {name}")
    ax.axvline(best, color=PALE, lw=1.0, zorder=0)
    ax.set_yticks(range(len(rows)), [_named(name, runs) for name, runs in rows.items()])
    ax.set(
        ylim=(len(rows) - 0.45, -0.55), xlabel=label, xlim=(0, 1.04 * max(float(runs.max()) for runs in rows.values()))
    )
    ax.tick_params(axis="y", length=0)
    despine(ax)
    return ax


def _named(name: str, runs: Array) -> str:
    return f"{name} (n = {runs.size})" if runs.size > 1 else name


def _counted(values: ArrayLike) -> Array:
    return np.arange(1, np.shape(values)[-1] + 1 if np.ndim(values) else 1, dtype=float)


def _curve(name: str, times: ArrayLike, values: ArrayLike) -> tuple[Array, Array]:
    """Give times (n,) and values (runs, n), NaN where there is a gap."""
    at, table = np.asarray(times), np.asarray(values, dtype=float)
    if at.dtype.kind == "M":  # dates, as decimal years
        at = 1970 + (at.astype("datetime64[D]") - np.datetime64("1970-01-01")) / np.timedelta64(1, "D") / 365.2425
    at = at.astype(float)
    if table.ndim not in (1, 2) or not table.size or at.shape != table.shape[-1:]:
        raise ValueError(f"{name} has times {at.shape} and values {table.shape}; expected (n,) and (n,) or (runs, n)")
    return at, np.atleast_2d(table)


def _chosen(tables: Mapping[str, tuple[Array, Array]]) -> dict[str, Any]:
    """Give colours to what has several runs, and greys to what stands beside it for comparison."""
    several = [name for name, (_, table) in tables.items() if len(table) > 1]
    others = [name for name in tables if name not in several]
    if not several:
        return dict(zip(others, shades(len(others)), strict=True))
    greys = [str(level) for level in np.linspace(0.62, 0.12, len(others))] if len(others) > 1 else [INK]
    return dict(zip(several, shades(len(several)), strict=True)) | dict(zip(others, greys, strict=False))


def _lines(ax: Axes, tables: Mapping[str, tuple[Array, Array]], colours: Mapping[str, Any] | None) -> list[End]:
    """Draw a line for each table, with a band if it has several runs, and give their labels."""
    chosen = _chosen(tables) | dict(colours or {})
    ends = []
    for k, (name, (at, table)) in enumerate(tables.items()):
        middle = np.median(table, axis=0)
        if len(table) > 1:
            band = {"color": chosen[name], "alpha": 0.22, "lw": 0, "gid": f"band {name}"}
            ax.fill_between(at, table.min(axis=0), table.max(axis=0), **band)
        ax.plot(at, middle, color=chosen[name], lw=1.8, ls=_DASHES[k % len(_DASHES)], gid=name)
        ends.append(End(float(at[-1]), float(middle[-1]), _named(name, table[:, 0]), chosen[name]))
    return ends
