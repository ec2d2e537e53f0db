"""The exercise of the chapter on language: turn logits into probabilities at a temperature."""

import numpy as np

from lstm_helpers.activations import log_softmax, softmax
from lstm_helpers.arrays import Array
from lstm_helpers.exercises.checker import Exercise, Misconception
from lstm_helpers.language.sampling import softmax_with_temperature as _softmax_with_temperature


def _normalised(a: Array) -> Array:
    return np.asarray(a / a.sum(axis=-1, keepdims=True))


def _plain_softmax(logits: Array) -> Array:
    """Compute the softmax as its formula reads, which overflows."""
    return _normalised(np.exp(logits))


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


_INVERTED = (
    "Your temperature works in reverse: a high one makes the best class still more likely. Raising "
    "the probabilities to the power τ does the same. Hint: how does a large divisor change differences?"
)
_IGNORED = (
    "Your probabilities are those of temperature 1, whatever the temperature. A constant subtracted from all logits, "
    "or a factor of all probabilities, cancels in the normalisation. Hint: divide before exp."
)
_TOO_LATE = (
    "You divide the probabilities, not the logits: they no longer add up to 1, and their ratios do not change.\n"
    "Hint: which step turns differences into ratios?"
)
_SUM = "Hint: what has to be done to each row so that it adds up to 1?"

softmax_with_temperature = Exercise(
    name="softmax_with_temperature",
    arguments=("logits", "temperature"),
    right=_softmax_with_temperature,
    misconceptions=(
        Misconception(lambda logits, temperature: softmax(logits * temperature), _INVERTED),
        Misconception(lambda logits, temperature: _plain_softmax(logits * temperature), _INVERTED),
        Misconception(lambda logits, temperature: softmax(logits), _IGNORED),
        Misconception(lambda logits, temperature: _plain_softmax(logits), _IGNORED),
        Misconception(lambda logits, temperature: softmax(logits) / temperature, _TOO_LATE),
        Misconception(lambda logits, temperature: _plain_softmax(logits) / temperature, _TOO_LATE),
        Misconception(
            lambda logits, temperature: softmax(logits) ** (1 / temperature),
            "The ratios are right: probabilities to the power of 1/τ. But they do not add up to 1.\n" + _SUM,
        ),
        Misconception(
            lambda logits, temperature: np.exp(logits / temperature),
            "You return exp of the scaled logits. The ratios are right, but these are not probabilities yet.\n" + _SUM,
        ),
        Misconception(
            lambda logits, temperature: _plain_softmax(logits / temperature),
            "This is right for small logits. For large ones exp overflows, and ∞/∞ is NaN.\n"
            "Hint: subtracting a constant from a row changes no probability; which constant keeps exp at most 1?",
        ),
        Misconception(
            lambda logits, temperature: _normalised(logits / temperature),
            "You normalise the logits themselves. They may be negative, and so may your probabilities.\n"
            "Hint: which function makes any number positive, and turns a difference into a ratio?",
        ),
        Misconception(
            lambda logits, temperature: logits / temperature,
            "You return scaled logits. Hint: which function turns logits into probabilities?",
        ),
        Misconception(
            lambda logits, temperature: log_softmax(logits / temperature),
            "You return logarithms of probabilities. Hint: a probability lies between 0 and 1.",
        ),
        Misconception(
            lambda logits, temperature: softmax((logits / temperature).ravel()).reshape(logits.shape),
            "All your numbers together add up to 1. Every row is a distribution of its own.\n"
            "Hint: along which axis are the classes of one row? keepdims=True helps.",
        ),
        Misconception(
            lambda logits, temperature: softmax((logits / temperature).T).T,
            "Your columns add up to 1. The classes are along the last axis.\n"
            "Hint: axis=-1 is the last, whatever the number of axes.",
        ),
        Misconception(
            _best,
            "You give all probability to the best class, which is the limit of temperature 0.\n"
            "Hint: max is needed only to keep exp from overflowing.",
        ),
    ),
    cases=_cases,
    takeaway="Differences of logits become ratios of probabilities; the temperature is the unit of the differences.",
)
