"""One unit of five kinds of cell on the same input: the numbers behind `CellVariants`, in their own module.

The cells have no recurrent weights and the same gates and candidate: i is open where the input is not 0, o is always
open, g follows the input, and the forget gate's pre-activation z_f is the same at every step. Only the cells differ.
"""

from __future__ import annotations

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.cells import cifg, gru, lstm, lstm_no_forget, peephole
from lstm_helpers.through_time import unroll

STEPS = 24
OPEN = 6.0  # the pre-activation of an open gate: sigmoid(6) = 0.998
SEES = -2.0  # the peephole's weight: the forget gate closes as c rises
FEEDS = {"once": "a pulse, once", "always": "a pulse at every step", "there and back": "a pulse, then its opposite"}
EQUATIONS = {  # in parts, and whether a part differs from the LSTM's
    "LSTM": (("cₜ = f cₜ₋₁ + i g", False),),
    "no forget gate": (("cₜ =", False), ("cₜ₋₁", True), ("+ i g", False)),
    "coupled": (("cₜ = f cₜ₋₁ +", False), ("(1 − f)", True), ("g", False)),
    "GRU": (("hₜ = z hₜ₋₁ +", False), ("(1 − z)", True), ("n", False)),
    "peephole": (("cₜ = f cₜ₋₁ + i g,", False), ("f reads cₜ₋₁", True)),
}


def pulses(name: str) -> Array:
    """Give the input of `FEEDS`, (STEPS,): 1, -1 or 0."""
    x = np.zeros(STEPS)
    x[3:] = name == "always"
    x[3] = 1
    if name == "there and back":
        x[12] = -1
    return x


def memories(z_f: float, x: Array) -> dict[str, Array]:
    """Run one unit of each cell; give its cell state after each step, (T,), or for the GRU its only state, h.

    Parameters
    ----------
    z_f : float
        The pre-activation of the forget gate at every step, also in the coupled cell, and of z in the GRU.
    x : array (T,)
        The input, 1, -1 or 0.
    """
    # An input of two numbers: x for the candidate, |x| for the input gate.
    xs = np.stack([x, np.abs(x)], axis=1)[:, None]
    blocks = {  # of each: the weights of x and |x|, and the bias
        "i": (0.0, 2 * OPEN, -OPEN),
        "f": (0.0, 0.0, z_f),
        "g": (2.0, 0.0, 0.0),
        "o": (0.0, 0.0, OPEN),
        "r": (0.0, 0.0, OPEN),
        "z": (0.0, 0.0, z_f),
        "n": (2.0, 0.0, 0.0),
    }

    def weights(letters: tuple[str, ...]) -> tuple[Array, Array, Array]:
        table = np.array([blocks[letter] for letter in letters]).T
        return table[:2], np.zeros((1, len(letters))), table[2]

    sees = np.array([0.0, SEES, 0.0])
    cells = {
        "LSTM": (lstm, lstm.Params(*weights(lstm.BLOCKS))),
        "no forget gate": (lstm_no_forget, lstm_no_forget.Params(*weights(lstm_no_forget.BLOCKS))),
        "coupled": (cifg, cifg.Params(*weights(cifg.BLOCKS))),
        "GRU": (gru, gru.Params(*weights(gru.BLOCKS), np.zeros(3))),
        "peephole": (peephole, peephole.Params(*weights(peephole.BLOCKS), sees)),
    }
    runs = {name: unroll(cell, params, xs) for name, (cell, params) in cells.items()}
    return {name: getattr(run, "c", run.h)[:, 0, 0] for name, run in runs.items()}
