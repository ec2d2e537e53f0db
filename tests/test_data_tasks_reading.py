"""Tagging, reviews and wandering numbers are what their pages say, and what simple strategies reach is exact."""

import itertools
import re
from collections import Counter

import numpy as np
import pytest

from lstm_helpers.data.tasks import agreement, reviews, tagging, wandering

RNG = np.random.default_rng
NUMBER = {word: k for pair in (*agreement.NOUNS, *agreement.VERBS) for k, word in enumerate(pair)}


def close(right, exact, times=4.5):
    values = np.asarray(right, float)
    assert abs(values.mean() - exact) <= times * values.std() / np.sqrt(values.size) + 1e-12


# Tagging


@pytest.fixture(scope="module")
def tagged():
    return [tagging.sentence(RNG([0, k])) for k in range(4000)]


def test_every_word_has_its_tag_and_one_word_is_ambiguous(tagged):
    for one in tagged:
        unclear = [t for t, word in enumerate(one.words) if word in (*tagging.SAME_NOUNS, *tagging.SAME_VERBS)]
        assert unclear == [one.asked] and len(one.tags) == len(one.words)
        subject, verb = one.tags[1], one.tags[-1]
        assert subject == verb != tagging.OTHER, "the subject and its verb agree"
        assert one.asked == (1 if one.side == tagging.RIGHT else len(one.words) - 1)
        for t, word in enumerate(one.words):
            if t != one.asked:
                assert one.tags[t] == NUMBER.get(word, tagging.OTHER)
        assert str(one) == " ".join(one.words)
    assert {len(one.words) for one in tagged} == {3, 6, 9, 12}
    assert {word for one in tagged for word in one.words} == set(tagging.VOCABULARY)
    in_turn = Counter(one.words[one.asked] for one in tagged)
    for words in (tagging.SAME_NOUNS, tagging.SAME_VERBS):
        for word in words:
            close(np.arange(len(tagged)) < in_turn[word], 1 / 2 / len(words))


def test_ambiguous_words_are_fair_coins_to_one_direction_and_certain_to_two(tagged):
    """The strategies of the docstring, word by word: what stands before, what stands behind, and both."""
    number = np.array([one.tags[one.asked] for one in tagged])
    coins = RNG(1).integers(2, size=len(tagged))
    close(number == tagging.PLURAL, tagging.word_accuracy())
    before = np.array([NUMBER.get(one.words[1], coin) for one, coin in zip(tagged, coins, strict=True)])
    behind = np.array([NUMBER.get(one.words[-1], coin) for one, coin in zip(tagged, coins, strict=True)])
    side = np.array([one.side for one in tagged])
    for prediction, knows in ((before, tagging.LEFT), (behind, tagging.RIGHT)):
        close(prediction == number, tagging.one_direction_accuracy())
        assert np.all((prediction == number)[side == knows])
        close((prediction == number)[side != knows], 0.5)
    assert np.all(np.where(side == tagging.LEFT, before, behind) == number)
    far = [one for one in tagged if one.side == tagging.LEFT and len(one.words) > 3]
    close([NUMBER[one.words[-2]] == one.tags[-1] for one in far], 0.5)


def test_a_tagged_batch_holds_its_sentences_and_reverses_with_its_padding():
    drawn = tagging.batch(RNG(3), 50, dtype=np.float32)
    T = max(len(one.words) for one in drawn.sentences)
    assert drawn.xs.shape == (T, 50, tagging.INPUT_SIZE) and drawn.xs.dtype == np.float32
    lengths = drawn.mask.sum(axis=0)
    assert np.any(np.diff(lengths) > 0) and np.any(np.diff(lengths) < 0), "not sorted by length"
    for b, one in enumerate(drawn.sentences):
        n = len(one.words)
        assert drawn.mask[:n, b].all() and not drawn.mask[n:, b].any() and not drawn.xs[n:, b].any()
        assert tuple(tagging.VOCABULARY[k] for k in drawn.xs[:n, b].argmax(axis=1)) == one.words
        assert np.all(drawn.xs[:n, b].sum(axis=1) == 1)
        assert tuple(drawn.targets[:n, b]) == one.tags
        assert np.flatnonzero(drawn.asked[:, b]).tolist() == [one.asked] and drawn.side[b] == one.side
    back = tagging.time_reversed(drawn)
    for name in ("xs", "targets", "mask", "asked"):
        assert np.array_equal(getattr(back, name), getattr(drawn, name)[::-1])
        assert np.array_equal(getattr(tagging.time_reversed(back), name), getattr(drawn, name))
    assert np.array_equal(tagging.batch(RNG(3), 50).targets, drawn.targets)


# Reviews


def judge(words):
    """Read a review by its grammar."""
    good = []
    for clause in " ".join(words).split(" and "):
        match = re.fullmatch(r"the (\w+) was (not )?((?:very |really ){0,2})(\w+)", clause)
        assert match and match[1] in reviews.THINGS
        (side,) = (side for pair in reviews.ADJECTIVES for side, word in enumerate(pair) if word == match[4])
        good.append(side if match[2] is None else 1 - side)
    return tuple(good)


@pytest.fixture(scope="module")
def written():
    return [reviews.review(RNG([5, k])) for k in range(6000)]


