"""The diagram of the LSTM without a forget gate: the LSTM's, with that column removed."""

from typing import TypeVar

from lstm_helpers.cells import lstm_no_forget
from lstm_helpers.figures.layouts import lstm
from lstm_helpers.figures.layouts.base import Node, Note, Piece, Wire

_GONE = ("f", "keep", "tap_f", "kept")
ThingT = TypeVar("ThingT", Node, Wire, Note)


def _left(things: tuple[ThingT, ...]) -> tuple[ThingT, ...]:
    """Remove the forget gate's things, and its part from the others."""
    return tuple(
        thing._replace(parts=tuple(part for part in thing.parts if part != "forget"))
        for thing in things
        if not _names(thing) & set(_GONE)
    )


def _names(thing: Node | Wire | Note) -> set[str]:
    return {thing.start, thing.end} if isinstance(thing, Wire) else {thing.name}


_UPDATE = (
    Piece("$c_t$", "c"),
    Piece("$=$"),
    Piece(r"$c_{t-1} \;+$", "c"),
    Piece("$i_t$", "i"),
    Piece(r"$\odot$"),
    Piece("$g_t$", "g"),
)
_UPDATE_NUMBERS = (
    Piece("{c}", "c"),
    Piece("="),
    Piece("{c_previous}", "c"),
    Piece("+"),
    Piece("{i}", "i"),
    Piece("×"),
    Piece("{g}", "g"),
)
_FULL = lstm.LAYOUT

LAYOUT = _FULL._replace(
    cell="lstm_no_forget",
    parts=tuple(part for part in _FULL.parts if part != "forget"),
    nodes=_left(_FULL.nodes),
    wires=(
        *_left(_FULL.wires),
        Wire("join", "tap_i", "", ("input", "candidate", "output"), arrow=False),
        Wire("c_previous", "add", "c", ("update",)),
    ),
    notes=_left(_FULL.notes),
    equations={part: lines for part, lines in _FULL.equations.items() if part != "forget"}
    | {"": (_UPDATE, _FULL.equations[""][1]), "update": (_UPDATE, _UPDATE_NUMBERS)},
)


def numbers(step: lstm_no_forget.Step, unit: int, sequence: int) -> dict[str, float]:
    """Give every number that the diagram shows, for one unit of one sequence."""
    return lstm.numbers_of(step, ("i", "g", "o", "c", "h"), unit, sequence)
