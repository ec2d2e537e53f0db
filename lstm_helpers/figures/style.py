"""The house style, in one place so that a symbol has the same colour in every figure, diagram and widget.

The hues are those of Okabe and Ito (2008), which people with any kind of colour vision can tell apart. Some of them are
similar when printed in grey, so every line also has its own dashes, and a label at its end rather than in a legend.
"""

import importlib
import sys
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap, Normalize
from matplotlib.typing import ColorType, LineStyleType
from numpy.typing import ArrayLike

COLOURS = MappingProxyType(
    {
        "i": "#0072B2",  # blue: input gate
        "f": "#D55E00",  # vermilion: forget gate
        "g": "#CC79A7",  # reddish purple: candidate
        "o": "#009E73",  # green: output gate
        "c": "#000000",  # black: cell state
        "h": "#767676",  # grey: hidden state; readable on white and on black
        "x": "#8C6843",  # muted brown: input; not vermilion to those who see no red either
    }
)
TEXT_COLOURS = MappingProxyType(  # the same hues for words in a diagram: 4.5 to 1 on PAPER and on CELL
    {**COLOURS, "f": "#B44F00", "g": "#B24481", "o": "#007D5B", "h": "#6D6D6D"}
)
TEXT_COLOURS_DARK = MappingProxyType(  # and on a dark page
    {"i": "#00A3FF", "f": "#FE7000", "g": "#D084AE", "o": "#00B282", "c": "#FFFFFF", "h": "#9B9B9B", "x": "#C39A72"}
)
DASHES: MappingProxyType[str, LineStyleType] = MappingProxyType(
    {
        "i": (0, (5, 1.5)),
        "f": "solid",
        "g": (0, (1, 1.2)),
        "o": (0, (6, 1.5, 1, 1.5)),
        "c": "solid",
        "h": (0, (3, 1)),
        "x": "solid",
    }
)
NAMES = MappingProxyType(
    {
        "i": "input gate i",
        "f": "forget gate f",
        "g": "candidate g",
        "o": "output gate o",
        "c": "cell state c",
        "h": "hidden state h",
        "x": "input x",
    }
)
GATES = ("i", "f", "o")  # the fields that lie between 0 and 1
SIGNED = ("g", "c", "h")  # the fields that have a sign

INK = "#1F1F1F"  # text and axes
PALE = "#BDBDBD"  # everything outside the highlighted part
QUIET = "#777777"  # what stands beside it: a zero line, a run to compare with
PAPER = "#FFFFFF"
CELL = "#F6F5F1"  # the inside of a cell's own box in a diagram
CELL_EDGE = "#DEDCD3"
MASKED = "#F2F2F2"  # a masked step, and its hatching
HATCH = "#B0B0B0"
MARKERS = ("o", "s", "^", "D", "v", "P")  # of lines that stand for no symbol, with ``shades``

GATE_MAP: Colormap = LinearSegmentedColormap.from_list(
    "lstm_gate", ["#FBFAF3", "#C9DDC4", "#7DB2A8", "#3A7C8C", "#1F4A6B", "#14213D"]
)
SIGNED_MAP: Colormap = LinearSegmentedColormap.from_list(
    "lstm_signed", ["#543005", "#A6691F", "#E0C285", "#F7F5EF", "#93CDC2", "#2A8A82", "#003C30"]
)

AMOUNT_MAP: Colormap = LinearSegmentedColormap.from_list(
    "lstm_amount", ["#FDFCF8", "#F7DFA8", "#EBA75A", "#CF6228", "#8C2D12", "#4A1208"]
)
FAULT_MAP: Colormap = LinearSegmentedColormap.from_list("lstm_wrong", ["#FBE3D2", "#E9A173", COLOURS["f"], "#8F3A00"])
CONTENDERS = ("#1F4A6B", *(COLOURS[symbol] for symbol in "fogxh"))  # of things compared that stand for no symbol

Look = dict[str, Any]  # keywords of matplotlib's artists


