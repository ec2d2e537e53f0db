"""Sigmoid and tanh as curves, and as gates: how much of a value or of a signal they let through."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from lstm_helpers.activations import sigmoid, sigmoid_derivative, tanh, tanh_derivative
from lstm_helpers.arrays import Array
from lstm_helpers.figures.style import (
    COLOURS,
    DASHES,
    INK,
    PALE,
    End,
    despine,
    label_ends,
    number,
    own_axes,
    panels,
    width_of,
)


def draw_activations(*, reach: float = 6.0, ax: Axes | None = None) -> Axes:
    """Draw sigmoid and tanh with their slopes, side by side on equal axes.

    Parameters
    ----------
    reach : float
        How far z goes to either side, above 0.
    ax : matplotlib Axes or None
        Where to draw; the two plots become its ``child_axes``. None makes a figure.

    Raises
    ------
    ValueError
        If reach is not above 0.
    """
    if not reach > 0:
        raise ValueError(f"reach is {reach}; expected a number above 0")
    ax = own_axes(9.0, 3.7) if ax is None else ax
    two = panels(ax, ("sigmoid", "tanh"), across=True)
    z = np.linspace(-reach, reach, 401)
    s, t = sigmoid(z), tanh(z)
    _curve(two["sigmoid"], z, s, sigmoid_derivative(s), r"$\sigma(z)$")
    _curve(two["tanh"], z, t, tanh_derivative(t), r"$\tanh(z)$")
    two["sigmoid"].annotate("slope ≤ ¼", (1.6, 0.22), color=COLOURS["x"], size=10.5)
    two["tanh"].annotate("slope ≤ 1", (-0.8, 0.62), ha="right", color=COLOURS["x"], size=10.5)
    return ax


def _curve(ax: Axes, z: Array, value: Array, slope: Array, name: str) -> None:
    ax.set(xlim=(z[0], z[-1]), ylim=(-1.12, 1.3), xlabel="z")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6, steps=[1, 2, 5, 10]))
    ax.set_yticks([-1, 0, 0.25, 0.5, 1], ["\N{MINUS SIGN}1", "0", "¼", "½", "1"])
    for level in (-1, 0, 1):
        ax.axhline(level, color=PALE, lw=0.8, zorder=0)
    ax.fill_between(z, 0, slope, color=COLOURS["x"], alpha=0.16, lw=0, zorder=1)
    ax.plot(z, slope, color=COLOURS["x"], ls=(0, (4, 1.5)), lw=1.6, gid="slope")
    ax.plot(z, value, color=INK, lw=2.6, gid="value")
    ax.annotate(name, (z[-1], 1.0), (-2, 6), textcoords="offset points", ha="right", color=INK, size=13)
    despine(ax)


def draw_gated_signal(value: ArrayLike, gate: ArrayLike, *, symbol: str = "o", ax: Axes | None = None) -> Axes:
    """Draw a signal, a gate that opens and shuts, and what passes: the filled part of the signal.

    Parameters
    ----------
    value : array (T,)
        The signal.
    gate : array (T,)
        The gate at each step, from 0 (shut) to 1 (open).
    symbol : str
        The gate's symbol, "i", "f" or "o", for its colour.
    ax : matplotlib Axes or None
        Where to draw; a strip for the gate is put on top of it. None makes a figure.

    Raises
    ------
    ValueError
        If the two differ in shape, or the gate leaves 0..1.
    """
    value, gate = np.asarray(value, dtype=float), np.asarray(gate, dtype=float)
    if value.ndim != 1 or not value.size:
        raise ValueError(f"value has shape {value.shape}; expected (T,) with at least one step")
    if gate.shape != value.shape:
        raise ValueError(f"gate has shape {gate.shape}; expected that of value, {value.shape}")
    if not np.all((gate >= 0) & (gate <= 1)):
        raise ValueError("gate holds numbers outside 0..1; expected a gate, such as sigmoid of something")
    if symbol not in ("i", "f", "o"):
        raise ValueError(f"symbol is {symbol!r}; expected a gate, i, f or o")
    ax = own_axes(9.0, 4.0) if ax is None else ax
    steps, colour, passed = np.arange(1, value.size + 1), COLOURS[symbol], gate * value
    limit = 1.1 * max(1.0, float(np.abs(value).max()))
    ends = (steps[0], max(steps[-1], steps[0] + 1))
    ax.set(xlim=ends, ylim=(-limit, limit), xlabel="step", ylabel="signal")
    ax.axhline(0, color=PALE, lw=0.8, zorder=0)
    ax.fill_between(steps, 0, passed, color=colour, alpha=0.45, lw=0, gid="passed")
    ax.plot(steps, value, color=INK, lw=1.1, ls=(0, (4, 2)), gid="value")
    ax.plot(steps, passed, color=colour, lw=2.2, gid="product")
    label_ends(
        ax,
        [End(steps[-1], value[-1], "value", INK), End(steps[-1], passed[-1], "gate × value", colour)],
    )
    strip = ax.inset_axes((0.0, 1.06, 1.0, 0.2), sharex=ax)
    strip.set(ylim=(0, 1.05), yticks=[0, 1], yticklabels=["0 shut", "1 open"])
    strip.tick_params(labelbottom=False, length=0)
    strip.fill_between(steps, 0, gate, color=colour, alpha=0.18, lw=0)
    strip.plot(steps, gate, color=colour, ls=DASHES[symbol], lw=2, gid="gate")
    label_ends(strip, [End(steps[-1], gate[-1], "gate", colour)])
    despine(strip)
    despine(ax)
    return ax


CURVES = ("sigmoid", "tanh")
_LIMIT = 2.3  # of the values drawn; more leaves the picture


def draw_gated_value(value: float, gate: float, *, symbol: str = "o", ax: Axes | None = None) -> Axes:
    """Draw a value that meets a gate, and what gets through: gate × value.

    Parameters
    ----------
    value : float
        What comes in, drawn as a thickness from 0; pictures compare between -2 and 2.
    gate : float
        The part that is let through, -1 to 1. Below 0 it comes out on the other side of 0.
    symbol : str
        "i", "f", "o" or "g": for the colour.
    ax : matplotlib Axes or None
        Where to draw. None makes a figure.

    Raises
    ------
    ValueError
        If the gate is outside -1..1, or a number is not finite.
    """
    if not np.isfinite(value):
        raise ValueError(f"value is {value}; expected a finite number: its thickness is drawn")
    if not -1.0 <= gate <= 1.0:
        raise ValueError(f"gate is {gate}; expected -1 to 1: what sigmoid or tanh gives")
    ax = own_axes(4.5, 3.2) if ax is None else ax
    passed, colour = gate * value, COLOURS[symbol]
    ax.set(xlim=(0, 10), ylim=(-_LIMIT, _LIMIT), xticks=[], yticks=[-2, -1, 0, 1, 2])
    ax.axhline(0, color=PALE, lw=0.8, zorder=0)
    ax.add_patch(Rectangle((0.2, 0), 4.4, value, facecolor=INK, alpha=0.16, lw=0, gid="value"))
    ax.add_patch(Rectangle((5.2, 0), 4.6, passed, facecolor=colour, alpha=0.75, lw=0, gid="passed"))
    end = _LIMIT if np.copysign(1.0, value) > 0 else -_LIMIT
    start = passed if passed * value > 0 else 0.0
    ax.add_patch(Rectangle((4.6, start), 0.6, end - start, facecolor=INK, lw=0, gid="gate"))
    _write(ax, 2.4, value, f"value {number(value)}")
    between = "\n" if width_of(ax) < 170 else " "
    _write(ax, 7.5, passed, f"× {number(gate)}{between}= {number(passed)}")
    ax.spines["bottom"].set_visible(False)
    despine(ax)
    return ax


def _write(ax: Axes, x: float, level: float, words: str) -> None:
    """Write on the side of 0 on which nothing is drawn."""
    below = np.copysign(1.0, level) > 0
    ax.text(x, -0.14 if below else 0.14, words, ha="center", va="top" if below else "bottom", size=10.5)


def draw_soft_gate(value: float, logit: float, *, curve: str = "sigmoid", ax: Axes | None = None) -> Axes:
    """Draw a logit on its curve, with the slope there, and beside it what the switch does to a value.

    Parameters
    ----------
    value, logit : float
        What comes in, and what sets the switch.
    curve : {"sigmoid", "tanh"}
        What bends the logit.
    ax : matplotlib Axes or None
        Where to draw; the two plots become its ``child_axes``, labelled "curve" and "gate". None makes a figure.

    Raises
    ------
    ValueError
        If the curve is neither, or a number is not finite.
    """
    if curve not in CURVES:
        raise ValueError(f"curve is {curve!r}; expected one of {', '.join(map(repr, CURVES))}")
    if not np.isfinite(logit):
        raise ValueError(f"logit is {logit}; expected a finite number: a point on the curve")
    ax = own_axes(9.0, 3.2) if ax is None else ax
    two = panels(ax, ("curve", "gate"), across=True, gap=0.1)
    reach = max(8.0, abs(logit))
    z = np.linspace(-reach, reach, 321)
    left, symbol = two["curve"], "o" if curve == "sigmoid" else "g"
    left.set(xlim=(-reach, reach), ylim=(-1.15, 1.15), yticks=[-1, 0, 1], xlabel="logit z")
    left.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5, steps=[1, 2, 4, 10]))
    left.axhline(0, color=PALE, lw=0.8, zorder=0)
    for name, bend in (("sigmoid", sigmoid), ("tanh", tanh)):
        chosen = name == curve
        left.plot(z, bend(z), color=INK if chosen else PALE, lw=2.2 if chosen else 1.2, zorder=2 + chosen, gid=name)
    bend, slope_from = (sigmoid, sigmoid_derivative) if curve == "sigmoid" else (tanh, tanh_derivative)
    gate = float(bend(logit))
    run = np.array([-1.5, 1.5])
    left.plot(logit + run, gate + float(slope_from(gate)) * run, color=COLOURS["x"], lw=2, zorder=4, gid="slope")
    left.plot([logit], [gate], "o", color=COLOURS[symbol], mec=INK, ms=9, zorder=5, gid="point")
    left.set_title(f"{curve}({number(logit)}) = {number(gate)}", size=10.5, loc="left")
    despine(left)
    draw_gated_value(value, gate, symbol=symbol, ax=two["gate"])
    return ax
