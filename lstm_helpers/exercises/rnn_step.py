"""The exercises of the chapter on memory: one step of the simplest recurrent network, and one weight that learns."""

from typing import Any

import numpy as np

from lstm_helpers.activations import sigmoid, tanh
from lstm_helpers.arrays import Array
from lstm_helpers.exercises.checker import Exercise, Misconception

# One step of a network with one state


def _rnn_step(h: Array, x: Array, W_x: Array, W_h: Array, b: Array) -> Array:
    return np.asarray(tanh(x @ W_x + h @ W_h + b))


def _step_cases(rng: np.random.Generator) -> list[tuple[Array, ...]]:
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
    cases=_step_cases,
    takeaway="One state does everything here: each step writes all of it anew.",
)


# One weight that learns


def _descend(step: Any, start: float = 0.0, more: int = 0) -> Any:
    """Make a learner that changes w by ``step(w, x, y, rate)`` at each of ``steps + more`` steps."""

    def learn_one_weight(x: float, y: float, rate: float, steps: int) -> float:
        w = start
        for _ in range(steps + more):
            w += step(w, x, y, rate)
        return w

    return learn_one_weight


def _downhill(w: float, x: float, y: float, rate: float) -> float:
    return -rate * 2 * x * (w * x - y)


def _last_loss(x: float, y: float, rate: float, steps: int) -> float:
    return float((_descend(_downhill)(x, y, rate, steps) * x - y) ** 2)


def _weight_cases(rng: np.random.Generator) -> list[tuple[float, float, float, int]]:
    by_hand = [(2.0, 6.0, 0.1, 1), (2.0, 6.0, 0.1, 2), (0.5, -1.0, 0.2, 3), (-1.5, 2.0, 0.05, 5), (1.0, -2.0, 0.05, 40)]
    x, y = rng.uniform(0.5, 1.5), rng.uniform(1, 2)
    return [*by_hand, (round(x, 2), round(y, 2), 0.1, 4)]


learn_one_weight = Exercise(
    name="learn_one_weight",
    arguments=("x", "y", "rate", "steps"),
    right=_descend(_downhill),
    misconceptions=(
        Misconception(
            lambda x, y, rate, steps: _descend(lambda *a: -_downhill(*a))(x, y, rate, steps),
            "Your w climbs: each step goes with the slope, and the loss grows.\n"
            "Hint: the slope points uphill; which way is down?",
        ),
        Misconception(
            _descend(lambda w, x, y, rate: -rate * 2 * (w * x - y)),
            "The slope lacks its last factor: you have the slope with respect to the answer w·x, not to w.\n"
            "Hint: when w grows by a little, by how much does w·x grow?",
        ),
        Misconception(
            _descend(lambda w, x, y, rate: -rate * x * (w * x - y)),
            "Nearly: your steps go in the right direction and would end in the same place, but each is half as long.\n"
            "The slope lacks a factor 2 (many authors put ½ in front of the loss to lose it). Hint: the slope of u²?",
        ),
        Misconception(
            _descend(lambda w, x, y, rate: -rate * (w * x - y)),
            "You step by the error itself, which is not yet the slope: two factors are missing.\n"
            "Hint: what is the slope of u², and how much does w·x grow when w grows by a little?",
        ),
        Misconception(
            _descend(lambda w, x, y, rate: -rate * (w * x - y) ** 2),
            "You step by the loss itself. The loss says how bad w is, but never in which direction to go: it is never "
            "negative. Hint: it is the slope of the loss that has a sign.",
        ),
        Misconception(
            lambda x, y, rate, steps: _descend(_downhill)(x, y, rate, 1),
            "You take one step only, however many are asked for.\n"
            "Hint: does your loop run `steps` times, and does `return` stand after it?",
        ),
        Misconception(
            lambda x, y, rate, steps: steps * _downhill(0.0, x, y, rate),
            "All your steps are equally long: the slope is taken once, at w = 0, and never again.\n"
            "Hint: each step changes w, and with it the slope; where in the loop is it computed?",
        ),
        Misconception(
            _descend(_downhill, more=-1),
            "You take one step too few.\nHint: range(steps) counts `steps` times; range(1, steps) does not.",
        ),
        Misconception(
            _descend(_downhill, more=1),
            "You take one step too many.\nHint: range(steps) counts `steps` times, from 0 to steps − 1.",
        ),
        Misconception(
            _descend(lambda w, x, y, rate: -2 * x * (w * x - y)),
            "The rate is not used: each step is as long as the slope itself, which is usually too far.\n"
            "Hint: what makes the steps short?",
        ),
        Misconception(
            _descend(_downhill, start=1.0),
            "Your w starts at 1; the exercise starts it at 0. (It would end in the same place, given enough steps.)\n"
            "Hint: look at the line before the loop.",
        ),
        Misconception(
            lambda x, y, rate, steps: y / x,
            "That is where the steps lead in the end: you solved w·x = y. Few problems can be solved like that, so "
            "the exercise asks for the way there. Hint: start at 0 and take `steps` steps.",
        ),
        Misconception(
            lambda x, y, rate, steps: 0.0,
            "Your w never leaves 0. Either the new w is not kept, or the slope is taken with respect to x, which at "
            "w = 0 is 0. Hint: which number is to be learned, and is it assigned in the loop?",
        ),
        Misconception(
            _last_loss,
            "You return the loss that is left. Hint: what was learned is the weight.",
        ),
        Misconception(
            lambda x, y, rate, steps: _descend(_downhill)(x, y, rate, steps) * x,
            "You return the network's answer w·x. Hint: what was learned is the weight.",
        ),
    ),
    cases=_weight_cases,
    takeaway="Each step multiplies the error by 1 − 2·rate·x²: choose the rate too large, and the error grows.",
)
