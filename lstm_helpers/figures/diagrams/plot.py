"""A scene in matplotlib: each mark becomes one artist, and numbers are filled in. Nothing is decided here."""

from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyBboxPatch, Patch, Rectangle
from matplotlib.patches import Polygon as Shape
from matplotlib.patheffects import Normal, Stroke

from lstm_helpers.figures.diagrams import marks as m
from lstm_helpers.figures.diagrams.base import key_of
from lstm_helpers.figures.diagrams.values import Values
from lstm_helpers.figures.diagrams.words import width_of
from lstm_helpers.figures.style import CELL, CELL_EDGE, COLOURS, INK, PALE, PAPER, TEXT_COLOURS, Look


def to_axes(scene: m.Scene, values: Values, ax: Axes) -> Axes:
    """Draw a scene on a plot, whose limits are set."""
    wide, tall = room(ax)
    ax.set(xlim=(0, scene.width), ylim=(scene.height, 0), aspect="equal")
    pen = _Pen(ax, values, min(wide / scene.width, tall / scene.height))
    boxes: dict[str, Patch] = {}  # the last patch of each node, which clips its level
    shown = [mark for mark in scene.marks if mark.tag.role != "hit" and mark.tag.only in (None, values.part)]
    for order, mark in enumerate(shown):
        look: Look = {"zorder": 2.0 + order / 1000, "gid": _gid(mark.tag), "alpha": pen.alpha(mark.tag)}
        if isinstance(mark, m.Line):
            pen.line(mark, look)
        elif isinstance(mark, m.Words):
            pen.words(mark, look)
        elif isinstance(mark, m.Formula):
            pen.formula(mark, look)
        else:
            patch = pen.patch(mark)
            ax.add_patch(patch)
            patch.set(**{**look, "alpha": 0.35 * look["alpha"]} if isinstance(mark, m.Level) else look)
            if isinstance(mark, m.Level):
                patch.set_clip_path(boxes[mark.tag.name])
            boxes[mark.tag.name] = patch
    return ax


def room(ax: Axes) -> tuple[float, float]:
    """Give the width and height of a plot without axes, in points, as the figure will lay it out."""
    ax.set_axis_off()
    figure: Any = ax.figure.figure  # the whole one, where the plot is in a part of it
    if engine := figure.get_layout_engine():
        engine.execute(figure)
    place, whole = ax.get_position(original=True), ax.figure.bbox
    scale = 72.0 / ax.figure.dpi
    return place.width * whole.width * scale, place.height * whole.height * scale


class _Pen(NamedTuple):
    """The settings that every mark needs."""

    ax: Axes
    values: Values
    scale: float  # points in a unit of the scene

    def alpha(self, tag: m.Tag) -> float:
        return 1.0 if self.values.lit(tag.parts) else 0.8

    def colour(self, tag: m.Tag) -> str:
        if tag.role == "gap":
            return CELL
        return COLOURS.get(tag.symbol, INK) if self.values.lit(tag.parts) else PALE

    def ink(self, tag: m.Tag) -> str:
        return TEXT_COLOURS.get(tag.symbol, INK) if self.values.lit(tag.parts) else PALE

    def line(self, mark: m.Line, look: Look) -> None:
        width, dashed = self.values.wire(mark)
        line = Line2D(*zip(*mark.points, strict=True), color=self.colour(mark.tag), lw=width * self.scale)
        line.set(solid_joinstyle="round", solid_capstyle="butt", dash_capstyle="butt", **look)
        if dashed:
            line.set_linestyle((0, tuple(length / width for length in m.DASHES)))
        self.ax.add_line(line)

    def words(self, mark: m.Words, look: Look) -> None:
        words = " ".join(filter(None, (mark.text, self.values.say(mark.number, mark.brief))))
        text = self.ax.text(*mark.at, words, ha=mark.align, va="baseline", color=self.ink(mark.tag))
        text.set(size=mark.size * self.scale, weight="bold" if mark.bold else "normal", **look)
        if mark.tag.role == "note":
            text.set_path_effects([Stroke(linewidth=m.HALO * self.scale, foreground=CELL), Normal()])

    def formula(self, mark: m.Formula, look: Look) -> None:
        keys, gap = [key_of(piece) for piece in mark.pieces], m.SPACE * mark.size
        words = [self.values.say(key) if key else piece.text for key, piece in zip(keys, mark.pieces, strict=True)]
        widths = [width_of(text, mark.size, bool(key)) + gap for text, key in zip(words, keys, strict=True)]
        x = mark.at[0] - (sum(widths) - gap) / 2
        for piece, key, said, width in zip(mark.pieces, keys, words, widths, strict=True):
            text = self.ax.text(x, mark.at[1], said, va="baseline", color=TEXT_COLOURS.get(piece.symbol, INK))
            text.set(size=mark.size * self.scale, weight="bold" if key else "normal", **look)
            x += width

    def patch(self, mark: m.Polygon | m.Disc | m.Box | m.Level) -> Patch:
        colour = self.colour(mark.tag)
        full: Look = {"facecolor": colour, "edgecolor": "none", "linewidth": 0}
        outlined: Look = {"facecolor": PAPER, "edgecolor": colour, "linewidth": m.EDGE * self.scale}
        if isinstance(mark, m.Polygon):
            return Shape(mark.points, **full)
        if isinstance(mark, m.Disc):
            return Circle(mark.centre, mark.radius, **full if mark.filled else outlined)
        if isinstance(mark, m.Level):
            height = mark.at(self.values.numbers[mark.number]) - mark.zero
            return Rectangle((mark.left, mark.zero), mark.width, height, **full)
        if mark.tag.role == "frame":
            outlined = {"facecolor": CELL, "edgecolor": CELL_EDGE, "linewidth": self.scale}
        style = f"round,pad=0,rounding_size={mark.radius}"
        return FancyBboxPatch(mark.corner, mark.width, mark.height, boxstyle=style, **outlined)


def _gid(tag: m.Tag) -> str:
    """Name an artist: "node:f", "level:f", "number:c", "wire:f-keep", "head:f-keep", "note:f", "token", "equation"."""
    if tag.role in ("frame", "equation", "token"):
        return tag.role
    kind, _, name = tag.name.partition(":")
    return f"{kind if tag.role in ('box', 'joint') else tag.role}:{name}"
