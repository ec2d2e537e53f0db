"""An exercise of the chapter on memory: one step of the simplest recurrent network."""

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
    # Where B, D and H differ, a product of the wrong kind is refused; where they are equal it is not, and only the
    # numbers can tell: both must be asked.
    return [by_hand, case(2, 2, 2), case(1, 2, 2), case(2, 3, 2), case(1, 3, 4), case(5, 2, 3)]


_ELEMENT_WISE = (
    "It looks as if you used * where the matrix product belongs: every unit reads all inputs and all units.\n"
    "With some sizes * is refused, with others it gives numbers without a word. Hint: NumPy's other product is @."
)

rnn_step = Exercise(
    name="rnn_step",
    arguments=("h", "x", "W_x", "W_h", "b"),
    right=_rnn_step,
    misconceptions=(
        Misconception(
            lambda h, x, W_x, W_h, b: x @ W_x + h @ W_h + b,
            "The sum is right, but nothing squashes it. A state that comes round again and again could grow without "
            "bound. Hint: which function keeps every number between −1 and 1?",
        ),
        Misconception(
            lambda h, x, W_x, W_h, b: sigmoid(x @ W_x + h @ W_h + b),
            "It looks as if sigmoid squashes your sum. Then a state could never be negative.\n"
            "Hint: which curve runs from −1 to 1?",
        ),
        Misconception(
            lambda h, x, W_x, W_h, b: tanh(x @ W_x + b),
            "Your step does not read h: it has no memory, and every input is answered as if it were the first.\n"
            "Hint: the old state has weights of its own.",
        ),
        Misconception(
            lambda h, x, W_x, W_h, b: tanh(h @ W_h + b),
            "Your step does not read x: it remembers, but nothing new ever arrives.\n"
            "Hint: the input has weights of its own.",
        ),
        Misconception(
            lambda h, x, W_x, W_h, b: tanh(x @ W_x + h @ W_h),
            "The bias is left out: with x = 0 and h = 0 every unit then gives 0.\n"
            "Hint: one argument is not used yet; it is added to the sum.",
        ),
        Misconception(
            lambda h, x, W_x, W_h, b: tanh(x @ W_x + h @ W_h) + b,
            "You add the bias after squashing, so the state may leave the range from −1 to 1.\n"
            "Hint: the bias belongs to the sum; tanh comes last.",
        ),
        Misconception(
            lambda h, x, W_x, W_h, b: tanh(x @ W_x) + tanh(h @ W_h) + tanh(b),
            "You squash each part and then add; the result can leave the range from −1 to 1.\n"
            "Hint: first the whole sum, then one tanh around it.",
        ),
        Misconception(
            lambda h, x, W_x, W_h, b: tanh(x @ W_x) + tanh(h @ W_h + b),
            "You squash two parts separately and then add; the result can leave the range from −1 to 1.\n"
            "Hint: first the whole sum, then one tanh around it.",
        ),
        Misconception(
            lambda h, x, W_x, W_h, b: tanh(x @ W_x + b) + tanh(h @ W_h),
            "You squash two parts separately and then add; the result can leave the range from −1 to 1.\n"
            "Hint: first the whole sum, then one tanh around it.",
        ),
        Misconception(
            lambda h, x, W_x, W_h, b: tanh(x @ W_x + b) + h @ W_h,
            "You squash the new part only; the old state comes round unsquashed and may grow from step to step.\n"
            "Hint: first the whole sum, then one tanh around it.",
        ),
        Misconception(lambda h, x, W_x, W_h, b: tanh(x * W_x + h * W_h + b), _ELEMENT_WISE),
        Misconception(lambda h, x, W_x, W_h, b: tanh(x @ W_x + h * W_h + b), _ELEMENT_WISE),
        Misconception(lambda h, x, W_x, W_h, b: tanh(x * W_x + h @ W_h + b), _ELEMENT_WISE),
        Misconception(
            lambda h, x, W_x, W_h, b: tanh(x @ W_x + h @ W_h.T + b),
            "W_h is used transposed. It is square, so no shape complains.\n"
            "Hint: h is a row; row j of W_h says where unit j sends its state, so W_h is taken as it is.",
        ),
        Misconception(
            lambda h, x, W_x, W_h, b: tanh(x @ W_x.T + h @ W_h.T + b),
            "Both weight matrices are used transposed; where D = H no shape complains.\n"
            "Hint: W_x is (D, H): x (B, D) fits in front of it as it is.",
        ),
        Misconception(
            lambda h, x, W_x, W_h, b: tanh(W_x @ x + W_h @ h + b),
            "The weights stand in front, as in books that write vectors as columns. Here every row is a sequence.\n"
            "Hint: x (B, D), W_x (D, H): in which order do the inner sizes meet?",
        ),
        Misconception(
            lambda h, x, W_x, W_h, b: tanh(h @ W_x + x @ W_h + b),
            "The weights have changed places: h went through W_x, and x through W_h; where D = H no shape complains.\n"
            "Hint: the letter after the underscore says what the weights are for.",
        ),
        Misconception(
            lambda h, x, W_x, W_h, b: tanh(x @ W_x + h + b),
            "The old state is added as it is, each unit's to itself. Here every unit reads all units.\n"
            "Hint: one argument is not used yet.",
        ),
        Misconception(
            lambda h, x, W_x, W_h, b: h + tanh(x @ W_x + h @ W_h + b),
            "The new state is right, but you add it to the old one. In this network it replaces the old one.\n"
            "Hint: that the old should stay and the new be added is a thought to keep for the LSTM.",
        ),
    ),
    cases=_cases,
    takeaway="One state does everything here: each step writes all of it anew.",
)
