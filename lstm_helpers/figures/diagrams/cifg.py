"""The diagram of the cell with coupled input and forget gates (CIFG): the LSTM's, with i = 1 − f."""

from lstm_helpers.cells import cifg
from lstm_helpers.figures.diagrams import lstm
from lstm_helpers.figures.diagrams.base import Node, Piece, Wire, node_of, note_of, with_after

_FULL = lstm.LAYOUT
_COUPLED = ("forget", "input", "update")
_UPDATE = (
    Piece("$c_t$", "c"),
    Piece("$=$"),
    Piece("$f_t$", "f"),
    Piece(r"$\odot\; c_{t-1} \;+$", "c"),
    Piece("$(1 - f_t)$", "i"),
    Piece(r"$\odot$"),
    Piece("$g_t$", "g"),
)
_INPUT = (
    Piece("$i_t$", "i"),
    Piece("$=\\; 1 -$"),
    Piece("$f_t$", "f"),
    Piece("$=$"),
    Piece("{i}", "i"),
)

LAYOUT = _FULL._replace(
    name="cifg",
    title="cell with coupled input and forget gates",
    rows=with_after(_FULL.rows, "show", "invert"),  # above the gates' row: what stands there does not read the bus
    nodes=(
        *(node for node in _FULL.nodes if node.name not in ("f", "i", "tap_i")),
        node_of(_FULL, "f")._replace(parts=("forget", "input")),
        Node("fork_f", "junction", ("f", "invert"), "f", "", "", _COUPLED),
        Node("i", "gate", ("i", "invert"), "i", "$1 -$", "i", ("input",)),
    ),
    wires=(
        *(wire for wire in _FULL.wires if not {wire.start, wire.end} & {"f", "i", "tap_i"}),
        Wire("tap_f", "f", "", "", ("forget", "input")),
        Wire("tap_f", "tap_g", "", "", ("candidate", "output")),
        Wire("f", "fork_f", "f", "f", _COUPLED),
        Wire("fork_f", "keep", "f", "f", ("forget", "update")),
        Wire("fork_f", "i", "f", "f", ("input", "update")),
        Wire("i", "write", "i", "i", ("input", "update"), via=(("i", "write"),)),
    ),
    notes=(
        *(note for note in _FULL.notes if note.beside not in ("f-keep", "tap_f-tap_i")),
        note_of(_FULL, "f")._replace(beside="fork_f-keep"),
        note_of(_FULL, "bus")._replace(beside="tap_f-tap_g"),
    ),
    equations={**_FULL.equations, "": (_UPDATE, _FULL.equations[""][1]), "input": (_INPUT,)},
)


def numbers(step: cifg.Step, unit: int, sequence: int) -> dict[str, float]:
    """Give every number that the diagram shows, for one unit of one sequence."""
    return lstm.numbers_of(step, ("i", "f", "g", "o", "c", "h"), unit, sequence)
