"""Short reviews, good or bad on the whole, in which "not" negates a judgement: a small sentiment task.

    the food was not very good and the room was clean and the staff was not rude
                 ^^^      ^^^^  −           ^^^^^  +               ^^^ ^^^^  +         2 of 3: good

A review joins an odd number n of clauses by "and". In each, the adjective is good or bad, with or without "not" before
it: four cases that are equally likely. Up to FILLERS words such as "very" may stand between, and have no effect. The
review is good if more than half of its clauses are. The accuracy of simple strategies is known exactly:

- from the adjectives alone: 1/2, since every "not" is a fair coin;
- from the counts of all words, without their order: ``order_free_accuracy``, as for any linear model on word counts;
- from the last clause alone: ``last_clause_accuracy``;
- from every "not" with its adjective, and a count of the clauses: 1.
"""

from collections.abc import Sequence
from math import comb
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.arrays import Array, check_generator, check_size

BAD, GOOD = 0, 1  # the targets
NOT = "not"
THINGS = ("food", "room", "staff", "view")
INTENSIFIERS = ("very", "really")
FILLERS = 2  # the largest number of intensifiers in a clause
ADJECTIVES = (("bad", "good"), ("dirty", "clean"), ("rude", "kind"), ("stale", "fresh"))
VOCABULARY = ("the", "was", "and", NOT, *THINGS, *INTENSIFIERS, *(word for pair in ADJECTIVES for word in pair))
INPUT_SIZE = len(VOCABULARY)
OUTPUT_SIZE = 2
CLAUSES = (1, 3, 5)  # the possible numbers of clauses, each equally likely

_INDEX = MappingProxyType({word: k for k, word in enumerate(VOCABULARY)})


class Review(NamedTuple):
    """One review."""

    words: tuple[str, ...]
    clauses: tuple[int, ...]  # BAD or GOOD, each
    verdict: int  # BAD or GOOD: the majority of the clauses

    def __str__(self) -> str:
        return " ".join(self.words)


class ReviewBatch(NamedTuple):
    """B reviews, time first; T is the longest, shorter ones are padded at the end."""

    xs: Array  # (T, B, D) one-hot words, D = len(VOCABULARY); zeros where there is no word
    targets: Array  # (B,) int64: BAD or GOOD
    mask: Array  # (T, B) bool: True where there is a word
    reviews: tuple[Review, ...]  # the same in words


def review(rng: np.random.Generator, clauses: int | tuple[int, ...] = CLAUSES) -> Review:
    """Draw one review.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of every choice.
    clauses : int or tuple of int
        The odd number of clauses; each of several numbers is equally likely.

    Raises
    ------
    ValueError
        If a number of clauses is not odd, or ``rng`` is not a generator.
    """
    check_generator(rng)
    numbers = _numbers(clauses)
    words: list[str] = []
    judged = []
    for k in range(numbers[int(rng.integers(len(numbers)))]):
        negated, side = (int(coin) for coin in rng.integers(2, size=2))
        between = rng.integers(len(INTENSIFIERS), size=int(rng.integers(FILLERS + 1)))
        thing, pair = rng.integers(len(THINGS)), rng.integers(len(ADJECTIVES))
        words += ["and"] * (k > 0) + ["the", THINGS[thing], "was"] + [NOT] * negated
        words += [INTENSIFIERS[m] for m in between] + [ADJECTIVES[pair][side]]
        judged.append(side ^ negated)
    return Review(tuple(words), tuple(judged), int(2 * sum(judged) > len(judged)))


def batch(
    rng: np.random.Generator,
    batch_size: int,
    clauses: int | tuple[int, ...] = CLAUSES,
    dtype: DTypeLike = np.float64,
) -> ReviewBatch:
    """Draw ``batch_size`` reviews and encode them (see ``review`` and ``batch_of``)."""
    check_generator(rng)
    check_size("batch_size", batch_size)
    return batch_of([review(rng, clauses) for _ in range(batch_size)], dtype)


def batch_of(chosen: Sequence[Review], dtype: DTypeLike = np.float64) -> ReviewBatch:
    """Encode the given reviews as one batch.

    Raises
    ------
    ValueError
        If there is no review.
    """
    if not chosen:
        raise ValueError("chosen is empty; expected at least one Review")
    shape = (max(len(one.words) for one in chosen), len(chosen))
    xs, mask = np.zeros((*shape, INPUT_SIZE), dtype), np.zeros(shape, bool)
    for b, one in enumerate(chosen):
        steps = np.arange(len(one.words))
        xs[steps, b, [_INDEX[word] for word in one.words]] = 1
        mask[steps, b] = True
    return ReviewBatch(xs, np.array([one.verdict for one in chosen]), mask, tuple(chosen))


def order_free_accuracy(clauses: int | tuple[int, ...] = CLAUSES) -> float:
    """Return the exact best accuracy from the counts of all words, without their order.

    Of n adjectives g are good, and there are m "not". Each choice of the m clauses that hold them is equally likely, so
    j of them fall on good adjectives in C(g, j) C(n-g, m-j) of C(n, m) cases; g + m - 2j clauses are then good.
    """
    return float(np.mean([_order_free(n) for n in _numbers(clauses)]))


def last_clause_accuracy(clauses: int | tuple[int, ...] = CLAUSES) -> float:
    """Return the exact accuracy of the last clause as the prediction.

    It is wrong only if at least (n+1)/2 of the n - 1 others are the opposite, and each of them is a fair coin.
    """
    return float(np.mean([1 - _overruled(n) for n in _numbers(clauses)]))


def _order_free(n: int) -> float:
    total = 0
    for good in range(n + 1):
        for nots in range(n + 1):
            counts = [comb(good, j) * comb(n - good, nots - j) for j in range(nots + 1)]
            yes = sum(count for j, count in enumerate(counts) if 2 * (good + nots - 2 * j) > n)
            total += comb(n, good) * max(yes, comb(n, nots) - yes)
    return float(total / 4**n)


def _overruled(n: int) -> float:
    return float(sum(comb(n - 1, against) for against in range((n + 1) // 2, n)) / 2 ** (n - 1))


def _numbers(clauses: int | tuple[int, ...]) -> tuple[int, ...]:
    """Return the numbers of clauses, or raise an error about the argument."""
    numbers = clauses if isinstance(clauses, tuple) else (clauses,)
    whole = all(isinstance(n, int | np.integer) and not isinstance(n, bool) for n in numbers)
    if not numbers or not whole or not all(n > 0 and n % 2 for n in numbers):
        raise ValueError(
            f"clauses is {clauses!r}; expected an odd number, or a tuple of them: an even number may end in a tie"
        )
    return tuple(int(n) for n in numbers)
