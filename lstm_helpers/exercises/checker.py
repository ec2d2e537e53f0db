"""Check a reader's function against the right one, and name the misconception if it is a known one.

An exercise holds the right function and common wrong ones. The reader's function is run on a few seeded cases, and its
results are compared with theirs. Whatever the function does, the result is a `Verdict`.
"""

import inspect
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from lstm_helpers.arrays import Array, leaves
from lstm_helpers.runtime import wrap

_SEED = 0

Case = tuple[object, ...]  # the arguments of one call


@dataclass(frozen=True, repr=False)
class Verdict:
    """The result of a check; it is true if the answer passed, and its repr is the message, wrapped to fit the page."""

    passed: bool
    message: str

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        return wrap(self.message)


class Misconception(NamedTuple):
    """A common wrong answer."""

    function: Callable[..., object]
    feedback: str  # the probable mistake, and a hint that is not the solution


class Outcome(NamedTuple):
    """The result of one call of a function: its arrays, or the reason why there are none."""

    values: tuple[Array, ...] | None  # one array, or several if the exercise has parts
    problem: str  # "" if there are values
    changed: str  # the name of an argument that the call changed, or ""
    warned: str  # the first warning, or ""


@dataclass(frozen=True, eq=False, repr=False)
class Exercise:
    """A function to be written by the reader.

    Attributes
    ----------
    name, arguments
        The function's name and the names of its arguments.
    right
        The right function.
    misconceptions
        The common wrong functions, with their feedback.
    cases
        rng -> the arguments of each call, simplest first.
    takeaway
        One sentence to remember, printed if the answer is right.
    parts
        None if the result is one array; else the names of the arrays, or () for a list of any length.
    """

    name: str
    arguments: tuple[str, ...]
    right: Callable[..., object]
    misconceptions: tuple[Misconception, ...]
    cases: Callable[[np.random.Generator], Sequence[Case]]
    takeaway: str
    parts: tuple[str, ...] | None = None

    @property
    def signature(self) -> str:
        """How the function is called, such as ``gated(value, logit)``."""
        return f"{self.name}({', '.join(self.arguments)})"

    def __repr__(self) -> str:
        return f"Exercise: write {self.signature}, then exercises.{self.name}.check({self.name})"

    def check(self, answer: object) -> Verdict:
        """Run the reader's function on all cases and report the result.

        Parameters
        ----------
        answer : function
            The reader's function itself, not the result of a call.

        Returns
        -------
        Verdict
            Never an exception, whatever the function does; a wrong answer gets the first case that differs.
        """
        refusal = self._refuse(answer)
        if refusal or not callable(answer):
            return Verdict(False, f"Not yet. {refusal}")
        cases = list(self.cases(np.random.default_rng(_SEED)))
        got = [self.outcome(answer, case) for case in cases]
        expected = [self.outcome(self.right, case) for case in cases]
        differing = [k for k in range(len(cases)) if not _agree(got[k], expected[k])]
        if not differing:
            return self._right(got)
        details = self._show(cases[differing[0]], got[differing[0]], expected[differing[0]])
        for wrong in self.misconceptions:
            if _all_agree(got, [self.outcome(wrong.function, case) for case in cases]):
                return Verdict(False, f"Not yet. {wrong.feedback}\n{details}")
        return Verdict(False, f"Not yet. Case {differing[0] + 1} of {len(cases)} is the first that differs.\n{details}")

    def outcome(self, function: Callable[..., object], case: Case) -> Outcome:
        """Call a function on copies of the arguments; record what it raises, warns of or changes."""
        copies = tuple(map(_copy, case))
        with warnings.catch_warnings(record=True) as caught, np.errstate(all="warn"):
            warnings.simplefilter("always")
            try:
                values, problem = _as_arrays(function(*copies), self.parts)
            except (Exception, SystemExit) as error:  # a reader's function may do anything
                values, problem = None, f"it raised {type(error).__name__}: {_first_line(error)}"
            warned = _first_line(caught[0].message) if caught else ""
        pairs = zip(self.arguments, copies, case, strict=True)
        changed = next((name for name, copy, original in pairs if not _identical(copy, original)), "")
        return Outcome(values, problem, changed, warned)

    def _refuse(self, answer: object) -> str:
        """Say what is wrong with an answer that cannot be called."""
        if not callable(answer):
            return (
                f"I was given {_say(answer)}, not a function. Give me the function itself, without calling it: "
                f"exercises.{self.name}.check({self.name})"
            )
        try:
            found = inspect.signature(answer)
        except Exception:  # some compiled functions have no signature
            return ""
        try:
            found.bind(*self.arguments)
        except TypeError:
            return f"Your function takes {_clean(str(found))}; I call it as {self.signature}"
        return ""

    def _right(self, got: list[Outcome]) -> Verdict:
        changed = next((outcome.changed for outcome in got if outcome.changed), "")
        if changed:
            return Verdict(
                False,
                f"Not yet. The numbers are right, but your function writes into its argument {changed}: code that "
                f"uses {changed} gets changed numbers. Make a new array instead of changing the old one.",
            )
        warned = next((outcome.warned for outcome in got if outcome.warned), "")
        remark = f"\n(It gave a warning: {warned})" if warned else ""
        return Verdict(True, f"Right. {self.signature} agrees on all {len(got)} cases.\n{self.takeaway}{remark}")

    def _show(self, case: Case, got: Outcome, expected: Outcome) -> str:
        lines = [_labelled(f"  {name} = ", value) for name, value in zip(self.arguments, case, strict=True)]
        assert expected.values is not None  # the tests run the right function on every case
        if got.values is None:
            lines.append(_labelled("  expected ", self._first(expected.values)))
            return "\n".join([*lines, f"  got      {got.problem}"])
        if len(got.values) != len(expected.values):
            return "\n".join([*lines, f"  expected {len(expected.values)} arrays", f"  got      {len(got.values)}"])
        pairs = list(zip(got.values, expected.values, strict=True))
        wrong = [k for k, pair in enumerate(pairs) if not _same(*pair)]
        if self.parts is not None:
            lines += self._sort_out(wrong, len(pairs))
        return "\n".join([*lines, *_compare(*pairs[wrong[0]])])

    def _first(self, values: tuple[Array, ...]) -> object:
        """Give the right result in the form in which it is shown if the answer has no values."""
        return values[0] if self.parts is None else list(values)

    def _sort_out(self, wrong: list[int], count: int) -> list[str]:
        """Say which of several arrays are right; the pattern helps to find the mistake."""
        names = self.parts or [f"result[{k}]" for k in range(count)]
        right = ", ".join(name for k, name in enumerate(names) if k not in wrong)
        lines = [f"  right: {right}"] if right else []
        lines.append(f"  not yet: {', '.join(names[k] for k in wrong)}")
        return [*lines, f"  {names[wrong[0]]}:"] if len(wrong) > 1 else lines


