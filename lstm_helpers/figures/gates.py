"""The activation functions sigmoid and tanh, and gates: how much of a value or of a signal a gate passes."""

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
    Look,
    despine,
    label_ends,
    number,
    own_axes,
    panels,
    width_of,
)


def draw_activations(*, reach: float = 6.0, ax: Axes | None = None) -> Axes:
    """Draw sigmoid and tanh with their derivatives, side by side on equal axes.

    Parameters
    ----------
    reach : float
        The largest ``|z|`` that is drawn, above 0.
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
    two["sigmoid"].annotate("derivative ≤ ¼", (1.6, 0.22), color=COLOURS["x"], size=10.5)
    two["tanh"].annotate("derivative ≤ 1", (-0.8, 0.62), ha="right", color=COLOURS["x"], size=10.5)
    return ax


def _curve(ax: Axes, z: Array, value: Array, derivative: Array, name: str) -> None:
    ax.set(xlim=(z[0], z[-1]), ylim=(-1.12, 1.3), xlabel="z")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6, steps=[1, 2, 5, 10]))
    ax.set_yticks([-1, 0, 0.25, 0.5, 1], ["\N{MINUS SIGN}1", "0", "¼", "½", "1"])
    for level in (-1, 0, 1):
        ax.axhline(level, color=PALE, lw=0.8, zorder=0)
    ax.fill_between(z, 0, derivative, color=COLOURS["x"], alpha=0.16, lw=0, zorder=1)
    ax.plot(z, derivative, color=COLOURS["x"], ls=(0, (4, 1.5)), lw=1.6, gid="derivative")
    ax.plot(z, value, color=INK, lw=2.6, gid="value")
    ax.annotate(name, (z[-1], 1.0), (-2, 6), textcoords="offset points", ha="right", color=INK, size=13)
    despine(ax)


def draw_gated_signal(value: ArrayLike, gate: ArrayLike, *, symbol: str = "o", ax: Axes | None = None) -> Axes:
    """Draw a signal, a gate that opens and closes, and their product, which is filled.

    Parameters
    ----------
    value : array (T,)
        The signal.
    gate : array (T,)
        The gate at each step, from 0 (closed) to 1 (open).
    symbol : str
        The gate's symbol, "i", "f" or "o"; sets the colour.
    ax : matplotlib Axes or None
        Where to draw; a strip for the gate is added above it. None makes a figure.

    Raises
    ------
    ValueError
        If the two differ in shape, or a gate lies outside 0..1.
    """
    value, gate = np.asarray(value, dtype=float), np.asarray(gate, dtype=float)
    if value.ndim != 1 or not value.size:
        raise ValueError(f"value has shape {value.shape}; expected (T,) with at least one step")
    if gate.shape != value.shape:
        raise ValueError(f"gate has shape {gate.shape}; expected that of value, {value.shape}")
    if not np.all((gate >= 0) & (gate <= 1)):
        raise ValueError("gate holds numbers outside 0..1; expected the values of a gate, such as a sigmoid's")
    if symbol not in ("i", "f", "o"):
        raise ValueError(f"symbol is {symbol!r}; expected a gate, i, f or o")
    ax = own_axes(9.0, 4.0) if ax is None else ax
    steps, colour, passed = np.arange(1, value.size + 1), COLOURS[symbol], gate * value
    limit = 1.1 * max(1.0, float(np.abs(value).max()))
    ends = (steps[0], max(steps[-1], steps[0] + 1))
    ax.set(xlim=ends, ylim=(-limit, limit), xlabel="step", ylabel="signal")
    ax.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    ax.axhline(0, color=PALE, lw=0.8, zorder=0)
    ax.fill_between(steps, 0, passed, color=colour, alpha=0.45, lw=0, gid="passed")
    ax.plot(steps, value, color=INK, lw=1.1, ls=(0, (4, 2)), gid="value")
    ax.plot(steps, passed, color=colour, lw=2.2, gid="product")
    label_ends(
        ax,
        [End(steps[-1], value[-1], "value", INK), End(steps[-1], passed[-1], "gate × value", colour)],
    )
    strip = ax.inset_axes((0.0, 1.06, 1.0, 0.2), sharex=ax)
    strip.set(ylim=(0, 1.05), yticks=[0, 1], yticklabels=["0 closed", "1 open"])
    strip.tick_params(labelbottom=False, length=0)
    strip.fill_between(steps, 0, gate, color=colour, alpha=0.18, lw=0)
    strip.plot(steps, gate, color=colour, ls=DASHES[symbol], lw=2, gid="gate")
    label_ends(strip, [End(steps[-1], gate[-1], "gate", colour)])
    despine(strip)
    despine(ax)
    return ax


ACTIVATIONS = ("sigmoid", "tanh")
_LIMIT = 2.3  # of the axis; a larger value is cut off


def draw_gated_value(value: float, gate: float, *, symbol: str = "o", ax: Axes | None = None) -> Axes:
    """Draw a value, a gate, and their product: gate × value.

    Parameters
    ----------
    value : float
        The value, drawn as a thickness from 0; the axis is made for -2 to 2.
    gate : float
        The fraction of the value that passes, -1 to 1. Below 0, which no gate should be, an arrow turns what passes
        over to the other side of 0.
    symbol : str
        "i", "f", "o" or "g"; sets the colour.
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
        raise ValueError(f"gate is {gate}; expected -1 to 1, the range of sigmoid and tanh")
    ax = own_axes(4.5, 3.2) if ax is None else ax
    passed, colour = gate * value, COLOURS[symbol]
    ax.set(xlim=(0, 10), ylim=(-_LIMIT, _LIMIT), xticks=[], yticks=[-2, -1, 0, 1, 2])
    ax.axhline(0, color=PALE, lw=0.8, zorder=0)
    ax.add_patch(Rectangle((0.2, 0), 4.4, value, facecolor=INK, alpha=0.16, lw=0, gid="value"))
    ax.add_patch(Rectangle((5.2, 0), 4.6, passed, facecolor=colour, alpha=0.75, lw=0, gid="passed"))
    end = _LIMIT if np.copysign(1.0, value) > 0 else -_LIMIT
    start = abs(gate) * value  # the gate closes what lies beyond
    ax.add_patch(Rectangle((4.6, start), 0.6, end - start, facecolor=INK, lw=0, gid="gate"))
    if passed * value < 0:
        outline: Look = {"fill": False, "edgecolor": colour, "ls": (0, (3, 2)), "lw": 1.2}
        ax.add_patch(Rectangle((5.2, 0), 4.6, start, gid="before the turn", **outline))
        turn = {"arrowstyle": "-|>,head_width=0.3,head_length=0.6", "color": colour, "lw": 2.0}
        turn |= {"connectionstyle": "arc3,rad=-0.3", "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", (9.1, 0.75 * passed), (9.1, 0.75 * start), arrowprops=turn, gid="turn")
    _write(ax, 2.4, value, f"value {number(value)}")
    between = "\n" if width_of(ax) < 170 else " "
    _write(ax, 7.5 if passed * value >= 0 else 7.0, passed, f"× {number(gate)}{between}= {number(passed)}")
    ax.spines["bottom"].set_visible(False)
    despine(ax)
    return ax


