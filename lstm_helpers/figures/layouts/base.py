"""The elements of a cell's diagram as plain data, so that more than one artist can draw it.

A layout holds positions, symbols and the parts they belong to; it uses no drawing library. Units are the layout's
own: x to the right from 0 to ``width``, y **upwards** from ``bottom`` to ``top``. A wire is a polyline from one node
through ``via`` to another; each node, wire and note names its parts, so that one part can be highlighted.
Symbols are the keys of the house colours (``i f g o c h x``) or "" for what has no colour of its own.
"""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from lstm_helpers.arrays import Array

Point = tuple[float, float]


class CellStep(Protocol):
    """The fields that every cell's Step has."""

    @property
    def x(self) -> Array:
        """The input, (B, D)."""

    @property
    def h(self) -> Array:
        """The hidden state, (B, H)."""


class Node(NamedTuple):
    """A node that wires connect."""

    name: str
    kind: str  # a key of SIZES
    at: Point  # its centre
    symbol: str
    text: str  # mathtext; "" for a junction, and for times and plus, which draw their own sign
    number: str  # the key of the number it shows; "" for none
    parts: tuple[str, ...]


class Wire(NamedTuple):
    """A connection that carries numbers from node ``start`` to node ``end``."""

    start: str
    end: str
    symbol: str
    parts: tuple[str, ...]
    via: tuple[Point, ...] = ()
    arrow: bool = True
    under: tuple[Point, ...] = ()  # where it passes under another wire without touching it


class Note(NamedTuple):
    """A label beside a wire: a formula and its number."""

    name: str
    at: Point
    align: str  # "left", "center" or "right"
    text: str  # mathtext
    number: str  # the key of the number after it; "" for none
    symbol: str
    parts: tuple[str, ...]


class Piece(NamedTuple):
    """A run of an equation in one colour; ``{f}`` in the text stands for the number with that key."""

    text: str
    symbol: str = ""


class Layout(NamedTuple):
    """The diagram of one cell."""

    cell: str
    width: float
    bottom: float
    top: float
    frame: tuple[float, float, float, float]  # left, bottom, right, top of the cell's own box
    parts: tuple[str, ...]  # the names that can be highlighted
    nodes: tuple[Node, ...]
    wires: tuple[Wire, ...]
    notes: tuple[Note, ...]
    equation_at: Point  # the middle of the equation's lines
    equations: Mapping[str, tuple[tuple[Piece, ...], ...]]  # the lines for each part, and for "" (no part)


SIZES: Mapping[str, Point] = {  # the kinds of node, with their width and height in layout units
    "state": (12.0, 9.0),
    "input": (12.0, 9.0),
    "gate": (11.0, 9.0),  # a sigmoid: 0..1
    "squash": (11.0, 9.0),  # a tanh: -1..1
    "times": (5.6, 5.6),  # element-wise
    "plus": (5.6, 5.6),
    "junction": (1.3, 1.3),  # where a wire forks
    "end": (0.0, 0.0),  # where a wire leaves the drawing
}


def node_of(layout: Layout, name: str) -> Node:
    """Find a node by its name."""
    for node in layout.nodes:
        if node.name == name:
            return node
    raise ValueError(f"name is {name!r}; expected one of {', '.join(node.name for node in layout.nodes)}")


def polyline(layout: Layout, wire: Wire) -> tuple[Point, ...]:
    """Give the corners of a wire from the edge of its first node to the edge of its last."""
    start, end = node_of(layout, wire.start), node_of(layout, wire.end)
    path = (start.at, *wire.via, end.at)
    return (_edge(start, path[1]), *wire.via, _edge(end, path[-2]))


def _edge(node: Node, towards: Point) -> Point:
    """Give the point where a horizontal or vertical wire that runs ``towards`` a point leaves a node."""
    (x, y), (width, height) = node.at, SIZES[node.kind]
    if node.kind == "junction":
        return node.at
    if abs(towards[1] - y) < 1e-9:
        return (x + width / 2, y) if towards[0] > x else (x - width / 2, y)
    return (x, y + height / 2) if towards[1] > y else (x, y - height / 2)