def test_a_review_is_judged_by_most_of_its_clauses(written):
    for one in written:
        assert judge(one.words) == one.clauses
        assert one.verdict == (sum(one.clauses) > len(one.clauses) / 2)
    assert {len(one.clauses) for one in written} == set(reviews.CLAUSES)
    clauses = [clause for one in written for clause in str(one).split(" and ")]
    many = [sum(word in reviews.INTENSIFIERS for word in clause.split()) for clause in clauses]
    for count in range(reviews.FILLERS + 1):
        close([k == count for k in many], 1 / (reviews.FILLERS + 1))
    for words in (reviews.THINGS, [word for pair in reviews.ADJECTIVES for word in pair]):
        for word in words:
            close([word in clause.split() for clause in clauses], 1 / len(words))
    fillers = [word for clause in clauses for word in clause.split() if word in reviews.INTENSIFIERS]
    close([word == reviews.INTENSIFIERS[-1] for word in fillers], 1 / len(reviews.INTENSIFIERS))
    close([one.verdict for one in written], 0.5)


def test_accuracies_of_simple_strategies(written):
    close([one.clauses[-1] == one.verdict for one in written], reviews.last_clause_accuracy())
    adjectives = [word for pair in reviews.ADJECTIVES for word in pair]
    sides = [[adjectives.index(word) % 2 for word in one.words if word in adjectives] for one in written]
    close([(2 * sum(s) > len(s)) == one.verdict for s, one in zip(sides, written, strict=True)], 0.5)


@pytest.mark.parametrize("n", [1, 3, 5])
def test_order_free_accuracy_over_every_review(n):
    """All 4ⁿ settings of "not" and adjective are equally likely; given the counts alone, predict the likelier."""
    seen, last = {}, []
    for setting in itertools.product((0, 1), repeat=2 * n):
        sides, nots = setting[:n], setting[n:]
        clauses = [side ^ negated for side, negated in zip(sides, nots, strict=True)]
        verdict = int(2 * sum(clauses) > n)
        seen.setdefault((sum(sides), sum(nots)), []).append(verdict)
        last.append(clauses[-1] == verdict)
    right = sum(max(sum(verdicts), len(verdicts) - sum(verdicts)) for verdicts in seen.values())
    assert reviews.order_free_accuracy(n) == right / 4**n
    assert reviews.last_clause_accuracy(n) == np.mean(last)


def test_the_baselines_of_several_lengths_are_the_mean_over_them():
    for function in (reviews.order_free_accuracy, reviews.last_clause_accuracy):
        assert abs(function((1, 3, 5)) - np.mean([function(n) for n in (1, 3, 5)])) < 1e-15
        assert function(1) == 1.0
        assert all(a > b for a, b in itertools.pairwise(map(function, (1, 3, 5, 7, 9, 11, 13, 15))))


def test_a_batch_of_reviews_holds_them():
    drawn = reviews.batch(RNG(3), 40, dtype=np.float32)
    assert drawn.xs.dtype == np.float32 and np.all(drawn.xs.sum(axis=2) == drawn.mask)
    for b, one in enumerate(drawn.reviews):
        n = len(one.words)
        assert drawn.mask[:, b].sum() == n and drawn.mask[:n, b].all()
        assert tuple(reviews.VOCABULARY[k] for k in drawn.xs[:n, b].argmax(axis=1)) == one.words
        assert drawn.targets[b] == one.verdict
    assert np.array_equal(reviews.batch(RNG(3), 40).targets, drawn.targets)
    assert {len(one.clauses) for one in reviews.batch(RNG(3), 20, 7).reviews} == {7}


# Wandering


@pytest.mark.parametrize("phi", [0.8, -0.5, 0.0])
def test_each_forecast_has_the_stated_error(phi):
    drawn = wandering.batch(RNG(0), 20_000, 4, phi=phi)
    assert np.array_equal(drawn.xs[1:], drawn.targets[:-1]) and drawn.mask is None
    for t in range(4):
        x, following = drawn.xs[t, :, 0], drawn.targets[t, :, 0]
        close((following - phi * x) ** 2, wandering.LOWEST_ERROR)
        close((following - x) ** 2, wandering.persistence_error(phi))
        close(following**2, wandering.zero_error(phi))
        slope, *_ = np.linalg.lstsq(drawn.xs[: t + 1, :, 0].T, following, rcond=None)
        close(
            (following - drawn.xs[: t + 1, :, 0].T @ slope) ** 2, wandering.LOWEST_ERROR
        )  # the further past does not help


def test_wandering_is_seeded_and_of_one_dtype():
    one, again = (wandering.batch(RNG(4), 3, 5, dtype=np.float32) for _ in range(2))
    assert one.xs.dtype == one.targets.dtype == np.float32 and np.array_equal(one.xs, again.xs)
    assert one.xs.shape == (5, 3, 1)


BAD = {
    "rng is 3": lambda: tagging.sentence(3),
    "rng is 4": lambda: tagging.batch(4, 3),
    "batch_size is 0": lambda: tagging.batch(RNG(0), 0),
    "distractors is -1": lambda: tagging.sentence(RNG(0), -1),
    "chosen is empty; expected at least one Sentence": lambda: tagging.batch_of([]),
    "chosen is empty; expected at least one Review": lambda: reviews.batch_of([]),
    "clauses is 2; expected an odd number": lambda: reviews.review(RNG(0), 2),
    "clauses is (1, 4); expected an odd number": lambda: reviews.order_free_accuracy((1, 4)),
    "clauses is (); expected an odd number": lambda: reviews.last_clause_accuracy(()),
    "clauses is -3; expected": lambda: reviews.batch(RNG(0), 2, -3),
    "rng is 5": lambda: reviews.review(5),
    "length is 0": lambda: wandering.batch(RNG(0), 2, 0),
    "phi is 1; expected a number above -1 and below 1": lambda: wandering.batch(RNG(0), 2, 2, phi=1),
    "phi is -1.5": lambda: wandering.zero_error(-1.5),
}


@pytest.mark.parametrize("words", BAD)
def test_bad_input_is_named(words):
    with pytest.raises(ValueError, match=re.escape(words)):
        BAD[words]()
