"""The bracket language is what its page says: nested, drawn as promised, and of exactly the entropy that is claimed."""

import itertools
import re

import numpy as np
import pytest

from lstm_helpers.data.tasks import brackets

RNG = np.random.default_rng
LONG = brackets.sample(RNG(0), 60_000)


def by_hand(text):
    """Peel empty pairs off until nothing changes; what is left of a sound text are brackets still open."""
    left = re.sub("[a-z ]", "", text)
    while True:
        peeled = re.sub(r"\(\)|\[\]|\{\}", "", left)
        if peeled == left:
            return left
        left = peeled


def test_brackets_are_nested_and_never_too_deep():
    assert set(by_hand(LONG)) <= set("([{")
    depth = np.cumsum([(c in "([{") - (c in ")]}") for c in LONG])
    assert depth.min() == 0 and depth.max() == brackets.DEEPEST
    assert np.array_equal(brackets.read(LONG).depth, depth)
    assert set(LONG.split(" ")[:-1]) == {*brackets.WORDS, *"()[]{}"}


def test_a_text_is_drawn_as_the_grammar_says():
    parts = LONG.rsplit(" ", 1)[0].split(" ")
    depth = np.cumsum([0] + [(p in "([{") - (p in ")]}") for p in parts])[:-1]
    inside = [part for part, d in zip(parts, depth, strict=True) if 0 < d < brackets.DEEPEST]
    shares = [sum(map(test, inside)) / len(inside) for test in ("([{".__contains__, ")]}".__contains__)]
    assert np.allclose(shares, 0.3, atol=0.015)
    counts = [parts.count(word) for word in brackets.WORDS]
    assert max(counts) < 1.15 * min(counts)  # all words alike
    assert max(map(parts.count, "([{")) < 1.15 * min(map(parts.count, "([{"))
    share = np.bincount(depth, minlength=6) / len(depth)
    assert np.abs(share - brackets.depth_probabilities()).max() < 0.02


def test_the_depths_have_the_stationary_probabilities_of_the_chain():
    """π is what one more part leaves as it is: against the chain's own matrix, by its eigenvector."""
    n = brackets.DEEPEST + 1
    step = np.zeros((n, n))
    for d in range(n):
        up, down = (brackets.OPEN if d + 1 < n else 0), (brackets.CLOSE if d else 0)
        step[d, min(d + 1, n - 1)] += up
        step[d, max(d - 1, 0)] += down
        step[d, d] += 1 - up - down
    pi = brackets.depth_probabilities()
    assert abs(pi.sum() - 1) < 1e-15 and np.abs(pi @ step - pi).max() < 1e-15
    assert np.abs(np.linalg.matrix_power(step, 500)[0] - pi).max() < 1e-12


def test_the_entropy_by_hand():
    """With OPEN = CLOSE all six depths are equally likely; the rest is addition."""
    ends = -(0.3 * np.log(0.3) + 0.7 * np.log(0.7))
    inside = -(2 * 0.3 * np.log(0.3) + 0.4 * np.log(0.4))
    nats = (2 * ends + 4 * inside + 5 * 0.3 * np.log(3) + (2 * 0.7 + 4 * 0.4) * np.log(8)) / 6
    word = np.mean([len(w) + 1 for w in "a an and he her here the then".split()])
    characters = (2 * (0.3 * 2 + 0.7 * word) + 4 * (0.6 * 2 + 0.4 * word)) / 6
    assert abs(brackets.entropy_rate() - nats / characters) < 1e-14
    assert abs(brackets.without_kinds() - brackets.entropy_rate() - 5 * 0.3 * np.log(3) / 6 / characters) < 1e-14


def test_the_bayes_optimal_predictor_reaches_the_entropy_rate():
    costs = -brackets.read(LONG).log_probability.reshape(60, -1).mean(axis=1)  # blocks of 1000 are nearly independent
    error = costs.std(ddof=1) / np.sqrt(len(costs))
    assert abs(costs.mean() - brackets.entropy_rate()) < 4 * error < 0.02


@pytest.mark.parametrize("length", [1, 2, 4, 6])
def test_the_probabilities_of_all_texts_of_a_length_add_up_to_one(length):
    """Brute force: every text there is, found by trying every character after every beginning."""
    texts, total, entropy = [""], 0.0, 0.0
    for _ in range(length):
        grown = []
        for text in texts:
            probabilities = brackets.read(text).probabilities
            assert len(probabilities) == len(text)
            for character in brackets.ALPHABET:
                try:
                    brackets.read(text + character)
                except ValueError:
                    continue
                grown.append(text + character)
        texts = grown
    for text in texts:
        log_probability = brackets.read(text).log_probability.sum()
        total += np.exp(log_probability)
        entropy -= np.exp(log_probability) * log_probability
    assert abs(total - 1) < 1e-12
    drawn = [brackets.sample(RNG(k), length) for k in range(2000)]
    assert set(drawn) <= set(texts)
    cost = [-brackets.read(text).log_probability.sum() for text in drawn]
    assert abs(np.mean(cost) - entropy) < 5 * np.std(cost) / np.sqrt(len(cost)) + 1e-12


def test_the_probabilities_of_the_bayes_optimal_predictor():
    reading = brackets.read("( he")
    row = dict(zip(brackets.ALPHABET, reading.probabilities[3], strict=True))  # after "( h"
    assert row["e"] == 1 and sum(row.values()) == 1
    row = dict(zip(brackets.ALPHABET, brackets.read("( he ").probabilities[4], strict=True))  # after "( he"
    assert np.allclose([row[" "], row["r"]], [1 / 3, 2 / 3])  # he, her, here
    row = dict(zip(brackets.ALPHABET, brackets.read("( )").probabilities[2], strict=True))
    assert np.isclose(row[")"], 0.3) and row["]"] == row["}"] == 0 and np.isclose(row["["], 0.1)
    sums = brackets.read(LONG[:500]).probabilities.sum(axis=1)
    assert np.abs(sums - 1).max() < 1e-12
    empty = brackets.read("")
    assert empty.probabilities.shape == (0, len(brackets.ALPHABET)) and empty.depth.shape == (0,)


@pytest.mark.parametrize(
    ("text", "place", "may"),
    [("[ )", 2, "ah"), (") ", 0, "([a"), ("he he  ", 6, "([a"), ("hat", 1, "'e'"), ("( ( ( ( ( (", 10, "')aht'")],
)
def test_text_outside_the_language_is_refused(text, place, may):
    with pytest.raises(ValueError, match=re.escape(f"text[{place}] is {text[place]!r}; expected one of")) as error:
        brackets.read(text)
    assert may in str(error.value)


def test_the_same_seed_draws_the_same_text_and_a_longer_one_begins_with_it():
    assert brackets.sample(RNG(3), 500) == brackets.sample(RNG(3), 500) == brackets.sample(RNG(3), 900)[:500]
    assert brackets.sample(RNG(3), 500) != brackets.sample(RNG(4), 500)
    for length in (1, 2, 3):
        assert len(brackets.sample(RNG(1), length)) == length
    with pytest.raises(ValueError, match="rng is 0; expected a numpy Generator"):
        brackets.sample(0, 5)
    with pytest.raises(ValueError, match="length is 0"):
        brackets.sample(RNG(0), 0)


def test_no_word_and_its_space_begins_another():
    parts = [part + " " for part in (*brackets.WORDS, *"()[]{}")]
    assert not any(a != b and b.startswith(a) for a, b in itertools.product(parts, parts))
