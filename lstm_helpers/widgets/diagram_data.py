"""A cell's diagram as plain data for the browser, from the same layouts as the figures.

The browser has no mathtext, so labels are split here into runs of text: upright, italic, subscript or superscript.
"""

import re
from collections.abc import Mapping, Sequence

from lstm_helpers.figures.layouts import SIZES, Layout, Piece

Equations = dict[str, tuple[tuple[Piece, ...], ...]]  # the lines for each part
Fragment = tuple[str, str]  # the text, and its style: "" upright, "i" italic, "sub" or "sup"

_SIGNS = {
    "odot": " ⊙ ",
    "sigma": "σ",
    "tanh": "tanh",
    "top": "⊤",
    "ldots": "…",
    "quad": " ",
    ";": " ",
    ",": "\N{THIN SPACE}",
}
_TOKEN = re.compile(r"\\([a-zA-Z]+|[;,])|([_^])(?:\{([^}]*)\}|(\\[a-z]+|.))|([a-zA-Z])|(.)")


def spell(words: str) -> list[Fragment]:
    """Split mathtext into runs: ``"$c_{t-1}$ later"`` is c, the subscript t−1, and " later"."""
    runs: list[Fragment] = []
    for k, part in enumerate(words.split("$")):
        runs += _formula(part) if k % 2 else [(part, "")] if part else []
    merged: list[Fragment] = []
    for text, how in runs:
        if merged and merged[-1][1] == how:
            merged[-1] = (merged[-1][0] + text, how)
        else:
            merged.append((text, how))
    return [(re.sub(" +", " ", text), how) for text, how in merged]


def _formula(source: str) -> list[Fragment]:
    runs: list[Fragment] = []
    source = re.sub(r"(\\tanh(?:\^.)?) (?=[a-z])", r"\1\\,", source)  # a space between a function and its argument
    for command, script, group, single, letter, other in _TOKEN.findall(source):
        if command:
            runs.append((_SIGNS[command], ""))
        elif script:
            inner = "".join(text for text, _ in _formula(group or single)).replace(" ", "")
            runs.append((inner, "sub" if script == "_" else "sup"))
        elif letter:
            runs.append((letter, "i"))
        elif other != " ":
            runs.append(({"-": " − ", "+": " + ", "=": " = ", "'": "′"}.get(other, other), ""))
    return runs


def plain(
    layout: Layout,
    carries: Mapping[str, str],
    equations: Equations,
    *,
    letters: float = 3.8,
) -> dict[str, object]:
    """Convert a layout to JSON-compatible data.

    Parameters
    ----------
    layout : Layout
    carries : dict of str to str
        The key of the number on each wire, by "start-end"; other wires show no number.
    equations : dict of str to lines of pieces
        The equation of each part, and of "" (no part), in the layout's own form.
    letters : float
        The minimum width of a state's box, in letters of the drawing.
    """
    return {
        "letters": letters,
        "width": layout.width,
        "bottom": layout.bottom,
        "top": layout.top,
        "frame": list(layout.frame),
        "sizes": {kind: list(size) for kind, size in SIZES.items()},
        "nodes": [node._asdict() | {"text": spell(node.text), "part": _part(node.parts)} for node in layout.nodes],
        "wires": [
            wire._asdict()
            | {"number": carries.get(f"{wire.start}-{wire.end}", ""), "part": _wire_part(wire.symbol, wire.parts)}
            for wire in layout.wires
        ],
        "notes": [note._asdict() | {"text": spell(note.text), "part": _part(note.parts)} for note in layout.notes],
        "equations": {name: [[_piece(piece) for piece in line] for line in lines] for name, lines in equations.items()},
    }


def _piece(piece: Piece) -> dict[str, object]:
    number = re.fullmatch(r"\{(\w+)\}", piece.text)
    return {"symbol": piece.symbol, "number": number[1] if number else "", "text": [] if number else spell(piece.text)}


def _part(parts: Sequence[str]) -> str:
    """Choose the part that hovering over something highlights: its only part, else its line in the cell."""
    return parts[0] if len(parts) == 1 else next((p for p in parts if p in ("update", "hidden")), "")


def _wire_part(symbol: str, parts: Sequence[str]) -> str:
    return parts[0] if symbol in ("i", "f", "g", "o") else _part(parts)
