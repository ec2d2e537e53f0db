"""The marks that a drawn diagram consists of: what a back-end shows, each with its position and what it belongs to.

Units are pixels (or points), x to the right and y downwards.
"""

from typing import NamedTuple

from lstm_helpers.figures.diagrams.base import Layout, Piece

Point = tuple[float, float]

THIN, THICK = 1.6, 5.8  # a wire that carries 0, and one that carries the limit
PLAIN = 1.5  # a wire that carries no number
DASHES = (7.0, 4.0)  # of a wire that carries a negative one
EDGE = 2.0  # of boxes
SPACE = 0.3  # between the runs of an equation, in letters
HALO = 3.0  # around words that stand near a wire


class Tag(NamedTuple):
    """What a mark belongs to, and what highlights it."""

    role: str  # "frame", "wire", "head", "gap", "hit", "box", "joint", "sign", "level", "middle", "words"
    name: str  # "node:f", "wire:f-keep", "note:f", "equation"
    symbol: str = ""  # a key of the house colours; "" for the text's colour
    parts: tuple[str, ...] = ()  # the parts in which it is lit
    part: str = ""  # the part that pointing at it highlights
    only: str | None = None  # shown only while this part is highlighted ("" for no part); None for always


class Line(NamedTuple):
    """A polyline. With a number it is as thick as the number is large, and dashed if it is negative."""

    tag: Tag
    points: tuple[Point, ...]
    width: float
    number: str = ""


class Polygon(NamedTuple):
    """A filled shape: an arrow's head."""

    tag: Tag
    points: tuple[Point, ...]


class Disc(NamedTuple):
    """A circle, filled with its colour or with paper."""

    tag: Tag
    centre: Point
    radius: float
    filled: bool


class Box(NamedTuple):
    """A rectangle with round corners, filled with paper, or a cell's frame."""

    tag: Tag
    corner: Point  # the upper left one
    width: float
    height: float
    radius: float


class Level(NamedTuple):
    """A bar in a box, from the height of 0 to that of its number; a number 1 reaches ``one``."""

    tag: Tag
    left: float
    width: float
    zero: float
    one: float
    lowest: float  # the smallest number that it can show: 0 or -1
    number: str

    def at(self, value: float) -> float:
        """Give the height of a number."""
        return self.zero + (self.one - self.zero) * value


class Words(NamedTuple):
    """A line of text: a formula in mathtext, and a number after it."""

    tag: Tag
    at: Point  # on the baseline
    align: str  # "left", "center" or "right" of ``at``
    size: float
    text: str
    number: str = ""  # the key of a number or of a word
    bold: bool = False
    brief: bool = False  # two decimals, since there is no room for more


class Formula(NamedTuple):
    """A line of an equation: runs in the colours of their symbols, ``SPACE`` apart."""

    tag: Tag
    at: Point  # the middle of the baseline
    size: float
    pieces: tuple[Piece, ...]


Mark = Line | Polygon | Disc | Box | Level | Words | Formula


class Scene(NamedTuple):
    """A diagram that was given places."""

    layout: Layout
    width: float
    height: float
    font: float
    density: str
    marks: tuple[Mark, ...]
