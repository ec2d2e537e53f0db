"""An exercise of the chapter on memory: one weight that learns by gradient descent."""

from collections.abc import Callable

import numpy as np

from lstm_helpers.exercises.checker import Exercise, Misconception

Slope = Callable[[float, float, float, float], float]  # w, x, y, rate -> what is added to w


def _descend(step: Slope, start: float = 0.0, more: int = 0) -> Callable[[float, float, float, int], float]:
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


def _cases(rng: np.random.Generator) -> list[tuple[float, float, float, int]]:
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
    cases=_cases,
    takeaway="Each step multiplies the error by 1 − 2·rate·x²: choose the rate too large, and the error grows.",
)
