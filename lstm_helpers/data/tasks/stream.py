"""A stream of sentences without a reset: the network has to forget each subject, and no signal says when.

    input   the dogs near the cat run the child waits the …
    target   ?   P    P    P   P   P   ?    S     S    ?          the number of the current sentence's subject

Gers, Schmidhuber and Cummins (2000) introduced the forget gate for such streams: the state is not reset between the
sentences (those of ``agreement``, with their verbs), and only a verb marks the end of one. The target at the article
before a subject is UNKNOWN. ``asked`` is True at the hardest position, the last word before a verb: there the number of
the last noun is right in half of the sentences, for every number of distractors from 1.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.arrays import Array, check_generator, check_size
from lstm_helpers.data.tasks import agreement
from lstm_helpers.data.tasks.agreement import Distractors

UNKNOWN = 2  # in addition to agreement's SINGULAR and PLURAL
INPUT_SIZE = len(agreement.VOCABULARY)
OUTPUT_SIZE = 3


class Stream(NamedTuple):
    """B streams of T words, time first; the last sentence of each is incomplete."""

    xs: Array  # (T, B, D) one-hot words
    targets: Array  # (T, B) int64: SINGULAR, PLURAL or UNKNOWN, for the cross-entropy at every step
    asked: Array  # (T, B) bool: True at the last word before a verb
    mask: None = None  # there is a word at every step


def batch(
    rng: np.random.Generator,
    batch_size: int,
    length: int,
    distractors: Distractors = (1, 3),
    dtype: DTypeLike = np.float64,
) -> Stream:
    """Draw streams, each beginning with a new sentence.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of every choice.
    batch_size : int
        B.
    length : int
        T, in words.
    distractors : int or (int, int)
        How many nouns stand between a subject and its verb; as in ``agreement.sentence``.
    dtype : dtype
        The float type of the inputs.
    """
    check_generator(rng)
    check_size("batch_size", batch_size)
    check_size("length", length)
    xs = np.zeros((length, batch_size, INPUT_SIZE), dtype)
    targets = np.full((length, batch_size), UNKNOWN)
    asked = np.zeros((length, batch_size), bool)
    for b in range(batch_size):
        start = 0
        while start < length:
            drawn = agreement.sentence(rng, distractors)
            end = start + len(drawn.words)
            xs[start:end, b] = agreement.encode(drawn, dtype)[: length - start, 0]
            targets[start + 1 : end, b] = drawn.number
            asked[end - 2 : end - 1, b] = True
            start = end
    return Stream(xs, targets, asked)
