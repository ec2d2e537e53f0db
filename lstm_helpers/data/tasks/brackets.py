"""Words in nested brackets: a language that needs a stack and whose entropy rate is known exactly.

    he [ then { a ( an ) } the ] and        the last open bracket is the first to be closed

A text is a chain of parts, each followed by a space. At depth d, the number of open brackets, the next part

    opens one of K brackets    with probability p_d = OPEN for d < DEEPEST, else 0      which of them: uniform
    closes the innermost one   with probability q_d = CLOSE for d > 0, else 0           which: determined
    is one of W words          otherwise, r_d                                           which: uniform

The depth is a Markov chain with π_d p_d = π_{d+1} q_{d+1} in the long run. A part has, on average, the entropy

    Σ_d π_d ( H(p_d, q_d, r_d) + p_d ln K + r_d ln W )     nats,   and   Σ_d π_d ( 2 (p_d + q_d) + r_d ℓ )   characters

with ℓ the mean length of a word and its space. No word with its space is a prefix of another, so the parts can be
parsed from the text, and the first sum divided by the second is the entropy rate, the lower bound of the mean
cross-entropy per character of a long text. Shannon (1951) estimated that of English; here it follows from the grammar.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from lstm_helpers.arrays import Array, check_generator, check_size

BRACKETS = ("()", "[]", "{}")
WORDS = ("a", "an", "and", "he", "her", "here", "the", "then")
OPEN, CLOSE = 0.3, 0.3
DEEPEST = 5
ALPHABET = "".join(sorted({*" ", *"".join(BRACKETS), *"".join(WORDS)}))


class Reading(NamedTuple):
    """The predictions of a Bayes-optimal predictor, which knows the grammar; T characters, V = len(ALPHABET)."""

    probabilities: Array  # (T, V) of each character, before it is observed
    log_probability: Array  # (T,) nats (negative): of the observed character
    depth: Array  # (T,) how many brackets are open after it


def sample(rng: np.random.Generator, length: int) -> str:
    """Draw the first ``length`` characters of a text, which begins with no bracket open."""
    check_generator(rng)
    check_size("length", length)
    open_brackets: list[str] = []
    parts: list[str] = []
    size = 0
    while size < length:
        p, q, _ = _odds(len(open_brackets))
        u = rng.random()
        if u < p:
            open_brackets.append(BRACKETS[rng.integers(len(BRACKETS))])
            part = open_brackets[-1][0]
        elif u < p + q:
            part = open_brackets.pop()[1]
        else:
            part = WORDS[rng.integers(len(WORDS))]
        parts.append(part + " ")
        size += len(part) + 1
    return "".join(parts)[:length]


def depth_probabilities() -> Array:
    """Return π_d, the stationary probability that a part begins at each depth, (DEEPEST + 1,)."""
    weights = [1.0]
    for d in range(DEEPEST):
        weights.append(weights[-1] * _odds(d)[0] / _odds(d + 1)[1])
    return np.array(weights) / sum(weights)


def entropy_rate() -> float:
    """Return the entropy rate, in nats per character. Divided by ln 2 it is in bits."""
    nats = [_plogp(_odds(d)) + _odds(d)[0] * np.log(len(BRACKETS)) + _odds(d)[2] * np.log(len(WORDS)) for d in _DEPTHS]
    return float(depth_probabilities() @ nats / _part_length())


def without_kinds() -> float:
    """Return the lowest mean cross-entropy, in nats per character, that is possible from the depth alone.

    Without the kinds of the open brackets, each closing bracket costs ln K more: all kinds are equally likely.
    """
    closing = depth_probabilities() @ [_odds(d)[1] for d in _DEPTHS]
    return entropy_rate() + float(closing * np.log(len(BRACKETS)) / _part_length())


def read(text: str) -> Reading:
    """Predict every character of a text optimally.

    Raises
    ------
    ValueError
        If the text is not of this language; the message names the first wrong character.
    """
    open_brackets: list[str] = []
    letters = ""  # of the part so far
    rows, log_probabilities, depths = [], [], []
    for t, character in enumerate(text):
        row = _next_character(len(open_brackets), open_brackets[-1] if open_brackets else "", letters)
        place = ALPHABET.find(character)
        if place < 0 or row[place] == 0:
            may = "".join(letter for letter, probability in zip(ALPHABET, row, strict=True) if probability)
            raise ValueError(f"text[{t}] is {character!r}; expected one of {may!r}: it is not of the bracket language")
        rows.append(row)
        log_probabilities.append(np.log(row[place]))
        letters = "" if character == " " else letters + character
        if character in _OPENING:
            open_brackets.append(BRACKETS[_OPENING.index(character)])
        elif character in _CLOSING:
            open_brackets.pop()
        depths.append(len(open_brackets))
    return Reading(np.array(rows).reshape(-1, len(ALPHABET)), np.array(log_probabilities), np.array(depths, np.int64))


_DEPTHS = range(DEEPEST + 1)
_OPENING, _CLOSING = ("".join(pair[side] for pair in BRACKETS) for side in (0, 1))


def _odds(depth: int) -> tuple[float, float, float]:
    """Give p, q and r at a depth."""
    p, q = OPEN if depth < DEEPEST else 0.0, CLOSE if depth > 0 else 0.0
    return p, q, 1.0 - p - q


@cache
def _next_character(depth: int, innermost: str, letters: str) -> Array:
    """Give the probability of every next character, given the open brackets and the letters of the current part."""
    p, q, r = _odds(depth)
    parts = {opening: p / len(BRACKETS) for opening in _OPENING}
    parts |= {word: r / len(WORDS) for word in WORDS}
    if innermost:
        parts[innermost[1]] = q
    row = np.zeros(len(ALPHABET))
    if letters and letters in _OPENING + _CLOSING:  # the bracket is counted as open, or closed, already
        row[ALPHABET.index(" ")] = 1.0
        return row
    for part, probability in parts.items():
        if (part + " ").startswith(letters):
            row[ALPHABET.index((part + " ")[len(letters)])] += probability
    return np.asarray(row / row.sum())


def _part_length() -> float:
    """Give the mean number of characters of a part and its space."""
    word = np.mean([len(word) + 1 for word in WORDS])
    return float(depth_probabilities() @ [2 * (p + q) + r * word for p, q, r in map(_odds, _DEPTHS)])


def _plogp(odds: tuple[float, ...]) -> float:
    return -sum(p * float(np.log(p)) for p in odds if p > 0)
