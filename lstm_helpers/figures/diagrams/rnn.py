"""The diagram of the vanilla RNN cell: a sum, a tanh, and the hidden state that goes on and up."""

from lstm_helpers.cells import rnn
from lstm_helpers.figures.diagrams.base import Frame, Layout, Node, Note, Piece, Wire

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
    name="rnn",
    title="vanilla RNN cell",
    columns=("past", "left", "sum", "tanh", "up", "right", "future"),
    rows=("above", "roof", "state", "floor", "below"),
    near={"sum": 1.6},
    frames=(Frame("left", "roof", "right", "floor"),),
    parts=("input", "recurrent", "hidden"),
    nodes=(
        Node("h_previous", "state", ("past", "state"), "h", "$h_{t-1}$", "h_previous", ("recurrent",)),
        Node("x", "input", ("sum", "below"), "x", "$x_t$", "x", ("input",)),
        Node("sum", "plus", ("sum", "state"), "h", "", "", ("input", "recurrent", "hidden")),
        Node("tanh", "squash", ("tanh", "state"), "h", r"$\tanh$", "h", ("hidden",)),
        Node("fork_h", "junction", ("up", "state"), "h", "", "", ("hidden",)),
        Node("h", "state", ("future", "state"), "h", "$h_t$", "h", ("hidden",)),
        Node("up", "end", ("up", "above"), "h", "", "", ("hidden",)),
    ),
    wires=(
        Wire("h_previous", "sum", "h", "h_previous", ("recurrent",)),
        Wire("x", "sum", "x", "", ("input",)),
        Wire("sum", "tanh", "h", "", ("hidden",)),
        Wire("tanh", "fork_h", "h", "h", ("hidden",)),
        Wire("fork_h", "h", "h", "h", ("hidden",)),
        Wire("fork_h", "up", "h", "h", ("hidden",)),
    ),
    notes=(
        Note("recurrent", "h_previous-sum", "above", r"$h_{t-1}\,W_h$", "", "h", ("recurrent",)),
        Note("input", "x-sum", "right", r"$x_t\,W_x + b$", "", "x", ("input",)),
        Note("up", "fork_h-up", "left", "$h_t$", "", "h", ("hidden",), where="end"),
    ),
    equations={"": _EQUATION, "input": _EQUATION, "recurrent": _EQUATION, "hidden": _EQUATION},
)


def numbers(step: rnn.Step, unit: int, sequence: int) -> dict[str, float]:
    """Give every number that the diagram shows, for one unit of one sequence."""
    return {
        "h_previous": float(step.previous.h[sequence, unit]),
        "h": float(step.h[sequence, unit]),
    }
