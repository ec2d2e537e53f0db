"""Temporal order: classify the order of two symbols that are far apart, a test of remembering *order*.

    b d X a c a b Y d b        classes: XX, XY, YX, YY; the target is for the last step

Hochreiter and Schmidhuber (1997, experiment 6a), without its start and end symbols. The first of the two comes
between steps T/10 and 2T/10, the second between 5T/10 and 6T/10; each is X or Y by a fair coin. So, exactly:

| what is known                  | accuracy | cross-entropy  |
|--------------------------------|----------|----------------|
| nothing                        | 1/4      | ln 4           |
| the last of the two            | 1/2      | ln 2           |
| both, but not their order      | 3/4      | (ln 2) / 2     |
| both, and their order          | 1        | 0              |
"""

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.arrays import check_generator, check_size
from lstm_helpers.data.tasks.lengths import check_length
from lstm_helpers.model import Batch

SYMBOLS = ("a", "b", "c", "d", "X", "Y")
CLASSES = ("XX", "XY", "YX", "YY")
INPUT_SIZE = len(SYMBOLS)  # one-hot
OUTPUT_SIZE = len(CLASSES)


def batch(rng: np.random.Generator, batch_size: int, length: int, dtype: DTypeLike = np.float64) -> Batch:
    """Draw sequences of a, b, c, d, each equally likely, with an X or Y at two steps.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of every choice.
    batch_size : int
        B.
    length : int
        T, at least 2. The second X or Y stands at least 0.4 T steps before the end, and the first at least 0.3 T
        before it, to within a step.
    dtype : dtype
        The float type of the inputs.

    Returns
    -------
    Batch
        ``xs`` (T, B, 6) one-hot in the order of SYMBOLS; ``targets`` (B,) int64, numbers in CLASSES, for the
        cross-entropy at the last step; no mask.
    """
    check_generator(rng)
    check_size("batch_size", batch_size)
    check_length(length, 2, "two steps hold an X or a Y")
    read = rng.integers(4, size=(length, batch_size))
    targets = np.zeros(batch_size, np.int64)
    for first, last in ((length // 10, 2 * length // 10), (5 * length // 10, 6 * length // 10)):
        coin = rng.integers(2, size=batch_size)
        read[rng.integers(first, last, batch_size, endpoint=True), np.arange(batch_size)] = 4 + coin
        targets = 2 * targets + coin
    return Batch(np.eye(INPUT_SIZE, dtype=dtype)[read], targets)


def baseline() -> float:
    """Return the exact cross-entropy, in nats, of a uniform prediction: ln 4."""
    return float(np.log(4))
