"""The exercise of the chapter on attention: attend to a padded sequence with one query."""

from collections.abc import Callable

import numpy as np

from lstm_helpers.activations import softmax
from lstm_helpers.arrays import Array
from lstm_helpers.exercises.checker import Exercise, Misconception

Softmax = Callable[[Array], Array]  # logits (S,) -> attention weights (S,)
Answer = Callable[[Softmax, Array, Array, Array], Array]


def _plain_softmax(scores: Array) -> Array:
    """Compute the softmax as its formula reads, which overflows."""
    return np.asarray(np.exp(scores) / np.exp(scores).sum())


def _scores(query: Array, keys: Array) -> Array:
    return np.asarray(keys @ query / np.sqrt(query.size))


def _where(scores: Array, mask: Array) -> Array:
    return np.where(mask, scores, -np.inf)


def _right(weigh: Softmax, query: Array, keys: Array, mask: Array) -> Array:
    return weigh(_where(_scores(query, keys), mask)) @ keys


def _no_scale(weigh: Softmax, query: Array, keys: Array, mask: Array) -> Array:
    return weigh(_where(keys @ query, mask)) @ keys


def _wrong_scale(weigh: Softmax, query: Array, keys: Array, mask: Array) -> Array:
    return weigh(_where(keys @ query / query.size, mask)) @ keys


def _no_mask(weigh: Softmax, query: Array, keys: Array, mask: Array) -> Array:
    return weigh(_scores(query, keys)) @ keys


def _mask_last(weigh: Softmax, query: Array, keys: Array, mask: Array) -> Array:
    return (weigh(_scores(query, keys)) * mask) @ keys


def _mask_scores(weigh: Softmax, query: Array, keys: Array, mask: Array) -> Array:
    return weigh(_scores(query, keys) * mask) @ keys


def _mask_keys(weigh: Softmax, query: Array, keys: Array, mask: Array) -> Array:
    return _no_mask(weigh, query, keys * mask[:, None], mask)


def _inverted_mask(weigh: Softmax, query: Array, keys: Array, mask: Array) -> Array:
    return _right(weigh, query, keys, ~mask)


def _weights(weigh: Softmax, query: Array, keys: Array, mask: Array) -> Array:
    return weigh(_where(_scores(query, keys), mask))


def _called(answer: Answer, weigh: Softmax) -> Callable[..., object]:
    return lambda query, keys, mask: answer(weigh, query, keys, mask)


def _both(answer: Answer, feedback: str) -> list[Misconception]:
    """Recognise a misconception also if its softmax overflows."""
    return [Misconception(_called(answer, softmax), feedback), Misconception(_called(answer, _plain_softmax), feedback)]


def _no_softmax(query: Array, keys: Array, mask: Array) -> Array:
    return (_scores(query, keys) * mask) @ keys


def _hard(query: Array, keys: Array, mask: Array) -> Array:
    return np.asarray(keys[_where(_scores(query, keys), mask).argmax()])


def _cases(rng: np.random.Generator) -> list[tuple[Array, Array, Array]]:
    def case(length: int, size: int, real: list[int]) -> tuple[Array, Array, Array]:
        keys = rng.normal(size=(length, size)).round(1)
        mask = np.isin(np.arange(length), real)
        keys[~mask] = 9.0  # arbitrary numbers in the padding
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
            "You attend to padding: positions after the end of a sequence get weight.\n"
            "Hint: which score gets weight 0 from a softmax? It is not 0.",
        ),
        *_both(
            _mask_last,
            "You set the padding's weights to 0 after the softmax; the others no longer add up to 1.\n"
            "Hint: apply the mask before the softmax.",
        ),
        *_both(
            _mask_scores,
            "You multiply scores by the mask. A score of 0 is not a weight of 0: exp(0) is 1, so padding gets weight.\n"
            "Hint: np.where(mask, scores, …). Which score does exp turn into 0?",
        ),
        *_both(
            _mask_keys,
            "You set the padding's keys to 0. They add nothing to the sum, but their scores of 0 still take weight "
            "from the others. Hint: the scores must be masked.",
        ),
        *_both(_inverted_mask, "You attend to the padding only: your mask is inverted. Hint: True means real."),
        *_both(
            _no_scale,
            "You do not divide the scores by √A. Products of longer vectors are larger, and the softmax sharper.\n"
            "Hint: A is the length of the query.",
        ),
        *_both(
            _wrong_scale,
            "You divide the scores by A. Their standard deviation grows like √A, not like A.\nHint: np.sqrt.",
        ),
        *_both(
            _weights,
            "You return the weights. The answer is the context: the mean of the keys with these weights.\n"
            "Hint: weights (S,) times keys (S, A) gives (A,).",
        ),
        Misconception(
            _called(_right, _plain_softmax),
            "This is right for small scores. For large ones exp overflows, and ∞/∞ is NaN.\n"
            "Hint: subtracting a constant from all scores changes no weight; which constant keeps exp at most 1?",
        ),
        Misconception(
            lambda query, keys, mask: keys[mask].mean(axis=0),
            "Every real key has the same weight in your answer, whatever the query.\n"
            "Hint: how well does each key fit the query? That is its score.",
        ),
        Misconception(
            _hard,
            "You take only the best key. That is a hard choice, whose gradient with respect to the scores is 0.\n"
            "Hint: a softmax of the scores, and a mean.",
        ),
        Misconception(
            _no_softmax,
            "You weigh the keys by their scores. These are not weights: they may be negative and do not add up to 1.\n"
            "Hint: which function turns scores into probabilities?",
        ),
    ),
    cases=_cases,
    takeaway="Attention is a score for each position, a softmax over the real positions, and a weighted mean.",
)
