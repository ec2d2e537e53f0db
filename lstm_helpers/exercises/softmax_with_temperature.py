"""The exercise of the chapter on language: turn scores into chances at a temperature."""

import numpy as np

from lstm_helpers.activations import log_softmax, softmax
from lstm_helpers.arrays import Array
from lstm_helpers.exercises.checker import Exercise, Misconception
from lstm_helpers.language.sampling import softmax_with_temperature as _softmax_with_temperature


def _normalised(a: Array) -> Array:
    return np.asarray(a / a.sum(axis=-1, keepdims=True))


def _plain_softmax(scores: Array) -> Array:
    """Do it as it is written, which overflows."""
    return _normalised(np.exp(scores))


def _best(logits: Array, temperature: float) -> Array:
    return np.asarray(np.eye(logits.shape[-1])[logits.argmax(axis=-1)])


def _cases(rng: np.random.Generator) -> list[tuple[Array, float]]:
    return [
        (np.array([0.0, 1.0, 2.0]), 0.5),
        (np.array([0.0, 1.0, 2.0]), 2.0),
        (np.array([2.0, -1.0, 0.5, 0.5]), 1.0),
        (rng.normal(size=(2, 3)).round(2), 0.7),
        (rng.normal(size=(3, 3)).round(2), 1.5),
        (np.array([900.0, 898.0, 880.0]), 0.8),
    ]


_TURNED = (
    "Your temperature works the wrong way round: a high one makes the best answer still more likely. Raising "
    "the chances to the power of the temperature does the same. Hint: what does a large divisor do to gaps?"
)
_IGNORED = (
    "Your chances are those of temperature 1, whatever the temperature. What is subtracted from all scores, "
    "or divides all chances, cancels once they add up to 1. Hint: the division comes before exp."
)
_TOO_LATE = (
    "You divide the chances, not the scores: they no longer add up to 1, and their ratios are as before.\n"
    "Hint: which of the two steps makes gaps into ratios?"
)
_SUM = "Hint: what has to be done to each row so that it adds up to 1?"

softmax_with_temperature = Exercise(
    name="softmax_with_temperature",
    arguments=("logits", "temperature"),
    right=_softmax_with_temperature,
    misconceptions=(
        Misconception(lambda logits, temperature: softmax(logits * temperature), _TURNED),
        Misconception(lambda logits, temperature: _plain_softmax(logits * temperature), _TURNED),
        Misconception(lambda logits, temperature: softmax(logits), _IGNORED),
        Misconception(lambda logits, temperature: _plain_softmax(logits), _IGNORED),
        Misconception(lambda logits, temperature: softmax(logits) / temperature, _TOO_LATE),
        Misconception(lambda logits, temperature: _plain_softmax(logits) / temperature, _TOO_LATE),
        Misconception(
            lambda logits, temperature: softmax(logits) ** (1 / temperature),
            "The ratios are right: chances to the power of 1/τ. But they do not add up to 1.\n" + _SUM,
        ),
        Misconception(
            lambda logits, temperature: np.exp(logits / temperature),
            "You have exp of the scaled scores. They have the right ratios, but they are no chances yet.\n" + _SUM,
        ),
        Misconception(
            lambda logits, temperature: _plain_softmax(logits / temperature),
            "Right for small scores. For large ones exp overflows, and infinity by infinity is no number.\n"
            "Hint: a number subtracted from all scores of a row changes no chance; which one keeps exp below 1?",
        ),
        Misconception(
            lambda logits, temperature: _normalised(logits / temperature),
            "You make the scores themselves add up to 1. They may be negative, and so would your chances be.\n"
            "Hint: which function makes any number positive, and a gap into a ratio?",
        ),
        Misconception(
            lambda logits, temperature: logits / temperature,
            "You return scaled scores. Hint: what turns scores into chances?",
        ),
        Misconception(
            lambda logits, temperature: log_softmax(logits / temperature),
            "You return logarithms of chances. Hint: a chance lies between 0 and 1.",
        ),
        Misconception(
            lambda logits, temperature: softmax((logits / temperature).ravel()).reshape(logits.shape),
            "All your numbers together add up to 1. Every row is a choice of its own.\n"
            "Hint: along which axis stand the answers of one row? keepdims=True helps.",
        ),
        Misconception(
            lambda logits, temperature: softmax((logits / temperature).T).T,
            "Your columns add up to 1. The answers stand along the last axis.\n"
            "Hint: axis=-1 is the last, whatever the number of axes.",
        ),
        Misconception(
            _best,
            "You give all chance to the best answer, which is the limit of temperature 0.\n"
            "Hint: no max is needed but to keep exp from overflowing.",
        ),
    ),
    cases=_cases,
    takeaway="Gaps between logits become ratios of probabilities; the temperature is the unit of the gaps.",
)
