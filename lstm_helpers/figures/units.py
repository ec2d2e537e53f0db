"""One unit of a cell over time, as lines: as it ran, after an intervention, and with part of its state ablated."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from lstm_helpers.arrays import Array
from lstm_helpers.figures.axes import Labels, check_trace, edges_of, hatch, label_time, real_steps
from lstm_helpers.figures.diagram import check_index
from lstm_helpers.figures.style import (
    COLOURS,
    DASHES,
    GATES,
    INK,
    PALE,
    End,
    Look,
    despine,
    label_ends,
    mark_level,
    own_axes,
    panels,
    span,
)
from lstm_helpers.through_time import Trace


def draw_unit(
    trace: Trace,
    unit: int = 0,
    *,
    sequence: int = 0,
    labels: Labels | None = None,
    time_label: str = "year",
    ax: Axes | None = None,
) -> Axes:
    """Draw one unit of an LSTM over time: its gates, its candidate and hidden state, and its cell state.

    Parameters
    ----------
    trace : trace
        What ``unroll`` returned.
    unit : int
        Which of the H units.
    sequence, labels, time_label
        As for ``draw_field``.
    ax : matplotlib Axes or None
        Where to draw; the three plots become its ``child_axes``, labelled "gates", "output" and "c". None makes a
        figure.

    Raises
    ------
    ValueError
        If a unit, sequence or labels do not fit the trace.
    """
    check_trace(trace, sequence, ("i", "f", "o", "g", "c", "h"))
    check_index("unit", unit, trace.h.shape[2])
    edges = edges_of(len(trace.h), labels)
    ax = own_axes(9.0, 4.0) if ax is None else ax
    rows = {"gates": "ifo", "output": "gh", "c": "c"}
    plots = panels(ax, tuple(rows), ratios=(1.0, 1.0, 1.4), gap=0.07)
    for (name, symbols), plot in zip(rows.items(), plots.values(), strict=True):
        plot.set(xlim=(edges[0], edges[-1]), ylim=_limits(symbols[0], [trace], unit, sequence))
        plot.set_ylabel({"gates": "gates i, f, o", "output": "g and h", "c": "cell state c"}[name])
        if symbols[0] in GATES:
            plot.set_yticks([0, 0.5, 1])
        else:
            mark_level(plot, 0)
        _lines(plot, trace, unit, sequence, edges, symbols)
        label_time(plot, len(trace.h), labels, time_label)
    _one_time_axis(list(plots.values()))
    return ax


def _limits(symbol: str, traces: Sequence[Trace], unit: int, sequence: int) -> tuple[float, float]:
    """Give the limits of a symbol's plot: those of its range, and for c, which has none, those of what is drawn."""
    if symbol == "c":
        return span([trace.c[:, sequence, unit] for trace in traces])
    return (-0.06, 1.06) if symbol in GATES else (-1.08, 1.08)


def _one_time_axis(plots: Sequence[Axes]) -> None:
    """Label the time axis of the lowest plot only."""
    for plot in plots[:-1]:
        plot.set_xlabel("")
        plot.tick_params(axis="x", labelbottom=False)


def _lines(ax: Axes, trace: Trace, unit: int, sequence: int, edges: Array, symbols: str) -> None:
    x, real, ends = (edges[:-1] + edges[1:]) / 2, real_steps(trace, sequence), []
    crowded = len(x) > 60  # dashes would break up a line that turns at every step
    for symbol in symbols:
        values = getattr(trace, symbol)[:, sequence, unit]
        if symbol not in "ch":  # a masked step computes nothing, but carries h and c
            values = np.where(real, values, np.nan)
        width = (2.4 if symbol == "c" else 1.7) * (0.65 if crowded else 1.0)
        look: Look = {"color": COLOURS[symbol], "ls": "solid" if crowded else DASHES[symbol], "lw": width}
        ax.plot(x, values, marker="o" if len(x) <= 30 else "", ms=4, gid=symbol, **look)
        last = np.flatnonzero(np.isfinite(values))
        if last.size:
            ends.append(End(float(x[last[-1]]), float(values[last[-1]]), symbol, COLOURS[symbol]))
    label_ends(ax, [end._replace(x=float(edges[-1])) for end in ends])
    hatch(ax, trace, sequence, edges, cover=False)
    despine(ax)


