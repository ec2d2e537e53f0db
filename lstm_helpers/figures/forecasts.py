"""A series, forecasts beside the observed values, and forecast errors by horizon."""

from collections.abc import Mapping, Sequence
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from matplotlib.typing import ColorType, LineStyleType
from numpy.typing import ArrayLike

from lstm_helpers.arrays import Array
from lstm_helpers.figures.axes import plain_ticks
from lstm_helpers.figures.style import (
    COLOURS,
    INK,
    PALE,
    End,
    Look,
    despine,
    label_ends,
    number,
    own_axes,
    panels,
    shades,
    with_count,
)

_DASHES: Sequence[LineStyleType] = ("solid", (0, (5, 1.5)), (0, (1, 1.2)), (0, (6, 1.5, 1, 1.5)), (0, (3, 1)))


def draw_series(
    years: ArrayLike, values: ArrayLike, *, label: str = "value", time_label: str = "year", ax: Axes | None = None
) -> Axes:
    """Draw a series over its years.

    Parameters
    ----------
    years, values : array (T,)
        The years and the values; NaN leaves a gap.
    label, time_label : str
        The labels of the axes, with units.
    ax : matplotlib Axes or None
        Where to draw. None makes a figure.

    Raises
    ------
    ValueError
        If the two are not equally long, or empty.
    """
    years, values = np.asarray(years, dtype=float), np.asarray(values, dtype=float)
    if years.ndim != 1 or not years.size:
        raise ValueError(f"years has shape {years.shape}; expected (T,) with at least one")
    if values.shape != years.shape:
        raise ValueError(f"values has shape {values.shape}; expected that of years, {years.shape}")
    ax = own_axes(9.0, 2.8) if ax is None else ax
    ax.plot(years, values, color=COLOURS["x"], lw=1.5, gid="series")
    ax.fill_between(years, 0, values, color=COLOURS["x"], alpha=0.14, lw=0)
    ax.set(xlabel=time_label, ylabel=label)
    ax.margins(x=0.0)
    if not np.any(values < 0):
        ax.set_ylim(bottom=0)
    despine(ax)
    return ax


