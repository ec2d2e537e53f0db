"""The exercise of the chapter on frameworks: read the weights of a library with a different convention.

    z = [x h] kernel + bias                     blocks i g f o; f = σ(z_f + 1)

TensorFlow 1's ``BasicLSTMCell`` does this: input and state share one matrix, and a 1 is added to the forget gate's
pre-activation whenever the cell runs. This 1 is not stored with the weights.
"""

from collections.abc import Callable

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.exercises.checker import Exercise, Misconception

Answer = tuple[Array, Array, Array]


def _made_of(
    order: tuple[int, ...] = (0, 2, 1, 3),
    bias_order: tuple[int, ...] | None = None,
    added: tuple[float, ...] = (0.0, 1.0, 0.0, 0.0),
    cut: Callable[[Array, int], list[Array]] = lambda kernel, H: np.split(kernel, [len(kernel) - H]),
) -> Callable[[Array, Array], Answer]:
    """Make an answer that is right except for the given parts; ``order`` holds the positions of i, f, g and o."""

    def blocks(array: Array, places: tuple[int, ...]) -> Array:
        found = np.split(array, 4, axis=-1)
        return np.concatenate([found[k] for k in places], axis=-1)

    def from_tensorflow_1(kernel: Array, bias: Array) -> Answer:
        H = len(bias) // 4
        W_x, W_h = cut(kernel, H)
        b = blocks(bias, order if bias_order is None else bias_order) + np.repeat(added, H)
        return blocks(W_x, order), blocks(W_h, order), b

    return from_tensorflow_1


_from_tensorflow_1 = _made_of()


def _turned(kernel: Array, bias: Array) -> Answer:
    W_x, W_h, b = _from_tensorflow_1(kernel, bias)
    return W_x.T, W_h.T, b


def _cases(rng: np.random.Generator) -> list[tuple[Array, Array]]:
    def case(D: int, H: int) -> tuple[Array, Array]:
        return rng.normal(size=(D + H, 4 * H)).round(2), rng.normal(size=4 * H).round(2)

    by_hand = (np.array([[1.0, 2.0, 3.0, 4.0], [10.0, 20.0, 30.0, 40.0]]), np.array([0.1, 0.2, 0.3, 0.4]))
    return [by_hand, case(2, 2), case(3, 2), case(1, 3), case(2, 1)]


_ORDER = "Hint: the second block in the file is the candidate, the third the forget gate."

from_tensorflow_1 = Exercise(
    name="from_tensorflow_1",
    arguments=("kernel", "bias"),
    right=_from_tensorflow_1,
    misconceptions=(
        Misconception(
            _made_of(order=(0, 1, 2, 3)),
            "You leave the blocks in their old order: all shapes fit and the cell runs, but the forget gate uses the "
            "candidate's weights. " + _ORDER,
        ),
        Misconception(
            _made_of(added=(0.0, 0.0, 0.0, 0.0)),
            "You copied the contents of the file. But TensorFlow adds 1 to the forget gate's pre-activation when the "
            "cell runs, and stores it nowhere. Hint: where can a constant go that is added to a pre-activation?",
        ),
        Misconception(
            _made_of(order=(0, 1, 2, 3), added=(0.0, 0.0, 0.0, 0.0)),
            "You split the kernel in two and did nothing else: the blocks are in their old order, and the 1 that is "
            "added to the forget gate's pre-activation is missing.\n" + _ORDER,
        ),
        Misconception(
            _made_of(added=(0.0, 0.0, 1.0, 0.0)),
            "Your 1 was added to the candidate's bias. Hint: which block is the forget gate's before you change the "
            "order, and which is it afterwards?",
        ),
        Misconception(
            _made_of(added=(1.0, 1.0, 1.0, 1.0)),
            "You add the 1 to all four blocks. Only the forget gate is held open like that.\n"
            "Hint: np.split gives four arrays; change one of them.",
        ),
        Misconception(
            _made_of(added=(0.0, -1.0, 0.0, 0.0)),
            "You subtract the 1, but it has to be added: TensorFlow's cell adds it, so here the bias must include it.\n"
            "Hint: a forget gate that is open at the start has a positive bias.",
        ),
        Misconception(
            _made_of(added=(0.0, 2.0, 0.0, 0.0)),
            "You added the 1 to the forget gate's bias twice. Hint: there is one bias here, not two.",
        ),
        Misconception(
            _made_of(cut=lambda kernel, H: np.split(kernel, [H])[::-1]),
            "You took the first rows for the state. The kernel multiplies [x h], so the input's rows come first.\n"
            "Hint: how many rows are left for x, if the last H belong to the state?",
        ),
        Misconception(
            _made_of(cut=lambda kernel, H: np.split(kernel, [H])),
            "You gave x as many rows as there are units. The input size D need not be H.\n"
            "Hint: the state has H rows, and they are the last; what is left belongs to x.",
        ),
        Misconception(
            _turned,
            "You transposed the matrices, as for PyTorch. This library has row vectors on the left, as we do.\n"
            "Hint: W_x has a row for each input.",
        ),
        Misconception(
            _made_of(order=(0, 1, 2, 3), bias_order=(0, 2, 1, 3)),
            "Your bias is in the right order, and the matrices are still in the old one.\n"
            "Hint: all three arrays have blocks along their last axis.",
        ),
        Misconception(
            _made_of(bias_order=(0, 1, 2, 3)),
            "Your matrices are in the right order, and the bias is still in the old one.\n"
            "Hint: all three arrays have blocks along their last axis.",
        ),
        Misconception(
            _made_of(order=(0, 3, 1, 2)),
            "You read the blocks as if their order were i g o f.\n" + _ORDER,
        ),
    ),
    cases=_cases,
    takeaway="A convention is more than an order of blocks: a constant that a library adds at run time is in no file.",
    parts=("W_x", "W_h", "b"),
)
