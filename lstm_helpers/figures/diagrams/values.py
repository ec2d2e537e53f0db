"""The numbers of a diagram, and what they make of its marks: text, thickness, dashes, and what is lit."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from lstm_helpers.figures.diagrams.base import Layout
from lstm_helpers.figures.diagrams.marks import THICK, THIN, Line
from lstm_helpers.figures.diagrams.words import plain
from lstm_helpers.figures.style import number


class Values(NamedTuple):
    """What a back-end fills into a scene."""

    numbers: Mapping[str, float] = {}
    words: Mapping[str, str] = {}
    limits: Mapping[str, float] = {}
    part: str = ""  # the highlighted part, "" for all
    format: Callable[[float], str] = number

    def lit(self, parts: tuple[str, ...]) -> bool:
        """Tell whether something belongs to the highlighted part, or to no part."""
        return not self.part or not parts or self.part in parts

    def say(self, key: str, brief: bool = False) -> str:
        """Write a number or a word; nothing for a key that has none."""
        if key in self.words or key not in self.numbers:
            return self.words.get(key, "")
        return number(self.numbers[key]) if brief else self.format(self.numbers[key])

    def longest(self, name: bool) -> str:
        """Give the longest text of an input, or its longest name: a scene keeps room for both."""
        return max((word for key, word in self.words.items() if key.endswith(".word") == name), key=len, default="")

    def wire(self, line: Line) -> tuple[float, bool]:
        """Give the thickness of a line, and whether it is dashed: a larger number is thicker, a negative one dashed."""
        value = self.numbers.get(line.number)
        if value is None:
            return line.width, False
        return THIN + (THICK - THIN) * min(1.0, abs(value) / (self.limits.get(line.number) or 1.0)), value < 0


def describe(layout: Layout, values: Values) -> str:
    """Say what a diagram shows: what comes in, what stands on the wires, what goes out, and what is lit."""
    said: dict[str, list[str]] = {"In": [], "Inside": [], "Out": []}
    entered = {wire.end for wire in layout.wires}
    for node in layout.nodes:
        if node.kind in ("state", "input"):
            word = values.words.get(f"{node.number}.word", "")
            named = f"{plain(node.text)} ({word})" if word else plain(node.text)
            said["Out" if node.name in entered else "In"].append(f"{named} = {values.say(node.number)}")
    said["Inside"] += [f"{plain(note.text)} = {values.say(note.number)}" for note in layout.notes if note.number]
    sentences = [f"{place}: {', '.join(found)}." for place, found in said.items() if found]
    lit = f" The part {values.part} is highlighted." if values.part else ""
    return f"Diagram of the {layout.title}. {' '.join(sentences)}{lit}"
