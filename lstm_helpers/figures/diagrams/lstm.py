"""The diagram of the LSTM cell: four columns, for the three gates and the candidate, below the cell state."""

from typing import Any

from lstm_helpers.activations import tanh
from lstm_helpers.cells import lstm
from lstm_helpers.figures.diagrams.base import Frame, Layout, Node, Note, Piece, Wire

_LINEAR = ("forget", "input", "candidate", "output")  # the parts that read x and h


def _gate_equation(symbol: str, squash: str) -> tuple[tuple[Piece, ...], ...]:
    product = rf"$=\;{squash}(x_t\,W_{{x{symbol}}} + h_{{t-1}}\,W_{{h{symbol}}} + b_{symbol})\;=\;$"
    return ((Piece(rf"${symbol}_t$", symbol), Piece(product), Piece("{" + symbol + "}", symbol)),)


_UPDATE = (
    Piece("$c_t$", "c"),
    Piece("$=$"),
    Piece("$f_t$", "f"),
    Piece(r"$\odot\; c_{t-1} \;+$", "c"),
    Piece("$i_t$", "i"),
    Piece(r"$\odot$"),
    Piece("$g_t$", "g"),
)
_HIDDEN = (
    Piece("$h_t$", "h"),
    Piece("$=$"),
    Piece("$o_t$", "o"),
    Piece(r"$\odot\; \tanh(c_t)$", "c"),
)
_UPDATE_NUMBERS = (
    Piece("{c}", "c"),
    Piece("="),
    Piece("{f}", "f"),
    Piece("×"),
    Piece("{c_previous}", "c"),
    Piece("+"),
    Piece("{i}", "i"),
    Piece("×"),
    Piece("{g}", "g"),
)
_HIDDEN_NUMBERS = (
    Piece("{h}", "h"),
    Piece("="),
    Piece("{o}", "o"),
    Piece("×"),
    Piece("{tanh_c}", "c"),
)

