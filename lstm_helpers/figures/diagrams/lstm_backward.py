"""The diagram of the LSTM's backward pass: the same positions, every wire reversed, and gradients on the wires."""

from lstm_helpers.activations import sigmoid_derivative, tanh, tanh_derivative
from lstm_helpers.arrays import Array, tree_map
from lstm_helpers.cells import lstm as cell
from lstm_helpers.figures.diagrams.base import Layout, Node, Note, Piece, Wire, note_of
from lstm_helpers.figures.diagrams.lstm import LAYOUT as FORWARD

_GATES = {"forget": "f", "input": "i", "candidate": "g", "output": "o"}  # the part of each symbol
_SOURCES = {"f": ("c_previous", "c_{t-1}"), "i": ("g", "g_t"), "g": ("i", "i_t"), "o": ("tanh_c", r"\tanh c_t")}
_TEXTS = {
    "c_previous": "$dc_{t-1}$",
    "h_previous": "$dh_{t-1}$",
    "x": "$dx_t$",
    "c": "$dc$ later",
    "h": "$dh$ later",
    "tanh": r"$\tanh'$",
    "f": r"$\sigma'$",
    "i": r"$\sigma'$",
    "g": r"$\tanh'$",
    "o": r"$\sigma'$",
}
_NUMBERS = {"c_previous": "dc_previous", "h_previous": "dh_previous", "c": "dc_later", "h": "dh_later"}


_CARRIES = {  # the number on each wire that carries one
    "up-fork_h": "dh_loss",
    "h-fork_h": "dh_later",
    "fork_h-show": "dh",
    "show-o": "do",
    "show-tanh": "dtanh",
    "tanh-fork_c": "from_h",
    "c-fork_c": "dc_later",
    "fork_c-add": "dc",
    "add-keep": "dc",
    "add-write": "dc",
    "keep-c_previous": "dc_previous",
    "keep-f": "df",
    "write-i": "di",
    "write-g": "dg",
    "f-tap_f": "dz_f",
    "i-tap_i": "dz_i",
    "g-tap_g": "dz_g",
    "o-tap_g": "dz_o",
    "join-h_previous": "dh_previous",
}
_SUM = ("update", "hidden")
_PARTS = {"o-show": ("output",), "fork_c-c": _SUM, "add-fork_c": _SUM}  # else as in the forward pass


def _node(node: Node) -> Node:
    return node._replace(
        text=_TEXTS.get(node.name, node.text),
        number=_NUMBERS.get(node.name, node.number),
        parts=_SUM if node.name == "c" else node.parts,
        short={"c": "$dc$", "h": "$dh$"}.get(node.name, ""),
    )


def _reversed(wire: Wire) -> Wire:
    back = wire._replace(start=wire.end, end=wire.start, via=wire.via[::-1], parts=_PARTS.get(wire.name, wire.parts))
    return back._replace(number=_CARRIES.get(back.name, ""))


def _gate_equation(symbol: str) -> tuple[tuple[Piece, ...], ...]:
    into = "h" if symbol == "o" else "c"
    number, source = _SOURCES[symbol]
    derivative = "(1 - g_t^2)" if symbol == "g" else rf"{symbol}_t(1 - {symbol}_t)"
    return (
        (
            Piece(rf"$dz_{symbol}$", symbol),
            Piece("$=$"),
            Piece(rf"$d{into}$", into),
            Piece(rf"$\odot\;{source}$", {"c_previous": "c", "tanh_c": "c"}.get(number, number)),
            Piece(rf"$\odot\;{derivative}$", symbol),
        ),
        (
            Piece("{dz_" + symbol + "}", symbol),
            Piece("="),
            Piece("{d" + into + "}", into),
            Piece("×"),
            Piece("{" + number + "}", {"c_previous": "c", "tanh_c": "c"}.get(number, number)),
            Piece("×"),
            Piece("{derivative_" + symbol + "}", symbol),
        ),
    )


_DC = (
    (
        Piece("$dc$", "c"),
        Piece("$=$"),
        Piece("$dc$ later", "c"),
        Piece("$+$"),
        Piece("$dh$", "h"),
        Piece(r"$\odot$"),
        Piece("$o_t$", "o"),
        Piece(r"$\odot\;(1 - \tanh^2 c_t)$", "c"),
    ),
    (Piece("{dc}", "c"), Piece("="), Piece("{dc_later}", "c"), Piece("+"), Piece("{from_h}", "h")),
)
_STATE = (
    (Piece("$dc_{t-1}$", "c"), Piece("$=$"), Piece("$dc$", "c"), Piece(r"$\odot\;f_t$", "f")),
    (Piece("{dc_previous}", "c"), Piece("="), Piece("{dc}", "c"), Piece("×"), Piece("{f}", "f")),
)


