"""Five puzzles, from one bit to a language that no finite automaton knows: choose an LSTM's weights by hand.

Each is checked after every symbol of every short string, and on a few long strings that reveal leaks.
"""

from collections.abc import Callable

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.exercises.puzzle import Puzzle
from lstm_helpers.through_time import Trace


def _is_on(trace: Trace) -> Array:
    return np.where(np.isnan(trace.h[:, :, 0]), np.nan, trace.h[:, :, 0] > 0.5)


def _side(trace: Trace) -> Array:
    """+1 above 0.5, −1 below −0.5, 0 between."""
    h = trace.h[:, :, 0]
    return np.where(np.isnan(h), np.nan, (h > 0.5) * 1.0 - (h < -0.5))


def _first_cell_state(trace: Trace) -> Array:
    return np.asarray(trace.c[:, :, 0])


def _named(*names: str) -> Callable[[float], str]:
    return lambda value: "NaN" if np.isnan(value) else names[int(value)]


def _last_of(symbols: str, string: str) -> str:
    return next((symbol for symbol in reversed(string) if symbol in symbols), "")


latch = Puzzle(
    name="latch",
    alphabet="sr.",
    asks="s switches the bit on, r switches it off, . changes nothing; at first it is off.",
    reading="on if h[0] > 0.5",
    read=_is_on,
    truth=lambda string: float(_last_of("sr", string) == "s"),
    words=_named("off", "on"),
    long=("s" + 200 * ".", "s" + 100 * "." + "r" + 100 * ".", 100 * "." + "s" + 100 * ".", 50 * "sr", 50 * "s" + "r."),
    max_length=7,
    takeaway="One unit stores one bit: i and g write it, f keeps or resets it.",
)

counter = Puzzle(
    name="counter",
    alphabet="ab",
    asks="Count the a's and ignore the b's.",
    reading="the count is c[0], to within 0.1",
    read=_first_cell_state,
    truth=lambda string: float(string.count("a")),
    words=lambda value: f"{value:.4g}",
    long=(100 * "a", 50 * "ab", 20 * "a" + 200 * "b"),
    max_length=10,
    takeaway="c is not bounded, so it can count to any number; h = tanh(c) hardly differs between 10 and 11.",
)

last_seen = Puzzle(
    name="last_seen",
    alphabet="ab.",
    asks="Which of a and b was read last? . changes nothing.",
    reading="a if h[0] > 0.5, b if h[0] < −0.5, neither yet if between",
    read=_side,
    truth=lambda string: {"a": 1.0, "b": -1.0, "": 0.0}[_last_of("ab", string)],
    words=_named("neither yet", "a", "b"),  # 0, 1 and, from the end, −1
    long=("a" + 200 * ".", "b" + 200 * ".", 200 * ".", 50 * "ab" + 50 * ".", 50 * "b" + "a."),
    max_length=7,
    takeaway="To overwrite, reset and write in the same step: f = 0 and i = 1.",
)

toggle = Puzzle(
    name="toggle",
    alphabet="a.",
    asks="Has the number of a's so far been odd? . changes nothing.",
    reading="odd if h[0] > 0.5",
    read=_is_on,
    truth=lambda string: float(string.count("a") % 2),
    words=_named("even", "odd"),
    long=(101 * "a", "a" + 200 * ".", 50 * "a." + 100 * "."),
    max_length=10,
    takeaway="The new state depends on the old one: that is why the gates read h.",
    needs_h=True,
)


def _is_anbn(string: str) -> float:
    n = len(string) // 2
    return float(string == n * "a" + n * "b" and n > 0)


anbn = Puzzle(
    name="anbn",
    alphabet="ab",
    asks="Is the string so far some number of a's, at least one, followed by just as many b's?",
    reading="yes if h[0] > 0.5",
    read=_is_on,
    truth=_is_anbn,
    words=_named("no", "yes"),
    long=(20 * "a" + 21 * "b", 20 * "a" + 10 * "b" + "a" + 12 * "b", 10 * "ab", 3 * "a" + 3 * "b" + 3 * "a" + 3 * "b"),
    max_length=12,
    takeaway="A cell state that counts up and down does what no finite number of bits can.",
    needs_h=True,
)