def draw_forecasts(
    times: ArrayLike,
    values: ArrayLike,
    forecasts: Mapping[str, tuple[ArrayLike, ArrayLike]],
    *,
    start: float | None = None,
    periods: tuple[str, str] | None = None,
    highest: float | None = None,
    label: str = "value",
    time_label: str = "year",
    colours: Mapping[str, ColorType] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw an observed series, and forecasts over it.

    Parameters
    ----------
    times, values : array (T,)
        The observed values and their times: numbers, or dates, which become decimal years.
    forecasts : mapping of label to a pair: times (n,) and numbers (n,) or (runs, n)
        One line for each. Several runs are drawn as their median with a band from the least to the greatest.
    start : float, optional
        Where the test period begins; marked by a line.
    periods : (str, str), optional
        The names of what is before and after ``start``, written beside its line.
    highest : float, optional
        The highest value in training, drawn as a dashed line: above it a forecaster has learned from nothing.
    label, time_label : str
        The labels of the axes, with units.
    colours : mapping of label to colour, optional
        None colours the methods with several runs, and draws those with one run in greys, from light to dark.
    ax : matplotlib Axes or None
        Where to draw. None makes a figure.

    Raises
    ------
    ValueError
        If times and values do not fit.
    """
    observed = _curve("values", times, values)
    tables = {name: _curve(f"forecasts[{name!r}]", *pair) for name, pair in forecasts.items()}
    ax = own_axes(9.0, 3.0) if ax is None else ax
    at, truth = observed
    ax.plot(at, truth[0], color=COLOURS["x"], lw=1.5, marker="o", ms=3.2 if at.size <= 60 else 0, gid="series")
    ends = _lines(ax, tables, colours)
    if at[-1] >= max((x[-1] for x, _ in tables.values()), default=at[-1]):
        ends.append(End(float(at[-1]), float(truth[0, -1]), "observed", COLOURS["x"]))
    if start is not None:
        ax.axvline(start, color=PALE, lw=1.0, zorder=0, gid="start")
        for words, side in zip(periods or (), ("right", "left"), strict=False):
            note: Look = {"xytext": (-5 if side == "right" else 5, -2), "textcoords": "offset points", "size": 10.5}
            ax.annotate(words, (start, 1.0), xycoords=("data", "axes fraction"), ha=side, va="top", **note)
    if highest is not None:
        ax.axhline(highest, color=INK, lw=1.0, ls=(0, (4, 3)), zorder=0, gid="highest")
        words = f"highest in training, {number(highest, 0)}"
        ax.annotate(words, (at[0], highest), (4, 2), textcoords="offset points", va="bottom", size=10.5)
    if np.nanmin(truth) < 0 < np.nanmax(truth):
        ax.axhline(0, color=PALE, lw=0.8, zorder=0, gid="zero")
    ax.set(xlabel=time_label, ylabel=label, xlim=(at[0], max(at[-1], *(x[-1] for x, _ in tables.values()), at[-1])))
    label_ends(ax, [end._replace(x=float(ax.get_xlim()[1])) for end in ends])
    despine(ax)
    return ax


def draw_error_by_horizon(
    errors: Mapping[str, ArrayLike],
    *,
    label: str = "mean absolute error",
    step_label: str = "steps ahead",
    ax: Axes | None = None,
) -> Axes:
    """Draw the error of each method against the forecast horizon: one plot for each, with the others pale behind it.

    All plots have the same axes, logarithmic if no error is 0: what matters is by which factor errors differ. The mean
    over all horizons is written above each (of several runs, the median of theirs).

    Parameters
    ----------
    errors : mapping of label to array (horizon,) or (runs, horizon)
        For 1, 2, … steps ahead. Several runs are drawn as their median with a band from the least to the greatest.
    label, step_label : str
        The labels of the axes, with units.
    ax : matplotlib Axes or None
        Where to draw; the plots become the ``child_axes`` of its rows. None makes a figure.

    Raises
    ------
    ValueError
        If there are no errors, or one is below 0.
    """
    tables = {name: _curve(f"errors[{name!r}]", _counted(values), values) for name, values in errors.items()}
    if not tables or any(np.any(table < 0) for _, table in tables.values()):
        raise ValueError("errors is empty or holds numbers below 0; expected at least one label, and errors from 0 up")
    names, across = list(tables), min(len(tables), 3 if len(tables) != 4 else 2)
    rows = [names[k : k + across] for k in range(0, len(names), across)]
    ax = own_axes(9.0, 0.7 + 1.6 * len(rows)) if ax is None else ax
    everything = np.concatenate([table.ravel() for _, table in tables.values()])
    low, high, log = float(everything.min()), float(everything.max()), bool(everything.min() > 0)
    farthest = max(float(x[-1]) for x, _ in tables.values())
    for row, strip in zip(rows, panels(ax, [" ".join(row) for row in rows], gap=0.2).values(), strict=True):
        slots = [*row, *range(across - len(row))]
        for name, plot in panels(strip, [str(slot) for slot in slots], gap=0.06, across=True).items():
            if name not in row:
                plot.set_axis_off()
                continue
            plot.set(xlim=(1, max(farthest, 1.5)), yscale="log" if log else "linear")
            plot.set(ylim=(low / 1.15, high * 1.15) if log else (0, 1.06 * high or 1.0))
            _one_of(plot, tables, name)
            if log:
                plain_ticks(plot.yaxis)
            plot.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6, steps=[1, 2, 5, 10]))
            plot.tick_params(labelbottom=row is rows[-1], labelleft=name == row[0])
            plot.set_xlabel(step_label if row is rows[-1] else "")
            plot.set_ylabel(fill(label, 16) if name == row[0] else "")
            despine(plot)
    return ax


def _one_of(ax: Axes, tables: Mapping[str, tuple[Array, Array]], name: str) -> None:
    """Draw one of the methods, and the others pale behind it."""
    for other, (at, table) in tables.items():
        if other != name:
            ax.plot(at, np.median(table, axis=0), color=PALE, lw=1.0, zorder=1, gid=f"behind {other}")
    at, table = tables[name]
    several = len(table) > 1
    colour = shades(1)[0] if several else INK
    if several:
        band: Look = {"color": colour, "alpha": 0.25, "lw": 0, "zorder": 2, "gid": f"band {name}"}
        ax.fill_between(at, table.min(axis=0), table.max(axis=0), **band)
    ax.plot(at, np.median(table, axis=0), color=colour, lw=2.2, zorder=3, gid=name)
    mean = float(np.median(table.mean(axis=1)))
    said = f"{with_count(name, len(table))}\nmean {number(mean, 1 if mean >= 10 else 2)}"
    ax.set_title(said, size=10.5, color=colour, weight="bold", loc="left")


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


def _chosen(tables: Mapping[str, tuple[Array, Array]]) -> Mapping[str, ColorType]:
    """Give colours to methods with several runs, and greys to the baselines with one run."""
    several = [name for name, (_, table) in tables.items() if len(table) > 1]
    others = [name for name in tables if name not in several]
    if not several:
        return dict(zip(others, shades(len(others)), strict=True))
    greys = [str(level) for level in np.linspace(0.62, 0.12, len(others))] if len(others) > 1 else [INK]
    return dict(zip(several, shades(len(several)), strict=True)) | dict(zip(others, greys, strict=False))


def _lines(ax: Axes, tables: Mapping[str, tuple[Array, Array]], colours: Mapping[str, ColorType] | None) -> list[End]:
    """Draw a line for each table, with a band if it has several runs; return the labels of the lines."""
    chosen = {**_chosen(tables), **(colours or {})}
    ends = []
    for k, (name, (at, table)) in enumerate(tables.items()):
        middle = np.median(table, axis=0)
        if len(table) > 1:
            band: Look = {"color": chosen[name], "alpha": 0.22, "lw": 0, "gid": f"band {name}"}
            ax.fill_between(at, table.min(axis=0), table.max(axis=0), **band)
        ax.plot(at, middle, color=chosen[name], lw=1.8, ls=_DASHES[k % len(_DASHES)], gid=name)
        ends.append(End(float(at[-1]), float(middle[-1]), with_count(name, len(table)), chosen[name]))
    return ends
