"""What a diagram is made of, as plain data: nodes at crossings of named columns and rows, and wires between them.

Nothing here has a coordinate. Columns are named from left to right and rows from top to bottom; ``scene`` finds out how
far apart they must be. A node, wire or note names its parts, so that one part can be highlighted. Symbols are the keys
of the house colours (``i f g o c h x``), or "" for what has no colour of its own.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple, Protocol, TypeVar

from lstm_helpers.arrays import Array

Place = tuple[str, str]  # a column and a row


class CellStep(Protocol):
    """The fields that every cell's Step has."""

    @property
    def x(self) -> Array:
        """The input, (B, D)."""

    @property
    def h(self) -> Array:
        """The hidden state, (B, H)."""


KINDS = (
    "state",  # a symbol and its number in a round box: h, c
    "input",  # the same for x; a word can stand beside it
    "gate",  # a sigmoid: a box filled from 0 at its bottom to 1 at its top
    "squash",  # a tanh: filled up or down from its middle
    "block",  # a whole cell or layer, drawn as one box
    "times",  # element-wise product
    "plus",  # sum
    "junction",  # where a wire forks
    "end",  # where a wire leaves the drawing
)


class Node(NamedTuple):
    """A node that wires connect."""

    name: str
    kind: str  # one of KINDS
    at: Place
    symbol: str = ""
    text: str = ""  # mathtext; "" for a junction, and for times and plus, which draw their own sign
    number: str = ""  # the key of the number that it shows
    parts: tuple[str, ...] = ()
    short: str = ""  # the text where room is short


class Wire(NamedTuple):
    """A connection that carries a number from node ``start`` to node ``end``, along rows and columns.

    It has an arrowhead wherever it enters anything but a junction.
    """

    start: str
    end: str
    symbol: str = ""
    number: str = ""  # the key of the number that it carries: it sets the thickness, and dashes if negative
    parts: tuple[str, ...] = ()
    via: tuple[Place, ...] = ()  # its corners
    under: bool = False  # passes under the wires that it crosses

    @property
    def name(self) -> str:
        """The name, "start-end"."""
        return f"{self.start}-{self.end}"


class Note(NamedTuple):
    """A label beside the middle of a wire's longest stretch: a formula and its number."""

    name: str
    beside: str  # a wire's name
    side: str  # "left" or "right" of an upright stretch, "above" or "below" a level one
    text: str  # mathtext
    number: str = ""  # the key of the number after it
    symbol: str = ""
    parts: tuple[str, ...] = ()
    where: str = "middle"  # or "start", "end": near that end of the wire
    short: str = ""  # the text where room is short, if it has no number


class Frame(NamedTuple):
    """The box around a cell; its edges are columns and rows of their own."""

    left: str
    top: str
    right: str
    bottom: str


class Piece(NamedTuple):
    """A run of an equation in one colour; ``{f}`` in the text stands for the number with that key."""

    text: str
    symbol: str = ""


Equations = Mapping[str, tuple[tuple[Piece, ...], ...]]  # the lines for each part, and for "" (no part)


class Layout(NamedTuple):
    """A diagram."""

    name: str
    title: str  # what it is a diagram of
    columns: tuple[str, ...]  # from left to right
    rows: tuple[str, ...]  # from top to bottom
    nodes: tuple[Node, ...]
    wires: tuple[Wire, ...]
    notes: tuple[Note, ...] = ()
    frames: tuple[Frame, ...] = ()
    parts: tuple[str, ...] = ()  # the names that can be highlighted
    equations: Equations = {}  # noqa: RUF012  (never written to)
    near: Mapping[str, float] = {}


def key_of(piece: Piece) -> str:
    """Give the key of the number that a piece of an equation stands for, or "" for words."""
    return piece.text[1:-1] if piece.text.startswith("{") and "$" not in piece.text else ""


def node_of(layout: Layout, name: str) -> Node:
    """Find a node by its name."""
    for node in layout.nodes:
        if node.name == name:
            return node
    raise ValueError(f"name is {name!r}; expected one of {', '.join(node.name for node in layout.nodes)}")


def wire_of(layout: Layout, name: str) -> Wire:
    """Find a wire by its name, "start-end"."""
    for wire in layout.wires:
        if wire.name == name:
            return wire
    raise ValueError(f"name is {name!r}; expected one of {', '.join(wire.name for wire in layout.wires)}")


def note_of(layout: Layout, name: str) -> Note:
    """Find a note by its name."""
    for note in layout.notes:
        if note.name == name:
            return note
    raise ValueError(f"name is {name!r}; expected one of {', '.join(note.name for note in layout.notes)}")


