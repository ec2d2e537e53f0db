"""The diagram of the vanilla RNN cell, in the same units as the LSTM's, so that the two can be compared."""

from lstm_helpers.cells import rnn
from lstm_helpers.figures.layouts.base import Layout, Node, Note, Piece, Wire

_LINE = 24.0
_EQUATION = (
    (
        Piece("$h_t$", "h"),
        Piece(r"$= \tanh($"),
        Piece(r"$x_t\,W_x$", "x"),
        Piece("$+$"),
        Piece(r"$h_{t-1}\,W_h$", "h"),
        Piece(r"$+\; b)\;=\;$"),
        Piece("{h}", "h"),
    ),
)

LAYOUT = Layout(
    cell="rnn",
    width=128.0,
    bottom=-8.0,
    top=45.0,
    frame=(19.0, 9.0, 111.5, 38.0),
    parts=("input", "recurrent", "hidden"),
    nodes=(
        Node("h_previous", "state", (9.0, _LINE), "h", "$h_{t-1}$", "h_previous", ("recurrent",)),
        Node("x", "input", (36.0, -2.0), "x", "$x_t$", "x", ("input",)),
        Node("sum", "plus", (36.0, _LINE), "h", "", "", ("input", "recurrent", "hidden")),
        Node("tanh", "squash", (66.0, _LINE), "h", r"$\tanh$", "h", ("hidden",)),
        Node("fork_h", "junction", (106.0, _LINE), "h", "", "", ("hidden",)),
        Node("h", "state", (121.0, _LINE), "h", "$h_t$", "h", ("hidden",)),
        Node("up", "end", (106.0, 44.0), "h", "", "", ("hidden",)),
    ),
    wires=(
        Wire("h_previous", "sum", "h", ("recurrent",)),
        Wire("x", "sum", "x", ("input",)),
        Wire("sum", "tanh", "h", ("hidden",)),
        Wire("tanh", "fork_h", "h", ("hidden",), arrow=False),
        Wire("fork_h", "h", "h", ("hidden",)),
        Wire("fork_h", "up", "h", ("hidden",)),
    ),
    notes=(
        Note("recurrent", (26.0, _LINE + 3.4), "center", r"$h_{t-1}\,W_h$", "", "h", ("recurrent",)),
        Note("input", (37.5, 15.0), "left", r"$x_t\,W_x + b$", "", "x", ("input",)),
        Note("up", (104.5, 42.5), "right", "$h_t$", "", "h", ("hidden",)),
    ),
    equation_at=(88.0, -2.0),
    equations={"": _EQUATION, "input": _EQUATION, "recurrent": _EQUATION, "hidden": _EQUATION},
)


def numbers(step: rnn.Step, unit: int, sequence: int) -> dict[str, float]:
    """Give every number that the diagram shows, for one unit of one sequence."""
    return {
        "h_previous": float(step.previous.h[sequence, unit]),
        "h": float(step.h[sequence, unit]),
    }
