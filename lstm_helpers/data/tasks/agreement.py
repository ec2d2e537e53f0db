"""Subject-verb agreement: the book's running example of a long-range dependency.

    the dogs near the cat behind the horses run
        ^^^^ subject      distractors       ^^^ agrees with the subject, whatever stands between

Linzen, Dupoux and Goldberg (2016) asked this question of LSTMs with real English; here the sentences are generated,
so that the distance can be chosen and the accuracy of every simple strategy is known exactly. With d distractors
the subject stands 3d + 1 words before its verb. The number of every noun is an independent fair coin, and every noun
can be subject or distractor. Therefore
- the commoner verb form is right in 1/2 of the sentences;
- the last noun's number is right in 1/2 of them for every d ≥ 1 (for d = 0 the last noun is the subject);
- nothing that ignores the order of the words beats the majority of the nouns: `majority_accuracy`;
- the first noun's number is always right, and a latch in the cell state can hold it.
"""

from collections.abc import Sequence
from math import comb
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.arrays import Array, check_generator, check_size

ARTICLE = "the"
PREPOSITIONS = ("near", "behind", "beside")
NOUNS = (("dog", "dogs"), ("cat", "cats"), ("bird", "birds"), ("horse", "horses"), ("child", "children"))
VERBS = (("runs", "run"), ("sleeps", "sleep"), ("waits", "wait"))  # singular, plural, as in NOUNS
VOCABULARY = (ARTICLE, *PREPOSITIONS, *(w for pair in NOUNS for w in pair), *(w for pair in VERBS for w in pair))
SINGULAR, PLURAL = 0, 1  # the targets

_INDEX = MappingProxyType({word: k for k, word in enumerate(VOCABULARY)})
_OTHER_NUMBER = MappingProxyType({a: b for pair in (*NOUNS, *VERBS) for a, b in (pair, pair[::-1])})

Distractors = int | tuple[int, int]  # a fixed number, or (low, high), both included


class Sentence(NamedTuple):
    """One sentence; the last word is the verb."""

    words: tuple[str, ...]
    number: int  # SINGULAR or PLURAL: the subject's, and so the verb's

    @property
    def before_verb(self) -> tuple[str, ...]:
        """The words from which the verb's number is to be predicted."""
        return self.words[:-1]

    def __str__(self) -> str:
        return " ".join(self.words)


class SentenceBatch(NamedTuple):
    """B sentences without their verbs, time first; T is the longest, shorter ones are padded at the end."""

    xs: Array  # (T, B, D) one-hot words, D = len(VOCABULARY); zeros where there is no word
    targets: Array  # (B,) int64: SINGULAR or PLURAL, to be predicted from the state after the last word
    mask: Array  # (T, B) bool: True where there is a word
    sentences: tuple[Sentence, ...]  # the same in words, with their verbs


def sentence(rng: np.random.Generator, distractors: Distractors = 2) -> Sentence:
    """Draw one sentence.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of every choice.
    distractors : int or (int, int)
        How many nouns stand between subject and verb: an int, or (low, high), both included, each equally likely.

    Returns
    -------
    Sentence
        2 + 3·distractors words, then the verb; the number of every noun is an independent fair coin.

    Raises
    ------
    ValueError
        If `distractors` is not an int ≥ 0 or a pair of them in order, or `rng` is not a generator.
    """
    check_generator(rng)
    low, high = _bounds(distractors)
    count = int(rng.integers(low, high + 1))
    return _spell(count, rng.integers(_choices(count)).tolist())


def sentences(rng: np.random.Generator, count: int, distractors: Distractors = 2) -> tuple[Sentence, ...]:
    """Draw `count` independent sentences, the same as that many calls of `sentence`."""
    check_size("count", count)
    check_generator(rng)
    low, high = _bounds(distractors)
    if low < high:
        return tuple(sentence(rng, distractors) for _ in range(count))
    draws = rng.integers(np.tile(_choices(low), (count, 1)))  # all at once is four times as fast as one by one
    return tuple(_spell(low, drawn) for drawn in draws.tolist())


def flip_subject(original: Sentence) -> Sentence:
    """Return the same sentence with the number of subject and verb changed: a minimal pair."""
    the, subject, *middle, verb = original.words
    return Sentence((the, _OTHER_NUMBER[subject], *middle, _OTHER_NUMBER[verb]), 1 - original.number)


def encode(words: str | Sequence[str] | Sentence, dtype: DTypeLike = np.float64) -> Array:
    """Turn words into one-hot vectors, as a batch of one.

    Parameters
    ----------
    words : str, sequence of str, or Sentence
        A sentence: a string, a sequence of words, or a `Sentence` (its verb included).
    dtype : dtype
        The float type of the result.

    Returns
    -------
    Array
        (T, 1, D), time first, D = len(VOCABULARY): one 1 a step.

    Raises
    ------
    ValueError
        If there is no word, or one that is not in VOCABULARY.
    """
    if isinstance(words, Sentence):
        words = words.words
    listed = words.split() if isinstance(words, str) else list(words)
    if not listed:
        raise ValueError("words is empty; expected at least one word, for example 'the dogs near the cat'")
    xs = np.zeros((len(listed), 1, len(VOCABULARY)), dtype=dtype)
    xs[np.arange(len(listed)), 0, _look_up(listed)] = 1
    return xs


