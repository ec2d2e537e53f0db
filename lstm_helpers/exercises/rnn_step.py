"""An exercise of the chapter on memory: one step of the vanilla RNN."""

import numpy as np

from lstm_helpers.activations import sigmoid, tanh
from lstm_helpers.arrays import Array
from lstm_helpers.exercises.checker import Exercise, Misconception


def _rnn_step(h: Array, x: Array, W_x: Array, W_h: Array, b: Array) -> Array:
    return np.asarray(tanh(x @ W_x + h @ W_h + b))


def _cases(rng: np.random.Generator) -> list[tuple[Array, ...]]:
    def case(batch_size: int, input_size: int, hidden_size: int) -> tuple[Array, ...]:
        h = rng.uniform(-1, 1, (batch_size, hidden_size))
        x = rng.normal(size=(batch_size, input_size))
        W_x, W_h = rng.normal(size=(input_size, hidden_size)), rng.normal(size=(hidden_size, hidden_size))
        return tuple(a.round(2) for a in (h, x, W_x, W_h, rng.normal(size=hidden_size)))

    by_hand = tuple(map(np.array, ([[0.5]], [[2.0]], [[0.75]], [[-2.0]], [0.25])))
    # Where B, D and H differ, a wrong kind of product is refused; where they are equal, only the numbers tell. Both
    # kinds of cases are needed.
    return [by_hand, case(2, 2, 2), case(1, 2, 2), case(2, 3, 2), case(1, 3, 4), case(5, 2, 3)]


_ELEMENT_WISE = (
    "It looks as if you used * where the matrix product belongs: every unit reads all inputs and all units.\n"
    "With some sizes * is refused, with others it silently gives numbers. Hint: NumPy's matrix product is @."
)

rnn_step = Exercise(
    name="rnn_step",
    arguments=("h", "x", "W_x", "W_h", "b"),
    right=_rnn_step,
    misconceptions=(
        Misconception(
            lambda h, x, W_x, W_h, b: x @ W_x + h @ W_h + b,
            "The sum is right, but it has no activation function. A state that is fed back at every step could grow "
            "without bound. Hint: which function keeps every number between −1 and 1?",
        ),
        Misconception(
            lambda h, x, W_x, W_h, b: sigmoid(x @ W_x + h @ W_h + b),
            "It looks as if you apply sigmoid to the sum. Then a state could never be negative.\n"
            "Hint: which activation function runs from −1 to 1?",
        ),
        Misconception(
            lambda h, x, W_x, W_h, b: tanh(x @ W_x + b),
            "Your step does not read h: it has no memory, and treats every input as if it were the first.\n"
            "Hint: the previous state has its own weights.",
        ),
        Misconception(
            lambda h, x, W_x, W_h, b: tanh(h @ W_h + b),
            "Your step does not read x: it remembers, but nothing new ever arrives.\n"
            "Hint: the input has its own weights.",
        ),
        Misconception(
            lambda h, x, W_x, W_h, b: tanh(x @ W_x + h @ W_h),
            "The bias is left out: with x = 0 and h = 0 every unit then gives 0.\n"
            "Hint: one argument is not used yet; it is added to the sum.",
        ),
        Misconception(
            lambda h, x, W_x, W_h, b: tanh(x @ W_x + h @ W_h) + b,
            "You add the bias after tanh, so the state may leave the range from −1 to 1.\n"
            "Hint: the bias belongs to the sum; tanh comes last.",
        ),
        Misconception(
            lambda h, x, W_x, W_h, b: tanh(x @ W_x) + tanh(h @ W_h) + tanh(b),
            "You apply tanh to each part and then add; the result can leave the range from −1 to 1.\n"
            "Hint: first the whole sum, then one tanh around it.",
        ),
        Misconception(
            lambda h, x, W_x, W_h, b: tanh(x @ W_x) + tanh(h @ W_h + b),
            "You apply tanh to two parts separately and then add; the result can leave the range from −1 to 1.\n"
            "Hint: first the whole sum, then one tanh around it.",
        ),
        Misconception(
            lambda h, x, W_x, W_h, b: tanh(x @ W_x + b) + tanh(h @ W_h),
            "You apply tanh to two parts separately and then add; the result can leave the range from −1 to 1.\n"
            "Hint: first the whole sum, then one tanh around it.",
        ),
        Misconception(
            lambda h, x, W_x, W_h, b: tanh(x @ W_x + b) + h @ W_h,
            "You apply tanh to the new part only; the contribution of the old state may grow from step to step.\n"
            "Hint: first the whole sum, then one tanh around it.",
        ),
        Misconception(lambda h, x, W_x, W_h, b: tanh(x * W_x + h * W_h + b), _ELEMENT_WISE),
        Misconception(lambda h, x, W_x, W_h, b: tanh(x @ W_x + h * W_h + b), _ELEMENT_WISE),
        Misconception(lambda h, x, W_x, W_h, b: tanh(x * W_x + h @ W_h + b), _ELEMENT_WISE),
        Misconception(
            lambda h, x, W_x, W_h, b: tanh(x @ W_x + h @ W_h.T + b),
            "W_h is transposed. It is square, so every shape fits.\n"
            "Hint: h is a row; row j of W_h holds the weights from unit j, so W_h is used without transposing it.",
        ),
        Misconception(
            lambda h, x, W_x, W_h, b: tanh(x @ W_x.T + h @ W_h.T + b),
            "Both weight matrices are transposed; if D = H every shape fits.\n"
            "Hint: W_x is (D, H), so x (B, D) can be multiplied by it directly.",
        ),
        Misconception(
            lambda h, x, W_x, W_h, b: tanh(W_x @ x + W_h @ h + b),
            "The weights come first, as in books with column vectors. Here every row is a sequence.\n"
            "Hint: x (B, D), W_x (D, H): in which order do the inner sizes meet?",
        ),
        Misconception(
            lambda h, x, W_x, W_h, b: tanh(h @ W_x + x @ W_h + b),
            "The weights are exchanged: h was multiplied by W_x, and x by W_h; if D = H every shape fits.\n"
            "Hint: the letter after the underscore says what the weights multiply.",
        ),
        Misconception(
            lambda h, x, W_x, W_h, b: tanh(x @ W_x + h + b),
            "The old state is added without weights, each unit to itself. Here every unit reads all units.\n"
            "Hint: one argument is not used yet.",
        ),
        Misconception(
            lambda h, x, W_x, W_h, b: h + tanh(x @ W_x + h @ W_h + b),
            "The new state is right, but you add it to the old one. In this network it replaces the old one.\n"
            "Hint: keeping the old state and adding the new is the idea of the LSTM, not of this cell.",
        ),
    ),
    cases=_cases,
    takeaway="The vanilla RNN has a single state, which every step overwrites completely.",
)
