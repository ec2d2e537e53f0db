"""Results of training: learning curves, the number of runs that solved a task at each lag, accuracy by length."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter
from matplotlib.typing import ColorType
from numpy.typing import ArrayLike

from lstm_helpers.arrays import Array
from lstm_helpers.figures.axes import log10, log_axis
from lstm_helpers.figures.style import (
    INK,
    MARKERS,
    PALE,
    PAPER,
    End,
    Look,
    despine,
    label_ends,
    own_axes,
    panels,
    shades,
    with_count,
)


def draw_success(
    lags: Sequence[int] | ArrayLike,
    solved: Mapping[str, ArrayLike],
    n: int,
    *,
    lag_label: str = "lag (steps)",
    ax: Axes | None = None,
) -> Axes:
    """Draw how many of n runs solved a task at each lag: a plot of bars for each label, all on one scale.

    The bars are as far apart whatever the lags are, so lags should grow by one factor; each has its number on top.

    Parameters
    ----------
    lags : sequence of int
        The lags, increasing.
    solved : mapping of label to array (lags,)
        How many of the n runs (seeds) solved the task, whole numbers from 0 to n.
    n : int
        The number of runs behind each bar. It is written on the axis: 3 of 3 is not 300 of 300.
    lag_label : str
        The label of the x axis.
    ax : matplotlib Axes or None
        Where to draw; the plots become its ``child_axes``, with their labels. None makes a figure.

    Raises
    ------
    ValueError
        If a count is not from 0 to n, or counts and lags do not fit.
    """
    at = np.asarray(lags, dtype=float)
    counts = {label: np.asarray(values, dtype=float) for label, values in solved.items()}
    if at.ndim != 1 or not at.size or np.any(np.diff(at) <= 0) or not counts:
        raise ValueError(f"lags is {lags!r}; expected increasing numbers, and at least one label in solved")
    for label, values in counts.items():
        if values.shape != at.shape or np.any((values < 0) | (values > n) | (values % 1 != 0)):
            raise ValueError(f"solved[{label!r}] is {values}; expected {at.size} whole numbers from 0 to n={n}")
    ax = own_axes(9.0, 3.2) if ax is None else ax
    ax.set_title(" ", size=20)  # room for the labels of the plots, which have two lines
    colour = shades(2)[1]
    for k, (label, plot) in enumerate(panels(ax, tuple(counts), across=True, gap=0.05).items()):
        places = np.arange(at.size)
        plot.set(xlim=(-0.6, at.size - 0.4), ylim=(0, 1.12 * n), xlabel=lag_label, yticks=[0, n])
        plot.set_xticks(places, [f"{lag:g}" for lag in at])
        plot.bar(places, counts[label], 0.72, color=colour, gid=label)
        for place, count in zip(places, counts[label], strict=True):
            text: Look = {"ha": "center", "va": "bottom", "size": 10.5, "color": INK}
            plot.annotate(f"{count:.0f}", (place, count), (0, 1), textcoords="offset points", **text)
        plot.set_title(label.replace(", ", ",\n"), size=10.5, loc="left")
        plot.tick_params(axis="x", length=0, labelsize=9.5)
        plot.tick_params(axis="y", length=0)
        if k:
            plot.set_yticklabels([])
        else:
            plot.set_ylabel(f"solved, of n = {n} runs")
        despine(plot)
    return ax


def draw_learning_curves(
    curves: Mapping[str, ArrayLike],
    *,
    steps: ArrayLike | None = None,
    level: float | None = None,
    level_label: str = "",
    loss_label: str = "loss",
    step_label: str = "update",
    log: bool = True,
    smooth: int = 1,
    colours: Mapping[str, ColorType] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw learning curves: every run as a thin line, the median of the runs as a thick one.

    Parameters
    ----------
    curves : mapping of label to array (runs, n), or (n,) for one run
        The loss at each step; NaN where a run has none, for instance after it ended.
    steps : array (n,), optional
        The steps of the losses. None counts from 1.
    level : float, optional
        A reference loss, such as that of predicting the mean, drawn as a horizontal line; ``level_label`` names it.
    loss_label, step_label : str
        The labels of the axes.
    log : bool
        Whether the axis of the loss is logarithmic.
    smooth : int
        The thick line is a mean over so many steps (the geometric mean, if ``log``); what is averaged stays as a thin
        line. 1 leaves the curves as they are.
    colours
        As for ``draw_success``.
    ax : matplotlib Axes or None
        Where to draw. None makes a figure.

    Raises
    ------
    ValueError
        If there is no curve, lengths do not fit, or ``smooth`` is not from 1 to the number of steps.
    """
    tables = {label: np.atleast_2d(np.asarray(values, dtype=float)) for label, values in curves.items()}
    lengths = {table.shape[-1] for table in tables.values()}
    if len(lengths) != 1 or 0 in lengths or any(table.ndim != 2 for table in tables.values()):
        raise ValueError(f"curves have lengths {sorted(lengths)}; expected (runs, n) with one n for all, at least 1")
    at = np.arange(1, min(lengths) + 1, dtype=float) if steps is None else np.asarray(steps, dtype=float)
    if at.shape != (min(lengths),):
        raise ValueError(f"steps has shape {at.shape}; expected ({min(lengths)},), one for each loss")
    if not 1 <= smooth <= at.size:
        raise ValueError(f"smooth is {smooth}; expected 1 to {at.size}, a number of steps")
    scaled = log10 if log else _as_it_is
    ax = own_axes(9.0, 3.8) if ax is None else ax
    chosen = dict(zip(tables, shades(len(tables)), strict=True)) | dict(colours or {})
    ax.set(xlim=(at[0], at[-1] if at.size > 1 else at[0] + 1), xlabel=step_label, ylabel=loss_label)
    heights = np.concatenate([scaled([] if level is None else [level]), *(scaled(t).ravel() for t in tables.values())])
    if log:
        log_axis(ax, heights)
    else:
        low, high = float(np.nanmin(heights)), float(np.nanmax(heights))
        pad = 0.05 * (high - low) or 0.5
        ax.set_ylim(low - pad, high + pad)
    ends = []
    if level is not None:
        ax.axhline(float(scaled(level)), color=INK, lw=1.0, ls=(0, (4, 3)), zorder=1, gid="level")
        ends.append(End(float(ax.get_xlim()[1]), float(scaled(level)), level_label, INK))
    for label, table in tables.items():
        for run in table if len(table) > 1 or smooth > 1 else ():
            ax.plot(at, scaled(run), color=chosen[label], lw=0.7, alpha=0.45, zorder=2, gid=f"run {label}")
        seen = np.isfinite(table).any(axis=0)
        middle = np.full(at.shape, np.nan)
        middle[seen] = np.nanmedian(table[:, seen], axis=0)
        times, line = _means(at, smooth), _means(scaled(middle), smooth)
        ax.plot(times, line, color=chosen[label], lw=2.4, zorder=3, gid=label)
        last = np.flatnonzero(np.isfinite(line))
        if last.size:
            name = with_count(label, len(table))
            end = float(times[last[-1]]) if smooth == 1 else float(at[-1])  # the thin line goes on to the last step
            ends.append(End(end, float(line[last[-1]]), name, chosen[label]))
    label_ends(ax, ends)
    despine(ax)
    return ax


