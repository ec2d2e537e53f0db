"""The diagram of the gated recurrent unit: its only state is the hidden state.

A part has the colour of the LSTM's part with the same role: z keeps, as f does; 1 - z writes, as i does; n is the
candidate, as g is; and r scales the state that the candidate reads, as o does in the LSTM.
"""

from lstm_helpers.cells import gru
from lstm_helpers.figures.layouts.base import Layout, Node, Note, Piece, Wire

_STATE, _MIX, _GATES, _BUS = 62.0, 44.0, 26.0, 11.0  # the heights
_IN, _Z, _ONE, _R, _ADD, _N, _UP = 24.0, 38.0, 54.0, 58.0, 70.0, 86.0, 106.0  # the columns
_RESET = 17.5  # the height of the product below the candidate

_ALL = ("reset", "update", "candidate")
_HIDDEN = (
    Piece("$h_t$", "h"),
    Piece("$=$"),
    Piece("$z_t$", "f"),
    Piece(r"$\odot\; h_{t-1} \;+$", "h"),
    Piece("$(1 - z_t)$", "i"),
    Piece(r"$\odot$"),
    Piece("$n_t$", "g"),
)
_HIDDEN_NUMBERS = (
    Piece("{h}", "h"),
    Piece("="),
    Piece("{z}", "f"),
    Piece("×"),
    Piece("{h_previous}", "h"),
    Piece("+"),
    Piece("{one_minus_z}", "i"),
    Piece("×"),
    Piece("{n}", "g"),
)
_CANDIDATE = (
    Piece("$n_t$", "g"),
    Piece(r"$= \tanh(x_t W_{xn} + b_{xn} +$"),
    Piece("$r_t$", "o"),
    Piece(r"$\odot\;(h_{t-1} W_{hn} + b_{hn})) =$"),
    Piece("{n}", "g"),
)


def gate_equation(symbol: str, colour: str, bias: str) -> tuple[tuple[Piece, ...], ...]:
    """Write the one line of a gate."""
    product = rf"$=\;\sigma(x_t\,W_{{x{symbol}}} + h_{{t-1}}\,W_{{h{symbol}}} + {bias})\;=\;$"
    return ((Piece(rf"${symbol}_t$", colour), Piece(product), Piece("{" + symbol + "}", colour)),)


