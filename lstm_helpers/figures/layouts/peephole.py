"""The diagram of the peephole cell: the LSTM's, with three wires from the cell state to the gates."""

from lstm_helpers.cells import peephole
from lstm_helpers.figures.layouts import lstm
from lstm_helpers.figures.layouts.base import Node, Piece, Wire, node_of

_FULL = lstm.LAYOUT
_PEEP = ("peepholes",)
_STATE, _GATES = node_of(_FULL, "add").at[1], node_of(_FULL, "f").at[1]
_LEFT, _BESIDE_I, _RIGHT = 24.0, 41.0, 101.0  # the columns of the three wires
_ABOVE = 34.0  # where the wire to the input gate crosses the forget gate's
_F, _OUT = node_of(_FULL, "f").at[0], node_of(_FULL, "show").at[1]


def _gate_equation(symbol: str, time: str) -> tuple[tuple[Piece, ...], ...]:
    product = rf"$= \sigma(x_t W_{{x{symbol}}} + h_{{t-1}} W_{{h{symbol}}} + b_{symbol} +$"
    peep = rf"$p_{symbol} \odot c_{{{time}}}$"
    return (
        (
            Piece(rf"${symbol}_t$", symbol),
            Piece(product),
            Piece(peep, "c"),
            Piece("$) =$"),
            Piece(f"{{{symbol}}}", symbol),
        ),
    )


_THREE = (
    Piece(r"$i_t: \ldots + p_i \odot c_{t-1}$", "i"),
    Piece(r"$\quad f_t: \ldots + p_f \odot c_{t-1}$", "f"),
    Piece(r"$\quad o_t: \ldots + p_o \odot c_t$", "o"),
)

LAYOUT = _FULL._replace(
    cell="peephole",
    parts=(*_FULL.parts, "peepholes"),
    nodes=(
        *(node._replace(parts=(*node.parts, *_PEEP)) if node.name in "ifo" else node for node in _FULL.nodes),
        Node("peep_old", "junction", (_LEFT, _STATE), "c", "", "", _PEEP),
        Node("peep_i", "junction", (_LEFT, _ABOVE), "c", "", "", _PEEP),
        Node("peep_new", "junction", (_RIGHT, _STATE), "c", "", "", _PEEP),
    ),
    wires=(
        *_FULL.wires,
        Wire("peep_old", "peep_i", "c", _PEEP, arrow=False),
        Wire("peep_i", "f", "c", _PEEP, via=((_LEFT, _GATES),)),
        Wire("peep_i", "i", "c", _PEEP, via=((_BESIDE_I, _ABOVE), (_BESIDE_I, _GATES)), under=((_F, _ABOVE),)),
        Wire("peep_new", "o", "c", _PEEP, via=((_RIGHT, _GATES),), under=((_RIGHT, _OUT),)),
    ),
    equations={
        **_FULL.equations,
        "forget": _gate_equation("f", "t-1"),
        "input": _gate_equation("i", "t-1"),
        "output": _gate_equation("o", "t"),
        "peepholes": (_THREE,),
    },
)


def numbers(step: peephole.Step, unit: int, sequence: int) -> dict[str, float]:
    """Give every number that the diagram shows, for one unit of one sequence."""
    return lstm.numbers_of(step, ("i", "f", "g", "o", "c", "h"), unit, sequence)
