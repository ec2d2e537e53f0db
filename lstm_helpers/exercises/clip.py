"""An exercise of chapter 10: clip a gradient by its norm, which keeps its direction."""

import math
from collections.abc import Callable

import numpy as np

from lstm_helpers.arrays import Array
from lstm_helpers.exercises.checker import Exercise, Misconception

Grads = list[Array]
Measure = Callable[[Grads], float]
Clip = Callable[[Grads, float], Grads]


def _squares(grads: Grads) -> float:
    return float(sum(np.sum(grad**2) for grad in grads))


def _norm(grads: Grads) -> float:
    return math.sqrt(_squares(grads))


def _clip_by(length: Measure, scale: Callable[[float, float], float] = lambda length, limit: limit / length) -> Clip:
    """Make a function that multiplies all arrays by ``scale(length, limit)`` if their norm exceeds the limit."""

    def clip(grads: Grads, limit: float) -> Grads:
        found = length(grads)
        return [grad * scale(found, limit) for grad in grads] if found > limit else list(grads)

    return clip


_clip = _clip_by(_norm)


def _one_by_one(clip: Clip) -> Clip:
    return lambda grads, limit: [clip([grad], limit)[0] for grad in grads]


def _always(divide: Callable[[float, float], float]) -> Clip:
    return lambda grads, limit: [grad * divide(limit, _norm(grads)) for grad in grads]


def _by_numpy(a: float, b: float) -> np.float64:
    return np.float64(a) / np.float64(b)


def _cases(rng: np.random.Generator) -> list[tuple[Grads, float]]:
    def case(limit: float, *shapes: tuple[int, ...]) -> tuple[Grads, float]:
        return [rng.normal(size=shape).round(2) for shape in shapes], limit

    by_hand = [np.array([3.0]), np.array([-4.0])]
    two = [np.array([3.0, -1.0, 2.0]), np.array([-0.5, 1.0])]
    return [
        (by_hand, 2.5),
        (by_hand, 10.0),  # the norm is below the limit, its square is not
        (two, 2.0),
        (two, 3.8),  # the norm of either array is below the limit, their joint norm is not
        ([0.1 * grad for grad in two], 1.0),  # below the limit in every sense
        case(1.0, (2, 4), (3, 4), (4,)),
        case(0.5, (5,)),
        ([np.array([0.0, 0.0]), np.array([0.0])], 1.0),
    ]


_OWN_NORM = (
    "You clip each array by its own norm: arrays with a large norm shrink more, and the direction changes.\n"
    "Hint: all arrays together are one vector; what is its norm, and by what factor is it scaled?"
)
_ALWAYS = (
    "You scale every gradient to the limit, small ones too (and a gradient of norm 0 has no direction at all).\n"
    "Near the minimum, where gradients are small, that makes steps too long. Hint: when should nothing change?"
)
_SQUARED = "Hint: a norm is in the units of the gradient, like the limit; which function undoes the square?"

