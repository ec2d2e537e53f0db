"""How large the things in a diagram are, where its labels go, and what room they ask of its columns and rows."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from lstm_helpers.figures.diagrams.base import Layout, Node, Note, Wire, node_of, places
from lstm_helpers.figures.diagrams.grid import Apart, spaced
from lstm_helpers.figures.diagrams.words import BRIEF, spell, width_of

SMALLEST = 12.0  # letters, in pixels
# Which formulas stand beside numbers: all, short ones, none; in a tall drawing, the numbers stand on their wires.
DENSITIES = ("full", "short", "numbers", "tall")
BESIDE = 0.6  # between a wire and a label, in letters
PITCH = 2.1  # usual distance of rows, in letters
MARGIN = 2.0  # at the edges of a drawing, in pixels

Spot = tuple[int, int]  # a column and a row as numbers from 1; 0 is the edge of the drawing


class Extent(NamedTuple):
    """What stands at a column: how far it reaches to both sides, and between which heights."""

    column: int
    left: float
    right: float
    top: float
    bottom: float


class Plan:
    """The sizes and the rows of a diagram for one size of letters, and what they ask of its columns."""

    def __init__(self, layout: Layout, font: float, density: str, widest: str, value: str, word: str) -> None:
        self.layout, self.font, self.density, self.widest = layout, font, density, widest
        self.value, self.word = value, word
        self.tight, self.tall = density in ("numbers", "tall"), density == "tall"
        self._columns = {name: k for k, name in enumerate(layout.columns, start=1)}
        self._rows = {name: k for k, name in enumerate(layout.rows, start=1)}
        self.spots = {node.name: self._spot(node.at) for node in layout.nodes}
        self.paths = {w.name: [self._spot(place) for place in places(layout, w)] for w in layout.wires}
        self.segments = [segment for path in self.paths.values() for segment in pairwise(path)]
        self.frames = [(self._spot((f.left, f.top)), self._spot((f.right, f.bottom))) for f in layout.frames]
        self.texts = {note.name: self._text_of(note) for note in layout.notes}
        self.column_weights = [0.0, *(layout.near.get(name, 1.0) for name in layout.columns[1:]), 0.0]
        row_weights = [0.0, *(layout.near.get(name, 1.0) for name in layout.rows[1:]), 0.0]
        self.stretches: dict[str, tuple[Spot, Spot]] = {}
        for _ in range(2):  # a label needs room in the stretch that was the longest without it
            self.y = spaced(row_weights, list(self._row_rules()), pitch=PITCH * font)
            self.stretches = {note.name: self._stretch(note) for note in layout.notes}

    def _spot(self, place: tuple[str, str]) -> Spot:
        return self._columns[place[0]], self._rows[place[1]]

    # Sizes -----------------------------------------------------------------------------------------------------------

    @property
    def symbol_size(self) -> float:
        """The size of letters in a box."""
        return 1.05 * self.font

    @property
    def number_size(self) -> float:
        """The size of a number in a box."""
        return max(SMALLEST, 0.9 * self.font)

    @property
    def longest(self) -> str:
        """The longest number in a box."""
        return BRIEF if self.tall else self.widest

    def size(self, node: Node) -> tuple[float, float]:
        """Give the width and height of a node."""
        font, text = self.font, width_of(self.label(node), self.symbol_size)
        if node.kind in ("state", "input"):
            longest = self.value if node.kind == "input" else self.longest
            number = width_of(longest, self.number_size, True)
            return max(text, number) + (0.18 if self.tall else 0.45 if self.tight else 0.7) * font, 2.6 * font
        if node.kind in ("gate", "squash", "block"):
            room = 0.15 if self.tall else 1.1 if node.kind == "squash" else 0.7
            return max((2.15 if self.tall else 2.7) * font, text + room * font), 2.3 * font
        if node.kind in ("times", "plus"):
            return (1.6 * font, 1.6 * font) if self.tall else (1.75 * font, 1.75 * font)
        return (0.4 * font, 0.4 * font) if node.kind == "junction" else (0.0, 0.0)

    def label(self, node: Node) -> str:
        """Give a node's text. A gate has its letter instead of its sign where none stands beside its number."""
        bare = [note for note in self.layout.notes if note.number == node.number and not self.texts[note.name]]
        if node.kind in ("gate", "squash") and bare and len(spell(bare[0].text)) <= 2:
            return bare[0].text
        return node.short or node.text if self.tall else node.text

    def half(self, spot: Spot, axis: int) -> float:
        """Give half the width (axis 0) or height (1) of the node at a place; 0 where there is none."""
        return next((self.size(node)[axis] / 2 for node in self.layout.nodes if self.spots[node.name] == spot), 0.0)

    def note_width(self, note: Note) -> float:
        """Give the width of a label with room for its number."""
        words, number = width_of(self.texts[note.name], self.font), 0.0
        if note.number:
            of_gate = any(node.kind == "gate" and node.number == note.number for node in self.layout.nodes)
            longest = BRIEF if self.tight else self.widest
            longest = longest.removeprefix("\N{MINUS SIGN}") if of_gate else longest
            number = width_of(longest, self.font, not self.tall)
        return words + number + (0.35 * self.font if words and number else 0.0)

    def _text_of(self, note: Note) -> str:
        """Give a label's formula, or nothing where its number needs the room."""
        left_out = self.tight or (self.density == "short" and len(spell(note.text)) > 2)
        if not note.number and self.tight:
            return note.short or note.text
        return "" if note.number and left_out else note.text

    # Labels ----------------------------------------------------------------------------------------------------------

    def _stretch(self, note: Note) -> tuple[Spot, Spot]:
        """Choose the longest straight run of a label's wire that nothing crosses, along an axis that suits its side."""
        axis = int(note.side in ("left", "right"))
        path = pairwise(self.paths[note.beside])
        runs = [run for a, b in path if a[1 - axis] == b[1 - axis] for run in pairwise(self._cut(a, b, axis))]
        if note.where != "middle":
            return runs[0] if note.where == "start" else runs[-1]
        at = self.y if axis else [sum(self.column_weights[:k]) for k in range(len(self._columns) + 1)]
        return max(runs, key=lambda run: abs(at[run[0][axis]] - at[run[1][axis]]))

    def _cut(self, a: Spot, b: Spot, axis: int) -> list[Spot]:
        """Give the places from ``a`` to ``b`` where something crosses or touches the line between them."""
        edges = [((c, low[1]), (c, high[1])) for low, high in self.frames for c in (low[0], high[0])]
        edges += [((low[0], r), (high[0], r)) for low, high in self.frames for r in (low[1], high[1])]
        fixed, low, high = a[1 - axis], min(a[axis], b[axis]), max(a[axis], b[axis])
        cut = {low, high}
        for p, q in (*self.segments, *edges):
            start, end = sorted((p[1 - axis], q[1 - axis]))
            if p[axis] == q[axis] and start <= fixed <= end and low < p[axis] < high:
                cut.add(p[axis])
        stops = sorted(cut, reverse=a[axis] > b[axis])
        return [(fixed, k) if axis else (k, fixed) for k in stops]

    def on_wire(self, note: Note) -> bool:
        """Tell whether a number stands on its wire, since beside it there is no room."""
        if not self.tight or not note.number or note.side not in ("left", "right"):
            return False
        low, high = self._free(*self.stretches[note.name])
        return high - low > 2.8 * self.font

    def leftwards(self, note: Note) -> bool:
        """Tell whether a label that does not stand in the middle reaches to the left of its place."""
        a, b = self.stretches[note.name]
        if note.side in ("left", "right"):
            return note.side == "left"
        return (a < b) == (note.where == "end")

    def note_height(self, note: Note) -> float:
        """Give the height of the middle of a label."""
        a, b = self.stretches[note.name]
        if note.side in ("above", "below"):
            far = 1.3 if self.tall and note.where == "middle" else 0.98  # over the nodes at its ends, or between them
            return self.y[a[1]] + (-far if note.side == "above" else far) * self.font
        if note.where != "middle":
            first = (a < b) == (note.where == "start")  # near the upper end
            upper, lower = self._free(a, b)
            return upper + 0.8 * self.font if first else lower - 0.8 * self.font
        return sum(self._free(a, b)) / 2

    def _free(self, a: Spot, b: Spot) -> tuple[float, float]:
        """Give the heights between which an upright stretch is free of the nodes at its ends."""
        upper, lower = sorted((a, b))
        return self.y[upper[1]] + self.half(upper, 1), self.y[lower[1]] - self.half(lower, 1)

    # Room ------------------------------------------------------------------------------------------------------------

    def _row_rules(self) -> Iterator[Apart]:
        """Ask for room between what stands above one another in a column."""
        font, last = self.font, len(self._rows) + 1
        tall = {(column, r): 0.0 for a, b in self.segments for column in _between(a, b) for r in (a[1], b[1])}
        tall |= {(column, r): 0.0 for a, b in self.frames for column in _between(a, b) for r in (a[1], b[1])}
        tall |= {self.spots[node.name]: self.size(node)[1] / 2 for node in self.layout.nodes}
        upright = [sorted(segment) for segment in self.segments if segment[0][0] == segment[1][0]]
        labels = {tuple(sorted(self.stretches[note.name])): note for note in self.layout.notes if self.stretches}
        for column in range(1, len(self._columns) + 1):
            here = sorted(spot for spot in tall if spot[0] == column)
            for a, b in pairwise(here):
                gap = 0.4
                if any(low <= a and b <= high for low, high in upright if low[0] == column):
                    gap = 1.3 if tall[a] and tall[b] else 0.7  # an arrow
                if (a, b) in labels:
                    gap = 3.0 if self.tall and labels[a, b].number else max(gap, 1.6)
                yield Apart(a[1], b[1], tall[a] + tall[b] + gap * font)
            for spot in here:
                yield Apart(0, spot[1], tall[spot] + MARGIN)
                yield Apart(spot[1], last, tall[spot] + MARGIN)
        for note in self.layout.notes:
            if note.name in self.stretches and note.side in ("above", "below"):
                a, b = self.stretches[note.name]
                up = note.side == "above"
                beyond = [s for s in tall if s[0] in _between(a, b) and (s[1] < a[1] if up else s[1] > a[1])]
                for spot in beyond:
                    yield Apart(min(spot[1], a[1]), max(spot[1], a[1]), tall[spot] + (2.0 if self.tall else 1.6) * font)

    def _extents(self) -> Iterator[Extent]:
        font, y = self.font, self.y
        for node in self.layout.nodes:
            (column, row), (wide, tall) = self.spots[node.name], self.size(node)
            yield Extent(column, wide / 2, wide / 2, y[row] - tall / 2, y[row] + tall / 2)
            if node.kind == "input" and self.word:
                far = wide / 2 + 0.5 * font + width_of(self.word, font, True)
                yield Extent(column, 0.0, far, y[row] - 0.6 * font, y[row] + 0.6 * font)
        for a, b in self.segments:
            if a[0] == b[0]:
                yield Extent(a[0], 0.1 * font, 0.1 * font, min(y[a[1]], y[b[1]]), max(y[a[1]], y[b[1]]))
        for low, high in self.frames:
            for column in (low[0], high[0]):
                yield Extent(column, 0.0, 0.0, y[low[1]], y[high[1]])
        for note in self.layout.notes:
            (a, b), wide, middle = self.stretches[note.name], self.note_width(note), self.note_height(note)
            left = right = wide / 2
            if note.side in ("above", "below") and note.where == "middle":
                continue  # it has room between two columns
            if not self.on_wire(note):
                left, right = (wide + BESIDE * font, 0.0) if self.leftwards(note) else (0.0, wide + BESIDE * font)
            yield Extent((b if note.where == "end" else a)[0], left, right, middle - 0.65 * font, middle + 0.65 * font)

    def column_rules(self) -> list[Apart]:
        """Ask for room between what stands side by side."""
        font, last, pad = self.font, len(self._columns) + 1, (0.28 if self.tight else 0.4) * self.font
        extents = sorted(self._extents())
        rules = [Apart(0, e.column, e.left + MARGIN) for e in extents]
        rules += [Apart(e.column, last, e.right + MARGIN) for e in extents]
        for k, one in enumerate(extents):
            for two in extents[k + 1 :]:
                if one.column < two.column and one.top < two.bottom + 1.0 and two.top < one.bottom + 1.0:
                    rules.append(Apart(one.column, two.column, one.right + two.left + pad))
        for wire in self.layout.wires:  # an arrow needs room for its head and its shaft
            head = enters(self.layout, wire)
            for a, b in pairwise(self.paths[wire.name]):
                if a[1] == b[1]:
                    room = 0.5 if not head else 1.0 if self.tight else 1.5
                    framed = any(min(a[0], b[0]) < low[0] < max(a[0], b[0]) for low, _ in self.frames)
                    rules.append(self._level(a, b, (room + 0.3 * framed) * font))  # an edge hides some of it
        for note in self.layout.notes:
            if note.side in ("above", "below") and note.where == "middle":
                room, (a, b) = (
                    self.note_width(note) + (0.1 if self.tall else 0.3 if self.tight else 0.8) * font,
                    self.stretches[note.name],
                )
                over = Apart(min(a[0], b[0]), max(a[0], b[0]), room)
                rules.append(over if self.tall else self._level(a, b, room))
        return rules

    def _level(self, a: Spot, b: Spot, room: float) -> Apart:
        """Ask for room between two places in a row, and the nodes there."""
        return Apart(min(a[0], b[0]), max(a[0], b[0]), self.half(a, 0) + self.half(b, 0) + room)

    def right_of_lowest(self, x: list[float]) -> tuple[float, float]:
        """Give the right end of what stands in the lowest row, and its upper edge; the drawing's, if that is empty."""
        row = len(self._rows)
        top = self.y[row] - max((self.half(spot, 1) for spot in self.spots.values() if spot[1] == row), default=0.0)
        return max((x[e.column] + e.right for e in self._extents() if e.bottom > top), default=0.0), top


def enters(layout: Layout, wire: Wire) -> bool:
    """Tell whether a wire enters something, and so has an arrowhead."""
    return node_of(layout, wire.end).kind != "junction"


def _between(a: Spot, b: Spot) -> range:
    return range(min(a[0], b[0]), max(a[0], b[0]) + 1)


def crossings(plan: Plan, wire: Wire) -> list[tuple[Spot, bool]]:
    """Give the places where a wire crosses others without touching them, and whether it is level there."""
    found = set()
    for p, q in pairwise(plan.paths[wire.name]):
        axis = int(p[1] == q[1])  # of the others: 1 if they are upright
        for a, b in plan.segments:
            inside = min(a[axis], b[axis]) < p[axis] < max(a[axis], b[axis])
            across = min(p[1 - axis], q[1 - axis]) < a[1 - axis] < max(p[1 - axis], q[1 - axis])
            if a[1 - axis] == b[1 - axis] and inside and across:
                found.add(((a[0], p[1]) if axis else (p[0], a[1]), bool(axis)))
    return sorted(found)
