"""Tagging: sentences with one ambiguous word, whose number another word determines.

    the  sheep  near  the  cats  run          sheep: singular or plural? The verb tells, and it comes later
     ·     P     ·     ·    P     P
    the   dog   near  the  cats  slept        slept: singular or plural? The subject tells, and it came before
     ·     S     ·     ·    P     S

These are sentences of ``agreement``, in which a fair coin decides which word is replaced: the subject by a noun with
one form for both numbers, or the verb by one in the past tense, which also has one form. So each sentence holds one
ambiguous word, ``asked``. Its number is a fair coin given that word alone. The best accuracies are

- 3/4 in the forward direction, which determines the number of a verb, but not of a subject;
- 3/4 in the backward direction, which determines the number of a subject, but not of a verb;
- 1 in both directions;
- 1/2 on ambiguous verbs for the number of the nearest noun, from one distractor on.

All other words are unambiguous.
"""

from collections.abc import Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.arrays import Array, check_generator, check_size
from lstm_helpers.data.tasks import agreement
from lstm_helpers.data.tasks.agreement import PLURAL, SINGULAR, Distractors

OTHER = 2  # the tag of words without a number, in addition to SINGULAR and PLURAL
SAME_NOUNS = ("sheep", "deer", "fish")  # one form for both numbers
SAME_VERBS = ("ran", "slept", "waited")
VOCABULARY = (*agreement.VOCABULARY, *SAME_NOUNS, *SAME_VERBS)
INPUT_SIZE = len(VOCABULARY)
OUTPUT_SIZE = 3
LEFT, RIGHT = 0, 1  # the side of the ambiguous word on which the determining word stands
SHORT = ("S", "P", "·")  # a tag in print

_INDEX = MappingProxyType({word: k for k, word in enumerate(VOCABULARY)})
_TAG = MappingProxyType(
    {word: number for pair in (*agreement.NOUNS, *agreement.VERBS) for number, word in enumerate(pair)}
)


class Sentence(NamedTuple):
    """One sentence with its tags."""

    words: tuple[str, ...]
    tags: tuple[int, ...]  # SINGULAR, PLURAL or OTHER, one for each word
    asked: int  # the index of the ambiguous word, from 0
    side: int  # LEFT or RIGHT: the side of the word that determines its number

    def __str__(self) -> str:
        return " ".join(self.words)


class TaggedBatch(NamedTuple):
    """B sentences, time first; T is the longest, shorter ones are padded at the end; they are not sorted by length."""

    xs: Array  # (T, B, D) one-hot words, D = len(VOCABULARY); zeros where there is no word
    targets: Array  # (T, B) int64: SINGULAR, PLURAL or OTHER
    mask: Array  # (T, B) bool: True where there is a word
    asked: Array  # (T, B) bool: True at the ambiguous word, one in each sentence
    side: Array  # (B,) int64: LEFT or RIGHT
    sentences: tuple[Sentence, ...]  # the same in words


def sentence(rng: np.random.Generator, distractors: Distractors = (0, 3)) -> Sentence:
    """Draw one sentence; arguments and errors as in ``agreement.sentence``."""
    drawn = agreement.sentence(rng, distractors)
    words, number = list(drawn.words), drawn.number
    tags = [_TAG.get(word, OTHER) for word in words]
    side = int(rng.integers(2))
    asked, choices = (len(words) - 1, SAME_VERBS) if side == LEFT else (1, SAME_NOUNS)
    words[asked], tags[asked] = choices[int(rng.integers(len(choices)))], number
    return Sentence(tuple(words), tuple(tags), asked, side)


def batch(
    rng: np.random.Generator, batch_size: int, distractors: Distractors = (0, 3), dtype: DTypeLike = np.float64
) -> TaggedBatch:
    """Draw ``batch_size`` sentences and encode them (see ``sentence`` and ``batch_of``)."""
    check_generator(rng)
    check_size("batch_size", batch_size)
    return batch_of([sentence(rng, distractors) for _ in range(batch_size)], dtype)


def batch_of(chosen: Sequence[Sentence], dtype: DTypeLike = np.float64) -> TaggedBatch:
    """Encode the given sentences as one batch.

    Raises
    ------
    ValueError
        If there is no sentence.
    """
    if not chosen:
        raise ValueError("chosen is empty; expected at least one Sentence")
    shape = (max(len(one.words) for one in chosen), len(chosen))
    xs, targets = np.zeros((*shape, INPUT_SIZE), dtype), np.full(shape, OTHER)
    mask, asked = np.zeros(shape, bool), np.zeros(shape, bool)
    for b, one in enumerate(chosen):
        steps = np.arange(len(one.words))
        xs[steps, b, [_INDEX[word] for word in one.words]] = 1
        targets[steps, b] = one.tags
        mask[steps, b] = True
        asked[one.asked, b] = True
    return TaggedBatch(xs, targets, mask, asked, np.array([one.side for one in chosen]), tuple(chosen))


def time_reversed(one: TaggedBatch) -> TaggedBatch:
    """Reverse a batch in time: words, tags and mask together.

    The padding then comes first. ``sentences`` keep their original order.
    """
    return one._replace(xs=one.xs[::-1], targets=one.targets[::-1], mask=one.mask[::-1], asked=one.asked[::-1])


def word_accuracy() -> float:
    """Return the exact best accuracy at the ambiguous words from each word alone."""
    return 1 / 2


def one_direction_accuracy() -> float:
    """Return the exact best accuracy at the ambiguous words for a network of one direction, forward or backward."""
    return 3 / 4


__all__ = [
    "INPUT_SIZE",
    "LEFT",
    "OTHER",
    "OUTPUT_SIZE",
    "PLURAL",
    "RIGHT",
    "SAME_NOUNS",
    "SAME_VERBS",
    "SHORT",
    "SINGULAR",
    "VOCABULARY",
    "Sentence",
    "TaggedBatch",
    "batch",
    "batch_of",
    "one_direction_accuracy",
    "sentence",
    "time_reversed",
    "word_accuracy",
]
