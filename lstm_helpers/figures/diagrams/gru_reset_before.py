"""The diagram of the GRU as first published (Cho et al., 2014): the reset gate acts before the matrix product."""

from typing import Any

from lstm_helpers.figures.diagrams import gru
from lstm_helpers.figures.diagrams.base import Piece

_CANDIDATE = (
    Piece("$n_t$", "g"),
    Piece(r"$= \tanh(x_t W_{xn} + ($"),
    Piece("$r_t$", "o"),
    Piece(r"$\odot\;h_{t-1})\,W_{hn} + b_n) =$"),
    Piece("{n}", "g"),
)

LAYOUT = gru.LAYOUT._replace(
    name="gru_reset_before",
    title="gated recurrent unit as first published",
    equations={
        **gru.LAYOUT.equations,
        "reset": gru.gate_equation("r", "o", "b_r"),
        "update": gru.gate_equation("z", "f", "b_z"),
        "candidate": (_CANDIDATE,),
    },
)


def numbers(step: Any, unit: int, sequence: int) -> dict[str, float]:
    """Give every number that the diagram shows, for one unit of one sequence."""
    return gru.numbers(step, unit, sequence)
