"""Puzzles: tasks on strings that a cell solves by its weights, checked on every short string.

For a failing cell the report shows the shortest failing string, what each gate did on it, and a hint.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np

from lstm_helpers.activations import half_life
from lstm_helpers.arrays import Array
from lstm_helpers.cells import lstm
from lstm_helpers.exercises.checker import Verdict
from lstm_helpers.exercises.programming import encode
from lstm_helpers.through_time import Trace, unroll

_MOST_STRINGS = 20_000  # of the greatest length


@dataclass(frozen=True, eq=False, repr=False)
class Puzzle:
    """A task on strings, to be solved by the weights of an LSTM.

    Attributes
    ----------
    name, alphabet, asks
        The puzzle's name, its symbols, and the task in words.
    reading
        How the cell's answer is read after each symbol, in words; ``read`` computes it: trace -> (T, B).
    truth
        string -> the right answer after its last symbol, in the form that ``read`` returns.
    words
        An answer in words.
    long
        Long strings that are checked in addition to all short ones.
    max_length
        Every string up to this length is checked, unless ``check`` gets another one.
    takeaway
        One sentence to remember, printed when the puzzle is solved.
    needs_h
        Whether a solution needs gates that read the previous h.
    """

    name: str
    alphabet: str
    asks: str
    reading: str
    read: Callable[[Trace], Array]
    truth: Callable[[str], float]
    words: Callable[[float], str]
    long: tuple[str, ...]
    max_length: int
    takeaway: str
    needs_h: bool = False

    def __repr__(self) -> str:
        return (
            f"Puzzle {self.name}, symbols {' '.join(self.alphabet)}\n{self.asks}\n"
            f"Read after every symbol: {self.reading}."
        )

    def run(self, params: lstm.Params, string: str) -> Trace:
        """Run the cell over one string and return the trace (T steps, B = 1)."""
        return unroll(lstm, params, encode(self.alphabet, string).astype(params.W_x.dtype))

    def check(self, params: object, max_length: int | None = None) -> Verdict:
        """Run the cell over every string up to a length, then over the long ones, and report the result.

        Parameters
        ----------
        params : lstm.Params
            As ``program(puzzle.alphabet, units)`` makes them; any number of units.
        max_length : int, optional
            Every string up to this length is checked.

        Returns
        -------
        Verdict
            Never an exception for any ``params``; for a failing cell the message shows the shortest failing string.

        Raises
        ------
        ValueError
            If ``max_length`` is not a length, or there are too many strings of that length.
        """
        length = self._length(max_length)
        if not isinstance(params, lstm.Params):
            given = f"exercises.program(exercises.{self.name}.alphabet, units)"
            got = f"I was given a {type(params).__name__}"
            return Verdict(False, f"Not yet. {got}; I need weights, as returned by {given}.")
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                return self._check(params, length)
            except Exception as error:  # params may have any shape and type
                return Verdict(False, f"Not yet. These weights do not run on the symbols {self.alphabet}: {error}")

    def _check(self, params: lstm.Params, length: int) -> Verdict:
        tried = sum(len(self.alphabet) ** n for n in range(1, length + 1))
        failing = self._first_failing(params, length)
        if failing:
            return Verdict(False, f"Not yet. {self._report(params, failing)}")
        for string in self.long:
            good = self._is_right(self.run(params, string), np.array([self._truths(string)]).T)[:, 0]
            if not good.all():
                report = self._report(params, string[: int(good.argmin()) + 1])
                short = f"All {tried} strings up to length {length} are right, but a long one is not."
                return Verdict(False, f"Almost. {short}\n{report}")
        units = f"{len(params.W_h)} unit{'s' * (len(params.W_h) > 1)}"
        counted = f"all {tried} strings up to length {length} and {len(self.long)} long ones"
        return Verdict(True, f"Right. {self.name}: {counted}, with {units}.\n{self.takeaway}")

    def _first_failing(self, params: lstm.Params, length: int) -> str:
        """Return the shortest string with a wrong answer, the first in the order of the alphabet, or ""."""
        k = len(self.alphabet)
        strings = np.array(list(product(range(k), repeat=length)))
        trace = unroll(lstm, params, np.eye(k, dtype=params.W_x.dtype)[strings.T])
        # Strings with a common prefix are adjacent, so its right answer is computed once.
        prefixes = [["".join(symbols) for symbols in product(self.alphabet, repeat=n)] for n in range(1, length + 1)]
        truths = [np.repeat([self.truth(s) for s in same], k ** (length - len(same[0]))) for same in prefixes]
        good = self._is_right(trace, np.array(truths))
        for t in range(length):
            if not good[t].all():
                return "".join(self.alphabet[symbol] for symbol in strings[int(good[t].argmin()), : t + 1])
        return ""

    def _is_right(self, trace: Trace, truths: Array) -> Array:
        return np.asarray(np.abs(self.read(trace) - truths) <= 0.1)  # false for NaN

    def _truths(self, string: str) -> list[float]:
        return [self.truth(string[: t + 1]) for t in range(len(string))]

    def _report(self, params: lstm.Params, string: str) -> str:
        trace = self.run(params, string)
        answer = self.words(float(self.read(trace)[-1, 0]))
        text = string if len(string) <= 24 else f"{string[:8]}…{string[-8:]} ({len(string)} symbols)"
        verdict = f"After {text!r} the right answer is {self.words(self.truth(string))}; your cell gives {answer}."
        unit, hint = _diagnose(trace)
        if not hint and self.needs_h and not params.W_h.any():
            hint = "No gate reads a previous h (h0, h1, …), so the new cell state cannot depend on the cell's memory."
        return "\n".join([verdict, *([hint] if hint else []), *_table(trace, string, unit)])

    def _length(self, max_length: int | None) -> int:
        length = self.max_length if max_length is None else max_length
        if not isinstance(length, int | np.integer) or isinstance(length, bool) or length < 1:
            raise ValueError(f"max_length is {length!r}; expected an int ≥ 1")
        if len(self.alphabet) ** int(length) > _MOST_STRINGS:
            raise ValueError(
                f"max_length is {length}: there are {len(self.alphabet)}^{length} such strings; expected a length "
                f"with at most {_MOST_STRINGS} of them, for example {self.max_length}"
            )
        return int(length)


def _diagnose(trace: Trace) -> tuple[int, str]:
    """Find a common cause in the trace of a failing string: the unit to look at, and a hint or ""."""
    c_before = trace.previous.c
    leaks = (np.abs(c_before) > 0.05) & (trace.f > 1e-3) & (trace.f < 1 - 1e-5)
    if leaks.any():
        t, _, k = np.argwhere(leaks)[0]
        f = float(trace.f[t, 0, k])
        steps = float(half_life(f))
        return int(k), (
            f"Unit {k} leaks: at step {t + 1} its forget gate is {f:.5g}, "
            f"a half-life of {steps:.{0 if steps >= 10 else 1}f} steps.\n"
            f"The pre-activation there is {np.log(f / (1 - f)):.3g} (a missing term is 0, and σ(0) = ½); "
            "to keep or to reset the cell state it should be 20 or −20."
        )
    for gate, name in (("i", "input"), ("o", "output")):
        values = getattr(trace, gate)
        half_open = (values > 0.02) & (values < 0.98)
        if half_open.any():
            t, _, k = np.argwhere(half_open)[0]
            return int(k), (
                f"The {name} gate of unit {k} is {values[t, 0, k]:.2f} at step {t + 1}: half open.\n"
                "To open fully, a gate needs a large pre-activation: σ(0) = 0.50, σ(1) = 0.73, σ(20) = 1."
            )
    weak = (trace.i > 0.5) & (np.abs(trace.g) < 0.98)
    if weak.any():
        t, _, k = np.argwhere(weak)[0]
        return int(k), (
            f"At step {t + 1} unit {k} writes {trace.g[t, 0, k]:.2f}: its candidate g is added to the cell state.\n"
            "tanh also needs a large pre-activation to give 1 or −1 (a missing term is 0, and tanh(0) = 0)."
        )
    return 0, ""


def _table(trace: Trace, string: str, unit: int) -> list[str]:
    """Write what each gate of one unit did at each step of a short string, or at both ends of a long one."""
    lines = [f"  step symbol     i      f      g      o      c      h    of unit {unit}"]
    steps = range(len(string)) if len(string) <= 12 else [*range(4), *range(len(string) - 4, len(string))]
    for t in steps:
        if len(string) > 12 and t == len(string) - 4:
            lines.append("     …")
        values = "".join(f"{_no_minus_zero(getattr(trace, field)[t, 0, unit]):7.2f}" for field in "ifgoch")
        lines.append(f"  {t + 1:4d}   {string[t]:3s} {values}")
    return lines


def _no_minus_zero(number: float) -> float:
    """Turn −0.00 into 0.00: the sign of a rounded 0 differs between machines."""
    return 0.0 if abs(number) < 0.005 else float(number)
