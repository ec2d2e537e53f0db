"""The diagram of the peephole cell: the LSTM's, with three wires from the cell state to the gates."""

from lstm_helpers.cells import peephole
from lstm_helpers.figures.diagrams import lstm
from lstm_helpers.figures.diagrams.base import Node, Piece, Wire, with_after

_FULL = lstm.LAYOUT
_PEEP = ("peepholes",)


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
    name="peephole",
    title="peephole cell",
    columns=with_after(with_after(_FULL.columns, "f", "beside"), "o", "peep"),
    rows=with_after(_FULL.rows, "show", "over"),  # where the wire to the input gate crosses the forget gate's
    near={**_FULL.near, "beside": 0.4, "i": 0.6, "peep": 0.6, "up": 0.6},
    parts=(*_FULL.parts, "peepholes"),
    nodes=(
        *(node._replace(parts=(*node.parts, *_PEEP)) if node.name in "ifo" else node for node in _FULL.nodes),
        Node("peep_old", "junction", ("join", "state"), "c", "", "", _PEEP),
        Node("peep_i", "junction", ("join", "over"), "c", "", "", _PEEP),
        Node("peep_new", "junction", ("peep", "state"), "c", "", "", _PEEP),
    ),
    wires=(
        *_FULL.wires,
        Wire("peep_old", "peep_i", "c", "c_previous", _PEEP),
        Wire("peep_i", "f", "c", "c_previous", _PEEP, via=(("join", "gates"),)),
        Wire("peep_i", "i", "c", "c_previous", _PEEP, via=(("beside", "over"), ("beside", "gates")), under=True),
        Wire("peep_new", "o", "c", "c", _PEEP, via=(("peep", "gates"),), under=True),
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
