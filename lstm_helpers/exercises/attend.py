"""The exercise of the chapter on attention: look back over a padded sequence, for one query."""

from collections.abc import Callable

import numpy as np

from lstm_helpers.activations import softmax
from lstm_helpers.arrays import Array
from lstm_helpers.exercises.checker import Exercise, Misconception

Shares = Callable[[Array], Array]  # scores (S,) -> weights (S,)
Answer = Callable[[Shares, Array, Array, Array], Array]


def _plain_softmax(scores: Array) -> Array:
    """Do it as it is written, which overflows."""
    return np.asarray(np.exp(scores) / np.exp(scores).sum())


def _scores(query: Array, keys: Array) -> Array:
    return np.asarray(keys @ query / np.sqrt(query.size))


def _where(scores: Array, mask: Array) -> Array:
    return np.where(mask, scores, -np.inf)


def _right(shares: Shares, query: Array, keys: Array, mask: Array) -> Array:
    return shares(_where(_scores(query, keys), mask)) @ keys


def _no_scale(shares: Shares, query: Array, keys: Array, mask: Array) -> Array:
    return shares(_where(keys @ query, mask)) @ keys


def _wrong_scale(shares: Shares, query: Array, keys: Array, mask: Array) -> Array:
    return shares(_where(keys @ query / query.size, mask)) @ keys


def _no_mask(shares: Shares, query: Array, keys: Array, mask: Array) -> Array:
    return shares(_scores(query, keys)) @ keys


def _mask_last(shares: Shares, query: Array, keys: Array, mask: Array) -> Array:
    return (shares(_scores(query, keys)) * mask) @ keys


def _mask_scores(shares: Shares, query: Array, keys: Array, mask: Array) -> Array:
    return shares(_scores(query, keys) * mask) @ keys


def _mask_keys(shares: Shares, query: Array, keys: Array, mask: Array) -> Array:
    return _no_mask(shares, query, keys * mask[:, None], mask)


def _turned(shares: Shares, query: Array, keys: Array, mask: Array) -> Array:
    return _right(shares, query, keys, ~mask)


def _weights(shares: Shares, query: Array, keys: Array, mask: Array) -> Array:
    return shares(_where(_scores(query, keys), mask))


def _called(answer: Answer, shares: Shares) -> Callable[..., object]:
    return lambda query, keys, mask: answer(shares, query, keys, mask)


def _both(answer: Answer, feedback: str) -> list[Misconception]:
    """Recognise a misconception in a softmax that overflows, too."""
    return [Misconception(_called(answer, softmax), feedback), Misconception(_called(answer, _plain_softmax), feedback)]


def _unshared(query: Array, keys: Array, mask: Array) -> Array:
    return (_scores(query, keys) * mask) @ keys


def _hard(query: Array, keys: Array, mask: Array) -> Array:
    return np.asarray(keys[_where(_scores(query, keys), mask).argmax()])


def _cases(rng: np.random.Generator) -> list[tuple[Array, Array, Array]]:
    def case(length: int, size: int, real: list[int]) -> tuple[Array, Array, Array]:
        keys = rng.normal(size=(length, size)).round(1)
        mask = np.isin(np.arange(length), real)
        keys[~mask] = 9.0  # whatever stands where nothing is
        return rng.normal(size=size).round(1), keys, mask

    return [
        (np.array([1.0, 1.0, 0.0, 0.0]), np.array([[1.0, 0, 0, 2], [0, 3, 1, 0], [9, 9, 9, 9]]), np.arange(3) < 2),
        case(4, 2, [0, 2]),
        case(5, 3, [1, 2, 4]),
        (np.array([4000.0, 0.0, 0.0, 0.0]), np.array([[1.0, 5, 0, 0], [1, -5, 0, 3], [9, 9, 9, 9]]), np.arange(3) < 2),
    ]


attend = Exercise(
    name="attend",
    arguments=("query", "keys", "mask"),
    right=_called(_right, softmax),
    misconceptions=(
        *_both(
            _no_mask,
            "You look at padding: what stands behind the end of a sequence has got weight.\n"
            "Hint: which score gets the weight 0 from a softmax? It is not 0.",
        ),
        *_both(
            _mask_last,
            "You take the padding's weights away after the softmax; what is left no longer adds up to 1.\n"
            "Hint: mask before, not after.",
        ),
        *_both(
            _mask_scores,
            "You multiply scores by the mask. A score of 0 is not a weight of 0: exp(0) is 1, and padding takes part.\n"
            "Hint: np.where(mask, scores, …). Which score does exp turn into 0?",
        ),
        *_both(
            _mask_keys,
            "You set the padding's keys to 0. They add nothing to the sum, but their scores, 0, still take a share "
            "of the weight from the others. Hint: it is the scores that must be hidden.",
        ),
        *_both(_turned, "You look at the padding only: your mask is the wrong way round. Hint: True means real."),
        *_both(
            _no_scale,
            "You do not divide the scores by √A. Products of longer vectors are larger, and the softmax sharper.\n"
            "Hint: A is the length of the query.",
        ),
        *_both(
            _wrong_scale,
            "You divide the scores by A. Their spread grows like √A, not like A.\nHint: np.sqrt.",
        ),
        *_both(
            _weights,
            "You return the weights. The answer is what is found there: the mean of the keys with these weights.\n"
            "Hint: weights (S,) times keys (S, A) gives (A,).",
        ),
        Misconception(
            _called(_right, _plain_softmax),
            "Right for small scores. For large ones exp overflows, and infinity by infinity is no number.\n"
            "Hint: a number subtracted from all scores changes no weight; which one keeps exp below 1?",
        ),
        Misconception(
            lambda query, keys, mask: keys[mask].mean(axis=0),
            "Every real key has the same weight in your answer, whatever the query.\n"
            "Hint: how well does each key fit the query? That is its score.",
        ),
        Misconception(
            _hard,
            "You take the best key and no other. That is looking up, not *softly*: it has no slope to learn from.\n"
            "Hint: a softmax of the scores, and a mean.",
        ),
        Misconception(
            _unshared,
            "You weigh the keys by their scores, which are no shares: they may be negative, and do not add up to 1.\n"
            "Hint: which function turns scores into shares?",
        ),
    ),
    cases=_cases,
    takeaway="A score for each position, shares of 1 by a softmax over what is real, and a mean: that is attention.",
)