def with_after(names: tuple[str, ...], name: str, new: str) -> tuple[str, ...]:
    """Insert a column or a row after another."""
    k = names.index(name) + 1
    return (*names[:k], new, *names[k:])


def without(layout: Layout, part: str, *nodes: str) -> Layout:
    """Remove nodes with their wires and labels, and a part."""
    wires = [wire for wire in layout.wires if not {wire.start, wire.end} & set(nodes)]
    beside = {wire.name for wire in wires}
    return layout._replace(
        parts=_less(layout.parts, part),
        nodes=tuple(n._replace(parts=_less(n.parts, part)) for n in layout.nodes if n.name not in nodes),
        wires=tuple(w._replace(parts=_less(w.parts, part)) for w in wires),
        notes=tuple(n._replace(parts=_less(n.parts, part)) for n in layout.notes if n.beside in beside),
    )


def _less(parts: tuple[str, ...], part: str) -> tuple[str, ...]:
    return tuple(name for name in parts if name != part)


def places(layout: Layout, wire: Wire) -> tuple[Place, ...]:
    """Give the places that a wire passes: its ends and its corners."""
    return (node_of(layout, wire.start).at, *wire.via, node_of(layout, wire.end).at)


def check(layout: Layout) -> None:
    """Refuse a diagram that cannot be drawn; the error names what is wrong in it."""
    for node in layout.nodes:
        if node.kind not in KINDS:
            raise ValueError(f"node {node.name} is a {node.kind!r}; expected one of {', '.join(KINDS)}")
    stops = [place for wire in layout.wires for place in places(layout, wire)] + [node.at for node in layout.nodes]
    for column, row in stops:
        if column not in layout.columns or row not in layout.rows:
            raise ValueError(f"({column}, {row}) is no place of {layout.name}: expected a column and a row of it")
    for wire in layout.wires:
        path = places(layout, wire)
        for (c0, r0), (c1, r1) in pairwise(path):
            if (c0 == c1) == (r0 == r1):
                raise ValueError(f"wire {wire.name} goes from ({c0}, {r0}) to ({c1}, {r1}); expected along one of them")
    for note in layout.notes:
        wire_of(layout, note.beside)


ItemT = TypeVar("ItemT", Node, Wire, Note)


def repeated(block: Layout, times: int, layers: int = 1) -> Layout:
    """Place copies of a block side by side in time, and above one another in layers.

    The copy at time t in layer l, from 0 and from the bottom, has ``@t.l`` after the names of its nodes and numbers;
    columns get ``@t`` and rows ``@l``. In its texts ``{t}`` and ``{t-1}`` become steps, counted from 1. Add the wires
    between the copies with ``_replace``: they start and end at nodes such as ``h@0.0``.
    """
    grid = [(t, layer) for layer in range(layers) for t in range(times)]
    return block._replace(
        columns=tuple(f"{name}@{t}" for t in range(times) for name in block.columns),
        rows=tuple(f"{name}@{layer}" for layer in reversed(range(layers)) for name in block.rows),
        nodes=tuple(_copy(node, *at) for at in grid for node in block.nodes),
        wires=tuple(_copy(wire, *at) for at in grid for wire in block.wires),
        notes=tuple(_copy(note, *at) for at in grid for note in block.notes),
        frames=tuple(
            Frame(f"{f.left}@{t}", f"{f.top}@{layer}", f"{f.right}@{t}", f"{f.bottom}@{layer}")
            for t, layer in grid
            for f in block.frames
        ),
        near={f"{name}@{k}": far for name, far in block.near.items() for k in range(max(times, layers))},
    )


def _copy(item: ItemT, t: int, layer: int) -> ItemT:
    """Copy a part of a block to another time and layer."""
    mark = f"@{t}.{layer}"

    def moved(place: Place) -> Place:
        return f"{place[0]}@{t}", f"{place[1]}@{layer}"

    def said(text: str) -> str:
        return text.replace("{t}", f"{{{t + 1}}}").replace("{t-1}", f"{{{t}}}")

    number = item.number and f"{item.number}{mark}"
    if isinstance(item, Node):
        return item._replace(name=f"{item.name}{mark}", at=moved(item.at), text=said(item.text), number=number)
    if isinstance(item, Wire):
        via = tuple(map(moved, item.via))
        return item._replace(start=f"{item.start}{mark}", end=f"{item.end}{mark}", via=via, number=number)
    beside = "-".join(f"{name}{mark}" for name in item.beside.split("-"))
    return item._replace(name=f"{item.name}{mark}", beside=beside, text=said(item.text), number=number)
