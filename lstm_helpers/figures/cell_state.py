"""The cell state: its value after each step, and how much of that was kept and how much was added."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from numpy.typing import ArrayLike

from lstm_helpers.activations import half_life, sigmoid
from lstm_helpers.arrays import Array
from lstm_helpers.figures.axes import Labels, label_time
from lstm_helpers.figures.style import (
    COLOURS,
    DASHES,
    INK,
    PAPER,
    End,
    Look,
    despine,
    label_ends,
    mark_level,
    nice_limit,
    number,
    own_axes,
    panels,
    width_of,
)


def draw_cell_state(
    c: ArrayLike,
    *,
    added: ArrayLike | None = None,
    f: ArrayLike | None = None,
    i: ArrayLike | None = None,
    o: ArrayLike | None = None,
    h: ArrayLike | None = None,
    start: float = 0.0,
    limits: tuple[float, float] | None = None,
    parts: bool = True,
    labels: Labels | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the cell state over the steps, the gates above it, and the two parts of each step's value.

    Given ``added`` or ``f`` (the other follows from c_t = f_t · c_{t-1} + added_t), each step has two bars: the part of
    the previous value that was kept (pale, left), and the part that was added (from there to the new value, right).

    Parameters
    ----------
    c : array (T,)
        The cell state after each step.
    added : array (T,), optional
        What each step added: i_t · g_t.
    f, i, o : array (T,) or float, optional
        The gates at each step, drawn above the cell state.
    h : array (T,), optional
        The hidden state, drawn as a second line.
    start : float
        The cell state before the first step.
    limits : two floats, optional
        The range of the axis, for several plots on one scale. None takes 0 and the next of 1, 2, 3, 5, 10 …
    parts : bool
        Whether to draw the two bars of each step.
    labels : sequence of str, optional
        T words for the time axis. None counts steps from 1.
    ax : matplotlib Axes or None
        Where to draw; with gates, the two plots become its ``child_axes``, labelled "gates" and "state". None makes a
        figure.

    Raises
    ------
    ValueError
        If shapes differ, a gate lies outside 0..1, or ``added`` and ``f`` are both given and do not add up to ``c``.
    """
    c = np.asarray(c, dtype=float)
    if c.ndim != 1 or not c.size:
        raise ValueError(f"c has shape {c.shape}; expected (T,) with at least one step: one unit of one sequence")
    gates = {name: row for name, gate in (("f", f), ("i", i), ("o", o)) if (row := _row(name, gate, c)) is not None}
    for name, gate in gates.items():
        if not np.all((gate >= 0) & (gate <= 1)):
            raise ValueError(f"{name} holds numbers outside 0..1; expected the values of a gate, such as a sigmoid's")
    kept = _kept(c, np.concatenate([[start], c[:-1]]), _row("added", added, c), gates.get("f"))
    h = _row("h", h, c)
    ax = own_axes(9.0, 4.1 if gates else 3.4) if ax is None else ax
    barred = parts and kept is not None
    tall = max(ax.get_window_extent().height * 72.0 / ax.figure.dpi, 1.0)
    gap = float(np.clip((27.0 if barred else 12.0) / tall, 0.05, 0.3))  # in points: room for the legend
    plots = panels(ax, ("gates", "state"), ratios=(1.0, 3.6), gap=gap) if gates else {"state": ax}
    plot = plots["state"]
    drawn = np.concatenate([[start], c, *(row for row in (kept, h) if row is not None)])
    high = nice_limit(np.maximum(drawn, 0.0))
    low = -nice_limit(np.minimum(drawn, 0.0)) if drawn.min() < 0 else -0.04 * high
    low, high = limits or (low, high)
    plot.set(xlim=(-0.5, c.size + 0.6), ylim=(low - 0.06 * high, 1.06 * high))
    plot.set_ylabel("cell state c" if h is None else "c and h")
    label_time(plot, c.size, labels, "")
    mark_level(plot, 0)
    if kept is not None and barred:
        _parts(plot, c, kept)
    _states(plot, c, h, start, beside=barred)
    despine(plot)
    if gates:
        _gates(plots["gates"], gates)
    return ax


def _parts(ax: Axes, c: Array, kept: Array) -> None:
    """Draw what each step kept and added."""
    steps = np.arange(1, c.size + 1)
    look: Look = {"align": "edge", "width": 0.38}
    ax.bar(steps - 0.4, kept, color=COLOURS["f"], alpha=0.35, gid="kept", label="kept", **look)
    ax.bar(steps, c - kept, bottom=kept, color=COLOURS["i"], alpha=0.75, gid="added", label="added", **look)
    place: Look = {"loc": "lower right", "bbox_to_anchor": (1.0, 1.0), "borderpad": 0.1, "handlelength": 1.0}
    ax.legend(ncols=2, **place).get_frame().set_visible(False)


def _states(ax: Axes, c: Array, h: Array | None, start: float, *, beside: bool) -> None:
    """Draw c from its start on, and h, with their names at the right, ``beside`` the last bar and not over it."""
    line: Look = {"color": COLOURS["c"], "lw": 1.8, "marker": "o", "ms": 4.5 if c.size <= 60 else 0}
    ax.plot(np.arange(c.size + 1), [start, *c], gid="c", **line)
    edge = c.size + (0.4 if beside else 0.0)
    ends = [End(edge, c[-1], "c", COLOURS["c"])]
    if h is not None:
        ax.plot(np.arange(1, c.size + 1), h, color=COLOURS["h"], ls=DASHES["h"], lw=1.8, gid="h")
        ends.append(End(edge, h[-1], "h", COLOURS["h"]))
    label_ends(ax, ends)


