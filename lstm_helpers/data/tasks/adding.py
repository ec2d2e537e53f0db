"""The adding problem: add two marked numbers of a long sequence, a test of remembering *quantities*.

    value   0.3  0.8  0.1  0.5  0.9  0.2
    marker   0    1    0    0    1    0          target after the last step: 0.8 + 0.9 = 1.7

Hochreiter and Schmidhuber (1997, experiment 4), with values from 0 to 1 as in Le, Jaitly and Hinton (2015). The
squared error of always predicting 1, the mean, is the variance of two uniform numbers: 2 · 1/12 = 1/6. No predictor
without memory of a marked number does better. Remembering one of the two exactly leaves 1/12.
"""

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.arrays import check_generator, check_size
from lstm_helpers.data.tasks.lengths import check_length
from lstm_helpers.model import Batch

INPUT_SIZE = 2  # value, marker
OUTPUT_SIZE = 1


def batch(rng: np.random.Generator, batch_size: int, length: int, dtype: DTypeLike = np.float64) -> Batch:
    """Draw sequences with one marked step in the first half and one in the second.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of every number.
    batch_size : int
        B.
    length : int
        T, at least 2. The first half has T // 2 steps.
    dtype : dtype
        The float type of inputs and targets.

    Returns
    -------
    Batch
        ``xs`` (T, B, 2): a value, uniform from 0 to 1, and a marker, 1 at the two steps and else 0; ``targets``
        (B, 1): the sum of the two marked values, for the mean squared error at the last step; no mask.
    """
    check_generator(rng)
    check_size("batch_size", batch_size)
    check_length(length, 2, "two steps are marked")
    xs = np.zeros((length, batch_size, INPUT_SIZE), dtype)
    xs[:, :, 0] = rng.random((length, batch_size))
    everyone = np.arange(batch_size)
    targets = np.zeros((batch_size, OUTPUT_SIZE), dtype)
    for low, high in ((0, length // 2), (length // 2, length)):
        marked = rng.integers(low, high, batch_size)
        xs[marked, everyone, 1] = 1
        targets[:, 0] += xs[marked, everyone, 0]
    return Batch(xs, targets)


def baseline() -> float:
    """Return the exact mean squared error of always predicting 1, the best prediction without memory: 1/6."""
    return 1 / 6