def _as_it_is(values: ArrayLike) -> Array:
    return np.asarray(values, dtype=float)


def _means(values: Array, width: int) -> Array:
    """Give the mean of every ``width`` neighbours."""
    return np.convolve(values, np.full(width, 1.0 / width), "valid") if width > 1 else values


def draw_accuracy(
    lengths: Sequence[int] | ArrayLike,
    accuracy: Mapping[str, ArrayLike],
    *,
    learned_up_to: float | None = None,
    lowest: float = 0.0,
    length_label: str = "length",
    accuracy_label: str = "accuracy",
    colours: Mapping[str, ColorType] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw accuracy against the length of the input: every run as a thin line, the median as a thick one.

    Parameters
    ----------
    lengths : sequence of int
        The lengths, increasing.
    accuracy : mapping of label to array (runs, lengths)
        Accuracies from 0 to 1, a row for each run (seed). The number of runs is written in the label of the line.
    learned_up_to : float, optional
        The greatest length in training; longer ones are shaded.
    lowest : float
        Where the axis of accuracies begins; not above any of them.
    length_label, accuracy_label : str
        The labels of the axes.
    colours
        As for ``draw_success``.
    ax : matplotlib Axes or None
        Where to draw. None makes a figure.

    Raises
    ------
    ValueError
        If an accuracy is not from 0 to 1, or accuracies and lengths do not fit.
    """
    at = np.asarray(lengths, dtype=float)
    tables = {label: np.asarray(values, dtype=float) for label, values in accuracy.items()}
    if at.ndim != 1 or not at.size or np.any(np.diff(at) <= 0) or not tables:
        raise ValueError(f"lengths is {lengths!r}; expected increasing numbers, and at least one label in accuracy")
    for label, table in tables.items():
        fits = table.ndim == 2 and table.size and table.shape[1] == at.size
        if not fits or not np.all((table >= lowest) & (table <= 1)):
            wanted = f"(runs, {at.size}) fractions from {lowest:g} to 1"
            raise ValueError(f"accuracy[{label!r}] has shape {table.shape}; expected {wanted}")
    ax = own_axes(9.0, 3.6) if ax is None else ax
    chosen = dict(zip(tables, shades(len(tables)), strict=True)) | dict(colours or {})
    margin = 0.03 * max(at[-1] - at[0], 1.0)
    ax.set(xlim=(at[0] - margin, at[-1] + margin), xlabel=length_label, ylabel=accuracy_label)
    ax.set_ylim(lowest - 0.05 * (1 - lowest), 1 + 0.05 * (1 - lowest))
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    ax.set_xticks(at, [f"{length:g}" for length in at])
    if learned_up_to is not None and learned_up_to < at[-1]:
        middle = learned_up_to + float(np.min(np.diff(at), initial=1.0)) / 2
        ax.axvspan(middle, at[-1] + margin, color=PALE, alpha=0.3, lw=0, zorder=0, gid="beyond")
        ax.text(middle, 1.0, " longer than\n in training", va="top", size=10, color=INK)
    ends = []
    for k, (label, table) in enumerate(tables.items()):
        for run in table:
            ax.plot(at, run, color=chosen[label], lw=0.7, alpha=0.5, zorder=2, gid=f"run {label}")
        middle_run = np.median(table, axis=0)
        marker: Look = {"marker": MARKERS[k % len(MARKERS)], "ms": 7, "mec": PAPER}
        ax.plot(at, middle_run, color=chosen[label], lw=2.4, zorder=3, gid=label, **marker)
        ends.append(End(float(at[-1] + margin), float(middle_run[-1]), f"{label} (n = {len(table)})", chosen[label]))
    label_ends(ax, ends)
    despine(ax)
    return ax