_NOTES = (
    *(
        Note(f"d{k}", f"{wire}-{k}", side, f"$d{k}$", f"d{k}", k, (part,))
        for (part, k), (wire, side) in zip(
            _GATES.items(), (("keep", "right"), ("write", "left"), ("write", "right"), ("show", "left")), strict=True
        )
    ),
    *(
        Note(
            f"dz_{k}",
            f"{k}-tap_{'g' if k == 'o' else k}",
            "right",
            f"$dz_{k}$",
            f"dz_{k}",
            k,
            (part,),
            where="start" if k in "fg" else "end",
        )
        for part, k in _GATES.items()
    ),
    Note("dc", "fork_c-add", "above", "$dc$", "dc", "c", ("update", "hidden", "forget", "input", "candidate")),
    Note("from_h", "tanh-fork_c", "left", "from $h_t$", "from_h", "c", ("hidden",)),
    Note("dtanh", "show-tanh", "left", r"$dh \odot o_t$", "dtanh", "c", ("hidden",)),
    Note("dh", "fork_h-show", "below", "$dh$", "dh", "h", ("output", "hidden")),
    note_of(FORWARD, "bus")._replace(
        beside="tap_i-tap_f",
        where="end",
        text=r"$dz$ of all units, times $W_h^\top$ and $W_x^\top$",
        short=r"$dz$ of all units",
    ),
    note_of(FORWARD, "up")._replace(
        name="dh_loss", beside="up-fork_h", where="start", text="$dh$ of the loss", number="dh_loss"
    ),
)

LAYOUT = FORWARD._replace(
    name="lstm_backward",
    title="backward pass of the LSTM cell",
    nodes=tuple(map(_node, FORWARD.nodes)),
    wires=tuple(map(_reversed, FORWARD.wires)),
    notes=_NOTES,
    equations={"": (_DC[0], _STATE[0]), "update": _STATE, "hidden": _DC}
    | {part: _gate_equation(symbol) for part, symbol in _GATES.items()},
)


def layout_of(split: bool) -> Layout:
    """Give the diagram. Without ``split`` the loss's part of dh is unknown, and is drawn within the dh that arrives."""
    if split:
        return LAYOUT
    notes = [
        n._replace(text="$dh$ of the loss: included", number="") if n.name == "dh_loss" else n for n in LAYOUT.notes
    ]
    nodes = [n._replace(text="$dh$") if n.name == "h" else n for n in LAYOUT.nodes]
    return LAYOUT._replace(notes=tuple(notes), nodes=tuple(nodes))


def numbers(
    params: cell.Params, step: cell.Step, d_state: cell.State, d_output: Array | None, unit: int, sequence: int
) -> dict[str, float]:
    """Give every number that the diagram shows, for one unit of one sequence."""
    alone_step, alone_d = tree_map(lambda a: a[sequence : sequence + 1], (step, d_state))
    d_params, d_previous, _ = cell.backward(params, alone_step, alone_d)
    forward = {name: float(getattr(step, name)[sequence, unit]) for name in "ifgo"}
    c_previous, tanh_c = float(step.previous.c[sequence, unit]), float(tanh(step.c[sequence, unit]))
    dh, dc_later = float(d_state.h[sequence, unit]), float(d_state.c[sequence, unit])
    loss = 0.0 if d_output is None else float(d_output[sequence, unit])
    from_h = dh * forward["o"] * float(tanh_derivative(tanh_c))
    dc = dc_later + from_h
    pre_activations = {f"dz_{k}": float(d_params.b[n * len(params.W_h) + unit]) for n, k in enumerate(cell.BLOCKS)}
    derivatives = {
        f"derivative_{k}": float((tanh_derivative if k == "g" else sigmoid_derivative)(forward[k])) for k in "ifgo"
    }
    return (
        forward
        | pre_activations
        | derivatives
        | {"c_previous": c_previous, "tanh_c": tanh_c, "dh": dh, "dh_loss": loss, "dh_later": dh - loss}
        | {"dc_later": dc_later, "from_h": from_h, "dc": dc, "dtanh": dh * forward["o"]}
        | {"di": dc * forward["g"], "df": dc * c_previous, "dg": dc * forward["i"], "do": dh * tanh_c}
        | {"dc_previous": float(d_previous.c[0, unit]), "dh_previous": float(d_previous.h[0, unit])}
    )
