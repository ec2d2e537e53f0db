"""From a pattern of errors to the fault: sentences that follow from the pattern, then the fault's name if it is known.

The sentences come first because they also work for a fault that is not in the catalogue. They name the line of
``lstm.backward`` (or ``forward``, or the loop over time) that must be wrong.
"""

from typing import NamedTuple

import numpy as np

from lstm_helpers.cells.lstm import BLOCKS
from lstm_helpers.faults.catalogue import FAULTS, fault_named
from lstm_helpers.faults.examination import BACKWARD, COLUMNS, FORWARD, ROWS, Pattern, examine, same
from lstm_helpers.runtime import wrap

_ONE_STEP = ("1 step", "last c")
_WEIGHTS = ("W_x", "W_h", "b")


class Diagnosis(NamedTuple):
    """The result of ``diagnose``."""

    name: str  # the fault with exactly this pattern; "" if there is none
    symptom: str
    reading: tuple[str, ...]  # what the pattern shows, in sentences
    lines: tuple[str, ...]  # where to look: the left-hand sides of lines, such as "dc"

    @property
    def right(self) -> bool:
        """Whether nothing was wrong."""
        return not self.reading

    def __repr__(self) -> str:
        if self.right:
            return "No fault found: every number is right in every situation."
        found = f"{self.name}\n{self.symptom}" if self.name else "A fault that is not in the catalogue."
        shows = "\n".join(f"- {sentence}" for sentence in self.reading)
        return wrap(f"{found}\nThe pattern shows:\n{shows}\nLook at: {', '.join(self.lines)}")


def diagnose(pattern: Pattern) -> Diagnosis:
    """Read the fault from a pattern of errors.

    Parameters
    ----------
    pattern : Pattern
        What ``examine`` returned, for any inputs.

    Returns
    -------
    Diagnosis
        ``lines`` say where to look. ``name`` is the fault of the catalogue that fails in the same places by the same
        amounts, or "".
    """
    reading: list[str] = []
    lines: list[str] = []
    for read in (_init, _memory, _forward, _one_step, _time, _batch, _mask):
        sentences, places = read(pattern)
        reading += sentences
        lines += [place for place in places if place not in lines]
        if read is _memory and sentences:
            break  # the later columns are affected by earlier calls
    if pattern.right:
        return Diagnosis("", "", (), ())
    if not reading:
        rows, columns = [row for row in ROWS if _wrong(pattern, [row])], _columns(pattern, ROWS)
        reading = [f"It is wrong in {_named(rows)}, in these columns: {', '.join(columns)}."]
    for fault in FAULTS:
        if same(pattern, fault.cell, fault.engine):
            return Diagnosis(fault.name, fault.symptom, tuple(reading), tuple(lines))
    return Diagnosis("", "", tuple(reading), tuple(lines))


def _wrong(pattern: Pattern, rows: tuple[str, ...] | list[str], columns: tuple[str, ...] = COLUMNS) -> bool:
    """Return whether any of these rows is wrong in any of these columns."""
    places = np.ix_([ROWS.index(row) for row in rows], [COLUMNS.index(column) for column in columns])
    return bool(pattern.wrong[places].any())


def _columns(pattern: Pattern, rows: tuple[str, ...]) -> list[str]:
    return [column for column in COLUMNS if _wrong(pattern, rows, (column,))]


