"""A diagram's words: labels split into runs for media without mathtext, their widths, and numbers."""

import re
from collections.abc import Mapping
from functools import cache

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from lstm_helpers.arrays import Array
from lstm_helpers.figures.style import number

BRIEF, LONG = "\N{MINUS SIGN}0.00", "\N{MINUS SIGN}0.000"  # the longest numbers: two decimals, or a gradient's three
Run = tuple[str, str]  # the text, and its style: "" upright, "i" italic, "sub" or "sup"

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


def spell(words: str) -> list[Run]:
    """Split mathtext into runs: ``"$c_{t-1}$ later"`` is c, the subscript t−1, and " later"."""
    runs: list[Run] = []
    for k, part in enumerate(words.split("$")):
        runs += _formula(part) if k % 2 else [(part, "")] if part else []
    merged: list[Run] = []
    for text, how in runs:
        if merged and merged[-1][1] == how:
            merged[-1] = (merged[-1][0] + text, how)
        else:
            merged.append((text, how))
    return [(re.sub(" +", " ", text), how) for text, how in merged]


def _formula(source: str) -> list[Run]:
    runs: list[Run] = []
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


def plain(words: str) -> str:
    """Write mathtext in one line for a listener: ``"$c_{t-1}$"`` is "c(t−1)", and ``"$c_t$"`` "c"."""
    said = "".join(text if how != "sub" else "" if text == "t" else f"({text})" for text, how in spell(words))
    return said.replace("⊙", "×").strip()


@cache
def width_of(words: str, size: float, bold: bool = False) -> float:
    """Measure words as matplotlib sets them, in the unit of ``size``. A browser's letters are no wider."""
    look = FontProperties(family="DejaVu Sans", size=100.0, weight="bold" if bold else "normal")
    return float(text_to_path.get_text_width_height_descent(words, look, "$" in words)[0]) * size / 100.0


def input_text(x: Array) -> str:
    """Describe the input: a number, the index of a one-hot vector, or how many values it has."""
    if len(x) == 1:
        return number(float(x[0]))
    hot = np.flatnonzero(x)
    if len(hot) == 1 and x[hot[0]] == 1:
        return f"{hot[0] + 1} of {len(x)}"
    return f"{len(x)} values"


def say_gradient(value: float) -> str:
    """Write a gradient with three decimals, or as a power of ten where they would all be 0."""
    if value != 0.0 and abs(value) < 0.0005:
        return f"{value:.0e}".replace("e-0", "e-").replace("-", "\N{MINUS SIGN}")
    return number(value, 3)


def fill_in(text: str, written: Mapping[str, str]) -> str:
    """Write the numbers of an equation's piece; formulas are left as they are."""
    return text if "$" in text else text.format(**written)
