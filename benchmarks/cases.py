"""What is measured: sizes from a toy to a large model, random ones to judge by, and the products none can avoid."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lstm_helpers.arrays import Array

KINDS = ("forward", "both", "step")  # forward; forward and backward; a whole training step with Adam
DTYPES = ("float32", "float64")
OUTPUT_SIZE = 4  # of the readout in a training step


class Case(NamedTuple):
    """The size of a run."""

    T: int  # steps
    B: int  # sequences
    D: int  # inputs
    H: int  # units

    def __str__(self) -> str:
        return f"({self.T}, {self.B}, {self.D}, {self.H})"


SIZES = (
    Case(20, 1, 4, 8),
    Case(50, 1, 8, 16),
    Case(100, 16, 8, 32),
    Case(100, 32, 64, 128),
    Case(200, 64, 64, 256),
    Case(35, 20, 200, 650),
    Case(1000, 8, 8, 64),
)
LENGTHS = (50, 100, 200, 400, 800, 1600)
FOR_LENGTHS = Case(0, 16, 8, 32)  # what is run at each of those lengths


def random_sizes(count: int = 28, seed: int = 0) -> list[Case]:
    """Draw sizes, each factor even on a logarithmic scale: who tunes on fixed ones may fool himself."""
    rng = np.random.default_rng(seed)
    low, high = np.log([10, 1, 1, 4]), np.log([300, 64, 128, 256])
    drawn = np.exp(rng.uniform(low, high, (count, 4))).round().astype(int)
    return [Case(*map(int, sizes)) for sizes in drawn]


def operations(case: Case, kind: str) -> int:
    """Count the multiplications and additions in the matrix products of a run; all else is a small part of them."""
    T, B, D, H = case
    forward = 2 * T * B * (D + H) * 4 * H
    if kind == "forward":
        return forward
    readout = 6 * T * B * H * OUTPUT_SIZE if kind == "step" else 0
    return 3 * forward + readout


def products(case: Case, dtype: str, kind: str) -> Callable[[], None]:
    """Make a function that does the matrix products of a run and nothing else, in as few calls as the order allows.

    Forward, a step waits for the step before it, so there is one product a step. Backward it is the same for what
    goes back in time; the gradients of the weights and of the inputs can wait, and take one product each for all steps.
    """
    T, B, D, H = case
    rng = np.random.default_rng(0)

    def draw(*shape: int) -> Array:
        return rng.normal(size=shape).astype(dtype)

    hx, W, z = draw(B, H + D + 1), draw(H + D + 1, 4 * H), draw(B, 4 * H)
    W_h_T, W_x_T, h = draw(4 * H, H), draw(4 * H, D), draw(B, H)
    inputs, dz = draw(T * B, H + D + 1), draw(T * B, 4 * H)
    d_W, d_xs = np.empty_like(W), draw(T * B, D)

    def run() -> None:
        for _ in range(T):
            np.matmul(hx, W, out=z)
        if kind != "forward":
            for _ in range(T):
                np.matmul(z, W_h_T, out=h)
            np.matmul(inputs.T, dz, out=d_W)
            np.matmul(dz, W_x_T, out=d_xs)

    return run
