"""The diagram of the gated recurrent unit: its only state is the hidden state.

A part has the colour of the LSTM's part with the same role: z keeps, as f does; 1 - z writes, as i does; n is the
candidate, as g is; and r scales the state that the candidate reads, as o does in the LSTM.
"""

from lstm_helpers.cells import gru
from lstm_helpers.figures.diagrams.base import Frame, Layout, Node, Note, Piece, Wire

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
    name="gru",
    title="gated recurrent unit",
    columns=("past", "left", "old", "z", "one", "r", "add", "n", "up", "right", "future"),
    rows=("above", "roof", "state", "mix", "n", "gates", "bus", "floor", "below"),
    near={"above": 0.8, "r": 0.4, "add": 0.8, "n": 1.2},
    frames=(Frame("left", "roof", "right", "floor"),),
    parts=("reset", "update", "candidate", "hidden"),
    nodes=(
        Node("h_previous", "state", ("past", "state"), "h", "$h_{t-1}$", "h_previous", (*_ALL, "hidden")),
        Node("x", "input", ("old", "below"), "x", "$x_t$", "x", _ALL),
        Node("fork_old", "junction", ("old", "state"), "h", "", "", (*_ALL, "hidden")),
        Node("join", "junction", ("old", "bus"), "", "", "", _ALL),
        Node("tap_z", "junction", ("z", "bus"), "", "", "", _ALL),
        Node("tap_r", "junction", ("r", "bus"), "", "", "", ("reset", "candidate")),
        Node("z", "gate", ("z", "gates"), "f", r"$\sigma$", "z", ("update",)),
        Node("r", "gate", ("r", "gates"), "o", r"$\sigma$", "r", ("reset",)),
        Node("reset", "times", ("n", "gates"), "o", "", "", ("reset", "candidate")),
        Node("n", "squash", ("n", "n"), "g", r"$\tanh$", "n", ("candidate",)),
        Node("fork_z", "junction", ("z", "mix"), "f", "", "", ("update", "hidden")),
        Node("one_minus_z", "gate", ("one", "mix"), "i", "$1 -$", "one_minus_z", ("update", "hidden")),
        Node("keep", "times", ("z", "state"), "f", "", "", ("update", "hidden")),
        Node("write", "times", ("add", "mix"), "i", "", "", ("candidate", "hidden")),
        Node("add", "plus", ("add", "state"), "h", "", "", ("hidden",)),
        Node("fork_h", "junction", ("up", "state"), "h", "", "", ("hidden",)),
        Node("h", "state", ("future", "state"), "h", "$h_t$", "h", ("hidden",)),
        Node("up", "end", ("up", "above"), "h", "", "", ("hidden",)),
    ),
    wires=(
        Wire("h_previous", "fork_old", "h", "h_previous", (*_ALL, "hidden")),
        Wire("fork_old", "keep", "h", "h_previous", ("hidden",)),
        Wire("fork_old", "join", "h", "h_previous", _ALL),
        Wire("x", "join", "x", "", _ALL),
        Wire("join", "tap_z", "", "", _ALL),
        Wire("tap_z", "tap_r", "", "", ("reset", "candidate")),
        Wire("tap_z", "z", "", "", ("update",)),
        Wire("tap_r", "r", "", "", ("reset",)),
        Wire("tap_r", "reset", "", "", ("candidate",), via=(("n", "bus"),)),
        Wire("r", "reset", "o", "r", ("reset", "candidate")),
        Wire("reset", "n", "", "", ("candidate",)),
        Wire("z", "fork_z", "f", "z", ("update", "hidden")),
        Wire("fork_z", "keep", "f", "z", ("update", "hidden")),
        Wire("fork_z", "one_minus_z", "f", "z", ("update", "hidden")),
        Wire("one_minus_z", "write", "i", "one_minus_z", ("update", "hidden")),
        Wire("n", "write", "g", "n", ("candidate", "hidden"), via=(("n", "mix"),)),
        Wire("keep", "add", "h", "kept", ("hidden",)),
        Wire("write", "add", "h", "written", ("hidden",)),
        Wire("add", "fork_h", "h", "h", ("hidden",)),
        Wire("fork_h", "h", "h", "h", ("hidden",)),
        Wire("fork_h", "up", "h", "h", ("hidden",)),
    ),
    notes=(
        Note("z", "z-fork_z", "right", "$z_t$", "z", "f", ("update", "hidden")),
        Note("r", "r-reset", "above", "$r_t$", "r", "o", ("reset", "candidate")),
        Note("n", "n-write", "right", "$n_t$", "n", "g", ("candidate", "hidden")),
        Note("reset", "tap_r-reset", "right", "of $h$ only", "", "o", ("reset", "candidate")),
        Note("kept", "keep-add", "above", r"$z_t \odot h_{t-1}$", "kept", "h", ("hidden",)),
        Note("written", "write-add", "right", r"$(1 - z_t) \odot n_t$", "written", "h", ("hidden",)),
        Note("bus", "tap_z-tap_r", "below", r"$x_t$ and all units of $h_{t-1}$", "", "", _ALL, where="start"),
        Note("up", "fork_h-up", "left", "$h_t$", "", "h", ("hidden",), where="end"),
    ),
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
