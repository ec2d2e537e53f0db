"""The diagram of the LSTM cell: four columns, for the three gates and the candidate, below the cell state."""

from typing import Any

from lstm_helpers.activations import tanh
from lstm_helpers.cells import lstm
from lstm_helpers.figures.layouts.base import Layout, Node, Note, Piece, Wire

_STATE, _BUS, _GATES, _OUT = 62.0, 11.0, 26.0, 38.5  # the four heights
_F, _I, _IN, _G, _O, _UP = 33.0, 50.0, 61.0, 72.0, 93.0, 106.0  # the columns; _IN is where input and candidate meet

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
    cell="lstm",
    width=128.0,
    bottom=-11.0,
    top=77.0,
    frame=(19.0, 3.5, 111.5, 71.0),
    parts=("forget", "input", "candidate", "update", "output", "hidden"),
    nodes=(
        Node("c_previous", "state", (9.0, _STATE), "c", "$c_{t-1}$", "c_previous", ("update",)),
        Node("h_previous", "state", (9.0, _BUS), "h", "$h_{t-1}$", "h_previous", _LINEAR),
        Node("x", "input", (24.0, -5.0), "x", "$x_t$", "x", _LINEAR),
        Node("join", "junction", (24.0, _BUS), "", "", "", _LINEAR),
        Node("tap_f", "junction", (_F, _BUS), "", "", "", _LINEAR),
        Node("tap_i", "junction", (_I, _BUS), "", "", "", ("input", "candidate", "output")),
        Node("tap_g", "junction", (_G, _BUS), "", "", "", ("candidate", "output")),
        Node("f", "gate", (_F, _GATES), "f", r"$\sigma$", "f", ("forget",)),
        Node("i", "gate", (_I, _GATES), "i", r"$\sigma$", "i", ("input",)),
        Node("g", "squash", (_G, _GATES), "g", r"$\tanh$", "g", ("candidate",)),
        Node("o", "gate", (_O, _GATES), "o", r"$\sigma$", "o", ("output",)),
        Node("keep", "times", (_F, _STATE), "f", "", "", ("forget", "update")),
        Node("write", "times", (_IN, 45.0), "i", "", "", ("input", "candidate", "update")),
        Node("add", "plus", (_IN, _STATE), "c", "", "", ("update",)),
        Node("fork_c", "junction", (_O, _STATE), "c", "", "", ("update", "hidden")),
        Node("tanh", "squash", (_O, 51.0), "c", r"$\tanh$", "tanh_c", ("hidden",)),
        Node("show", "times", (_O, _OUT), "o", "", "", ("output", "hidden")),
        Node("fork_h", "junction", (_UP, _OUT), "h", "", "", ("hidden",)),
        Node("c", "state", (121.0, _STATE), "c", "$c_t$", "c", ("update",)),
        Node("h", "state", (121.0, _OUT), "h", "$h_t$", "h", ("hidden",)),
        Node("up", "end", (_UP, 76.0), "h", "", "", ("hidden",)),
    ),
    wires=(
        Wire("h_previous", "join", "h", _LINEAR, arrow=False),
        Wire("x", "join", "x", _LINEAR, arrow=False),
        Wire("join", "tap_f", "", _LINEAR, arrow=False),
        Wire("tap_f", "tap_i", "", ("input", "candidate", "output"), arrow=False),
        Wire("tap_i", "tap_g", "", ("candidate", "output"), arrow=False),
        Wire("tap_f", "f", "", ("forget",)),
        Wire("tap_i", "i", "", ("input",)),
        Wire("tap_g", "g", "", ("candidate",)),
        Wire("tap_g", "o", "", ("output",), via=((_O, _BUS),)),
        Wire("f", "keep", "f", ("forget", "update")),
        Wire("i", "write", "i", ("input", "update"), via=((_I, 45.0),)),
        Wire("g", "write", "g", ("candidate", "update"), via=((_G, 45.0),)),
        Wire("o", "show", "o", ("output", "hidden")),
        Wire("c_previous", "keep", "c", ("update",)),
        Wire("keep", "add", "c", ("update",)),
        Wire("write", "add", "c", ("update",)),
        Wire("add", "fork_c", "c", ("update",), arrow=False),
        Wire("fork_c", "c", "c", ("update",)),
        Wire("fork_c", "tanh", "c", ("hidden",)),
        Wire("tanh", "show", "c", ("hidden",)),
        Wire("show", "fork_h", "h", ("hidden",), arrow=False),
        Wire("fork_h", "h", "h", ("hidden",)),
        Wire("fork_h", "up", "h", ("hidden",), under=((_UP, _STATE),)),
    ),
    notes=(
        Note("f", (_F + 1.5, 43.0), "left", "$f_t$", "f", "f", ("forget", "update")),
        Note("i", (_I - 1.5, 38.5), "right", "$i_t$", "i", "i", ("input", "update")),
        Note("g", (_G + 1.5, 38.5), "left", "$g_t$", "g", "g", ("candidate", "update")),
        Note("o", (_O - 2.4, 33.3), "right", "$o_t$", "o", "o", ("output", "hidden")),
        Note("kept", (47.0, _STATE + 3.2), "center", r"$f_t \odot c_{t-1}$", "kept", "c", ("update",)),
        Note("written", (_IN + 1.5, 52.5), "left", r"$i_t \odot g_t$", "written", "c", ("update",)),
        Note("tanh_c", (_O - 2.4, 43.9), "right", r"$\tanh c_t$", "tanh_c", "c", ("hidden",)),
        Note("bus", (_F + 1.0, 7.2), "left", r"$x_t$ and all units of $h_{t-1}$", "", "", _LINEAR),
        Note("up", (_UP - 1.5, 74.5), "right", "$h_t$", "", "h", ("hidden",)),
    ),
    equation_at=(76.0, -5.0),
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

CARRIES = {  # the number on each wire that carries one; the other wires carry all of x and h
    "h_previous-join": "h_previous",
    "f-keep": "f",
    "i-write": "i",
    "g-write": "g",
    "o-show": "o",
    "c_previous-keep": "c_previous",
    "keep-add": "kept",
    "write-add": "written",
    "add-fork_c": "c",
    "fork_c-c": "c",
    "fork_c-tanh": "c",
    "tanh-show": "tanh_c",
    "show-fork_h": "h",
    "fork_h-h": "h",
    "fork_h-up": "h",
}


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
