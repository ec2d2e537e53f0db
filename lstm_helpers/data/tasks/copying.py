"""Copying: repeat some symbols after a long pause, a test of remembering *several symbols in order*.

    input   d a c · · · · · ! · · ·          · is a blank, ! the cue
    target  · · · · · · · · · d a c

Hochreiter and Schmidhuber (1997) introduced this family of tasks; the form is that of Arjovsky, Shah and Bengio (2016).
Without memory of the symbols the best prediction is a blank with probability 1 until the cue, at no loss, and a uniform
distribution over 8 symbols after it: the mean over all T steps is count · ln 8 / T nats.
"""

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.arrays import check_generator, check_size
from lstm_helpers.data.tasks.lengths import check_length
from lstm_helpers.model import Batch

SYMBOLS = 8  # numbers 0 to 7
BLANK, CUE = 8, 9
INPUT_SIZE = 10  # one-hot: symbols, blank, cue
OUTPUT_SIZE = 9  # logits for symbols and blank


def batch(
    rng: np.random.Generator, batch_size: int, length: int, count: int = 5, dtype: DTypeLike = np.float64
) -> Batch:
    """Draw sequences of ``count`` symbols, blanks, the cue, and blanks for the answer.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of every symbol; each of the 8 is equally likely.
    batch_size : int
        B.
    length : int
        T, at least 2·count + 1. Every symbol is a target length - count steps after it is read.
    count : int
        The number of symbols to remember.
    dtype : dtype
        The float type of the inputs.

    Returns
    -------
    Batch
        ``xs`` (T, B, 10) one-hot; ``targets`` (T, B) int64: BLANK, and the symbols in the last ``count`` steps, for
        the cross-entropy at every step; no mask.
    """
    check_generator(rng)
    check_size("batch_size", batch_size)
    check_size("count", count)
    check_length(length, 2 * count + 1, f"to read {count} symbols, the cue, and to answer {count}")
    symbols = rng.integers(SYMBOLS, size=(count, batch_size))
    read, targets = np.full((2, length, batch_size), BLANK)
    read[:count] = targets[-count:] = symbols
    read[-count - 1] = CUE
    return Batch(np.eye(INPUT_SIZE, dtype=dtype)[read], targets)


def baseline(length: int, count: int = 5) -> float:
    """Return the exact cross-entropy, in nats per step, of the best predictions without memory of the symbols."""
    check_size("count", count)
    check_length(length, 2 * count + 1, f"to read {count} symbols, the cue, and to answer {count}")
    return float(count * np.log(SYMBOLS) / length)
