"""The cases: sizes from a toy to a large model, random sizes, and the matrix products that bound the time.

The LSTM is measured at all sizes, the other cells and layers at a few.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lstm_helpers import cells
from lstm_helpers.arrays import Array
from lstm_helpers.cells import gru, lstm
from lstm_helpers.cells.ablated import PARTS, Ablated
from lstm_helpers.layers import Bidirectional, Layer, Recurrent, Residual, Stacked
from lstm_helpers.seq2seq.attention import Additive, ScaledDot

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
FOR_LENGTHS = Case(0, 16, 8, 32)  # the case run at each of those lengths

LSTM = Recurrent(lstm)
WIRINGS: tuple[Layer, ...] = (
    Stacked(LSTM, LSTM),
    Stacked(LSTM, Residual(LSTM)),
    Bidirectional(lstm),
    Bidirectional(gru),
    Stacked(Bidirectional(lstm), Bidirectional(lstm)),
)
FOR_LAYERS = (SIZES[0], SIZES[2], SIZES[3])  # the sizes for other cells and layers
ATTENTIONS = (ScaledDot(), Additive())
# Without the largest: additive attention makes arrays of T·T·B·H numbers, one after the other.
FOR_ATTENTION = tuple(case._replace(D=case.H) for case in FOR_LAYERS[:2])


def every_cell() -> list[Layer]:
    """Make a layer of each cell in the package's list, and of one ablated cell, which stands for all five."""
    return [Recurrent(cell) for cell in (*cells.CELLS, Ablated(PARTS[0]))]


def random_sizes(count: int = 28, seed: int = 0) -> list[Case]:
    """Draw sizes, each uniform on a logarithmic scale, since fixed sizes invite tuning to them."""
    rng = np.random.default_rng(seed)
    low, high = np.log([10, 1, 1, 4]), np.log([300, 64, 128, 256])
    drawn = np.exp(rng.uniform(low, high, (count, 4))).round().astype(int)
    return [Case(*map(int, sizes)) for sizes in drawn]


def operations(case: Case, kind: str) -> int:
    """Count the multiplications and additions in the matrix products of a run; everything else is a small fraction."""
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

    def sample(*shape: int) -> Array:
        return rng.normal(size=shape).astype(dtype)

    hx, W, z = sample(B, H + D + 1), sample(H + D + 1, 4 * H), sample(B, 4 * H)
    W_h_T, W_x_T, h = sample(4 * H, H), sample(4 * H, D), sample(B, H)
    inputs, dz = sample(T * B, H + D + 1), sample(T * B, 4 * H)
    d_W, d_xs = np.empty_like(W), sample(T * B, D)

    def run() -> None:
        for _ in range(T):
            np.matmul(hx, W, out=z)
        if kind != "forward":
            for _ in range(T):
                np.matmul(z, W_h_T, out=h)
            np.matmul(inputs.T, dz, out=d_W)
            np.matmul(dz, W_x_T, out=d_xs)

    return run
