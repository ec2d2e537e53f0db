"""Every cell in every architecture, with and without a mask: how far its gradients are from the complex step's.

The table is shown at the end of a test run. A new cell enters by its name in ``cells``, an architecture by a line
below.
"""

import numpy as np
import pytest

from lstm_helpers import cells
from lstm_helpers.arrays import tree_map
from lstm_helpers.cells import ablated
from lstm_helpers.gradcheck import complex_step, relative_error
from lstm_helpers.layers import Bidirectional, Dropout, Recurrent, Residual, Stacked
from tests.conftest import GRADIENT_TABLE
from tests.laws import name_of

CELLS = [*cells.CELLS, *(ablated.Ablated(part) for part in ablated.PARTS)]
WIRINGS = {  # a short name for the table, and the layer that is made of a cell
    "one": Recurrent,
    "recurrent dropout": lambda cell: Recurrent(cell, recurrent_dropout=0.4),
    "two": lambda cell: Stacked(Recurrent(cell), Recurrent(cell)),
    "both ways": Bidirectional,
    "two both ways": lambda cell: Stacked(Bidirectional(cell), Bidirectional(cell)),
    "residual": lambda cell: Residual(Recurrent(cell)),
    "two, dropout": lambda cell: Stacked(Dropout(0.3), Recurrent(cell), Dropout(0.3), Recurrent(cell)),
}
T, B, D, H = 3, 2, 2, 2
MASK = np.array([[1, 1], [0, 1], [1, 0]], bool)  # a hole and an end; T, B and H small, for there are many to do
LIMIT = 1e-10


def error(layer, mask):
    """Compare all gradients of one run with the complex step's; dropout draws the same mask in every run."""
    rng = np.random.default_rng([1, mask is not None])
    xs = rng.normal(size=(T, B, D))

    def random_like(tree):
        return tree_map(lambda a: rng.normal(size=a.shape), tree)

    params = random_like(layer.init(rng, D, H))
    state = random_like(layer.forward(params, xs[:0]).state)  # of layers without memory it is empty, and stays so
    d_output, d_state = rng.normal(size=(T, B, layer.output_size(D, H))), random_like(state)

    def run(params, xs, state):
        return layer.forward(params, xs, state, mask, np.random.default_rng(2))

    def loss(tree):
        trace = run(*tree)
        total = [(trace.output * d_output).sum()]
        tree_map(lambda a, b: total.append((a * b).sum()), trace.state, d_state)
        return sum(total)

    back = layer.backward(params, run(params, xs, state), d_output, d_state)
    return relative_error((back.params, back.xs, back.state), complex_step(loss, (params, xs, state)))


def line(name, entries):
    """Lay one line of the table out."""
    return "  ".join([f"{name:{max(len(name_of(cell)) for cell in CELLS)}}", *(f"{entry:>17}" for entry in entries)])


@pytest.mark.parametrize("cell", CELLS, ids=name_of)
def test_gradients_equal_the_complex_step_in_every_architecture(cell, record_property):
    errors = {name: [error(wire(cell), mask) for mask in (None, MASK)] for name, wire in WIRINGS.items()}
    record_property(GRADIENT_TABLE, line("Worst gradient error", WIRINGS))
    record_property(
        GRADIENT_TABLE, line(name_of(cell), (f"{plain:.0e} {masked:.0e}" for plain, masked in errors.values()))
    )
    assert max(max(pair) for pair in errors.values()) < LIMIT, errors


def test_a_wrong_gradient_is_detected():
    """The same comparison, of a cell whose bias gradient is wrong in the sixth digit."""

    class Wrong:
        init, zero_state, forward = cells.lstm.init, cells.lstm.zero_state, cells.lstm.forward

        def backward(params, step, d_state):
            d_params, d_previous, d_x = cells.lstm.backward(params, step, d_state)
            return d_params._replace(b=d_params.b * (1 + 1e-6)), d_previous, d_x

    assert error(Recurrent(Wrong), MASK) > 1e-7
