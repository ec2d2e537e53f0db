"""Gradients through time against the lag: many runs as a median and a band."""

from collections.abc import Collection, Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.typing import ColorType
from numpy.typing import ArrayLike

from lstm_helpers.arrays import Array
from lstm_helpers.figures.axes import log10, log_axis, powers, say_power
from lstm_helpers.figures.style import COLOURS, DASHES, PALE, PAPER, End, Look, despine, label_ends, own_axes, shades


def draw_gradient_norms(
    curves: Mapping[str, ArrayLike],
    *,
    what: str = r"$\Vert\,\partial s_T\,/\,\partial s_{T-n}\,\Vert$",
    colours: Mapping[str, ColorType] | None = None,
    nested: Collection[str] = (),
    floor: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how much of a gradient is left n steps back: the median of many runs, and all of them as a band.

    A line of the vanilla RNN (its label begins with "RNN") is dashed and grey, as in the other figures.

    Parameters
    ----------
    curves : mapping of label to array (runs, lags + 1), or (lags + 1,) for one run
        The norms from ``gradient_flow.lag_norms``. The number of runs and the largest lag are written on the plot.
        Zeros (underflow) and infinities (overflow) end a line.
    what : str
        The label of the y axis.
    colours : mapping of label to colour, optional
        None shades from light to dark, in the order given.
    nested : collection of labels
        Lines that may coincide: the first is drawn widest, each further one narrower and on top, so that all are seen.
        Of their bands only the first is drawn.
    floor : float, optional
        The lowest power of ten that is drawn, such as -40.
    ax : matplotlib Axes or None
        Where to draw. None makes a figure.

    Raises
    ------
    ValueError
        If there is no curve, or one is not (runs, lags + 1).
    """
    tables = {label: np.atleast_2d(np.asarray(norms, dtype=float)) for label, norms in curves.items()}
    if not tables:
        raise ValueError("curves is empty; expected at least one label with its (runs, lags + 1) norms")
    for label, table in tables.items():
        if table.ndim != 2 or table.shape[1] < 2 or np.any(table < 0):
            raise ValueError(f"curves[{label!r}] has shape {table.shape}; expected norms (runs, lags + 1), at least 0")
    ax = own_axes(9.0, 4.4) if ax is None else ax
    own = [label for label in tables if not label.startswith("RNN")]
    chosen: dict[str, ColorType] = dict.fromkeys(tables, COLOURS["h"])
    chosen |= dict(zip(own, shades(len(own)), strict=True)) | dict(colours or {})
    longest = max(table.shape[1] for table in tables.values()) - 1
    ax.set(xlim=(0, longest), xlabel="lag n (steps back)", ylabel=what)
    log_axis(ax, np.concatenate([log10(table).ravel() for table in tables.values()]), floor)
    ax.axhline(0.0, color=PALE, lw=1.0, zorder=0)
    ends = []
    alone = all(len(table) == 1 for table in tables.values())
    nest = [label for label in tables if label in nested or alone]
    widths = dict.fromkeys(tables, 2.2) | dict(zip(nest, np.linspace(2.2 * len(nest), 1.8, len(nest)), strict=True))
    for label, table in tables.items():
        lags, middle = np.arange(table.shape[1]), log10(np.median(table, axis=0))
        if len(table) > 1 and label not in nest[1:]:
            low, high = log10(table.min(axis=0)), log10(table.max(axis=0))
            ax.fill_between(lags, low, high, color=chosen[label], alpha=0.2, lw=0, gid=f"band {label}")
        look: Look = {"lw": float(widths[label]), "ls": DASHES["h"] if label.startswith("RNN") else "solid"}
        ax.plot(lags, middle, color=chosen[label], gid=label, **look)
        last = int(np.flatnonzero(np.isfinite(middle))[-1]) if np.isfinite(middle).any() else 0
        end = End(last, float(np.nan_to_num(middle[last])), label, chosen[label])
        if last < table.shape[1] - 1:
            _ends_early(ax, end, "0" if table[:, last + 1].min() == 0 else "infinite")
        else:
            ends.append(end)
    low_end, high_end = ax.get_ylim()
    label_ends(ax, [end._replace(y=float(np.clip(end.y, low_end, high_end))) for end in ends])
    runs = sorted({len(table) for table in tables.values()})
    said = f"{runs[0]}" if len(runs) == 1 else f"{runs[0]} to {runs[-1]}"
    text = "one run each" if alone else f"line: median of {said} runs, band: all of them"
    ax.set_title(text, size=10, loc="left", color=COLOURS["h"])
    despine(ax)
    return ax


def _ends_early(ax: Axes, end: End, value: str) -> None:
    """Mark where a median leaves the plot, being 0 or infinite from there on, with its name away from other lines."""
    ax.plot([end.x], [end.y], "x", color=end.colour, ms=9, mew=2.5, zorder=4, gid=f"end {end.text}")
    down = value == "0"
    line: Look = {"arrowstyle": "-", "color": end.colour, "lw": 0.8, "shrinkB": 5, "relpos": (0.0, 0.5)}
    look: Look = {"textcoords": "offset points", "color": end.colour, "weight": "bold", "size": 11, "va": "center"}
    text = f"{end.text}: {value} beyond lag {int(end.x)}"
    ax.annotate(text, (end.x, end.y), (24, 30 if down else -30), arrowprops=line, **look)


SHOWN = (-30.0, 12.0)  # powers of ten, the same in every plot, so that plots compare


def draw_gradient_bands(lstm: ArrayLike, rnn: ArrayLike, *, lag: int | None = None, ax: Axes | None = None) -> Axes:
    """Draw the gradient left along the LSTM's cell state and along the vanilla RNN, on a fixed logarithmic axis.

    Parameters
    ----------
    lstm, rnn : array (3, lags + 1)
        log10 of the least, median and greatest norm over the seeds, as in ``measured.gradients``. Norms below 10⁻³⁰ are
        not drawn.
    lag : int, optional
        A lag to mark; the medians there are written out.
    ax : matplotlib Axes or None
        Where to draw. None makes a figure.

    Raises
    ------
    ValueError
        If a table is not (3, lags + 1), or the lag is not in it.
    """
    tables = {"LSTM": np.asarray(lstm, dtype=float), "RNN": np.asarray(rnn, dtype=float)}
    lags = tables["LSTM"].shape[-1] - 1
    for name, table in tables.items():
        if table.shape != (3, lags + 1) or lags < 1:
            raise ValueError(f"{name.lower()} has shape {table.shape}; expected (3, lags + 1), the same shape for both")
    if lag is not None and not 0 <= lag <= lags:
        raise ValueError(f"lag is {lag}; expected 0 to {lags}, or None for no mark")
    ax = own_axes(9.0, 4.0) if ax is None else ax
    ax.set(xlim=(0, lags), ylim=SHOWN, xlabel="lag n (steps back)", ylabel="gradient left after n steps")
    powers(ax.yaxis, *SHOWN, most=5)
    ax.axhline(0.0, color=PALE, lw=1.0, zorder=0)
    ends = []
    for (name, (least, middle, greatest)), symbol in zip(tables.items(), "ch", strict=True):
        colour = COLOURS[symbol]
        ax.fill_between(np.arange(lags + 1), least, greatest, color=colour, alpha=0.2, lw=0, gid=f"band {name}")
        ax.plot(middle, lw=2.2, color=colour, ls=DASHES[symbol], gid=name)
        last = int(np.flatnonzero(middle >= SHOWN[0])[-1])  # at lag 0 every norm is 1
        at_end = float(np.clip(middle[last], SHOWN[0] + 1.2, SHOWN[1]))
        ends.append(End(last, at_end, name if last == lags else f"{name} ↓", colour))
    label_ends(ax, ends)
    if lag is not None:
        ax.axvline(lag, color=PALE, lw=1.2, zorder=0)
        upper = int(tables["RNN"][1, lag] > tables["LSTM"][1, lag])
        for k, (table, symbol) in enumerate(zip(tables.values(), "ch", strict=True)):
            _mark(ax, table[1], lag, symbol, above=k == upper)
    despine(ax)
    return ax


def _mark(ax: Axes, curve: Array, lag: int, symbol: str, above: bool) -> None:
    """Write a curve's value at one lag beside the curve: above the upper curve, below the lower one."""
    lags, value, floor = len(curve) - 1, float(curve[lag]), SHOWN[0]
    colour, seen = COLOURS[symbol], value >= floor
    falls = curve[min(lag + 5, lags)] <= curve[max(lag - 5, 0)]
    wanted = falls == above or not seen
    right = (wanted or lag < 0.12 * lags) and lag < 0.88 * lags
    rise = value - float(curve[min(lag + 13, lags) if right else max(lag - 13, 0)])  # along the width of the text
    lift = 11.0 + (0.0 if right == wanted else 5.0 * abs(rise))  # 5 points a decade
    if seen:
        paper = PAPER if symbol == "h" else colour
        ax.plot(lag, value, "s" if symbol == "h" else "o", color=colour, mfc=paper, mew=1.8, clip_on=False)
    ax.annotate(
        say_power(value) if seen else f"{say_power(value)} ↓",
        xy=(lag, value if seen else floor + 3.6),
        xytext=(8 if right else -8, (lift if above else -lift) if seen else 0),
        textcoords="offset points",
        gid=f"value {symbol}",
        color=colour,
        weight="bold",
        ha="left" if right else "right",
        va="center",
    )
