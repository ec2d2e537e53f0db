"""Translation between two small languages: the verb moves from first to last, and the words of a phrase are reversed.

    sleep   the old dogs   near the cat        →        dogi olda   kato nere   slipun
    verb    phrase         phrase                       phrase      phrase      verb

The source has English words. The target is an artificial language: its words sound like the English ones, and an ending
marks the kind of a word: -o a singular noun, -i a plural noun, -a an adjective, -e a preposition, -u a singular verb,
-un a plural verb. It has no article. Hence a translator has to

- carry the first word to the very end, past all others;
- exchange neighbouring words: "old dogs" is ``dogi olda``, "near the cat" is ``kato nere``;
- make the verb agree with the first noun, although the source's verb has a single form.

All choices are fair: one of 4 verbs; for each of n phrases one of 5 nouns, singular or plural, and in half of the
phrases one of 4 adjectives; before each phrase but the first one of 3 prepositions. Every sentence has one translation,
and no two have the same. So a fixed-length context vector between encoder and decoder must hold

    bits(n) = log2 4 + n (log2 10 + 1 + ½ log2 4) + (n - 1) log2 3        7.3 for one phrase, 6.9 for each one more.

A translator that knows everything but the order of words is never right. One that makes the verb agree with the last
noun is right in 1/2 of the sentences from n = 2 on. One that predicts the subject's number at chance level is right in
1/2 of them for every n.
"""

from collections.abc import Sequence
from types import MappingProxyType

import numpy as np

from lstm_helpers.arrays import Array, check_generator, check_size
from lstm_helpers.data.tasks import pairs
from lstm_helpers.data.tasks.agreement import ARTICLE
from lstm_helpers.data.tasks.pairs import Pair
from lstm_helpers.seq2seq import PairBatch

VERBS = MappingProxyType({"run": "runu", "sleep": "slipu", "wait": "wetu", "sing": "singu"})
NOUNS = MappingProxyType({"dog": "dogo", "cat": "kato", "bird": "birdo", "horse": "horso", "child": "tchildo"})
SEVERAL = MappingProxyType({"dogs": "dogi", "cats": "kati", "birds": "birdi", "horses": "horsi", "children": "tchildi"})
ADJECTIVES = MappingProxyType({"old": "olda", "small": "smola", "white": "waita", "black": "blaka"})
PREPOSITIONS = MappingProxyType({"near": "nere", "behind": "bihinde", "beside": "bisaide"})

_TRANSLATION = MappingProxyType({**VERBS, **NOUNS, **SEVERAL, **ADJECTIVES, **PREPOSITIONS})
SOURCE_WORDS = (ARTICLE, *_TRANSLATION)
TARGET_WORDS = pairs.vocabulary((*_TRANSLATION.values(), *(f"{verb}n" for verb in VERBS.values())))  # START, END first
SOURCE_SIZE, TARGET_SIZE = len(SOURCE_WORDS), len(TARGET_WORDS)

_SOURCE = MappingProxyType({word: k for k, word in enumerate(SOURCE_WORDS)})
_TARGET = MappingProxyType({word: k for k, word in enumerate(TARGET_WORDS)})

Phrases = int | tuple[int, int]  # a fixed number, or (low, high), both included


def sentence(rng: np.random.Generator, phrases: Phrases = 2) -> Pair:
    """Draw a sentence and give it with its translation, in words.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of every choice.
    phrases : int or (int, int)
        How many phrases: an int, or (low, high), both included, each equally likely.

    Raises
    ------
    ValueError
        If ``phrases`` is not an int ≥ 1 or a pair of them in order, or ``rng`` is not a generator.
    """
    check_generator(rng)
    low, high = _bounds(phrases)

    def pick(words: Sequence[str]) -> str:
        return words[int(rng.integers(len(words)))]

    words = [pick(tuple(VERBS))]
    for k in range(int(rng.integers(low, high + 1))):
        words += [pick(tuple(PREPOSITIONS))] if k else []
        words += [ARTICLE, *([pick(tuple(ADJECTIVES))] if rng.integers(2) else [])]
        words += [pick((*NOUNS, *SEVERAL))]
    return Pair(tuple(words), translate(words))


