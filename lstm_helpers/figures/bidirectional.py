"""Bidirectional layers: the two directions unrolled over words, and which outputs a changed input reaches."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from lstm_helpers.arrays import Array
from lstm_helpers.figures.axes import log10, powers
from lstm_helpers.figures.diagram import check_index
from lstm_helpers.figures.style import COLOURS, INK, PALE, PAPER, End, Look, despine, label_ends, own_axes

_WORD, _FORWARD, _BACKWARD, _OUT = 0.0, 1.25, 2.35, 3.6  # the height of each row
_SIZE = 0.52  # of a cell


def draw_bidirectional(words: Sequence[str], at: int | None = None, *, ax: Axes | None = None) -> Axes:
    """Draw a bidirectional layer unrolled over words: one state carried from left to right, one from right to left.

    Parameters
    ----------
    words : sequence of str
        The input, one word per step.
    at : int, optional
        The step whose output is traced: everything that it depends on, in either direction, stays dark; the rest
        turns pale.
    ax : matplotlib Axes or None
        Where to draw; every part has a gid such as "state → 2", or "state → 2 pale". None makes a figure.

    Raises
    ------
    ValueError
        If there is no word, or ``at`` is not the index of one.
    """
    if not len(words) or isinstance(words, str):
        raise ValueError(f"words is {words!r}; expected a sequence of at least one word")
    count = len(words)
    if at is not None:
        check_index("at", at, count)
    ax = own_axes(9.0, 3.4) if ax is None else ax
    ax.set_axis_off()
    ax.set(xlim=(-0.95, count - 0.1), ylim=(-0.4, _OUT + 0.55))
    for t, word in enumerate(words):
        read_there, read_back = at is None or t <= at, at is None or t >= at
        asked = at is None or t == at
        _text(ax, t, _WORD, word, INK, "word")
        _wire(ax, (t - 0.13, _WORD + 0.2), (t - 0.13, _FORWARD - _SIZE / 2), read_there, f"in → {t}")
        _wire(ax, (t + 0.36, _WORD + 0.2), (t + 0.36, _BACKWARD), read_back, f"in ← {t}")
        _wire(ax, (t + 0.36, _BACKWARD), (t + _SIZE / 2, _BACKWARD), read_back, f"into ← {t}")
        _wire(ax, (t - 0.36, _FORWARD), (t - 0.36, _OUT - 0.2), asked, f"out → {t}", COLOURS["h"])
        _wire(ax, (t - 0.36, _FORWARD), (t - _SIZE / 2, _FORWARD), asked, f"from → {t}", COLOURS["h"])
        _wire(ax, (t, _BACKWARD + _SIZE / 2), (t, _OUT - 0.2), asked, f"out ← {t}", COLOURS["h"])
        _box(ax, t, _FORWARD, read_there, "→")
        _box(ax, t, _BACKWARD, read_back, "←")
        _text(ax, t - 0.18, _OUT, "h→ h←", INK if asked else PALE, f"output {t}", size=10, boxed=True)
    for t in range(count - 1):
        _arrow(ax, t, t + 1, _FORWARD, at is None or t < at, f"state → {t}")
        _arrow(ax, t + 1, t, _BACKWARD, at is None or t >= at, f"state ← {t}")
    for height, name in ((_OUT, "output"), (_BACKWARD, "backward"), (_FORWARD, "forward"), (_WORD, "input")):
        _text(ax, -0.55, height, name, INK, f"row {name}", size=10, align="right")
    return ax


def draw_moved_outputs(
    moved: Mapping[str, ArrayLike],
    changed: int,
    *,
    value_label: str = "change of the output",
    ax: Axes | None = None,
) -> Axes:
    """Draw how much each step's output changed when the input of one step was changed, on a logarithmic axis.

    A change of exactly 0 has no place on that axis: it is drawn hollow on a separate line, labelled "exactly 0". The
    axis spans the other changes, at least one power of ten.

    Parameters
    ----------
    moved : mapping of label to array (T,)
        The size of the change of y_t for each network, at least 0.
    changed : int
        The step, from 0, whose input was changed.
    value_label : str
        What the y axis shows, with its unit.
    ax : matplotlib Axes or None
        Where to draw. None makes a figure.

    Raises
    ------
    ValueError
        If there is nothing to draw, lengths differ, or a number is negative or not finite.
    """
    lines = {label: np.asarray(sizes, dtype=float) for label, sizes in moved.items()}
    lengths = {sizes.shape for sizes in lines.values()}
    if len(lengths) != 1 or any(sizes.ndim != 1 or not sizes.size for sizes in lines.values()):
        raise ValueError(f"moved holds arrays of shapes {sorted(lengths)}; expected one shape (T,), at least one step")
    for label, sizes in lines.items():
        if not np.all(np.isfinite(sizes)) or np.any(sizes < 0):
            raise ValueError(
                f"moved[{label!r}] holds a negative number, infinity or NaN; expected finite sizes from 0 up"
            )
    (length,) = lengths.pop()
    check_index("changed", changed, length)
    logs = log10(np.concatenate(list(lines.values())))
    low, high = (float(np.nanmin(logs)), float(np.nanmax(logs))) if np.any(np.isfinite(logs)) else (-1.0, 0.0)
    room = max(high - low, 1.0)
    zero = low - 0.3 * room
    ax = own_axes(9.0, 3.6) if ax is None else ax
    ax.set(ylim=(zero - 0.1 * room, high + 0.1 * room), xlim=(0.4, length + 0.6), xlabel="step t", ylabel=value_label)
    ax.axvline(changed + 1, color=PALE, lw=6, alpha=0.5, zorder=0, gid="changed")
    ax.axhline(zero, color=PALE, lw=0.8, zorder=0)
    looks = ((INK, "o", "-"), (COLOURS["h"], "s", (0, (3, 1))), (COLOURS["i"], "^", (0, (1, 1.2))))
    ends = []
    for rank, (label, sizes) in enumerate(lines.items()):
        colour, marker, dashes = looks[rank % len(looks)]
        _reach(ax, sizes, zero, label, {"color": colour, "marker": marker, "ms": 5, "ls": dashes, "lw": 1.6})
        end = float(log10(sizes[-1])) if sizes[-1] > 0 else zero
        ends.append(End(float(length), end, label, colour))
    if room < 2:
        ticks = [k + np.log10(part) for k in range(int(np.floor(low)), int(np.ceil(high)) + 1) for part in (1, 2, 5)]
        said = {tick: f"{10**tick:.3g}" for tick in ticks if low - 0.1 * room <= tick <= high + 0.1 * room}
    else:
        powers(ax.yaxis, low, high + 0.1 * room)
        said = dict(zip(map(float, ax.get_yticks()), (text.get_text() for text in ax.get_yticklabels()), strict=True))
    ax.set_yticks([zero, *said], ["exactly 0", *said.values()])
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=12, steps=[1, 2, 5, 10]))
    label_ends(ax, [end._replace(x=float(ax.get_xlim()[1])) for end in ends])
    despine(ax)
    return ax


def _reach(ax: Axes, sizes: Array, zero: float, label: str, look: Look) -> None:
    steps = np.arange(1, len(sizes) + 1)
    ax.plot(steps, log10(sizes), gid=f"moved {label}", **look)
    still = steps[sizes == 0]
    hollow = {**look, "ls": "none", "mfc": PAPER}
    ax.plot(still, np.full(len(still), zero), gid=f"still {label}", **hollow)


def _text(
    ax: Axes, x: float, y: float, words: str, colour: str, gid: str, *, size: float = 11, align: str = "center",
    boxed: bool = False,
) -> None:  # fmt: skip
    box = {"boxstyle": "round,pad=0.3", "facecolor": PAPER, "edgecolor": colour, "lw": 1.2} if boxed else None
    ax.text(x, y, words, color=colour, size=size, ha=align, va="center", gid=gid, bbox=box, zorder=4)


def _box(ax: Axes, t: int, height: float, dark: bool, arrow: str) -> None:
    corner = (t - _SIZE / 2, height - _SIZE / 2)
    look: Look = {"boxstyle": "round,pad=0,rounding_size=0.08", "facecolor": PAPER, "lw": 1.6, "zorder": 3}
    ax.add_patch(FancyBboxPatch(corner, _SIZE, _SIZE, edgecolor=INK if dark else PALE, gid=f"cell {arrow} {t}", **look))
    _text(ax, t, height, arrow, INK if dark else PALE, f"arrow {arrow} {t}", size=13)


def _wire(
    ax: Axes, start: tuple[float, float], end: tuple[float, float], dark: bool, gid: str, colour: str = COLOURS["x"]
) -> None:
    ax.plot(*zip(start, end, strict=True), color=colour if dark else PALE, lw=1.1, alpha=1.0 if dark else 0.5, gid=gid)


def _arrow(ax: Axes, start: int, end: int, height: float, dark: bool, gid: str) -> None:
    half = _SIZE / 2 if end > start else -_SIZE / 2
    line = {"arrowstyle": "-|>", "color": COLOURS["c"] if dark else PALE, "lw": 3.0, "shrinkA": 0, "shrinkB": 0}
    note = ax.annotate("", xy=(end - half, height), xytext=(start + half, height), arrowprops=line)
    note.set_gid(gid if dark else f"{gid} pale")
