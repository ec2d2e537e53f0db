"""N-grams: counts by hand, probabilities that add up, and a slow Witten-Bell written straight from its definition."""

import re
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

from lstm_helpers.language import ngrams

TEXT = "abracadabra"
LETTERS = "abcdr"
TOKENS = np.array([LETTERS.index(c) for c in TEXT])


def slow(tokens, order, V, context, a):
    """P(a | context), recursively, in fractions."""
    context = tuple(context)[len(context) - min(len(context), order - 1) :]
    n = len(context)
    followers = Counter(tokens[t + n] for t in range(len(tokens) - n) if tuple(tokens[t : t + n]) == context)
    lower = slow(tokens, order, V, context[1:], a) if n else Fraction(1, V)
    if not followers:
        return lower
    return (followers[a] + len(followers) * lower) / Fraction(sum(followers.values()) + len(followers))


def test_hand_counts():
    model = ngrams.fit(TOKENS, 2, 5)
    # a five times, b and r twice, c and d once, of 11; five kinds: P(a) = (5 + 5/5) / (11 + 5)
    assert ngrams.probabilities(model, np.array([], np.int64)).tolist() == [6 / 16, 3 / 16, 2 / 16, 2 / 16, 3 / 16]
    # after a: b twice, c and d once, three kinds of four; the last a is followed by nothing
    after_a = ngrams.probabilities(model, np.array([0]))
    assert np.allclose(after_a, np.array([3 * 6 / 16, 2 + 9 / 16, 1 + 6 / 16, 1 + 6 / 16, 9 / 16]) / 7)
    # after r: a twice, one kind
    assert np.allclose(
        ngrams.probabilities(model, np.array([4])), np.array([2 + 6 / 16, 3 / 16, 2 / 16, 2 / 16, 3 / 16]) / 3
    )
    assert [len(table.pairs) for table in model.tables] == [5, 7]
    assert model.tables[1].contexts.tolist() == [0, 1, 2, 3, 4] and model.tables[1].seen.tolist() == [4, 2, 1, 1, 2]
    assert model.tables[1].kinds.tolist() == [3, 1, 1, 1, 1]
    assert repr(model) == "Ngrams(order 2, V=5, 12 counts)" and model.order == 2


@pytest.mark.parametrize("order", [1, 2, 3, 5, 11])
def test_equals_the_definition(order):
    rng = np.random.default_rng(order)
    learn = rng.integers(0, 4, 40) * (rng.random(40) < 0.7)  # one token in five never occurs
    model = ngrams.fit(learn, order, 5)
    for length in (0, 1, 2, 4, 12):
        context = rng.integers(0, 5, length)
        expected = [float(slow(learn.tolist(), order, 5, context.tolist(), a)) for a in range(5)]
        assert np.abs(ngrams.probabilities(model, context) - expected).max() < 1e-15


@pytest.mark.parametrize("order", [1, 2, 4, 8])
def test_probabilities_add_up_and_none_is_zero(order):
    rng = np.random.default_rng(1)
    model = ngrams.fit(rng.integers(0, 6, 300), order, 9)
    for _ in range(50):
        row = ngrams.probabilities(model, rng.integers(0, 9, rng.integers(0, 12)))
        assert abs(row.sum() - 1) < 1e-13 and row.min() > 0


@pytest.mark.parametrize("order", [1, 3, 6])
def test_a_texts_cost_is_that_of_its_tokens_one_by_one(order):
    rng = np.random.default_rng(2)
    model, tokens = ngrams.fit(rng.integers(0, 5, 200), order, 7), rng.integers(0, 7, 30)
    one_by_one = [np.log(ngrams.probabilities(model, tokens[:t])[tokens[t]]) for t in range(30)]
    assert np.abs(ngrams.log_probabilities(model, tokens) - one_by_one).max() < 1e-13
    for length in (0, 1, 2):
        assert np.array_equal(
            ngrams.log_probabilities(model, tokens[:length]), ngrams.log_probabilities(model, tokens)[:length]
        )


def test_an_unseen_context_uses_the_shorter_one():
    model, shorter = ngrams.fit(TOKENS, 4, 6), ngrams.fit(TOKENS, 3, 6)
    unseen = np.array([5, 0, 1])  # a letter that never occurs, then "ab"
    assert np.array_equal(ngrams.probabilities(model, unseen), ngrams.probabilities(shorter, unseen[1:]))
    assert np.array_equal(
        ngrams.probabilities(model, np.array([5, 5, 5])), ngrams.probabilities(model, np.array([], np.int64))
    )


def test_many_counts_recover_the_true_probabilities():
    rng = np.random.default_rng(3)
    chain = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8], [0.5, 0.5, 0.0]])
    tokens = [0]
    for u in rng.random(30_000):
        tokens.append(int(np.searchsorted(np.cumsum(chain[tokens[-1]]), u, side="right")))
    model = ngrams.fit(np.array(tokens), 3, 3)
    for a in range(3):
        assert np.abs(ngrams.probabilities(model, np.array([0, a])) - chain[a]).max() < 0.03


def test_fitting_writes_into_nothing_and_is_the_same_twice():
    tokens = TOKENS.copy()
    tokens.setflags(write=False)
    first, second = ngrams.fit(tokens, 3, 5), ngrams.fit(tokens, 3, 5)
    assert all(
        np.array_equal(a, b)
        for x, y in zip(first.tables, second.tables, strict=True)
        for a, b in zip(x, y, strict=True)
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((TOKENS, 0, 5), "order is 0; expected a whole number from 1"),
        ((TOKENS, 2, 4), "tokens run from 0 to 4; expected 0 to V - 1 = 3"),
        ((TOKENS - 1, 2, 5), "tokens run from -1 to 3"),
        ((TOKENS.astype(float), 2, 5), "tokens is float64 of shape (11,); expected whole numbers (T,)"),
        ((TEXT, 2, 5), "tokens is str; expected whole numbers"),
        ((TOKENS[:, None], 2, 5), "tokens is int64 of shape (11, 1)"),
        ((TOKENS[:2], 3, 5), "tokens has 2 entries; expected at least order=3"),
        ((TOKENS, 11, 75), "order is 11 with V=75; expected at most 10"),
    ],
)
def test_refusals(arguments, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        ngrams.fit(*arguments)


def test_a_wrong_context_is_refused():
    model = ngrams.fit(TOKENS, 2, 5)
    with pytest.raises(ValueError, match=re.escape("context run from 5 to 5; expected 0 to V - 1 = 4")):
        ngrams.probabilities(model, np.array([5]))
    with pytest.raises(ValueError, match="tokens run from"):
        ngrams.log_probabilities(model, np.array([9]))