def _and(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def _list(names: list[str]) -> str:
    return f"{_and(names)} {'are' if len(names) > 1 else 'is'}"


def _blocks_named(names: list[str]) -> str:
    return f"{'blocks' if len(names) > 1 else 'block'} {_and(names)}"


def _named(rows: list[str]) -> str:
    """Name rows; a weight that is wrong in all blocks is named once."""
    names = []
    for row in rows:
        weight, _, block = row.partition(".")
        whole = block in BLOCKS and all(f"{weight}.{k}" in rows for k in BLOCKS)
        name = weight if whole else row
        names += [name] if name not in names else []
    return ", ".join(names)


Reading = tuple[list[str], list[str]]  # sentences, lines


def _init(pattern: Pattern) -> Reading:
    if not pattern.alike:
        return [], []
    return ["The initial weights of two blocks are the same numbers; this does not depend on the passes."], ["init"]


def _memory(pattern: Pattern) -> Reading:
    rows = [row for row in ROWS if _wrong(pattern, [row], ("again",)) and not _wrong(pattern, [row], ("first call",))]
    if not rows:
        return [], []
    what = "state" if rows[0] in FORWARD else "gradients"
    return [
        f"The first call is right, but the same call repeated is wrong in {_named(rows)}.",
        f"So the {what} of the previous call must have been stored and reused. Do not trust the later columns.",
    ], [f"where the {what} should start from zero"]


def _forward(pattern: Pattern) -> Reading:
    wrong = [row for row in FORWARD if _wrong(pattern, [row], ("1 step",))]
    if wrong:
        first, judged = wrong[0], "The backward pass was given the right numbers and is examined separately."
        if first in BLOCKS:
            gates = [row for row in wrong if row in BLOCKS]
            return [f"In the forward pass, {_list(gates)} wrong after one step, and so are c and h. {judged}"], gates
        before = "all gates are right" if first == "c" else "gates and c are right"
        return [f"In the forward pass, {first} is wrong after one step, though {before}. {judged}"], [first]
    if _wrong(pattern, FORWARD, ("2 steps", "3 steps")):
        text = "Forward, one step is right and two are wrong: the second does not get the state of the first."
        return [text], ["the loop over time, forward"]
    return [], []


def _one_step(pattern: Pattern) -> Reading:
    """Follow the backward pass of a single step from dc to its results; the first wrong quantity is the fault."""
    bad = [k for k in BLOCKS if any(all(_wrong(pattern, [f"{W}.{k}"], (s,)) for W in _WEIGHTS) for s in _ONE_STEP)]
    sentences, lines = _blocks(pattern, bad) if bad else _outer(pattern)
    if _wrong(pattern, ["start.c"], _ONE_STEP) and "dc" not in lines:
        sentences.append("After one step, ∂L/∂c of the previous step is wrong by itself: it should be dc times f.")
        lines.append("d_previous.c")
    return sentences, lines


def _blocks(pattern: Pattern, bad: list[str]) -> Reading:
    good = [k for k in BLOCKS if k not in bad]
    seen = f"One step is enough to show it: W_x, W_h and b are wrong in {_blocks_named(bad)}"
    seen += f" and right in {_and(good)}." if good else "."
    rows = [f"b.{k}" for k in bad]
    h, c = _wrong(pattern, rows, ("1 step",)), _wrong(pattern, rows, ("last c",))
    if set("ifg") <= set(bad) and _wrong(pattern, ["start.c"], _ONE_STEP):
        part = "" if h and c else "; only the part that comes from h is" if h else "; only the part d_state.c is"
        text = f"i, f, g and ∂L/∂c of the previous step all depend on dc: it is wrong{part}."
        return [seen, text], ["dc", *(["do"] if "o" in bad else [])]
    if set(bad) == set("ifo"):
        return [seen, "The gates are wrong and the candidate is right: the gates share the derivative of sigmoid."], [
            "dz"
        ]
    if len(bad) == 4:
        return [seen, "dc is right, so the fault is in the derivatives or the order of all four blocks."], ["dz"]
    named = [f"d{k}" for k in bad]
    factors = f"the derivative that {named[0]} is" if len(named) == 1 else f"the derivatives that {_and(named)} are"
    return [seen, f"dc is right, so the fault is in {_and(named)}, or in {factors} multiplied by."], [*named, "dz"]


def _outer(pattern: Pattern) -> Reading:
    """All of dz is right: only the products with it are left."""
    sentences, lines = [], []
    for W in _WEIGHTS:
        blocks = [k for k in BLOCKS if _wrong(pattern, [f"{W}.{k}"], _ONE_STEP)]
        if blocks:
            where = "" if len(blocks) == 4 else f" in {_blocks_named(blocks)}"
            sentences.append(f"One step is enough to show it: only {W} is wrong{where}, so dz is right.")
            lines.append(f"d_params.{W}")
    for row, line in (("x", "d_x"), ("start.h", "d_previous.h")):
        if _wrong(pattern, [row], _ONE_STEP):
            what = "x" if row == "x" else "h of the previous step"
            sentences.append(f"After one step, ∂L/∂{what} is wrong and dz is right.")
            lines.append(line)
    return sentences, lines


def _time(pattern: Pattern) -> Reading:
    if _wrong(pattern, BACKWARD, _ONE_STEP):
        return [], []
    late = ("2 steps", "3 steps")
    if not _wrong(pattern, BACKWARD, (*late, "last h")):
        return [], []
    line = ["the loop over time, backward"]
    if not _wrong(pattern, ["x", "start.h", "start.c"], late):
        text = "and only in the weights' gradients: each step's contribution is right, their sum is not."
    elif not _wrong(pattern, BACKWARD, ("last h",)):
        text = "unless the loss depends on the last output only: the gradient of the earlier outputs is lost."
    else:
        text = "even if the loss depends on the last output only: the gradient is not passed on from step to step."
    return [f"The gradients of one step are right, and those of two steps are wrong, {text}"], line


def _batch(pattern: Pattern) -> Reading:
    rows = [row for row in ROWS if _wrong(pattern, [row], ("batch 2",)) and not _wrong(pattern, [row], ("1 step",))]
    if not rows:
        return [], []
    return [f"With one sequence everything is right, with two {_named(rows)} is wrong."], [
        "what is summed over the batch"
    ]


def _mask(pattern: Pattern) -> Reading:
    if _columns(pattern, ROWS) != ["mask"]:
        return [], []
    rows = [row for row in ROWS if _wrong(pattern, [row])]
    where = "forward" if rows[0] in FORWARD else "backward"
    return [f"Something is wrong only with a mask, first in {rows[0]}."], [f"the mask, {where}"]


class Guess(NamedTuple):
    """The result of ``guess``."""

    passed: bool
    message: str

    def __repr__(self) -> str:
        return wrap(self.message)


def guess(pattern: Pattern, name: str) -> Guess:
    """Compare a pattern with that of a fault, and report the first difference.

    Raises
    ------
    ValueError
        If there is no fault of this name.
    """
    fault = fault_named(name)
    if same(pattern, fault.cell, fault.engine):
        return Guess(True, f"Right, it is {name}.\n{fault.symptom}")
    other = examine(fault.cell, fault.engine, inputs=pattern.inputs)
    said = {True: "wrong", False: "right"}
    for column in sorted(COLUMNS, key=lambda column: column not in _ONE_STEP):  # the simplest situations first
        for row in ROWS:
            here, there = (_wrong(shown, [row], (column,)) for shown in (pattern, other))
            if here != there:
                place = f"{row} in the column “{column}”"
                return Guess(False, f"Not {name}: it would make {place} {said[there]}, and here it is {said[here]}.")
    if pattern.alike != other.alike:
        return Guess(False, f"Not {name}: compare the initial weights of the four blocks.")
    return Guess(False, f"Not {name}: it fails in the same places, but by different amounts.")