def decode(xs: Array, mask: Array | None = None) -> tuple[str, ...]:
    """Turn one-hot vectors back into words: the inverse of `encode`, for any batch.

    Parameters
    ----------
    xs : array (T, B, D)
        One-hot where the mask is True.
    mask : array (T, B) of bool, or None
        True where there is a word, or None if every position holds a word.

    Returns
    -------
    tuple of str
        One string for each of the B sequences.

    Raises
    ------
    ValueError
        If a shape does not fit, or a position holds no one-hot vector.
    """
    if xs.ndim != 3 or xs.shape[2] != len(VOCABULARY):
        raise ValueError(f"xs has shape {xs.shape}; expected (T, B, D) with D={len(VOCABULARY)}, as encode makes it")
    present = np.ones(xs.shape[:2], dtype=bool) if mask is None else np.asarray(mask)
    if present.shape != xs.shape[:2] or present.dtype != np.bool_:
        raise ValueError(f"mask is {present.dtype} of shape {present.shape}; expected bool of shape {xs.shape[:2]}")
    one_hot = (np.count_nonzero(xs, axis=2) == 1) & (xs.max(axis=2, initial=0) == 1)
    if not one_hot[present].all():
        t, b = np.argwhere(present & ~one_hot)[0]
        raise ValueError(f"xs[{t}, {b}] is not one-hot; expected exactly one 1 (for padding, give decode the mask)")
    best = xs.argmax(axis=2)
    return tuple(" ".join(VOCABULARY[k] for k in best[present[:, b], b]) for b in range(xs.shape[1]))


def batch(
    rng: np.random.Generator, batch_size: int, distractors: Distractors = 2, dtype: DTypeLike = np.float64
) -> SentenceBatch:
    """Draw `batch_size` sentences and encode them without their verbs (see `sentence` and `batch_of`)."""
    check_size("batch_size", batch_size)
    return batch_of(sentences(rng, batch_size, distractors), dtype)


def batch_of(chosen: Sequence[Sentence], dtype: DTypeLike = np.float64) -> SentenceBatch:
    """Encode the given sentences, without their verbs, as one batch.

    Parameters
    ----------
    chosen : sequence of Sentence
        At least one sentence; lengths may differ.
    dtype : dtype
        The float type of `xs`.

    Returns
    -------
    SentenceBatch
        `xs` (T, B, D), `targets` (B,), `mask` (T, B), and the sentences themselves.

    Raises
    ------
    ValueError
        If there is no sentence, or a word is not in VOCABULARY.
    """
    if not chosen:
        raise ValueError("chosen is empty; expected at least one Sentence")
    lengths = np.array([len(one.before_verb) for one in chosen])
    if lengths.min() == 0:
        raise ValueError(f"chosen has {chosen[int(lengths.argmin())]!r}; expected words before the verb")
    mask = np.arange(lengths.max())[:, None] < lengths
    xs = np.zeros((*mask.shape, len(VOCABULARY)), dtype=dtype)
    b, t = np.nonzero(mask.T)
    xs[t, b, _look_up([word for one in chosen for word in one.before_verb])] = 1
    return SentenceBatch(xs, np.array([one.number for one in chosen]), mask, tuple(chosen))


def last_noun_accuracy(distractors: Distractors = 2) -> float:
    """Return the exact expected accuracy of agreement with the last noun."""
    low, high = _bounds(distractors)
    return float(np.mean([1.0 if count == 0 else 0.5 for count in range(low, high + 1)]))


def majority_accuracy(distractors: Distractors = 2) -> float:
    """Return the exact expected accuracy of the majority of the nouns, ties by a coin.

    Of n nouns, m of them plural, each is equally likely to be the subject; so nothing that knows only which words
    occur, not their order, can be right more often than max(m, n − m)/n.
    """
    low, high = _bounds(distractors)
    return float(np.mean([_majority(count + 1) for count in range(low, high + 1)]))


def _choices(count: int) -> list[int]:
    """List the number of options of each random choice in a sentence, in the order of the choices."""
    return [2] * (count + 1) + [len(NOUNS)] * (count + 1) + [len(PREPOSITIONS)] * count + [len(VERBS)]


def _spell(count: int, drawn: Sequence[int]) -> Sentence:
    """Make a sentence with `count` distractors from the choices: numbers, nouns, prepositions, the verb."""
    numbers, chosen, between = drawn[: count + 1], drawn[count + 1 : 2 * count + 2], drawn[2 * count + 2 : -1]
    nouns = [NOUNS[k][number] for k, number in zip(chosen, numbers, strict=True)]
    words = [ARTICLE, nouns[0]]
    for noun, k in zip(nouns[1:], between, strict=True):
        words += [PREPOSITIONS[k], ARTICLE, noun]
    return Sentence((*words, VERBS[drawn[-1]][numbers[0]]), numbers[0])


def _look_up(words: Sequence[str]) -> list[int]:
    """Give the words' indices in VOCABULARY, or raise an error that names an unknown word."""
    unknown = [word for word in words if word not in _INDEX]
    if unknown:
        raise ValueError(f"words has {unknown[0]!r}, which is not in the vocabulary; use: {' '.join(VOCABULARY)}")
    return [_INDEX[word] for word in words]


def _majority(nouns: int) -> float:
    right = sum(comb(nouns, m) * max(m, nouns - m) for m in range(nouns + 1))
    return float(right / (nouns * 2**nouns))


def _bounds(distractors: int | tuple[int, int]) -> tuple[int, int]:
    """Return (low, high), or raise an error about the argument."""
    pair = distractors if isinstance(distractors, tuple) else (distractors, distractors)
    whole = len(pair) == 2 and all(isinstance(n, int | np.integer) and not isinstance(n, bool) for n in pair)
    if not whole or not 0 <= pair[0] <= pair[1]:
        raise ValueError(f"distractors is {distractors!r}; expected an int ≥ 0, or (low, high) with 0 ≤ low ≤ high")
    return int(pair[0]), int(pair[1])