def _write(ax: Axes, x: float, level: float, words: str) -> None:
    """Write on the empty side of 0."""
    below = np.copysign(1.0, level) > 0
    ax.text(x, -0.14 if below else 0.14, words, ha="center", va="top" if below else "bottom", size=10.5)


def draw_soft_gate(value: float, z: float, *, activation: str = "sigmoid", ax: Axes | None = None) -> Axes:
    """Draw a pre-activation on its activation function, with the derivative there, and beside it gate × value.

    Parameters
    ----------
    value, z : float
        The value that meets the gate, and the gate's pre-activation.
    activation : {"sigmoid", "tanh"}
        The activation function.
    ax : matplotlib Axes or None
        Where to draw; the two plots become its ``child_axes``, labelled "activation" and "gate". None makes a figure.

    Raises
    ------
    ValueError
        If the activation is neither, or a number is not finite.
    """
    if activation not in ACTIVATIONS:
        raise ValueError(f"activation is {activation!r}; expected one of {', '.join(map(repr, ACTIVATIONS))}")
    if not np.isfinite(z):
        raise ValueError(f"z is {z}; expected a finite pre-activation: it is drawn as a point")
    ax = own_axes(9.0, 3.2) if ax is None else ax
    two = panels(ax, ("activation", "gate"), across=True, gap=0.1)
    reach = max(8.0, abs(z))
    along = np.linspace(-reach, reach, 321)
    left, symbol = two["activation"], "o" if activation == "sigmoid" else "g"
    left.set(xlim=(-reach, reach), ylim=(-1.15, 1.15), yticks=[-1, 0, 1], xlabel="pre-activation z")
    left.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5, steps=[1, 2, 4, 10]))
    left.axhline(0, color=PALE, lw=0.8, zorder=0)
    for name, function in (("sigmoid", sigmoid), ("tanh", tanh)):
        chosen = name == activation
        look: Look = {"color": INK if chosen else PALE, "lw": 2.2 if chosen else 1.2, "zorder": 2 + chosen}
        left.plot(along, function(along), gid=name, **look)
    function, derivative = (sigmoid, sigmoid_derivative) if activation == "sigmoid" else (tanh, tanh_derivative)
    gate = float(function(z))
    run = np.array([-1.5, 1.5])
    left.plot(z + run, gate + float(derivative(gate)) * run, color=COLOURS["x"], lw=2, zorder=4, gid="derivative")
    left.plot([z], [gate], "o", color=COLOURS[symbol], mec=INK, ms=9, zorder=5, gid="point")
    left.set_title(f"{activation}({number(z)}) = {number(gate)}", size=10.5, loc="left")
    despine(left)
    draw_gated_value(value, gate, symbol=symbol, ax=two["gate"])
    return ax