def _compare(mine: Array, right: Array) -> list[str]:
    """Write the expected array above the other one; for large arrays, the first numbers that differ."""
    lines = []
    if mine.shape == right.shape and not _is_small(right):
        place = tuple(int(k) for k in np.argwhere(~_close(mine, right))[0])
        lines.append(f"  the results have shape {right.shape} and first differ at {list(place)}:")
        mine, right = mine[place], right[place]
    wanted, found = _labelled("  expected ", right), _labelled("  got      ", mine)
    if wanted.split(maxsplit=1)[1] == found.split(maxsplit=1)[1] and mine.shape == right.shape:
        found += f"\n  (they differ by {np.abs(mine - right).max():.1e})"
    return [*lines, wanted, found]


def _close(a: Array, b: Array) -> Array:
    return np.isclose(a, b, rtol=1e-6, atol=1e-9, equal_nan=True)


def _same(a: Array, b: Array) -> bool:
    return a.shape == b.shape and bool(_close(a, b).all())


def _agree(a: Outcome, b: Outcome) -> bool:
    """Whether two calls agree: equal numbers in equal shapes, or no values in either."""
    if a.values is None or b.values is None:
        return a.values is b.values
    return len(a.values) == len(b.values) and all(map(_same, a.values, b.values))


def _all_agree(a: list[Outcome], b: list[Outcome]) -> bool:
    return any(outcome.values is not None for outcome in a) and all(map(_agree, a, b))


