"""An exercise of the chapter on memory: one weight that learns by gradient descent."""

from collections.abc import Callable

import numpy as np

from lstm_helpers.exercises.checker import Exercise, Misconception

Update = Callable[[float, float, float, float], float]  # w, x, y, learning_rate -> the change of w


def _descend(step: Update, start: float = 0.0, more: int = 0) -> Callable[[float, float, float, int], float]:
    """Make a learner that changes w by ``step(w, x, y, learning_rate)`` at each of ``steps + more`` steps."""

    def learn_one_weight(x: float, y: float, learning_rate: float, steps: int) -> float:
        w = start
        for _ in range(steps + more):
            w += step(w, x, y, learning_rate)
        return w

    return learn_one_weight


def _downhill(w: float, x: float, y: float, learning_rate: float) -> float:
    return -learning_rate * 2 * x * (w * x - y)


def _last_loss(x: float, y: float, learning_rate: float, steps: int) -> float:
    return float((_descend(_downhill)(x, y, learning_rate, steps) * x - y) ** 2)


def _cases(rng: np.random.Generator) -> list[tuple[float, float, float, int]]:
    by_hand = [(2.0, 6.0, 0.1, 1), (2.0, 6.0, 0.1, 2), (0.5, -1.0, 0.2, 3), (-1.5, 2.0, 0.05, 5), (1.0, -2.0, 0.05, 40)]
    x, y = rng.uniform(0.5, 1.5), rng.uniform(1, 2)
    return [*by_hand, (round(x, 2), round(y, 2), 0.1, 4)]


learn_one_weight = Exercise(
    name="learn_one_weight",
    arguments=("x", "y", "learning_rate", "steps"),
    right=_descend(_downhill),
    misconceptions=(
        Misconception(
            lambda x, y, learning_rate, steps: _descend(lambda *a: -_downhill(*a))(x, y, learning_rate, steps),
            "Your w climbs: each step adds the derivative instead of subtracting it, and the loss grows.\n"
            "Hint: the derivative points uphill; which sign leads down?",
        ),
        Misconception(
            _descend(lambda w, x, y, learning_rate: -learning_rate * 2 * (w * x - y)),
            "The derivative lacks its last factor: you have the derivative with respect to the output w·x, not to w.\n"
            "Hint: if w grows a little, by how much does w·x grow?",
        ),
        Misconception(
            _descend(lambda w, x, y, learning_rate: -learning_rate * x * (w * x - y)),
            "Nearly: your steps go in the right direction and would end in the same place, but each is half as long.\n"
            "A factor 2 is missing (many authors cancel it by a ½ in the loss). Hint: what is the derivative of u²?",
        ),
        Misconception(
            _descend(lambda w, x, y, learning_rate: -learning_rate * (w * x - y)),
            "You step by the error itself. It is not the derivative of the loss: two factors are missing.\n"
            "Hint: what is the derivative of u², and how much does w·x grow if w grows a little?",
        ),
        Misconception(
            _descend(lambda w, x, y, learning_rate: -learning_rate * (w * x - y) ** 2),
            "You step by the loss itself. The loss measures how wrong w is, but it is never negative, so it gives no "
            "direction. Hint: the derivative of the loss has a sign.",
        ),
        Misconception(
            lambda x, y, learning_rate, steps: _descend(_downhill)(x, y, learning_rate, 1),
            "You take only one step, whatever `steps` is.\n"
            "Hint: does your loop run `steps` times, and does `return` stand after it?",
        ),
        Misconception(
            lambda x, y, learning_rate, steps: steps * _downhill(0.0, x, y, learning_rate),
            "All your steps are equally long: the derivative is computed once, at w = 0.\n"
            "Hint: each step changes w, and with it the derivative; where in the loop is it computed?",
        ),
        Misconception(
            _descend(_downhill, more=-1),
            "You take one step too few.\nHint: range(steps) runs `steps` times; range(1, steps) does not.",
        ),
        Misconception(
            _descend(_downhill, more=1),
            "You take one step too many.\nHint: range(steps) runs `steps` times, from 0 to steps − 1.",
        ),
        Misconception(
            _descend(lambda w, x, y, learning_rate: -2 * x * (w * x - y)),
            "The learning rate is not used: each step is as long as the derivative, which is usually too long.\n"
            "Hint: which argument makes the steps short?",
        ),
        Misconception(
            _descend(_downhill, start=1.0),
            "Your w starts at 1; the exercise starts it at 0. (With enough steps it would end in the same place.)\n"
            "Hint: look at the line before the loop.",
        ),
        Misconception(
            lambda x, y, learning_rate, steps: y / x,
            "That is the limit of the steps: you solved w·x = y. Few problems can be solved like that, so the "
            "exercise asks for gradient descent. Hint: start at 0 and take `steps` steps.",
        ),
        Misconception(
            lambda x, y, learning_rate, steps: 0.0,
            "Your w stays 0. Either the new w is not stored, or the derivative is taken with respect to x, which at "
            "w = 0 is 0. Hint: which number should be learned, and is it assigned in the loop?",
        ),
        Misconception(
            _last_loss,
            "You return the final loss. Hint: the exercise asks for the learned weight.",
        ),
        Misconception(
            lambda x, y, learning_rate, steps: _descend(_downhill)(x, y, learning_rate, steps) * x,
            "You return the network's output w·x. Hint: the exercise asks for the learned weight.",
        ),
    ),
    cases=_cases,
    takeaway="A step multiplies the error by 1 − 2·learning_rate·x²; with too large a learning rate, it grows.",
)
