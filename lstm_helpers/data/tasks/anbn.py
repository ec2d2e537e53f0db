"""Counting, aⁿbⁿ: n times a, then n times b, then the end; the target at every step is the next letter.

    input   a a a b b b
    target  a a b b b $        $ is the end; from the first b on, only counting gives the target

Gers and Schmidhuber (2001) trained LSTMs on this language, which no finite automaton recognises for every n. Here n is
uniform from 1 to N, with N half the longest string. Exact losses, in nats per letter and as means over many strings:

- From the present letter alone: the next letter differs from it with probability q = 1 / mean(n) = 2 / (N + 1), so the
  best cross-entropy is -q ln q - (1-q) ln (1-q): `baseline`.
- With perfect counting only n itself is uncertain: ln N for a string of N + 1 letters on average: `lower_bound`.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.arrays import Array, check_generator, check_size
from lstm_helpers.data.tasks.lengths import check_length
from lstm_helpers.model import Batch

SYMBOLS = ("a", "b", "$")
INPUT_SIZE = 2  # one-hot a, b
OUTPUT_SIZE = 3  # logits for a, b and the end


def batch(rng: np.random.Generator, batch_size: int, length: int, dtype: DTypeLike = np.float64) -> Batch:
    """Draw strings of up to ``length`` letters (see ``batch_of``).

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of every n.
    batch_size : int
        B.
    length : int
        2 N, even, at least 2: every n from 1 to N is equally likely.
    dtype : dtype
        The float type of the inputs.
    """
    check_generator(rng)
    check_size("batch_size", batch_size)
    longest = _longest(length)
    return batch_of(rng.integers(1, longest, batch_size, endpoint=True), dtype)


def batch_of(counts: Sequence[int] | Array, dtype: DTypeLike = np.float64) -> Batch:
    """Make the strings of the given n, padded at the end to the longest.

    Parameters
    ----------
    counts : sequence of int
        One n, from 1, for each string.
    dtype : dtype
        The float type of the inputs.

    Returns
    -------
    Batch
        ``xs`` (T, B, 2) one-hot, zeros in the padding; ``targets`` (T, B) int64, numbers in SYMBOLS, for the
        cross-entropy at every real step; ``mask`` (T, B).
    """
    n = np.asarray(counts)
    if n.ndim != 1 or n.size == 0 or n.dtype.kind not in "iu" or n.min() < 1:
        raise ValueError(f"counts is {counts!r}; expected whole numbers from 1, one for each string")
    t = np.arange(2 * n.max())[:, None]
    mask = t < 2 * n
    letter = (t >= n).astype(np.int64)
    targets = np.where(t < n - 1, 0, np.where(t < 2 * n - 1, 1, 2))
    return Batch(np.eye(INPUT_SIZE, dtype=dtype)[letter] * mask[:, :, None].astype(dtype), targets, mask)


def baseline(length: int) -> float:
    """Return the exact cross-entropy, in nats per letter, of the best prediction from the present letter alone."""
    q = 2 / (_longest(length) + 1)
    return float(-q * np.log(q) - (1 - q) * np.log(1 - q)) if q < 1 else 0.0


def lower_bound(length: int) -> float:
    """Return the exact cross-entropy, in nats per letter, of perfect counting: the lower bound."""
    longest = _longest(length)
    return float(np.log(longest) / (longest + 1))


def _longest(length: int) -> int:
    """Return N."""
    check_length(length, 2, "the shortest string is ab")
    if length % 2:
        raise ValueError(f"length is {length}; expected an even number, a string has as many a as b")
    return length // 2