def _gates(ax: Axes, gates: Mapping[str, Array]) -> None:
    """Draw the gates, each at its value from half a step before its step to half a step after."""
    steps = next(iter(gates.values())).size
    ax.set(xlim=(-0.5, steps + 0.6), ylim=(-0.14, 1.14), yticks=[0, 1])
    ax.set_yticklabels(["0 closed", "1 open"] if width_of(ax) > 300 else ["0", "1"])
    ax.tick_params(axis="x", labelbottom=False, length=0)
    ends = []
    for name, gate in gates.items():
        edges = np.repeat(np.arange(0.5, steps + 1), 2)[1:-1]
        ax.plot(edges, np.repeat(gate, 2), color=COLOURS[name], ls=DASHES[name], lw=2, gid=name)
        ends.append(End(steps + 0.5, float(gate[-1]), name, COLOURS[name]))
    label_ends(ax, ends)
    despine(ax)


def _row(name: str, values: ArrayLike | None, c: Array) -> Array | None:
    if values is None:
        return None
    row = np.asarray(values, dtype=float)
    if row.ndim == 0:
        row = np.full(c.shape, row)
    if row.shape != c.shape:
        raise ValueError(f"{name} has shape {row.shape}; expected that of c, {c.shape}")
    return row


def _kept(c: Array, before: Array, added: Array | None, f: Array | None) -> Array | None:
    """Give the part of the cell state that each step kept, from whichever of the two was given."""
    if f is None:
        return None if added is None else c - added
    kept = f * before
    if added is not None and not np.allclose(kept + added, c, rtol=1e-6, atol=1e-9):
        raise ValueError("added, f and c disagree: expected c[t] = f[t] * c[t-1] + added[t]; check start as well")
    return kept


def draw_half_lives(
    forget_biases: Sequence[float] = (0, 1, 2, 3, 5), *, steps: int = 30, ax: Axes | None = None
) -> Axes:
    """Draw the fraction of the cell state left after t steps, f^t with f = sigmoid(bias), and mark each half-life.

    Parameters
    ----------
    forget_biases : sequence of float
        One curve for each; at most about seven stay readable.
    steps : int
        How many steps to draw.
    ax : matplotlib Axes or None
        Where to draw. None makes a figure.

    Raises
    ------
    ValueError
        If there is no bias, or steps is below 1.
    """
    biases = np.sort(np.asarray(forget_biases, dtype=float))
    if biases.ndim != 1 or not biases.size or not np.all(np.isfinite(biases)):
        raise ValueError(f"forget_biases is {forget_biases!r}; expected at least one finite number")
    if steps < 1:
        raise ValueError(f"steps is {steps}; expected a whole number, at least 1")
    ax = own_axes(9.0, 4.2) if ax is None else ax
    ax.set(xlim=(0, steps), ylim=(0, 1.02), xlabel="steps t", ylabel="fraction of the cell state left, $f^{\\,t}$")
    mark_level(ax, 0.5)
    t = np.linspace(0, steps, 20 * steps + 1)
    ends, written, raised = [], -np.inf, 0
    crowded = 24.0 / width_of(ax) * steps  # no room for two numbers of 10 points side by side
    for rank, bias in enumerate(biases):
        f = float(sigmoid(bias))
        life = float(half_life(f))
        colour = _shade(rank, len(biases))
        ax.plot(t, f**t, color=colour, lw=2.2, gid=f"bias {bias:g}")
        said = f"{life:.1f}" if life < 10 else f"{life:.0f}"
        ends.append(
            End(
                steps,
                f**steps,
                f"bias {number(bias, 0) if bias == int(bias) else number(bias)}, half-life {said}",
                colour,
            )
        )
        if life <= steps:
            ax.plot([life], [0.5], "o", color=colour, ms=7, mec=PAPER, gid="half-life")
            raised = raised + 1 if life - written <= crowded else 0
            if raised < 2:  # raise at most one above its neighbour: the label at the end repeats the number
                ax.annotate(
                    said,
                    (life, 0.5),
                    (1, 8 + 14 * raised),
                    textcoords="offset points",
                    color=colour,
                    weight="bold",
                    size=10,
                    zorder=5,
                    bbox={"facecolor": PAPER, "alpha": 0.8, "lw": 0, "pad": 0.5},
                )
                written = life
    label_ends(ax, ends)
    despine(ax)
    return ax


def _shade(rank: int, count: int) -> tuple[float, float, float]:
    """Mix the forget gate's colour with white (small bias) or ink (large bias): a larger bias is darker."""
    at = 0.0 if count == 1 else rank / (count - 1) - 0.35
    towards = np.array(to_rgb(PAPER if at < 0 else INK))
    mixed = (1 - abs(at)) * np.array(to_rgb(COLOURS["f"])) + abs(at) * towards
    return (float(mixed[0]), float(mixed[1]), float(mixed[2]))