def use_style() -> None:
    """Set matplotlib's defaults, and high resolution in a notebook; call it once, in the set-up cell."""
    matplotlib.rcParams.update(
        {
            "figure.figsize": (9.0, 3.6),
            "figure.dpi": 100,
            "figure.facecolor": PAPER,  # opaque, so that black lines are visible on a dark page
            "savefig.facecolor": PAPER,
            "savefig.transparent": False,
            "figure.constrained_layout.use": True,
            "font.family": ["DejaVu Sans"],
            "font.size": 11.5,
            "mathtext.fontset": "dejavusans",
            "axes.titlesize": 12.5,
            "axes.titlelocation": "left",
            "axes.labelsize": 11.5,
            "axes.edgecolor": INK,
            "axes.labelcolor": INK,
            "text.color": INK,
            "xtick.color": INK,
            "ytick.color": INK,
            "xtick.labelsize": 10.5,
            "ytick.labelsize": 10.5,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.prop_cycle": cycler(color=[COLOURS[s] for s in "ifgoch"]),
            "lines.linewidth": 2.0,
            "legend.frameon": False,
        }
    )
    if "ipykernel" in sys.modules:
        inline = importlib.import_module("matplotlib_inline.backend_inline")
        inline.set_matplotlib_formats("retina")


def own_axes(width: float = 9.0, height: float = 3.6) -> Axes:
    """Make a figure with one plot, for a ``draw_*`` called without ``ax``; sizes in inches."""
    return plt.subplots(figsize=(width, height), layout="constrained", facecolor=PAPER)[1]


def panels(
    ax: Axes, names: Sequence[str], *, ratios: Sequence[float] | None = None, gap: float = 0.08, across: bool = False
) -> dict[str, Axes]:
    """Divide a plot into smaller ones, below (or beside) one another, which become its ``child_axes``.

    ``ratios`` are their relative sizes; ``gap`` is the space between them, as a fraction of the whole.
    """
    ax.set_axis_off()
    sizes = np.ones(len(names)) if ratios is None else np.asarray(ratios, dtype=float)
    sizes = sizes / sizes.sum() * (1.0 - gap * (len(names) - 1))
    made: dict[str, Axes] = {}
    at = 0.0
    for name, size in zip(names, sizes, strict=True):
        place = (at, 0.0, size, 1.0) if across else (0.0, max(1.0 - at - size, 0.0), 1.0, size)
        made[name] = ax.inset_axes(place, label=name)
        at += float(size) + gap
    return made


def width_of(ax: Axes) -> float:
    """Give the width of a plot in points, before the figure is laid out."""
    return max(ax.get_window_extent().width * 72.0 / ax.figure.dpi, 1.0)


def despine(ax: Axes) -> None:
    """Hide the top and right spines, whatever the page's defaults are."""
    ax.spines[["top", "right"]].set_visible(False)


def nice_limit(values: ArrayLike) -> float:
    """Give the smallest of 1, 2, 3, 5, 10, 20, 30 … that no |value| exceeds; few limits make figures comparable."""
    values = np.asarray(values, dtype=float)
    largest = float(np.max(np.abs(values))) if values.size else 0.0
    if not np.isfinite(largest):
        raise ValueError("values holds NaN or infinity; expected finite numbers")
    power = 1.0
    largest /= 1.0 + 1e-9  # ten times 0.1 is a little more than 1
    while 5.0 * power < largest:
        power *= 10.0
    return next(power * rung for rung in (1.0, 2.0, 3.0, 5.0) if power * rung >= largest or rung == 5.0)


def span(values: ArrayLike) -> tuple[float, float]:
    """Give limits for lines that include 0: each side of 0 has room for what is drawn there, and no more.

    A side ends at the next number with one digit (1, 2, 3 … 10, 20 …), the larger one at 1 or more; a side on which
    little or nothing is drawn gets a small margin.
    """
    values = np.asarray(values, dtype=float)
    if not np.all(np.isfinite(values)):
        raise ValueError("values holds NaN or infinity; expected finite numbers")
    low, high = float(np.min(values, initial=0.0)), float(np.max(values, initial=0.0))
    largest = max(-low, high, 1.0) / (1.0 + 1e-9)
    digit = 10.0 ** np.floor(np.log10(largest))
    room, margin = digit * float(np.ceil(largest / digit)), 0.06 * max(high - low, 1.0)
    below, above = (room, high) if -low > high else (-low, room)
    return -below - margin, above + margin