LAYOUT = Layout(
    name="lstm",
    title="LSTM cell",
    columns=("past", "left", "join", "f", "i", "in", "g", "o", "up", "right", "future"),
    rows=("above", "roof", "state", "tanh", "write", "show", "gates", "bus", "floor", "below"),
    near={"in": 0.6, "g": 0.6, "above": 0.8, "write": 0.7, "show": 0.7},
    frames=(Frame("left", "roof", "right", "floor"),),
    parts=("forget", "input", "candidate", "update", "output", "hidden"),
    nodes=(
        Node("c_previous", "state", ("past", "state"), "c", "$c_{t-1}$", "c_previous", ("update",)),
        Node("h_previous", "state", ("past", "bus"), "h", "$h_{t-1}$", "h_previous", _LINEAR),
        Node("x", "input", ("join", "below"), "x", "$x_t$", "x", _LINEAR),
        Node("join", "junction", ("join", "bus"), "", "", "", _LINEAR),
        Node("tap_f", "junction", ("f", "bus"), "", "", "", _LINEAR),
        Node("tap_i", "junction", ("i", "bus"), "", "", "", ("input", "candidate", "output")),
        Node("tap_g", "junction", ("g", "bus"), "", "", "", ("candidate", "output")),
        Node("f", "gate", ("f", "gates"), "f", r"$\sigma$", "f", ("forget",)),
        Node("i", "gate", ("i", "gates"), "i", r"$\sigma$", "i", ("input",)),
        Node("g", "squash", ("g", "gates"), "g", r"$\tanh$", "g", ("candidate",)),
        Node("o", "gate", ("o", "gates"), "o", r"$\sigma$", "o", ("output",)),
        Node("keep", "times", ("f", "state"), "f", "", "", ("forget", "update")),
        Node("write", "times", ("in", "write"), "i", "", "", ("input", "candidate", "update")),
        Node("add", "plus", ("in", "state"), "c", "", "", ("update",)),
        Node("fork_c", "junction", ("o", "state"), "c", "", "", ("update", "hidden")),
        Node("tanh", "squash", ("o", "tanh"), "c", r"$\tanh$", "tanh_c", ("hidden",)),
        Node("show", "times", ("o", "show"), "o", "", "", ("output", "hidden")),
        Node("fork_h", "junction", ("up", "show"), "h", "", "", ("hidden",)),
        Node("c", "state", ("future", "state"), "c", "$c_t$", "c", ("update",)),
        Node("h", "state", ("future", "show"), "h", "$h_t$", "h", ("hidden",)),
        Node("up", "end", ("up", "above"), "h", "", "", ("hidden",)),
    ),
    wires=(
        Wire("h_previous", "join", "h", "h_previous", _LINEAR),
        Wire("x", "join", "x", "", _LINEAR),
        Wire("join", "tap_f", "", "", _LINEAR),
        Wire("tap_f", "tap_i", "", "", ("input", "candidate", "output")),
        Wire("tap_i", "tap_g", "", "", ("candidate", "output")),
        Wire("tap_f", "f", "", "", ("forget",)),
        Wire("tap_i", "i", "", "", ("input",)),
        Wire("tap_g", "g", "", "", ("candidate",)),
        Wire("tap_g", "o", "", "", ("output",), via=(("o", "bus"),)),
        Wire("f", "keep", "f", "f", ("forget", "update")),
        Wire("i", "write", "i", "i", ("input", "update"), via=(("i", "write"),)),
        Wire("g", "write", "g", "g", ("candidate", "update"), via=(("g", "write"),)),
        Wire("o", "show", "o", "o", ("output", "hidden")),
        Wire("c_previous", "keep", "c", "c_previous", ("update",)),
        Wire("keep", "add", "c", "kept", ("update",)),
        Wire("write", "add", "c", "written", ("update",)),
        Wire("add", "fork_c", "c", "c", ("update",)),
        Wire("fork_c", "c", "c", "c", ("update",)),
        Wire("fork_c", "tanh", "c", "c", ("hidden",)),
        Wire("tanh", "show", "c", "tanh_c", ("hidden",)),
        Wire("show", "fork_h", "h", "h", ("hidden",)),
        Wire("fork_h", "h", "h", "h", ("hidden",)),
        Wire("fork_h", "up", "h", "h", ("hidden",), under=True),
    ),
    notes=(
        Note("f", "f-keep", "right", "$f_t$", "f", "f", ("forget", "update")),
        Note("i", "i-write", "left", "$i_t$", "i", "i", ("input", "update")),
        Note("g", "g-write", "right", "$g_t$", "g", "g", ("candidate", "update")),
        Note("o", "o-show", "left", "$o_t$", "o", "o", ("output", "hidden")),
        Note("kept", "keep-add", "above", r"$f_t \odot c_{t-1}$", "kept", "c", ("update",)),
        Note("written", "write-add", "right", r"$i_t \odot g_t$", "written", "c", ("update",)),
        Note("tanh_c", "tanh-show", "left", r"$\tanh c_t$", "tanh_c", "c", ("hidden",)),
        Note("bus", "tap_f-tap_i", "below", r"$x_t$ and all units of $h_{t-1}$", "", "", _LINEAR, where="start"),
        Note("up", "fork_h-up", "left", "$h_t$", "", "h", ("hidden",), where="end"),
    ),
    equations={
        "": (_UPDATE, _HIDDEN),
        "forget": _gate_equation("f", r"\sigma"),
        "input": _gate_equation("i", r"\sigma"),
        "candidate": _gate_equation("g", r"\tanh"),
        "output": _gate_equation("o", r"\sigma"),
        "update": (_UPDATE, _UPDATE_NUMBERS),
        "hidden": (_HIDDEN, _HIDDEN_NUMBERS),
    },
)


def numbers(step: lstm.Step, unit: int, sequence: int) -> dict[str, float]:
    """Give every number that the diagram shows, for one unit of one sequence."""
    return numbers_of(step, ("i", "f", "g", "o", "c", "h"), unit, sequence)


def numbers_of(step: Any, fields: tuple[str, ...], unit: int, sequence: int) -> dict[str, float]:
    """Give the same numbers for any cell with a cell state, from the fields of its steps."""
    one = {name: float(getattr(step, name)[sequence, unit]) for name in fields}
    c_previous = float(step.previous.c[sequence, unit])
    return one | {
        "h_previous": float(step.previous.h[sequence, unit]),
        "c_previous": c_previous,
        "kept": one.get("f", 1.0) * c_previous,
        "written": one["i"] * one["g"],
        "tanh_c": float(tanh(one["c"])),
    }
