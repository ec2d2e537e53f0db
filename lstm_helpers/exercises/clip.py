"""The exercise of the chapter on training: shorten a gradient that is too long, and keep its direction."""

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
    """Make a function that multiplies all arrays by ``scale(length, limit)`` if their length exceeds the limit."""

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
        (by_hand, 10.0),  # shorter than the limit, but its square is not
        (two, 2.0),
        (two, 3.8),  # either array is shorter than the limit, together they are not
        ([0.1 * grad for grad in two], 1.0),  # shorter in every sense
        case(1.0, (2, 4), (3, 4), (4,)),
        case(0.5, (5,)),
        ([np.array([0.0, 0.0]), np.array([0.0])], 1.0),
    ]


_OWN_NORM = (
    "Each array is measured by itself: long ones are shortened more than short ones, and the gradient turns.\n"
    "Hint: all arrays together are one arrow; how long is that, and by what number is it scaled?"
)
_ALWAYS = (
    "You scale every gradient to the limit, short ones too (and one of length 0 has no direction at all).\n"
    "Near the minimum, where gradients are small, that makes steps too long. Hint: when is nothing to be done?"
)
_SQUARED = "Hint: a length is in the units of the gradient, as the limit is; √ brings you back."

clip = Exercise(
    name="clip",
    arguments=("grads", "limit"),
    right=_clip,
    misconceptions=(
        Misconception(_one_by_one(_clip), _OWN_NORM),
        Misconception(_one_by_one(_always(_by_numpy)), _OWN_NORM),
        Misconception(
            lambda grads, limit: [np.clip(grad, -limit, limit) for grad in grads],
            "You clip number by number: the large ones are cut, the small ones stay, and so the gradient turns.\n"
            "Hint: to keep the direction, multiply all numbers by the same factor.",
        ),
        Misconception(_always(_by_numpy), _ALWAYS),
        Misconception(
            _always(lambda a, b: a / b), _ALWAYS
        ),  # ZeroDivisionError on the last case, where NumPy gives NaN
        Misconception(_always(lambda a, b: a / (b or 1.0)), _ALWAYS),
        Misconception(
            lambda grads, limit: [grad * (limit / _norm(grads)) if _norm(grads) < limit else grad for grad in grads],
            "The comparison is turned round: you stretch short gradients and leave long ones as they are.\n"
            "Hint: in which case is there something to do?",
        ),
        Misconception(
            lambda grads, limit: list(grads),
            "Your gradients come back as they were. In a loop such as `for grad in grads: grad = …` the new array "
            "gets a name, but no place in the list. Hint: build the list that you return.",
        ),
        Misconception(
            _clip_by(_squares, lambda squares, limit: limit / math.sqrt(squares)),
            "You compare the square of the length with the limit, and so you also scale where nothing is to be done.\n"
            + _SQUARED,
        ),
        Misconception(_clip_by(_squares), "Your length lacks the root: it is the sum of the squares.\n" + _SQUARED),
        Misconception(
            _clip_by(_norm, lambda norm, limit: limit / norm**2),
            "You divide by the square of the length, and the result is not as long as the limit.\n" + _SQUARED,
        ),
        Misconception(
            _clip_by(lambda grads: max(_norm([grad]) for grad in grads)),
            "You take the length of the longest array for that of all. Together they are longer.\n"
            "Hint: in a right triangle, how long is the side across from the right angle?",
        ),
        Misconception(
            _clip_by(lambda grads: max(np.abs(grad).max() for grad in grads)),
            "You take the largest number for the length.\nHint: the length of (3, −4) is 5.",
        ),
        Misconception(
            _clip_by(lambda grads: sum(_norm([grad]) for grad in grads)),
            "You add the lengths of the arrays. Arrows at right angles do not add up like that: 3 and 4 make 5.\n"
            "Hint: what is added before the root is drawn?",
        ),
        Misconception(
            _clip_by(lambda grads: sum(np.abs(grad).sum() for grad in grads)),
            "You add the sizes of all numbers. Arrows at right angles do not add up like that: 3 and 4 make 5.\n"
            "Hint: what is added before the root is drawn?",
        ),
        Misconception(
            _clip_by(lambda grads: _norm(grads) / math.sqrt(sum(grad.size for grad in grads))),
            "You take the root of the mean square, not of the sum: the limit would then mean another length for "
            "every size of network. Hint: the length of (3, −4) is 5.",
        ),
        Misconception(
            _clip_by(lambda grads: math.sqrt(sum(np.mean(grad**2) for grad in grads))),
            "You add the mean square of each array, not its sum: large arrays count too little.\n"
            "Hint: which of mean and sum belongs into the length of an arrow?",
        ),
        Misconception(
            _clip_by(lambda grads: _norm(grads[-1:])),
            "Your length is that of the last array: the sum starts anew with each one.\n"
            "Hint: = or +=, and what stands before the loop?",
        ),
        Misconception(
            _clip_by(lambda grads: _norm(grads[:1])),
            "Your length is that of the first array.\nHint: does your loop run to its end before you use the sum?",
        ),
        Misconception(
            _clip_by(_norm, lambda norm, limit: 1 / norm),
            "Your long gradients come out with length 1, whatever the limit.\n"
            "Hint: divided by its own length an arrow has length 1; how long is it to be?",
        ),
        Misconception(
            _clip_by(_norm, lambda norm, limit: 1 / limit),
            "You divide by the limit, so that the result still depends on how long the gradient was.\n"
            "Hint: which factor turns a length of 5 into one of 2.5?",
        ),
        Misconception(
            _clip_by(_norm, lambda norm, limit: norm / limit),
            "Your factor is upside down: long gradients become longer still.\n"
            "Hint: which factor turns a length of 5 into one of 2.5?",
        ),
        Misconception(
            _clip_by(_norm, lambda norm, limit: 0.0),
            "You throw a long gradient away. Its length is not to be trusted, but its direction is.\n"
            "Hint: which factor turns a length of 5 into one of 2.5?",
        ),
    ),
    cases=_cases,
    takeaway="One factor for all arrays: the step gets shorter, and its direction stays.",
    parts=(),
)
