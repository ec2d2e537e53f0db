"""The one artist: turns a diagram into a flat list of marks with positions, for a given width.

It decides everything that can be seen: where columns and rows stand, the size of letters and boxes, where a label goes,
where an arrow's head ends. A back-end (``svg``, ``plot``) draws the marks and fills in numbers; it decides nothing.
Letters are never too small to read: in a narrow drawing the formulas beside the numbers are left out instead.
"""

from collections.abc import Iterator, Sequence

from lstm_helpers.figures.diagrams.base import Layout, Node, Note, Piece, Wire, check, key_of, node_of
from lstm_helpers.figures.diagrams.grid import fitted, spaced
from lstm_helpers.figures.diagrams.marks import (
    EDGE,
    PLAIN,
    SPACE,
    THICK,
    Box,
    Disc,
    Formula,
    Level,
    Line,
    Mark,
    Point,
    Polygon,
    Scene,
    Tag,
    Words,
)
from lstm_helpers.figures.diagrams.plan import BESIDE, DENSITIES, SMALLEST, Plan, Spot, crossings, enters
from lstm_helpers.figures.diagrams.words import BRIEF, width_of

LARGEST, ACROSS = 16.0, 48.0  # letters: the largest in pixels, and how many fit in the width
HEAD, HALF_HEAD = 0.8, 0.5  # length and half width of an arrow's head, in letters


def scene(
    layout: Layout, width: float, *, widest: str = BRIEF, value: str = BRIEF, word: str = "", equation: bool = True
) -> Scene:
    """Give a diagram its places in a drawing of this width.

    Parameters
    ----------
    layout : Layout
    width : float
        In pixels. If the diagram needs more even without formulas, the scene is wider.
    widest : str
        The longest number that room is kept for.
    value : str
        The longest text in an input's box.
    word : str
        The name of an input, which room is kept for.
    equation : bool
        Whether the equation of the highlighted part is written below.
    """
    check(layout)
    font = min(LARGEST, max(SMALLEST, width / ACROSS))
    for density in DENSITIES:
        plan = Plan(layout, font, density, widest, value, word)
        rules = plan.column_rules()
        x = fitted(plan.column_weights, rules, total=width)
        if x is not None:
            break
    else:
        x = spaced(plan.column_weights, rules, pitch=0.0)
    marks = list(_Artist(plan, x).marks())
    height = plan.y[-1]
    if equation and layout.equations:
        written, height = _equations(plan, x)
        marks += written
    return Scene(layout, x[-1], height, font, density, tuple(marks))