def translate(words: str | Sequence[str]) -> tuple[str, ...]:
    """Translate a sentence by the rules of the two grammars, which a network has to learn from examples.

    Raises
    ------
    ValueError
        If it is not a sentence of the source language; the message names the first wrong word.
    """
    given = words.split() if isinstance(words, str) else list(words)
    rest = list(enumerate(given))

    def take(kind: Sequence[str], what: str) -> str:
        if not rest or rest[0][1] not in kind:
            place, word = rest[0] if rest else (len(given), "the end")
            raise ValueError(f"words[{place}] is {word!r}; expected {what}: {' '.join(kind)}")
        return rest.pop(0)[1]

    answer: list[str] = []
    verb = take(tuple(VERBS), "a verb")
    agrees = ""
    while rest or not answer:
        behind = [PREPOSITIONS[take(tuple(PREPOSITIONS), "a preposition")]] if answer else []
        take((ARTICLE,), "the article")
        how = [ADJECTIVES[rest.pop(0)[1]]] if rest and rest[0][1] in ADJECTIVES else []
        noun = take((*NOUNS, *SEVERAL), "a noun")
        agrees = ("n" if noun in SEVERAL else "") if not answer else agrees
        answer += [_TRANSLATION[noun], *how, *behind]
    return (*answer, VERBS[verb] + agrees)


def batch(rng: np.random.Generator, batch_size: int, phrases: Phrases = 2) -> PairBatch:
    """Draw ``batch_size`` sentences with their translations, padded to the longest (see ``sentence``)."""
    check_size("batch_size", batch_size)
    return batch_of([sentence(rng, phrases) for _ in range(batch_size)])


def batch_of(chosen: Sequence[Pair]) -> PairBatch:
    """Turn the given pairs into one PairBatch: sources (S, B), answers with END (T, B), and their masks."""
    return pairs.batch_of(chosen, _SOURCE, _TARGET)


def encode(words: str | Sequence[str]) -> Array:
    """Turn a sentence into numbers (S,), indices in SOURCE_WORDS; an error names an unknown word."""
    return pairs.encode("words", words.split() if isinstance(words, str) else words, _SOURCE)


def decode(tokens: Array) -> tuple[str, ...]:
    """Turn an answer's indices into words, up to END if there is one."""
    return pairs.decode(tokens, TARGET_WORDS)


def bits(phrases: int) -> float:
    """Return the information in a sentence of ``phrases`` phrases, in bits: the capacity that a translator needs."""
    check_size("phrases", phrases)
    nouns = len(NOUNS) + len(SEVERAL)
    each = np.log2(nouns) + 1 + np.log2(len(ADJECTIVES)) / 2
    return float(np.log2(len(VERBS)) + phrases * each + (phrases - 1) * np.log2(len(PREPOSITIONS)))


def last_noun_accuracy(phrases: Phrases = 2) -> float:
    """Return the exact accuracy of translations that are right except that the verb agrees with the last noun."""
    low, high = _bounds(phrases)
    return float(np.mean([1.0 if n == 1 else 0.5 for n in range(low, high + 1)]))


def _bounds(phrases: Phrases) -> tuple[int, int]:
    """Return (low, high), or raise an error about the argument."""
    pair = phrases if isinstance(phrases, tuple) else (phrases, phrases)
    whole = len(pair) == 2 and all(isinstance(n, int | np.integer) and not isinstance(n, bool) for n in pair)
    if not whole or not 1 <= pair[0] <= pair[1]:
        raise ValueError(f"phrases is {phrases!r}; expected an int ≥ 1, or (low, high) with 1 ≤ low ≤ high")
    return int(pair[0]), int(pair[1])