def norm_of(field: str, values: ArrayLike = ()) -> tuple[Colormap, Normalize]:
    """Give the colour map and the limits of a field: 0..1 for gates, -1..1 for g and h, and a ``nice_limit`` for c."""
    if field in GATES:
        return GATE_MAP, Normalize(0.0, 1.0)
    limit = nice_limit(values) if field == "c" else 1.0
    return SIGNED_MAP, Normalize(-limit, limit)


class End(NamedTuple):
    """A label for the end of a line."""

    x: float  # data units, where the line ends
    y: float
    text: str
    colour: ColorType


def mark_level(ax: Axes, level: float, text: str = "") -> None:
    """Draw a pale line across a plot at a height that others are compared with, such as 0, with a name at its left."""
    ax.axhline(level, color=PALE, lw=1.0, zorder=0, gid=f"level {text}".strip())
    if text:
        place: Look = {"textcoords": "offset points", "xycoords": ("axes fraction", "data"), "va": "bottom"}
        ax.annotate(text, (0.0, level), (3, 2), color=INK, size=10, **place)


def label_ends(ax: Axes, ends: Sequence[End], *, size: float = 11.0, gap: float = 6.0) -> None:
    """Write labels to the right of the ends of lines, spread so that none covers another.

    Call it after the limits of ``ax`` are set: positions depend on them. ``size`` and ``gap`` are in points.
    """
    low, high = ax.get_ylim()
    height = max(ax.get_window_extent().height * 72.0 / ax.figure.dpi, 1.0)
    wanted = [(end.y - low) / (high - low) * height for end in ends]
    moves = np.subtract(spread(wanted, 1.25 * size, height), wanted)
    leader = bool(np.any(np.abs(moves) > 1.0))  # if one label is shifted, all move right
    for end, move in zip(ends, moves, strict=True):
        line = {"arrowstyle": "-", "color": end.colour, "lw": 0.8, "shrinkA": 1, "shrinkB": 2, "relpos": (0.0, 0.5)}
        ax.annotate(
            end.text,
            xy=(end.x, end.y),
            xytext=(gap + 10.0 * leader, float(move)),
            textcoords="offset points",
            color=end.colour,
            size=size,
            weight="bold",
            va="center",
            annotation_clip=False,
            arrowprops=line if leader else None,
        )


def spread(places: Sequence[float], distance: float, height: float) -> list[float]:
    """Shift numbers as little as needed to put neighbours ``distance`` apart, within 0..``height`` if they fit.

    Neighbours that are too close form a group, which is centred on their mean; groups that meet are merged.
    """

    def centre(group: list[float]) -> float:
        half = distance * (len(group) - 1) / 2
        return float(np.clip(np.mean(group), half, height - half)) if 2 * half <= height else height / 2

    order = np.argsort(places, kind="stable")
    groups: list[list[float]] = []
    for k in order:
        groups.append([float(places[k])])
        while len(groups) > 1:
            left, right = groups[-2:]
            if centre(right) - centre(left) >= distance * (len(left) + len(right)) / 2 - 1e-9:
                break
            groups[-2:] = [left + right]
    settled = [centre(group) + distance * (n - (len(group) - 1) / 2) for group in groups for n in range(len(group))]
    result = [0.0] * len(places)
    for rank, k in enumerate(order):
        result[int(k)] = settled[rank]
    return result


def number(value: float, digits: int = 2) -> str:
    """Write a number for a figure: fixed decimals, a typographic minus sign, never minus zero."""
    text = f"{value:.{digits}f}"
    if float(text) == 0.0:
        text = text.removeprefix("-")
    return text.replace("-", "\N{MINUS SIGN}")


def ink_on(colour: str) -> str:
    """Choose black or white for text on a colour "#rrggbb", whichever has more contrast."""
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    r, g, b = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in channels)
    light = 0.2126 * r + 0.7152 * g + 0.0722 * b  # WCAG 2: the contrast to black is (light + 0.05) / 0.05
    return "#000000" if (light + 0.05) ** 2 > 0.05 * 1.05 else "#ffffff"


def shades(count: int) -> list[tuple[float, float, float, float]]:
    """Give colours from light to dark, for ordered lines that stand for no symbol."""
    return [GATE_MAP(0.42 + 0.58 * (k / (count - 1) if count > 1 else 0.6)) for k in range(count)]


def with_count(label: str, count: int) -> str:
    """Add the number of runs to a label, if there is more than one."""
    return f"{label} (n = {count})" if count > 1 else label
