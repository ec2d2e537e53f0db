"""The two languages translate as their grammars say, one to one, and hold as much information as is claimed."""

import itertools
import re
from collections import Counter

import numpy as np
import pytest

from lstm_helpers.data.tasks import reordering
from lstm_helpers.data.tasks.pairs import Pair
from lstm_helpers.seq2seq import END

RNG = np.random.default_rng
NOUNS = (*reordering.NOUNS, *reordering.SEVERAL)


def test_sentences_worked_by_hand():
    for source, answer in {
        "sleep the cat": "kato slipu",
        "sleep the cats": "kati slipun",
        "run the old dogs near the cat": "dogi olda kato nere runun",
        "sing the child behind the black horses beside the small birds":
            "tchildo horsi blaka bihinde birdi smola bisaide singu",
    }.items():  # fmt: skip
        assert " ".join(reordering.translate(source)) == answer
        assert reordering.translate(source.split()) == tuple(answer.split())


def sentences(phrases):
    """Write down all sentences of so many phrases, each with its probability."""
    hows = [([], 1 / 2), *(([word], 1 / 8) for word in reordering.ADJECTIVES)]
    parts = [(["the", *how, noun], chance / len(NOUNS)) for how, chance in hows for noun in NOUNS]
    choices = [[([verb], 1 / len(reordering.VERBS)) for verb in reordering.VERBS], parts]
    for _ in range(phrases - 1):
        choices += [[([word], 1 / len(reordering.PREPOSITIONS)) for word in reordering.PREPOSITIONS], parts]
    for chosen in itertools.product(*choices):
        yield [word for words, _ in chosen for word in words], np.prod([probability for _, probability in chosen])


@pytest.mark.parametrize(("phrases", "count"), [(1, 200), (2, 30_000)])
def test_one_to_one_and_as_many_bits_as_claimed(phrases, count):
    probabilities = [probability for _, probability in sentences(phrases)]
    assert len(probabilities) == count and abs(sum(probabilities) - 1) < 1e-12
    assert abs(-sum(p * np.log2(p) for p in probabilities) - reordering.bits(phrases)) < 1e-9
    assert len({reordering.translate(words) for words, _ in sentences(phrases)}) == count


def test_the_docstrings_numbers():
    assert round(reordering.bits(1), 1) == 7.3 and round(reordering.bits(2) - reordering.bits(1), 1) == 6.9
    assert (reordering.SOURCE_SIZE, reordering.TARGET_SIZE) == (22, 27)


def test_rules_that_are_nearly_right():
    """Keeping the order is never right, agreement with the last noun as often as computed."""
    for phrases in (1, 2):
        kept = nearly = 0.0
        for words, chance in sentences(phrases):
            answer = reordering.translate(words)
            word_by_word = [reordering._TRANSLATION[word] for word in words if word != "the"]
            kept += chance * (tuple(word_by_word) == answer)
            number = "n" if words[-1] in reordering.SEVERAL else ""
            nearly += chance * (reordering.VERBS[words[0]] + number == answer[-1])
        assert kept == 0 and abs(nearly - reordering.last_noun_accuracy(phrases)) < 1e-9
    assert reordering.last_noun_accuracy((1, 4)) == pytest.approx((1 + 3 * 0.5) / 4)


def test_sampled_sentences_follow_the_probabilities():
    drawn = [reordering.sentence(RNG([2, k]), (1, 3)) for k in range(6000)]
    counts = Counter(sum(word in NOUNS for word in pair.source) for pair in drawn)
    assert set(counts) == {1, 2, 3} and max(counts.values()) < 1.1 * min(counts.values())
    words = Counter(word for pair in drawn for word in pair.source)
    for kind in (reordering.VERBS, NOUNS, reordering.ADJECTIVES, reordering.PREPOSITIONS):
        assert max(words[word] for word in kind) < 1.2 * min(words[word] for word in kind)
    assert abs(sum(words[word] for word in reordering.ADJECTIVES) / words["the"] - 1 / 2) < 0.02
    assert all(pair.answer == reordering.translate(pair.source) for pair in drawn)


def test_a_batch_is_its_sentences():
    batch = reordering.batch(RNG(3), 6, (1, 4))
    rng = RNG(3)
    for b in range(6):
        pair = reordering.sentence(rng, (1, 4))
        assert np.array_equal(batch.xs[batch.mask[:, b], b], reordering.encode(pair.source))
        answer = batch.targets[batch.target_mask[:, b], b]
        assert answer[-1] == END and reordering.decode(answer) == pair.answer
        assert END not in answer[:-1]
    assert np.array_equal(reordering.encode("sleep the cat"), reordering.encode(["sleep", "the", "cat"]))
    one = reordering.batch_of([Pair(("run", "the", "dog"), ("dogo", "runu"))])
    assert one.xs.shape == (3, 1) and one.targets.shape == (3, 1) and one.mask.all() and one.target_mask.all()


BAD = {
    "words[0] is 'the'; expected a verb": lambda: reordering.translate("the dog"),
    "words[1] is 'dog'; expected the article": lambda: reordering.translate("run dog"),
    "words[2] is 'the end'; expected a noun": lambda: reordering.translate("run the"),
    "words[1] is 'the end'; expected the article": lambda: reordering.translate("run"),
    "words[3] is 'the'; expected a preposition": lambda: reordering.translate("run the dog the"),
    "words[1] is 'a'; expected one of: the": lambda: reordering.encode("run a dog"),
    "phrases is 0; expected an int ≥ 1": lambda: reordering.batch(RNG(0), 2, 0),
    "phrases is (3, 2)": lambda: reordering.sentence(RNG(0), (3, 2)),
    "rng is None": lambda: reordering.sentence(None),
    "batch_size is 0": lambda: reordering.batch(RNG(0), 0),
    "phrases is 0": lambda: reordering.bits(0),
}


@pytest.mark.parametrize("words", BAD)
def test_errors_name_what_was_wrong(words):
    with pytest.raises(ValueError, match=re.escape(words)):
        BAD[words]()
