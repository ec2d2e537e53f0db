"""The one artist: turns a diagram into a flat list of marks with positions, for a given width.

It decides everything that can be seen: where columns and rows stand, the size of letters and boxes, where a label goes,
where an arrow's head ends. A back-end (``svg``, ``plot``) draws the marks and fills in numbers; it decides nothing.
Letters are never smaller than ``SMALLEST``: in a narrow drawing the formulas beside the numbers are left out instead.
Units are pixels (or points), x to the right and y downwards.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from lstm_helpers.figures.diagrams.base import Layout, Node, Note, Piece, Wire, check, key_of, node_of, places, wire_of
from lstm_helpers.figures.diagrams.grid import Apart, fitted, spaced
from lstm_helpers.figures.diagrams.marks import (
    EDGE,
    PLAIN,
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
from lstm_helpers.figures.diagrams.words import spell, width_of

SMALLEST, LARGEST, ACROSS = 12.0, 16.0, 48.0  # letters: their limits in pixels, and how many fit in the width
DENSITIES = ("full", "short", "numbers")  # which formulas stand beside numbers
HEAD, HALF_HEAD = 0.78, 0.44  # length and half width of an arrow's head, in letters
PITCH = 2.1  # usual distance of rows, in letters
PAD, TIGHT = 0.4, 0.25  # between things, in letters; TIGHT where room is short


def scene(
    layout: Layout, width: float, *, widest: str = "\N{MINUS SIGN}0.00", token: str = "", equation: bool = True
) -> Scene:
    """Give a diagram its places in a drawing of this width.

    Parameters
    ----------
    layout : Layout
    width : float
        In pixels. If the diagram needs more even without formulas, the scene is wider.
    widest : str
        The longest number that room is kept for.
    token : str
        The name of the input, which room is kept for.
    equation : bool
        Whether the equation of the highlighted part is written below.
    """
    check(layout)
    font = min(LARGEST, max(SMALLEST, width / ACROSS))
    for density in DENSITIES:
        plan = _Plan(layout, font, density, widest, token)
        at = fitted(plan.column_weights, plan.column_rules, total=width)
        if at is not None:
            break
    else:
        at = spaced(plan.column_weights, plan.column_rules, pitch=0.0)
    return plan.drawn(at, equation)


class _Extent(NamedTuple):
    """What stands at a column: how far it reaches to both sides, and between which heights."""

    column: int
    left: float
    right: float
    top: float
    bottom: float


class _Plan:
    """The sizes and the rows of a diagram for one size of letters, and what they ask of its columns."""

    def __init__(self, layout: Layout, font: float, density: str, widest: str, token: str) -> None:
        self.layout, self.font, self.density, self.widest, self.token = layout, font, density, widest, token
        self.columns = {name: k for k, name in enumerate(layout.columns, start=1)}  # 0 is the left edge
        self.rows = {name: k for k, name in enumerate(layout.rows, start=1)}
        near, self.tight = layout.near, density == DENSITIES[-1]
        self.column_weights = [0.0, *(near.get(name, 1.0) for name in layout.columns[1:]), 0.0]
        row_weights = [0.0, *(near.get(name, 1.0) for name in layout.rows[1:]), 0.0]
        self.notes = {note.name: self._words_of(note) for note in layout.notes}
        self.bare = {note.number for note in layout.notes if note.number and not self.notes[note.name]}
        self.y = spaced(row_weights, self._row_rules({}), pitch=PITCH * font)
        stretches = {note.name: self._stretch(note) for note in layout.notes}
        self.y = spaced(row_weights, self._row_rules(stretches), pitch=PITCH * font)
        self.stretches = {note.name: self._stretch(note) for note in layout.notes}
        self.column_rules = self._column_rules()

    # Sizes --------------------------------------------------------------------------------------------------------

    def size(self, node: Node) -> Point:
        """Give the width and height of a node."""
        font, text = self.font, width_of(self._text_of(node), self.symbol_size) if node.text else 0.0
        if node.kind in ("state", "input"):
            number = width_of(self.widest, self.number_size, True)
            return max(text, number) + (0.45 if self.tight else 0.7) * font, 2.6 * font
        if node.kind in ("gate", "squash", "block"):
            return max(2.7 * font, text + (0.9 if node.kind == "squash" else 0.7) * font), 2.3 * font
        if node.kind in ("times", "plus"):
            return 1.75 * font, 1.75 * font
        return (0.0, 0.0) if node.kind == "end" else (0.4 * font, 0.4 * font)

    @property
    def symbol_size(self) -> float:
        return 1.05 * self.font

    @property
    def number_size(self) -> float:
        return max(SMALLEST, 0.9 * self.font)

    def note_width(self, note: Note) -> float:
        words = width_of(self.notes[note.name], self.font)
        number = width_of(self._longest(note.number), self.font, True) if note.number else 0.0
        return words + number + (0.35 * self.font if words and number else 0.0)

    def _longest(self, key: str) -> str:
        """Give the longest number that is expected: a gate's has no sign."""
        of_gate = any(node.kind == "gate" and node.number == key for node in self.layout.nodes)
        return self.widest.removeprefix("\N{MINUS SIGN}") if of_gate else self.widest

    def _words_of(self, note: Note) -> str:
        """Give a note's formula, or nothing where its number needs the room."""
        long = len(spell(note.text)) > 2
        left_out = note.number and (self.density == "numbers" or (self.density == "short" and long))
        return "" if left_out else note.text

    def _text_of(self, node: Node) -> str:
        """Give a gate's sign; where no letter stands beside its number, the letter."""
        if node.kind in ("gate", "squash") and node.number in self.bare:
            text = next(note.text for note in self.layout.notes if note.number == node.number)
            return text if len(spell(text)) <= 2 else node.text
        return node.text

    # Wires --------------------------------------------------------------------------------------------------------

    def path(self, wire: Wire) -> list[tuple[int, int]]:
        """Give the places that a wire passes as numbers of columns and rows."""
        return [(self.columns[column], self.rows[row]) for column, row in places(self.layout, wire)]

    @cached_property
    def segments(self) -> list[tuple[Wire, tuple[int, int], tuple[int, int]]]:
        return [(wire, a, b) for wire in self.layout.wires for a, b in pairwise(self.path(wire))]

    @cached_property
    def edges(self) -> list[tuple[int, int, int, int]]:
        """Give the frames as left, top, right, bottom."""
        return [
            (self.columns[f.left], self.rows[f.top], self.columns[f.right], self.rows[f.bottom])
            for f in self.layout.frames
        ]

    def _stretch(self, note: Note) -> tuple[tuple[int, int], tuple[int, int]]:
        """Choose the longest straight run of a note's wire that nothing crosses, on an axis that suits its side."""
        wire, upright = wire_of(self.layout, note.beside), note.side in ("left", "right")
        found = []
        for a, b in pairwise(self.path(wire)):
            if (a[0] == b[0]) == upright:
                found += list(pairwise(self._cuts(a, b, upright)))
        if note.where != "middle":
            return found[0] if note.where == "start" else found[-1]
        return max(found, key=lambda ab: self._length(*ab))

    def _length(self, a: tuple[int, int], b: tuple[int, int]) -> float:
        if a[0] == b[0]:
            return abs(self.y[a[1]] - self.y[b[1]])
        low, high = sorted((a[0], b[0]))
        return sum(self.column_weights[low:high])

    def _cuts(self, a: tuple[int, int], b: tuple[int, int], upright: bool) -> list[tuple[int, int]]:
        """Give the places from ``a`` to ``b`` where something crosses or touches."""
        along = 1 if upright else 0
        fixed, (low, high) = a[1 - along], sorted((a[along], b[along]))
        cut = set()
        for _, p, q in self.segments:
            if (p[0] == q[0]) != upright:  # the other direction
                start, end = sorted((p[1 - along], q[1 - along]))
                if start <= fixed <= end:
                    cut.add(p[along])
        for left, top, right, bottom in self.edges:
            start, end, lines = (left, right, (top, bottom)) if upright else (top, bottom, (left, right))
            if start <= fixed <= end:
                cut.update(lines)
        inside = sorted(k for k in cut if low < k < high)
        stops = [low, *inside, high] if a[along] < b[along] else [high, *inside[::-1], low]
        return [(fixed, k) if upright else (k, fixed) for k in stops]

    # Rows ---------------------------------------------------------------------------------------------------------

    def _row_rules(self, stretches: dict[str, tuple[tuple[int, int], tuple[int, int]]]) -> list[Apart]:
        font, last = self.font, len(self.rows) + 1
        half: dict[tuple[int, int], float] = {}  # of what stands in a column at a row; 0 for a line that crosses it
        for _, a, b in self.segments:
            for column in range(min(a[0], b[0]), max(a[0], b[0]) + 1):
                half.update({(column, row): 0.0 for row in (a[1], b[1])})
        for left, top, right, bottom in self.edges:
            half.update({(column, row): 0.0 for column in range(left, right + 1) for row in (top, bottom)})
        for node in self.layout.nodes:
            half[self.columns[node.at[0]], self.rows[node.at[1]]] = self.size(node)[1] / 2
        joined = {(a[0], *sorted((a[1], b[1]))) for _, a, b in self.segments if a[0] == b[0]}
        wordy = {(a[0], *sorted((a[1], b[1]))) for a, b in stretches.values() if a[0] == b[0]}
        rules = []
        for column in range(1, len(self.columns) + 1):
            here = sorted(row for c, row in half if c == column)
            for a, b in pairwise(here):
                gap = PAD
                if any(c == column and low <= a and b <= high for c, low, high in joined):
                    gap = 1.3 if half[column, a] and half[column, b] else 0.7
                if (column, a, b) in wordy:
                    gap = max(gap, 1.6)
                rules.append(Apart(a, b, half[column, a] + half[column, b] + gap * font))
            if here:
                rules.append(Apart(0, here[0], half[column, here[0]] + 3.0))
                rules.append(Apart(here[-1], last, half[column, here[-1]] + 3.0))
        for note in self.layout.notes:
            if note.name not in stretches or note.side not in ("above", "below"):
                continue
            a, b = stretches[note.name]
            across = range(min(a[0], b[0]), max(a[0], b[0]) + 1)
            beyond = [row for c, row in half if c in across and (row < a[1] if note.side == "above" else row > a[1])]
            if beyond:
                row = max(beyond) if note.side == "above" else min(beyond)
                far = max(half.get((c, row), 0.0) for c in across) + 1.6 * font
                rules.append(Apart(*sorted((row, a[1])), far))
        return rules

    # Columns ------------------------------------------------------------------------------------------------------

    def _extents(self) -> Iterator[_Extent]:
        font, y = self.font, self.y
        for node in self.layout.nodes:
            column, row = self.columns[node.at[0]], self.rows[node.at[1]]
            wide, tall = self.size(node)
            yield _Extent(column, wide / 2, wide / 2, y[row] - tall / 2, y[row] + tall / 2)
            if node.kind == "input" and self.token:
                far = wide / 2 + 0.5 * font + width_of(self.token, font, True)
                yield _Extent(column, 0.0, far, y[row] - 0.6 * font, y[row] + 0.6 * font)
        for _, a, b in self.segments:
            if a[0] == b[0]:
                yield _Extent(a[0], 0.1 * font, 0.1 * font, *sorted((y[a[1]], y[b[1]])))
        for left, top, right, bottom in self.edges:
            yield _Extent(left, 0.0, 0.0, y[top], y[bottom])
            yield _Extent(right, 0.0, 0.0, y[top], y[bottom])
        for note in self.layout.notes:
            (column, _), _ = self.stretches[note.name]
            wide, middle = self.note_width(note), self.note_height(note)
            top, bottom = middle - 0.65 * font, middle + 0.65 * font
            if self.on_wire(note):
                yield _Extent(column, wide / 2, wide / 2, top, bottom)
            elif note.side in ("left", "right"):
                far = wide + 0.5 * font
                yield _Extent(column, *((far, 0.0) if note.side == "left" else (0.0, far)), top, bottom)
            elif note.where == "start":
                yield _Extent(column, 0.0, wide + 0.5 * font, top, bottom)

    def on_wire(self, note: Note) -> bool:
        """Tell whether a number stands on its wire, since beside it there is no room."""
        if not self.tight or not note.number or note.side not in ("left", "right"):
            return False
        low, high = self._free(*self.stretches[note.name])
        return high - low > 2.8 * self.font

    def note_height(self, note: Note) -> float:
        """Give the height of the middle of a note's words."""
        a, b = self.stretches[note.name]
        if note.side in ("above", "below"):
            return self.y[a[1]] + (-1.0 if note.side == "above" else 0.95) * self.font
        low, high = self._free(a, b)
        if note.where == "end":
            return self.y[b[1]] + (0.65 if self.y[b[1]] < self.y[a[1]] else -0.65) * self.font
        return (low + high) / 2

    def _free(self, a: tuple[int, int], b: tuple[int, int]) -> tuple[float, float]:
        """Give the heights between which an upright stretch is free of the nodes at its ends."""
        (_, upper), (_, lower) = sorted((a, b), key=lambda place: place[1])
        tall = {
            self.rows[node.at[1]]: self.size(node)[1] / 2
            for node in self.layout.nodes
            if self.columns[node.at[0]] == a[0]
        }
        return self.y[upper] + tall.get(upper, 0.0), self.y[lower] - tall.get(lower, 0.0)

    def _half(self, place: tuple[int, int]) -> float:
        return next((self.size(node)[0] / 2 for node in self.layout.nodes if self._place(node) == place), 0.0)

    def _place(self, node: Node) -> tuple[int, int]:
        return self.columns[node.at[0]], self.rows[node.at[1]]

    def _column_rules(self) -> list[Apart]:
        font, last = self.font, len(self.columns) + 1
        extents = sorted(self._extents())
        rules = [Apart(0, e.column, e.left + 3.0) for e in extents]
        rules += [Apart(e.column, last, e.right + 3.0) for e in extents]
        for k, a in enumerate(extents):
            for b in extents[k + 1 :]:
                if a.column < b.column and a.top < b.bottom + 1.0 and b.top < a.bottom + 1.0:
                    rules.append(Apart(a.column, b.column, a.right + b.left + (TIGHT if self.tight else PAD) * font))
        for wire, a, b in self.segments:  # room for an arrow's head and its shaft
            if a[1] == b[1]:
                (left, _), (right, _) = sorted((a, b))
                head = node_of(self.layout, wire.end).kind != "junction"
                room = 0.5 if not head else 1.1 if self.tight else 1.5
                rules.append(Apart(left, right, self._half(a) + self._half(b) + room * font))
        for note in self.layout.notes:
            a, b = self.stretches[note.name]
            if note.side in ("above", "below") and note.where == "middle":
                room = self._half(a) + self._half(b) + self.note_width(note) + (0.3 if self.tight else 0.8) * font
                rules.append(Apart(*sorted((a[0], b[0])), room))
        return rules

    # Marks --------------------------------------------------------------------------------------------------------

    def drawn(self, x: list[float], equation: bool) -> Scene:
        """Give the marks, once the columns have their places."""
        self.x = x
        wires = sorted(self.layout.wires, key=lambda wire: not wire.under)
        marks: list[Mark] = [self._frame(edges) for edges in self.edges]
        marks += [mark for wire in wires for mark in self._wire(wire)]
        marks += [mark for node in self.layout.nodes for mark in self._node(node)]
        marks += [self._note(note) for note in self.layout.notes]
        height = self.y[-1]
        if equation and self.layout.equations:
            written, height = self._equations(height)
            marks += written
        return Scene(self.layout, x[-1], height, self.font, self.density, tuple(marks))

    def at(self, place: tuple[int, int]) -> Point:
        """Give the position of a place."""
        return self.x[place[0]], self.y[place[1]]

    def _frame(self, edges: tuple[int, int, int, int]) -> Box:
        (left, top), (right, bottom) = self.at((edges[0], edges[1])), self.at((edges[2], edges[3]))
        return Box(Tag("frame", "frame", "", ()), (left, top), right - left, bottom - top, 0.8 * self.font)

    def points(self, wire: Wire) -> list[Point]:
        """Give the corners of a wire from the edge of its first node to the edge of its last."""
        path = [self.at(place) for place in self.path(wire)]
        start, end = node_of(self.layout, wire.start), node_of(self.layout, wire.end)
        return [self._edge(start, path[0], path[1]), *path[1:-1], self._edge(end, path[-1], path[-2])]

    def _edge(self, node: Node, at: Point, towards: Point) -> Point:
        (x, y), (wide, tall) = at, self.size(node)
        if node.kind in ("junction", "end"):
            return at
        if abs(towards[1] - y) < 1e-6:
            return (x + wide / 2, y) if towards[0] > x else (x - wide / 2, y)
        return (x, y + tall / 2) if towards[1] > y else (x, y - tall / 2)

    def _wire(self, wire: Wire) -> Iterator[Mark]:
        points = self.points(wire)
        (x0, y0), (x1, y1) = points[-2:]
        far = abs(x1 - x0) + abs(y1 - y0)
        dx, dy = (x1 - x0) / far, (y1 - y0) / far
        part = wire.parts[0] if wire.symbol in ("i", "f", "g", "o") and wire.parts else _part(wire.parts)
        tag = Tag("wire", f"wire:{wire.name}", wire.symbol, wire.parts, part)
        head, half = HEAD * self.font, HALF_HEAD * self.font
        arrow = node_of(self.layout, wire.end).kind != "junction"
        shaft = [*points[:-1], (x1 - 0.8 * dx * head, y1 - 0.8 * dy * head)] if arrow else points
        yield Line(tag, tuple(shaft), PLAIN, wire.number)
        for at, level in self._crossings(wire):
            reach, (gx, gy) = 0.65 * self.font, self.at(at)
            ends = ((gx - reach, gy), (gx + reach, gy)) if level else ((gx, gy - reach), (gx, gy + reach))
            yield Line(tag._replace(role="gap"), ends, THICK + 4.0)
        if arrow:
            bx, by = x1 - dx * head, y1 - dy * head
            corners = ((x1, y1), (bx - dy * half, by + dx * half), (bx + dy * half, by - dx * half))
            yield Polygon(tag._replace(role="head"), corners)
        yield Line(tag._replace(role="hit"), tuple(points), 16.0)

    def _crossings(self, wire: Wire) -> list[tuple[tuple[int, int], bool]]:
        """Give the places where a wire passes under others, and whether it is level there."""
        found = []
        for _, a, b in self.segments if wire.under else ():
            for p, q in pairwise(self.path(wire)):
                level = p[1] == q[1]
                if level == (a[1] == b[1]):
                    continue
                (c, row), (low, high), (left, right) = (
                    ((a[0], p[1]), sorted((a[1], b[1])), sorted((p[0], q[0])))
                    if level
                    else ((p[0], a[1]), sorted((p[1], q[1])), sorted((a[0], b[0])))
                )
                if low < row < high and left < c < right:
                    found.append(((c, row), level))
        return sorted(set(found))

    def _node(self, node: Node) -> Iterator[Mark]:
        font, (x, y), (wide, tall) = self.font, self.at(self._place(node)), self.size(node)
        tag = Tag("box", f"node:{node.name}", node.symbol, node.parts, _part(node.parts))
        if node.kind == "end":
            return
        if node.kind == "junction":
            yield Disc(tag._replace(role="joint"), (x, y), wide / 2, True)
            return
        if node.kind in ("times", "plus"):
            yield Disc(tag, (x, y), wide / 2, False)
            r, sign = wide / 4, tag._replace(role="sign")
            if node.kind == "times":
                yield Disc(sign, (x, y), 0.42 * r, True)
            else:
                yield Line(sign, ((x - r, y), (x + r, y)), EDGE)
                yield Line(sign, ((x, y - r), (x, y + r)), EDGE)
            return
        corner, words = (x - wide / 2, y - tall / 2), tag._replace(role="words")
        text, size = self._text_of(node), self.symbol_size
        if node.kind in ("state", "input"):
            yield Box(tag, corner, wide, tall, 0.7 * font)
            yield Words(words, (x, y - 0.22 * font), "center", size, text)
            value = node.number
            yield Words(
                words._replace(role="number", symbol=""),
                (x, y + 0.95 * font),
                "center",
                self.number_size,
                "",
                value,
                True,
            )
            if node.kind == "input":
                at = (x + wide / 2 + 0.5 * font, y + 0.35 * font)
                yield Words(words._replace(role="token", symbol=""), at, "left", font, "", f"{node.number}.word", True)
            return
        yield Box(tag, corner, wide, tall, 0.3 * font)
        if node.number:
            zero, lowest = (y + tall / 2, 0.0) if node.kind == "gate" else (y, -1.0)
            yield Level(tag._replace(role="level"), corner[0], wide, zero, y - tall / 2, lowest, node.number)
            if lowest:
                for end in (corner[0], corner[0] + wide - 0.25 * font):
                    yield Line(tag._replace(role="middle"), ((end, y), (end + 0.25 * font, y)), 1.0)
        yield Words(words._replace(symbol=""), (x, y + 0.35 * size), "center", size, text)

    def _note(self, note: Note) -> Words:
        font, (a, b), middle = self.font, self.stretches[note.name], self.note_height(note)
        x, baseline, align = self.x[a[0]], middle + 0.35 * font, "left"
        if self.on_wire(note):
            align = "center"
        elif note.side in ("left", "right"):
            x, align = (x - 0.5 * font, "right") if note.side == "left" else (x + 0.5 * font, "left")
        elif note.where == "start":
            x += 0.5 * font
        else:
            (left, _), (right, _) = sorted((a, b))
            low, high = self.x[left] + self._half((left, a[1])), self.x[right] - self._half((right, a[1]))
            x, align = (low + high) / 2, "center"
        tag = Tag("note", f"note:{note.name}", note.symbol, note.parts, _part(note.parts))
        return Words(tag, (x, baseline), align, font, self.notes[note.name], note.number, bool(note.number))

    def _equations(self, bottom: float) -> tuple[list[Mark], float]:
        """Place the equation of every part, beside the lowest nodes if there is room, else below; one is shown."""
        size, lines = 1.1 * self.font, self.layout.equations
        if any(width_of_line(line, size, self.widest) > self.x[-1] for part in lines.values() for line in part):
            size = self.font
        rows = max(len(part) for part in lines.values())
        widest = max(width_of_line(line, size, self.widest) for part in lines.values() for line in part)
        left, top = 0.0, self.y[-2] - self.size_below()
        beside = [self.x[e.column] + e.right for e in self._extents() if e.bottom > top]
        step = 1.7 * size
        if max(beside, default=0.0) + widest + 1.5 * self.font < self.x[-1]:
            left, first = max(beside, default=0.0) + self.font, (top + bottom) / 2 - (rows - 1) / 2 * step
            bottom = max(bottom, first + (rows - 0.4) * step)
        else:
            first = bottom + 0.5 * step
            bottom += rows * step
        marks: list[Mark] = []
        for part, part_lines in lines.items():
            for k, line in enumerate(part_lines):
                y = first + (k + (rows - len(part_lines)) / 2) * step + 0.35 * size
                wide, ends = width_of_line(line, size, self.widest), [0.0]
                for piece in line:
                    ends.append(ends[-1] + width_of_piece(piece, size, self.widest) + 0.3 * size)
                pieces = tuple(zip(line, ends[:-1], strict=True))
                tag = Tag("equation", "equation", "", (), "", part)
                marks.append(Formula(tag, ((left + self.x[-1]) / 2, y), size, pieces, wide))
        return marks, bottom

    def size_below(self) -> float:
        """Give half the height of what stands in the lowest row."""
        lowest = len(self.rows)
        return max([self.size(n)[1] / 2 for n in self.layout.nodes if self._place(n)[1] == lowest], default=0.0)


def width_of_piece(piece: Piece, size: float, widest: str) -> float:
    """Measure a run of an equation."""
    return width_of(widest, size, True) if key_of(piece) else width_of(piece.text, size)


def width_of_line(line: Sequence[Piece], size: float, widest: str) -> float:
    """Measure a line of an equation."""
    return sum(width_of_piece(piece, size, widest) for piece in line) + 0.3 * size * (len(line) - 1)


def _part(parts: Sequence[str]) -> str:
    """Choose the part that pointing at something highlights: its only part, else its line in the cell."""
    return parts[0] if len(parts) == 1 else next((p for p in parts if p in ("update", "hidden")), "")