def draw_intervention(
    original: Trace,
    changed: Trace,
    unit: int = 0,
    *,
    fields: str = "ch",
    answers: tuple[ArrayLike, ArrayLike] | None = None,
    answer: str = "yes",
    sequence: int = 0,
    labels: Labels | None = None,
    time_label: str = "year",
    step: int | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a unit in two runs over the same inputs, the original one dashed, with the gates that were set.

    Parameters
    ----------
    original, changed : trace
        The trace from ``unroll``, and the one from ``interventions.clamp_gates``.
    unit, sequence, labels, time_label
        As for ``draw_unit``.
    fields : str
        What to draw, a plot for each symbol from top to bottom, such as "fic"; a gate's plot is lower than the others.
        "Δ" draws the difference of the two cell states, on a scale of its own.
    answers : two arrays (T,), optional
        The probability of the answer after each step in the original run and in the changed one, drawn below the rest.
    answer : str
        The answer whose probability this is.
    step : int, optional
        A step to mark, counted from 0.
    ax : matplotlib Axes or None
        Where to draw; the plots become its ``child_axes``, labelled with their symbols ("p" for the answer). None
        makes a figure.

    Raises
    ------
    ValueError
        If the runs differ in size, or a unit, sequence, step, field or labels do not fit them.
    """
    for trace in (original, changed):
        check_trace(trace, sequence, tuple(fields.replace("Δ", "c")))
    if original.h.shape != changed.h.shape:
        raise ValueError(f"changed has h of {changed.h.shape}; expected {original.h.shape}, as original has")
    check_index("unit", unit, original.h.shape[2])
    if step is not None:
        check_index("step", step, len(original.h))
    edges = edges_of(len(original.h), labels)
    pairs = {name: _pair(name, original, changed, unit, sequence) for name in fields}
    if answers is not None:
        pairs["p"] = (np.asarray(answers[0], dtype=float), np.asarray(answers[1], dtype=float))
    ratios = [0.5 if name in GATES else 1.0 for name in pairs]
    ax = own_axes(9.0, 0.4 + 1.25 * sum(ratios)) if ax is None else ax
    plots = panels(ax, tuple(pairs), ratios=ratios, gap=0.24 / len(pairs))
    for (name, (was, now)), plot in zip(pairs.items(), plots.values(), strict=True):
        if name == "p":
            plot.set(ylim=(-0.06, 1.06), yticks=[0, 0.5, 1], ylabel=f"p({answer})")
        elif name == "Δ":
            plot.set(ylim=_room(now), ylabel="change of c")
        else:
            plot.set(ylim=_limits(name, [original, changed], unit, sequence), ylabel=name)
        if name in GATES:
            plot.set_yticks([0, 1])
        plot.set_xlim(edges[0], edges[-1])
        _two_runs(plot, name, was, now, edges, step)
        label_time(plot, len(original.h), labels, time_label)
        hatch(plot, changed, sequence, edges, cover=False)
        despine(plot)
    _one_time_axis(list(plots.values()))
    return ax


def _pair(name: str, original: Trace, changed: Trace, unit: int, sequence: int) -> tuple[Array, Array]:
    was, now = (getattr(trace, name.replace("Δ", "c"))[:, sequence, unit] for trace in (original, changed))
    return (was, now) if name != "Δ" else (np.zeros_like(now), now - was)


def _room(values: Array) -> tuple[float, float]:
    """Give limits that fit the values and 0."""
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    margin = 0.15 * (high - low) or 1.0
    return low - margin, high + margin


def _two_runs(ax: Axes, name: str, was: Array, now: Array, edges: Array, step: int | None) -> None:
    """Draw a quantity of the changed run, and that of the original one where they differ."""
    x = (edges[:-1] + edges[1:]) / 2
    colour, said = COLOURS["c"] if name == "Δ" else COLOURS.get(name, INK), "" if name == "Δ" else name
    mark_level(ax, 0.5 if name == "p" else 0)
    if step is not None:
        ax.axvline(x[step], color=PALE, lw=1.2, zorder=0, gid="step")
    ends = [End(float(edges[-1]), float(now[-1]), said, colour)] if said else []
    if name != "Δ" and not np.array_equal(was, now):
        ax.plot(x, was, color=colour, ls=(0, (3, 2)), lw=1.4, gid=f"{name} original")
        ends.append(End(float(edges[-1]), float(was[-1]), f"{name} original", colour))
    ax.plot(x, now, color=colour, lw=2.4, marker="o" if len(x) <= 30 else "", ms=4, gid=name)
    label_ends(ax, ends, size=10.0)


ABLATED = {"nothing": (), "h": ("h",), "c": ("c",), "both": ("h", "c")}


class AblatedRun(Protocol):
    """The fields of a run that ``draw_ablation`` reads."""

    @property
    def c(self) -> Array:
        """The cell state, (T, H)."""

    @property
    def h(self) -> Array:
        """The hidden state, (T, H)."""

    @property
    def p(self) -> Array:
        """The probability of the answer after each step, (T,)."""


def draw_ablation(
    original: AblatedRun,
    ablated: AblatedRun,
    at: int,
    zeroed: str,
    *,
    unit: int = 0,
    labels: Labels | None = None,
    answer: str = "yes",
    ax: Axes | None = None,
) -> Axes:
    """Draw c and h of one unit and the network's answer, in the original run and with part of the state ablated.

    Parameters
    ----------
    original, ablated : runs
        Fields c, h (T, H) and p (T,), the probability of the answer after each step.
    at : int
        The step, from 0, before which the part was set to zero.
    zeroed : {"nothing", "h", "c", "both"}
        The part that was set to zero.
    unit : int
        Which of the H units.
    labels : sequence of str, optional
        T words for the time axis. None counts steps from 1.
    answer : str
        The answer whose probability is p.
    ax : matplotlib Axes or None
        Where to draw; the two plots become its ``child_axes``, labelled "states" and "answer". None makes a figure.

    Raises
    ------
    ValueError
        If the runs differ in shape, or at, zeroed, unit or labels do not fit them.
    """
    shape = np.shape(original.c)
    if np.shape(ablated.c) != shape or len(shape) != 2:
        raise ValueError(f"ablated.c has shape {np.shape(ablated.c)}; expected that of original.c, (T, H), {shape}")
    if zeroed not in ABLATED:
        raise ValueError(f"zeroed is {zeroed!r}; expected one of {', '.join(map(repr, ABLATED))}")
    check_index("at", at, shape[0])
    check_index("unit", unit, shape[1])
    edges = edges_of(shape[0], labels)
    ax = own_axes(9.0, 4.4) if ax is None else ax
    two = panels(ax, ("states", "answer"), ratios=(2.0, 1.0))
    limits = span([values[:, unit] for run in (original, ablated) for values in (run.c, run.h)])
    two["states"].set(xlim=(edges[0] - 0.6, edges[-1]), ylim=limits, ylabel=f"c and h, unit {unit}")
    two["answer"].set(xlim=(edges[0] - 0.6, edges[-1]), ylim=(-0.06, 1.06), yticks=[0, 0.5, 1], ylabel=f"p({answer})")
    mark_level(two["states"], 0)
    mark_level(two["answer"], 0.5)
    states = two["states"], "ch", (original.c[:, unit], original.h[:, unit]), (ablated.c[:, unit], ablated.h[:, unit])
    for panel, names, were, are in (states, (two["answer"], "p", (original.p,), (ablated.p,))):
        ends = []
        for name, was, now in zip(names, were, are, strict=True):
            look: Look = {"color": COLOURS.get(name, INK), "ls": DASHES.get(name, "solid")}
            panel.plot(np.arange(1, shape[0] + 1), was, alpha=0.3, lw=1.6, gid=f"{name} original", **look)
            panel.plot(*_path(now, at, name in ABLATED[zeroed], name != "p"), lw=2.2, gid=name, **look)
            ends.append(End(edges[-1], float(now[-1]), name, look["color"]))
        label_ends(panel, ends)
        label_time(panel, shape[0], labels, "step")
        if ABLATED[zeroed]:
            panel.axvline(at + 0.5, color=INK, lw=1.0, ls=(0, (1, 2)), gid="cut")
        despine(panel)
    _one_time_axis(list(two.values()))
    ax.set_title(_title(zeroed, at, labels), size=10.5, loc="left")
    return ax


def _path(values: ArrayLike, at: int, ablated: bool, starts_at_zero: bool) -> tuple[Array, Array]:
    """Give the points of a line that falls to zero half a step before step `at`, if it was ablated there."""
    values = np.asarray(values, dtype=float)
    steps = np.arange(1.0, len(values) + 1)
    if starts_at_zero:
        steps, values, at = np.append(0.0, steps), np.append(0.0, values), at + 1
    if ablated:
        where = steps[at] - 0.5
        steps, values = np.insert(steps, at, [where, where]), np.insert(values, at, [values[at - 1], 0.0])
    return steps, values


def _title(zeroed: str, at: int, labels: Labels | None) -> str:
    if not ABLATED[zeroed]:
        return "nothing set to zero"
    step = f"step {at + 1}" if labels is None else f"{labels[at]}"
    return f"{' and '.join(ABLATED[zeroed])} set to zero before “{step}” (pale: original run)"
