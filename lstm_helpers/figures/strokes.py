"""The strokes of the cell diagram: wires, nodes and labels, highlighted or not."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyBboxPatch, Polygon, Rectangle

from lstm_helpers.arrays import Array
from lstm_helpers.figures.layouts import SIZES, Layout, Node, Wire, polyline
from lstm_helpers.figures.style import CELL, COLOURS, INK, PALE, PAPER, Look, number


class Pen(NamedTuple):
    """The settings that every stroke needs."""

    ax: Axes
    highlight: str | None
    numbers: Mapping[str, float]
    input_text: str
    token: str
    scale: float  # 1 in a drawing 9.2 inches wide
    say: Callable[[float], str] = number  # formats a number

    def lit(self, parts: tuple[str, ...]) -> bool:
        """Tell whether something belongs to the highlighted part."""
        return self.highlight is None or self.highlight in parts

    def colour(self, symbol: str, parts: tuple[str, ...]) -> str:
        """Give a symbol's house colour, or grey if it is not highlighted."""
        return COLOURS.get(symbol, INK) if self.lit(parts) else PALE

    def alpha(self, parts: tuple[str, ...]) -> float:
        """Give the opacity, full only for highlighted parts."""
        return 1.0 if self.lit(parts) else 0.8

    def width(self, parts: tuple[str, ...]) -> float:
        """Give the width of a line in points."""
        return self.scale * (2.0 if self.highlight is None else 3.2 if self.lit(parts) else 1.3)

    def text(
        self,
        at: tuple[float, float],
        text: str,
        symbol: str,
        parts: tuple[str, ...],
        *,
        size: float = 14.0,
        **options: object,
    ) -> None:
        """Write in a part's colour; sizes are for a drawing 9.2 inches wide."""
        look: Look = {
            "ha": "center",
            "va": "center",
            "zorder": 6,
            "size": size * self.scale,
            "alpha": self.alpha(parts),
        }
        self.ax.text(*at, text, color=self.colour(symbol, parts), **(look | options))


def draw_wire(pen: Pen, layout: Layout, wire: Wire) -> None:
    """Draw a wire, with an arrowhead at its end, and a gap where it passes under another."""
    points = np.array(polyline(layout, wire))
    along = (points[-1] - points[-2]) / np.hypot(*(points[-1] - points[-2]))
    name, zorder = f"{wire.start}-{wire.end}", 3.0 if pen.lit(wire.parts) else 2.5
    look: Look = {"color": pen.colour(wire.symbol, wire.parts), "alpha": pen.alpha(wire.parts)}
    size = 1.7 if pen.highlight and pen.lit(wire.parts) else 1.4
    shaft = points.copy()
    if wire.arrow:
        shaft[-1] -= along * size
        side = np.array([-along[1], along[0]]) * 0.75 * size
        back = points[-1] - along * 1.5 * size
        head = Polygon(
            [tuple(p) for p in (points[-1], back + side, back - side)],
            linewidth=0,
            zorder=zorder,
            gid=f"head:{name}",
            **look,
        )
        pen.ax.add_patch(head)
    if wire.under:
        zorder = 2.0
    (line,) = pen.ax.plot(*shaft.T, lw=pen.width(wire.parts), zorder=zorder, gid=f"wire:{name}", **look)
    line.set(solid_joinstyle="round", solid_capstyle="butt")
    for point in wire.under:
        across = _direction(points, point)
        gap = np.array([point - 1.3 * across, point + 1.3 * across])
        pen.ax.plot(*gap.T, color=CELL, lw=8 * pen.scale, zorder=2.1, gid=f"gap:{name}")


def _direction(points: Array, at: tuple[float, float]) -> Array:
    """Give the direction in which a wire passes a point on it."""
    for start, end in pairwise(points):
        low, high = np.minimum(start, end) - 1e-9, np.maximum(start, end) + 1e-9
        if np.all(low <= at) and np.all(at <= high):
            return np.asarray((end - start) / np.hypot(*(end - start)))
    raise ValueError(f"at is {at}; expected a point on the wire through {points.tolist()}")


def draw_node(pen: Pen, node: Node) -> None:
    """Draw a node's outline, and its content according to its kind."""
    colour, alpha = pen.colour(node.symbol, node.parts), pen.alpha(node.parts)
    (x, y), (width, height) = node.at, SIZES[node.kind]
    look: Look = {"alpha": alpha, "zorder": 4, "gid": f"node:{node.name}"}
    if node.kind in ("junction", "end"):
        pen.ax.add_patch(Circle(node.at, width / 2, color=colour, linewidth=0, **look))
        return
    look |= {"edgecolor": colour, "facecolor": PAPER, "linewidth": pen.width(node.parts)}
    if node.kind in ("times", "plus"):
        pen.ax.add_patch(Circle(node.at, width / 2, **look))
        _sign(pen, node, colour)
        return
    corner, vessel = (x - width / 2, y - height / 2), node.kind in ("gate", "squash")
    shape = f"round,pad=0,rounding_size={1.2 if vessel else 3.0}"
    box = FancyBboxPatch(corner, width, height, boxstyle=shape, **look)
    pen.ax.add_patch(box)
    if vessel:
        _vessel(pen, node, box)
        pen.text(node.at, node.text, "", node.parts, size=15.0)
    else:
        pen.text((x, y + 1.9), node.text, node.symbol, node.parts, size=15.5)
        value = pen.input_text if node.kind == "input" else pen.say(pen.numbers[node.number])
        pen.text((x, y - 2.3), value, "", node.parts, size=12.5, weight="bold", gid=f"number:{node.name}")
    if node.kind == "input" and pen.token:
        pen.text((x + width / 2 + 1.5, y), pen.token, node.symbol, node.parts, ha="left", weight="bold", gid="token")


def _sign(pen: Pen, node: Node, colour: str) -> None:
    """Draw the dot of an element-wise product or the cross of a sum."""
    (x, y), alpha = node.at, pen.alpha(node.parts)
    if node.kind == "times":
        pen.ax.add_patch(Circle(node.at, 0.75, color=colour, alpha=alpha, linewidth=0, zorder=5))
        return
    for dx, dy in ((1.6, 0.0), (0.0, 1.6)):
        (bar,) = pen.ax.plot([x - dx, x + dx], [y - dy, y + dy], color=colour, alpha=alpha, zorder=5)
        bar.set_linewidth(pen.width(node.parts))


def _vessel(pen: Pen, node: Node, box: FancyBboxPatch) -> None:
    """Fill a gate from the bottom (0) to the top (1), and a tanh from its middle up or down."""
    (x, y), (width, height) = node.at, SIZES[node.kind]
    value = pen.numbers[node.number]
    bottom, tall = (y - height / 2, value * height) if node.kind == "gate" else (y, value * height / 2)
    fill = Rectangle(
        (x - width / 2, bottom),
        width,
        tall,
        facecolor=pen.colour(node.symbol, node.parts),
        alpha=0.35 * pen.alpha(node.parts),
        linewidth=0,
        zorder=4.5,
        gid=f"level:{node.name}",
    )
    pen.ax.add_patch(fill)
    fill.set_clip_path(box)
