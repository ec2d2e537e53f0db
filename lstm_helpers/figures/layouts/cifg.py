"""The diagram of the cell with coupled input and forget gates (CIFG): the LSTM's, with i = 1 − f."""

from lstm_helpers.cells import cifg
from lstm_helpers.figures.layouts import lstm
from lstm_helpers.figures.layouts.base import Node, Note, Piece, Wire, node_of

_FULL = lstm.LAYOUT
_F, _WRITE = node_of(_FULL, "f").at[0], node_of(_FULL, "write").at
_I = (node_of(_FULL, "i").at[0] - 1.0, 35.5)  # above the bus, to which it is not connected
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
    cell="cifg",
    nodes=(
        *(node for node in _FULL.nodes if node.name not in ("f", "i", "tap_i")),
        node_of(_FULL, "f")._replace(parts=("forget", "input")),
        Node("fork_f", "junction", (_F, _I[1]), "f", "", "", _COUPLED),
        Node("i", "gate", _I, "i", "$1 -$", "i", ("input",)),
    ),
    wires=(
        *(wire for wire in _FULL.wires if not {wire.start, wire.end} & {"f", "i", "tap_i"}),
        Wire("tap_f", "f", "", ("forget", "input")),
        Wire("tap_f", "tap_g", "", ("candidate", "output"), arrow=False),
        Wire("f", "fork_f", "f", _COUPLED, arrow=False),
        Wire("fork_f", "keep", "f", ("forget", "update")),
        Wire("fork_f", "i", "f", ("input", "update")),
        Wire("i", "write", "i", ("input", "update"), via=((_I[0], _WRITE[1]),)),
    ),
    notes=(
        *(note for note in _FULL.notes if note.name != "i"),
        Note("i", (_I[0] + 1.0, _WRITE[1] + 3.2), "center", "$i_t$", "i", "i", ("input", "update")),
    ),
    equations={**_FULL.equations, "": (_UPDATE, _FULL.equations[""][1]), "input": (_INPUT,)},
)


def numbers(step: cifg.Step, unit: int, sequence: int) -> dict[str, float]:
    """Give every number that the diagram shows, for one unit of one sequence."""
    return lstm.numbers_of(step, ("i", "f", "g", "o", "c", "h"), unit, sequence)
