"""The diagram of the LSTM without a forget gate: the LSTM's, with that column removed."""

from lstm_helpers.cells import lstm_no_forget
from lstm_helpers.figures.diagrams import lstm
from lstm_helpers.figures.diagrams.base import Piece, Wire, note_of, without

_FULL = lstm.LAYOUT


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
_GONE = without(_FULL, "forget", "f", "keep", "tap_f")

LAYOUT = _GONE._replace(
    name="lstm_no_forget",
    title="LSTM cell without a forget gate",
    columns=tuple(column for column in _FULL.columns if column != "f"),
    wires=(
        *_GONE.wires,
        Wire("join", "tap_i", "", "", ("input", "candidate", "output")),
        Wire("c_previous", "add", "c", "c_previous", ("update",)),
    ),
    notes=(*_GONE.notes, note_of(_FULL, "bus")._replace(beside="tap_i-tap_g", parts=("input", "candidate", "output"))),
    equations={part: lines for part, lines in _FULL.equations.items() if part != "forget"}
    | {"": (_UPDATE, _FULL.equations[""][1]), "update": (_UPDATE, _UPDATE_NUMBERS)},
)


def numbers(step: lstm_no_forget.Step, unit: int, sequence: int) -> dict[str, float]:
    """Give every number that the diagram shows, for one unit of one sequence."""
    return lstm.numbers_of(step, ("i", "g", "o", "c", "h"), unit, sequence)