def _as_arrays(result: object, parts: tuple[str, ...] | None) -> tuple[tuple[Array, ...] | None, str]:
    """Return (arrays, "") or (None, a description of the result)."""
    if parts is None or not isinstance(result, list | tuple):
        value, problem = _as_array(result)
        if value is None:
            return None, problem
        return ((value,), "") if parts is None else (None, f"one array of shape {value.shape}, not several")
    if parts and len(result) != len(parts):
        return None, f"{len(result)} results, not {len(parts)}: the order is {', '.join(parts)}"
    arrays = []
    for k, part in enumerate(result):
        value, problem = _as_array(part)
        if value is None:
            what = "None" if part is None else problem
            return None, f"for {parts[k] if parts else f'result[{k}]'} {what}"
        arrays.append(value)
    return tuple(arrays), ""


def _as_array(result: object) -> tuple[Array | None, str]:
    """Return (numbers, "") or (None, a description of the result)."""
    if result is None:
        return None, "None: is there a `return` at the end of your function?"
    if result is Ellipsis or result is NotImplemented:
        return None, "nothing: the function is not written yet"
    try:
        value = np.array(result)  # a copy: the function may return the same array again
    except ValueError:
        return None, f"{_say(result)}, which is not one array: do all its parts have the same shape?"
    if value.dtype.kind not in "biufc":
        return None, f"{_say(result)}, which is not an array of numbers"
    return value, ""


def _copy(tree: object) -> object:
    if isinstance(tree, np.ndarray):
        return tree.copy()
    if isinstance(tree, list | tuple):
        branches: list[Any] = [_copy(branch) for branch in tree]
        return type(tree)(*branches) if hasattr(tree, "_fields") else type(tree)(branches)
    return tree


def _identical(a: object, b: object) -> bool:
    if isinstance(b, np.ndarray):
        return isinstance(a, np.ndarray) and np.array_equal(a, b, equal_nan=True)
    if isinstance(b, list | tuple):
        return isinstance(a, list | tuple) and len(a) == len(b) and all(map(_identical, a, b))
    return bool(a == b)


def _labelled(label: str, value: object) -> str:
    """Write a value after its label, and align further lines with the first."""
    return label + _format(value).replace("\n", "\n" + " " * len(label))


def _format(value: object) -> str:
    """Write numbers briefly, and identically on every machine."""
    if isinstance(value, list) and value and all(isinstance(part, np.ndarray) for part in value):
        if sum(part.size for part in value) <= 12 and all(part.ndim == 1 for part in value):
            return f"[{', '.join(map(_format, value))}]"
        return f"{len(value)} arrays of shapes {', '.join(str(part.shape) for part in value)}"
    if isinstance(value, list) and value and all(hasattr(part, "_fields") for part in value):
        return "[" + ",\n ".join(map(_format, value)) + "]"
    if hasattr(value, "_fields"):
        # A single number is as short as its shape, and can be checked by hand.
        by_hand = all(leaf.size == 1 for _, leaf in leaves(value))
        return f"{type(value).__name__}({', '.join(_fields(value, by_hand))})"
    array = np.asarray(value)
    if not _is_small(array):
        return f"an array of shape {array.shape}"
    if array.ndim == 0 and array.dtype.kind in "fc":
        return f"{array[()]:.6g}"
    return np.array2string(array, precision=4, suppress_small=True, max_line_width=72)


def _fields(value: Any, by_hand: bool) -> Iterator[str]:
    """Write what a named tuple holds, in numbers or in shapes."""
    for name, part in zip(value._fields, value, strict=True):
        if hasattr(part, "_fields"):
            yield f"{name} {type(part).__name__}({', '.join(_fields(part, by_hand))})"
        else:
            yield f"{name} {_format(part) if by_hand else np.shape(part)}"


def _is_small(array: Array) -> bool:
    """Whether an array is printed in full: few numbers, in at most two dimensions."""
    return array.ndim <= 2 and 0 < array.size <= 24


def _say(value: object) -> str:
    """Describe a value briefly, even if its repr fails."""
    try:
        text = _clean(repr(value))
    except Exception:  # a reader's function may return anything
        return f"a {type(value).__name__}"
    return text if len(text) <= 60 and "\n" not in text else f"a {type(value).__name__}"


def _first_line(error: object) -> str:
    try:
        lines = _clean(str(error)).splitlines()
    except Exception:
        lines = []
    return lines[0][:200] if lines else "(no message)"


def _clean(text: str) -> str:
    """Hide memory addresses, so that the same mistake always gives the same message."""
    return re.sub(r"0x[0-9a-fA-F]+", "0x…", text)