LAYOUT = Layout(
    cell="gru",
    width=128.0,
    bottom=-11.0,
    top=77.0,
    frame=(19.0, 3.5, 111.5, 71.0),
    parts=("reset", "update", "candidate", "hidden"),
    nodes=(
        Node("h_previous", "state", (9.0, _STATE), "h", "$h_{t-1}$", "h_previous", (*_ALL, "hidden")),
        Node("x", "input", (_IN, -5.0), "x", "$x_t$", "x", _ALL),
        Node("fork_old", "junction", (_IN, _STATE), "h", "", "", (*_ALL, "hidden")),
        Node("join", "junction", (_IN, _BUS), "", "", "", _ALL),
        Node("tap_z", "junction", (_Z, _BUS), "", "", "", _ALL),
        Node("tap_r", "junction", (_R, _BUS), "", "", "", ("reset", "candidate")),
        Node("z", "gate", (_Z, _GATES), "f", r"$\sigma$", "z", ("update",)),
        Node("r", "gate", (_R, _GATES), "o", r"$\sigma$", "r", ("reset",)),
        Node("reset", "times", (_N, _RESET), "o", "", "", ("reset", "candidate")),
        Node("n", "squash", (_N, 30.0), "g", r"$\tanh$", "n", ("candidate",)),
        Node("fork_z", "junction", (_Z, _MIX), "f", "", "", ("update", "hidden")),
        Node("one_minus_z", "gate", (_ONE, _MIX), "i", "$1 -$", "one_minus_z", ("update", "hidden")),
        Node("keep", "times", (_Z, _STATE), "f", "", "", ("update", "hidden")),
        Node("write", "times", (_ADD, _MIX), "i", "", "", ("candidate", "hidden")),
        Node("add", "plus", (_ADD, _STATE), "h", "", "", ("hidden",)),
        Node("fork_h", "junction", (_UP, _STATE), "h", "", "", ("hidden",)),
        Node("h", "state", (121.0, _STATE), "h", "$h_t$", "h", ("hidden",)),
        Node("up", "end", (_UP, 76.0), "h", "", "", ("hidden",)),
    ),
    wires=(
        Wire("h_previous", "fork_old", "h", (*_ALL, "hidden"), arrow=False),
        Wire("fork_old", "keep", "h", ("hidden",)),
        Wire("fork_old", "join", "h", _ALL, arrow=False),
        Wire("x", "join", "x", _ALL, arrow=False),
        Wire("join", "tap_z", "", _ALL, arrow=False),
        Wire("tap_z", "tap_r", "", ("reset", "candidate"), arrow=False),
        Wire("tap_z", "z", "", ("update",)),
        Wire("tap_r", "r", "", ("reset",)),
        Wire("tap_r", "reset", "", ("candidate",), via=((_N, _BUS),)),
        Wire("r", "reset", "o", ("reset", "candidate"), via=((_R, 34.0), (_ADD, 34.0), (_ADD, _RESET))),
        Wire("reset", "n", "", ("candidate",)),
        Wire("z", "fork_z", "f", ("update", "hidden"), arrow=False),
        Wire("fork_z", "keep", "f", ("update", "hidden")),
        Wire("fork_z", "one_minus_z", "f", ("update", "hidden")),
        Wire("one_minus_z", "write", "i", ("update", "hidden")),
        Wire("n", "write", "g", ("candidate", "hidden"), via=((_N, _MIX),)),
        Wire("keep", "add", "h", ("hidden",)),
        Wire("write", "add", "h", ("hidden",)),
        Wire("add", "fork_h", "h", ("hidden",), arrow=False),
        Wire("fork_h", "h", "h", ("hidden",)),
        Wire("fork_h", "up", "h", ("hidden",)),
    ),
    notes=(
        Note("z", (_Z + 1.5, 36.5), "left", "$z_t$", "z", "f", ("update", "hidden")),
        Note("r", (_ADD + 1.5, 26.0), "left", "$r_t$", "r", "o", ("reset", "candidate")),
        Note("n", (_N + 1.5, 39.0), "left", "$n_t$", "n", "g", ("candidate", "hidden")),
        Note("reset", (_N + 4.5, _RESET), "left", "of $h$ only", "", "o", ("reset", "candidate")),
        Note("kept", (_ADD - 16.0, _STATE + 3.2), "center", r"$z_t \odot h_{t-1}$", "kept", "h", ("hidden",)),
        Note("written", (_ADD + 1.5, 53.0), "left", r"$(1 - z_t) \odot n_t$", "written", "h", ("hidden",)),
        Note("bus", (_Z + 1.0, 7.2), "left", r"$x_t$ and all units of $h_{t-1}$", "", "", _ALL),
        Note("up", (_UP - 1.5, 74.5), "right", "$h_t$", "", "h", ("hidden",)),
    ),
    equation_at=(78.0, -5.0),
    equations={
        "": (_HIDDEN,),
        "reset": gate_equation("r", "o", "b_{xr} + b_{hr}"),
        "update": gate_equation("z", "f", "b_{xz} + b_{hz}"),
        "candidate": (_CANDIDATE,),
        "hidden": (_HIDDEN, _HIDDEN_NUMBERS),
    },
)


def numbers(step: gru.Step, unit: int, sequence: int) -> dict[str, float]:
    """Give every number that the diagram shows, for one unit of one sequence."""
    one = {name: float(getattr(step, name)[sequence, unit]) for name in ("r", "z", "n", "h")}
    h_previous = float(step.previous.h[sequence, unit])
    return one | {
        "h_previous": h_previous,
        "one_minus_z": 1 - one["z"],
        "kept": one["z"] * h_previous,
        "written": (1 - one["z"]) * one["n"],
    }