class _Artist:
    """A plan whose columns have their places."""

    def __init__(self, plan: Plan, x: list[float]) -> None:
        self.plan, self.x, self.font = plan, x, plan.font

    def at(self, spot: Spot) -> Point:
        return self.x[spot[0]], self.plan.y[spot[1]]

    def marks(self) -> Iterator[Mark]:
        layout = self.plan.layout
        for low, high in self.plan.frames:
            (left, top), (right, bottom) = self.at(low), self.at(high)
            yield Box(Tag("frame", "frame"), (left, top), right - left, bottom - top, 0.8 * self.font)
        for wire in sorted(layout.wires, key=lambda wire: not wire.under):
            yield from self.wire(wire)
        for node in layout.nodes:
            yield from self.node(node)
        for note in layout.notes:
            yield self.note(note)

    def wire(self, wire: Wire) -> Iterator[Mark]:
        layout, path = self.plan.layout, [self.at(spot) for spot in self.plan.paths[wire.name]]
        start, end = node_of(layout, wire.start), node_of(layout, wire.end)
        points = [self.edge(start, path[0], path[1]), *path[1:-1], self.edge(end, path[-1], path[-2])]
        (x0, y0), (x1, y1) = points[-2:]
        far = abs(x1 - x0) + abs(y1 - y0)
        dx, dy = (x1 - x0) / far, (y1 - y0) / far
        part = wire.parts[0] if wire.symbol in ("i", "f", "g", "o") and wire.parts else _part(wire.parts)
        tag = Tag("wire", f"wire:{wire.name}", wire.symbol, wire.parts, part)
        head, half, arrow = HEAD * self.font, HALF_HEAD * self.font, enters(layout, wire)
        shaft = [*points[:-1], (x1 - 0.8 * dx * head, y1 - 0.8 * dy * head)] if arrow else points
        yield Line(tag, tuple(shaft), PLAIN, wire.number)
        for spot, level in crossings(self.plan, wire) if wire.under else ():
            (x, y), reach = self.at(spot), 0.65 * self.font
            ends = ((x - reach, y), (x + reach, y)) if level else ((x, y - reach), (x, y + reach))
            yield Line(tag._replace(role="gap"), ends, THICK + 4.0)
        if arrow:
            x, y = x1 - dx * head, y1 - dy * head
            corners = ((x1, y1), (x - dy * half, y + dx * half), (x + dy * half, y - dx * half))
            yield Polygon(tag._replace(role="head"), corners)
        yield Line(tag._replace(role="hit"), tuple(points), 16.0)

    def edge(self, node: Node, at: Point, towards: Point) -> Point:
        """Give the point where a wire that runs ``towards`` a point leaves a node."""
        (x, y), (wide, tall) = at, self.plan.size(node)
        if node.kind == "junction":
            return at
        if abs(towards[1] - y) < 1e-6:
            return (x + wide / 2, y) if towards[0] > x else (x - wide / 2, y)
        return (x, y + tall / 2) if towards[1] > y else (x, y - tall / 2)

    def node(self, node: Node) -> Iterator[Mark]:
        font, (x, y), (wide, tall) = self.font, self.at(self.plan.spots[node.name]), self.plan.size(node)
        tag = Tag("box", f"node:{node.name}", node.symbol, node.parts, _part(node.parts))
        corner, size, text = (x - wide / 2, y - tall / 2), self.plan.symbol_size, self.plan.label(node)
        if node.kind == "junction":
            yield Disc(tag._replace(role="joint"), (x, y), wide / 2, True)
        elif node.kind in ("times", "plus"):
            yield Disc(tag, (x, y), wide / 2, False)
            yield from self.sign(node, tag._replace(role="sign"), (x, y), wide / 4)
        elif node.kind in ("state", "input"):
            yield Box(tag, corner, wide, tall, 0.7 * font)
            yield Words(tag._replace(role="words"), (x, y - 0.22 * font), "center", size, text)
            bold, below = tag._replace(role="number", symbol=""), (x, y + 0.95 * font)
            yield Words(bold, below, "center", self.plan.number_size, "", node.number, True, self.plan.tall)
            if node.kind == "input":
                beside = (x + wide / 2 + 0.5 * font, y + 0.35 * font)
                yield Words(bold._replace(role="token"), beside, "left", font, "", f"{node.number}.word", True)
        elif node.kind != "end":
            yield Box(tag, corner, wide, tall, 0.3 * font)
            if node.kind != "block":
                zero, lowest = (y + tall / 2, 0.0) if node.kind == "gate" else (y, -1.0)
                yield Level(tag._replace(role="level"), corner[0], wide, zero, y - tall / 2, lowest, node.number)
            if node.kind == "squash":
                for end in (corner[0], corner[0] + wide - 0.25 * font):
                    yield Line(tag._replace(role="middle"), ((end, y), (end + 0.25 * font, y)), 1.0)
            yield Words(tag._replace(role="words", symbol=""), (x, y + 0.35 * size), "center", size, text)

    def sign(self, node: Node, tag: Tag, at: Point, r: float) -> Iterator[Mark]:
        """Draw the dot of an element-wise product or the cross of a sum."""
        (x, y) = at
        if node.kind == "times":
            yield Disc(tag, at, 0.42 * r, True)
        else:
            yield Line(tag, ((x - r, y), (x + r, y)), EDGE)
            yield Line(tag, ((x, y - r), (x, y + r)), EDGE)

    def note(self, note: Note) -> Words:
        font, (a, b) = self.font, self.plan.stretches[note.name]
        x, align = self.x[(b if note.where == "end" else a)[0]], "center"
        if note.side in ("above", "below") and note.where == "middle":
            left, right = sorted((a, b))
            x = (self.x[left[0]] + self.plan.half(left, 0) + self.x[right[0]] - self.plan.half(right, 0)) / 2
        elif not self.plan.on_wire(note):
            x, align = (x - BESIDE * font, "right") if self.plan.leftwards(note) else (x + BESIDE * font, "left")
        tag = Tag("note", f"note:{note.name}", note.symbol, note.parts, _part(note.parts))
        at = (x, self.plan.note_height(note) + 0.35 * font)
        text, number = self.plan.texts[note.name], note.number
        return Words(tag, at, align, font, text, number, bool(number) and not self.plan.tall, self.plan.tight)


def _equations(plan: Plan, x: list[float]) -> tuple[list[Mark], float]:
    """Write each part's equation, beside the lowest nodes if there is room, else below; only one is shown."""
    equations, width, bottom = plan.layout.equations, x[-1], plan.y[-1]
    lines = [line for part in equations.values() for line in part]
    size = 1.1 * plan.font
    if max(sum(_widths(line, size, plan.widest)) for line in lines) > width:
        size = plan.font
    longest = max(sum(_widths(line, size, plan.widest)) for line in lines)
    rows, step = max(map(len, equations.values())), 1.7 * size
    left, top = plan.right_of_lowest(x)
    if left + longest + 1.5 * plan.font < width:
        left, first = left + plan.font, (top + bottom) / 2 - (rows - 1) / 2 * step
        bottom = max(bottom, first + (rows - 0.4) * step)
    else:
        left, first, bottom = 0.0, bottom + 0.5 * step, bottom + rows * step
    marks: list[Mark] = []
    for part, written in equations.items():
        for k, line in enumerate(written):
            at = (left + width) / 2, first + (k + (rows - len(written)) / 2) * step + 0.35 * size
            marks.append(Formula(Tag("equation", "equation", only=part), at, size, line))
    return marks, bottom


def _widths(line: Sequence[Piece], size: float, widest: str) -> list[float]:
    """Measure the runs of an equation, with the space after each."""
    return [width_of(widest if key_of(p) else p.text, size, bool(key_of(p))) + SPACE * size for p in line]


def _part(parts: Sequence[str]) -> str:
    """Choose the part that pointing at something highlights: its only part, else its line in the cell."""
    return parts[0] if len(parts) == 1 else next((p for p in parts if p in ("update", "hidden")), "")
