"""Pairs of sequences, a source and its answer, encoded for an encoder and a decoder."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.seq2seq import END, START, PairBatch

SPECIAL = {START: "<start>", END: "<end>"}  # the first two of every target vocabulary


class Pair(NamedTuple):
    """A source and its answer, in tokens: words, or characters."""

    source: tuple[str, ...]
    answer: tuple[str, ...]  # without END


def vocabulary(tokens: Sequence[str]) -> tuple[str, ...]:
    """Give a target vocabulary: START and END in front of the tokens."""
    return (*SPECIAL.values(), *tokens)


def encode(name: str, tokens: Sequence[str], index: Mapping[str, int]) -> Array:
    """Turn tokens into their indices, int64; an error names an unknown token."""
    if not len(tokens):
        raise ValueError(f"{name} is empty; expected at least one token")
    for place, token in enumerate(tokens):
        if token not in index:
            raise ValueError(f"{name}[{place}] is {token!r}; expected one of: {' '.join(index)}")
    return np.array([index[token] for token in tokens])


def decode(tokens: Array, words: Sequence[str]) -> tuple[str, ...]:
    """Turn the indices of an answer (T,) into tokens, up to END if there is one."""
    numbers = np.asarray(tokens).tolist()
    ended = numbers.index(END) if END in numbers else len(numbers)
    return tuple(words[number] for number in numbers[:ended])


def batch_of(pairs: Sequence[Pair], source_index: Mapping[str, int], target_index: Mapping[str, int]) -> PairBatch:
    """Make a batch of pairs, time first, with END after each answer, padded at the end with 0."""
    if not pairs:
        raise ValueError("pairs is empty; expected at least one Pair")
    xs, mask = _padded([encode("source", pair.source, source_index) for pair in pairs])
    answers = [np.append(encode("answer", pair.answer, target_index), END) for pair in pairs]
    targets, target_mask = _padded(answers)
    return PairBatch(xs, targets, mask, target_mask)


def right(tokens: Array, mask: Array, batch: PairBatch) -> Array:
    """Return which answers are completely right, including END, (B,) bool.

    Parameters
    ----------
    tokens, mask : array (T, B)
        The generated tokens, and where they are part of an answer, as from ``Seq2Seq.greedy``.
    batch : PairBatch
        The right answers, ``targets`` and ``target_mask``.
    """
    written = [tuple(tokens[mask[:, b], b].tolist()) for b in range(tokens.shape[1])]
    real = np.ones(batch.targets.shape, np.bool_) if batch.target_mask is None else batch.target_mask
    wanted = [tuple(batch.targets[real[:, b], b].tolist()) for b in range(batch.targets.shape[1])]
    if len(written) != len(wanted):
        raise ValueError(f"tokens holds {len(written)} answers and the batch {len(wanted)}; expected equal numbers")
    return np.array([one == other for one, other in zip(written, wanted, strict=True)])


def _padded(rows: Sequence[Array]) -> tuple[Array, Array]:
    lengths = np.array([len(row) for row in rows])
    mask = np.arange(lengths.max())[:, None] < lengths
    numbers = np.zeros(mask.shape, np.int64)
    for b, row in enumerate(rows):
        numbers[: len(row), b] = row
    return numbers, mask
