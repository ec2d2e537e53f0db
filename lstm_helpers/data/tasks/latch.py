"""The latch: remember one bit through noise, the smallest task with a long lag.

    1.0  0.3  -0.6  0.1  …  0.4        the first input is +1 or -1; the target after the last step: which one was it?

Bengio, Simard and Frasconi (1994) showed with tasks like this one that gradient descent fails at long lags. The noise
is independent of the first input, so a network without memory of it has accuracy 1/2 and a loss of at least ln 2 nats.
"""

import numpy as np
from numpy.typing import DTypeLike

from lstm_helpers.arrays import check_generator, check_size
from lstm_helpers.data.tasks.lengths import check_length
from lstm_helpers.model import Batch

INPUT_SIZE = 1
OUTPUT_SIZE = 2  # logits for -1 and +1


def batch(
    rng: np.random.Generator, batch_size: int, length: int, noise: float = 0.5, dtype: DTypeLike = np.float64
) -> Batch:
    """Draw sequences that begin with -1 or +1, each equally likely, and go on with noise.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of every number.
    batch_size : int
        B.
    length : int
        T, at least 1: the lag is T - 1 steps.
    noise : float
        The standard deviation of the later inputs, normal around 0; in units of the bit.
    dtype : dtype
        The float type of the inputs.

    Returns
    -------
    Batch
        ``xs`` (T, B, 1); ``targets`` (B,) int64: 1 if the first input was +1, else 0, for the cross-entropy at the
        last step; no mask.
    """
    check_generator(rng)
    check_size("batch_size", batch_size)
    check_length(length, 1, "the first step is the bit")
    if not 0 <= noise < np.inf:
        raise ValueError(f"noise is {noise!r}; expected a standard deviation of 0 or more")
    xs = noise * rng.normal(size=(length, batch_size, INPUT_SIZE))
    targets = rng.integers(2, size=batch_size)
    xs[0, :, 0] = 2 * targets - 1
    return Batch(xs.astype(dtype), targets)


def baseline() -> float:
    """Return the exact cross-entropy, in nats, without memory of the first input: ln 2."""
    return float(np.log(2))