clip = Exercise(
    name="clip",
    arguments=("grads", "limit"),
    right=_clip,
    misconceptions=(
        Misconception(_one_by_one(_clip), _OWN_NORM),
        Misconception(_one_by_one(_always(_by_numpy)), _OWN_NORM),
        Misconception(
            lambda grads, limit: [np.clip(grad, -limit, limit) for grad in grads],
            "You clip number by number: large numbers are cut and small ones are not, so the direction changes.\n"
            "Hint: to keep the direction, multiply all numbers by the same factor.",
        ),
        Misconception(_always(_by_numpy), _ALWAYS),
        Misconception(
            _always(lambda a, b: a / b), _ALWAYS
        ),  # ZeroDivisionError on the last case, where NumPy gives NaN
        Misconception(_always(lambda a, b: a / (b or 1.0)), _ALWAYS),
        Misconception(
            lambda grads, limit: [grad * (limit / _norm(grads)) if _norm(grads) < limit else grad for grad in grads],
            "The comparison is reversed: you stretch short gradients and leave long ones unchanged.\n"
            "Hint: in which case should the gradient change?",
        ),
        Misconception(
            lambda grads, limit: list(grads),
            "Your gradients are returned unchanged. In a loop such as `for grad in grads: grad = …` the new array "
            "gets a name, but does not enter the list. Hint: build the list that you return.",
        ),
        Misconception(
            _clip_by(_squares, lambda squares, limit: limit / math.sqrt(squares)),
            "You compare the square of the norm with the limit, so you also scale short gradients.\n" + _SQUARED,
        ),
        Misconception(
            _clip_by(_squares), "Your norm lacks the square root: it is the sum of the squares.\n" + _SQUARED
        ),
        Misconception(
            _clip_by(_norm, lambda norm, limit: limit / norm**2),
            "You divide by the square of the norm, so the norm of the result is not the limit.\n" + _SQUARED,
        ),
        Misconception(
            _clip_by(lambda grads: max(_norm([grad]) for grad in grads)),
            "You use the largest norm of an array as the norm of them all. The joint norm is larger.\n"
            "Hint: in a right triangle, how long is the hypotenuse?",
        ),
        Misconception(
            _clip_by(lambda grads: max(np.abs(grad).max() for grad in grads)),
            "You use the largest number as the norm.\nHint: the norm of (3, −4) is 5.",
        ),
        Misconception(
            _clip_by(lambda grads: sum(_norm([grad]) for grad in grads)),
            "You add the norms of the arrays. Perpendicular vectors do not add up like that: 3 and 4 make 5.\n"
            "Hint: what is summed before the square root is taken?",
        ),
        Misconception(
            _clip_by(lambda grads: sum(np.abs(grad).sum() for grad in grads)),
            "You add the absolute values of all numbers. The norm is different: 3 and 4 make 5.\n"
            "Hint: what is summed before the square root is taken?",
        ),
        Misconception(
            _clip_by(lambda grads: _norm(grads) / math.sqrt(sum(grad.size for grad in grads))),
            "You take the root of the mean square, not of the sum: the limit would then mean a different norm for "
            "every size of network. Hint: the norm of (3, −4) is 5.",
        ),
        Misconception(
            _clip_by(lambda grads: math.sqrt(sum(np.mean(grad**2) for grad in grads))),
            "You add the mean square of each array, not its sum of squares: large arrays count too little.\n"
            "Hint: which of mean and sum is part of a vector's norm?",
        ),
        Misconception(
            _clip_by(lambda grads: _norm(grads[-1:])),
            "Your norm is that of the last array: the sum restarts with each array.\n"
            "Hint: = or +=, and what should stand before the loop?",
        ),
        Misconception(
            _clip_by(lambda grads: _norm(grads[:1])),
            "Your norm is that of the first array.\nHint: does your loop run to its end before you use the sum?",
        ),
        Misconception(
            _clip_by(_norm, lambda norm, limit: 1 / norm),
            "Your long gradients come out with norm 1, whatever the limit.\n"
            "Hint: divided by its own norm, a vector has norm 1; which norm should it have?",
        ),
        Misconception(
            _clip_by(_norm, lambda norm, limit: 1 / limit),
            "You divide by the limit, so the result still depends on the norm of the gradient.\n"
            "Hint: which factor turns a norm of 5 into 2.5?",
        ),
        Misconception(
            _clip_by(_norm, lambda norm, limit: norm / limit),
            "Your factor is upside down: long gradients become longer still.\n"
            "Hint: which factor turns a norm of 5 into 2.5?",
        ),
        Misconception(
            _clip_by(_norm, lambda norm, limit: 0.0),
            "You replace a long gradient by 0. Its norm is not to be trusted, but its direction is.\n"
            "Hint: which factor turns a norm of 5 into 2.5?",
        ),
    ),
    cases=_cases,
    takeaway="One factor for all arrays: the step gets shorter and keeps its direction.",
    parts=(),
)
