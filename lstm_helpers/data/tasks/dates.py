"""Dates in many written forms, translated to ISO 8601 character by character; the year moves to the front.

    Wednesday, 3 September 1997  →  1997-09-03          Sep 3, 1997  →  1997-09-03
    3 Sep '97  →  1997-09-03                            9/3/1997  →  1997-09-03, or is it 1997-03-09?

Every day from 1950 to 2049 and every one of the eight FORMATS is equally likely. A year of two digits is unambiguous:
from '50 on it is 19.., below that 20... Two of the formats look the same: with slashes, some people write the day first
and some the month, and nothing else distinguishes them. Let A be the number of days whose day of the month and month
differ and are both at most 12, and N the number of all days. In 2 of 8 pairs there are slashes, in A of N of these both
orders are dates, and both are equally likely. So

    ceiling     = 1 - 2/8 · A/N · 1/2         the highest possible accuracy, 0.955
    lower bound = 2/8 · A/N · ln 2 / 11       nats per token, of ten characters and END
"""

from collections.abc import Callable
from datetime import date, timedelta
from types import MappingProxyType

import numpy as np

from lstm_helpers.arrays import Array, check_generator, check_size
from lstm_helpers.data.tasks import pairs
from lstm_helpers.data.tasks.pairs import Pair
from lstm_helpers.seq2seq import PairBatch

MONTHS = ("January", "February", "March", "April", "May", "June",
          "July", "August", "September", "October", "November", "December")  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FIRST, LAST = date(1950, 1, 1), date(2049, 12, 31)
DAYS = (LAST - FIRST).days + 1
ANSWER_LENGTH = 11  # ten characters and END


def _ordinal(day: int) -> str:
    ending = "th" if 4 <= day <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


FORMATS: MappingProxyType[str, Callable[[date], str]] = MappingProxyType(
    {
        "day month year": lambda d: f"{d.day} {MONTHS[d.month - 1]} {d.year}",
        "month day, year": lambda d: f"{MONTHS[d.month - 1][:3]} {d.day}, {d.year}",
        "the day of month": lambda d: f"the {_ordinal(d.day)} of {MONTHS[d.month - 1]} {d.year}",
        "weekday": lambda d: f"{WEEKDAYS[d.weekday()]}, {d.day} {MONTHS[d.month - 1]} {d.year}",
        "short year": lambda d: f"{d.day} {MONTHS[d.month - 1][:3]} '{d.year % 100:02d}",
        "dots": lambda d: f"{d.day}.{d.month}.{d.year}",
        "slashes, day first": lambda d: f"{d.day}/{d.month}/{d.year}",
        "slashes, month first": lambda d: f"{d.month}/{d.day}/{d.year}",
    }
)
SOURCE_LETTERS = "".join(sorted({*" ',./0123456789", *"".join(WEEKDAYS), *"".join(MONTHS), *"thestndrdof"}))
TARGET_LETTERS = pairs.vocabulary("-0123456789")  # START and END in front
SOURCE_SIZE, TARGET_SIZE = len(SOURCE_LETTERS), len(TARGET_LETTERS)

_SOURCE = MappingProxyType({letter: k for k, letter in enumerate(SOURCE_LETTERS)})
_TARGET = MappingProxyType({letter: k for k, letter in enumerate(TARGET_LETTERS)})


def write(day: date, form: str) -> str:
    """Write a day as people do, in one of FORMATS."""
    if form not in FORMATS:
        raise ValueError(f"form is {form!r}; expected one of {', '.join(map(repr, FORMATS))}")
    if not FIRST <= day <= LAST:
        raise ValueError(f"day is {day}; expected one from {FIRST} to {LAST}, where two digits determine the year")
    return FORMATS[form](day)


def pair(rng: np.random.Generator, form: str | None = None) -> Pair:
    """Draw a day and a format (or use the given one); return the written date and its translation, in characters."""
    check_generator(rng)
    day = FIRST + timedelta(days=int(rng.integers(DAYS)))
    form = tuple(FORMATS)[int(rng.integers(len(FORMATS)))] if form is None else form
    return Pair(tuple(write(day, form)), tuple(day.isoformat()))


def batch(rng: np.random.Generator, batch_size: int, form: str | None = None) -> PairBatch:
    """Draw ``batch_size`` pairs, padded to the longest (see ``pair``)."""
    check_size("batch_size", batch_size)
    return pairs.batch_of([pair(rng, form) for _ in range(batch_size)], _SOURCE, _TARGET)


def encode(words: str) -> Array:
    """Turn a written date into numbers (S,), indices in SOURCE_LETTERS; an error names an unknown character."""
    return pairs.encode("words", words, _SOURCE)


def decode(tokens: Array) -> str:
    """Turn an answer's numbers into text, up to END if there is one."""
    return "".join(pairs.decode(tokens, TARGET_LETTERS))


def ceiling() -> float:
    """Return the exact highest possible accuracy, that of a predictor that knows all formats."""
    return 1 - _doubtful() / 2


def lower_bound() -> float:
    """Return the exact lower bound of the mean cross-entropy, in nats per token."""
    return float(_doubtful() * np.log(2) / ANSWER_LENGTH)


def _doubtful() -> float:
    """Give the fraction of pairs whose source has slashes and is ambiguous."""
    days = (FIRST + timedelta(days=k) for k in range(DAYS))
    both = sum(d.day <= len(MONTHS) and d.day != d.month for d in days)
    return 2 / len(FORMATS) * both / DAYS
