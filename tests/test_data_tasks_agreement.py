"""The generator keeps its grammar, and the scores it promises for simple strategies are the true ones."""

from collections import Counter
from itertools import product

import numpy as np
import pytest

from lstm_helpers import unroll
from lstm_helpers.cells import lstm
from lstm_helpers.data.tasks import agreement
from lstm_helpers.data.tasks.agreement import NOUNS, PLURAL, PREPOSITIONS, SINGULAR, VERBS, VOCABULARY, Sentence

NUMBER = {word: number for pair in (*NOUNS, *VERBS) for number, word in enumerate(pair)}
OPEN = 40.0  # a pre-activation at which sigmoid and tanh are 1 to the last bit


def numbers_of_nouns(sentence):
    nouns = {word for pair in NOUNS for word in pair}
    return [NUMBER[word] for word in sentence.words if word in nouns]


def test_vocabulary_has_no_word_twice_and_verbs_contrast_in_number():
    assert len(set(VOCABULARY)) == len(VOCABULARY) == 20
    assert (SINGULAR, PLURAL) == (0, 1)
    assert ("child", "children") in NOUNS and ("runs", "run") in VERBS


@pytest.mark.parametrize("distractors", [0, 1, 2, 7, (0, 3), (4, 4)])
def test_every_sentence_follows_the_grammar(distractors):
    rng = np.random.default_rng(1)
    low, high = distractors if isinstance(distractors, tuple) else (distractors, distractors)
    seen = set()
    for sentence in agreement.sentences(rng, 100, distractors):
        numbers = numbers_of_nouns(sentence)
        seen.add(len(numbers) - 1)
        assert len(sentence.words) == 3 + 3 * (len(numbers) - 1)
        assert set(sentence.words[0:-1:3]) == {"the"}
        assert set(sentence.words[2:-1:3]) <= set(PREPOSITIONS)
        assert sentence.number == numbers[0] == NUMBER[sentence.words[-1]]
    assert seen == set(range(low, high + 1))


def test_subject_stands_3d_plus_1_words_before_its_verb():
    sentence = agreement.sentence(np.random.default_rng(2), 4)
    assert len(sentence.words) - 1 - 1 == 3 * 4 + 1


def test_words_read_as_english():
    sentence = Sentence(("the", "dogs", "near", "the", "cat", "run"), PLURAL)
    assert str(sentence) == "the dogs near the cat run"
    assert sentence.before_verb == ("the", "dogs", "near", "the", "cat")


def test_same_seed_same_sentences_and_no_global_state():
    before = np.random.get_state()[1].copy()
    a = agreement.sentences(np.random.default_rng(3), 20, (0, 5))
    b = agreement.sentences(np.random.default_rng(3), 20, (0, 5))
    assert a == b and a != agreement.sentences(np.random.default_rng(4), 20, (0, 5))
    assert np.array_equal(before, np.random.get_state()[1])


def test_numbers_of_nouns_are_independent_fair_coins_and_words_are_uniform():
    drawn = agreement.sentences(np.random.default_rng(5), 8000, 2)
    patterns = Counter(tuple(numbers_of_nouns(sentence)) for sentence in drawn)
    assert set(patterns) == set(product((0, 1), repeat=3))
    # 8 patterns of 1000 each, standard deviation sqrt(8000 · 1/8 · 7/8) = 30: within 4 of them
    assert max(abs(count - 1000) for count in patterns.values()) < 120
    words = Counter(word for sentence in drawn for word in sentence.words)
    nouns = [words[a] + words[b] for a, b in NOUNS]
    assert max(abs(count - 24000 / 5) for count in nouns) < 4 * np.sqrt(24000 * 0.2 * 0.8)
    verbs = [words[a] + words[b] for a, b in VERBS]
    assert max(abs(count - 8000 / 3) for count in verbs) < 4 * np.sqrt(8000 * 2 / 9)


@pytest.mark.parametrize("distractors", [0, 1, 2, 3, 6, (0, 1), (0, 4)])
def test_exact_scores_of_simple_strategies_by_counting_every_pattern(distractors):
    low, high = distractors if isinstance(distractors, tuple) else (distractors, distractors)
    last, majority = [], []
    for count in range(low, high + 1):
        patterns = np.array(list(product((0, 1), repeat=count + 1)))
        last.append(np.mean(patterns[:, -1] == patterns[:, 0]))
        share = patterns.mean(axis=1)
        right = np.where(share == 0.5, 0.5, (share > 0.5) == patterns[:, 0])
        majority.append(right.mean())
    assert agreement.last_noun_accuracy(distractors) == pytest.approx(np.mean(last), abs=1e-15)
    assert agreement.majority_accuracy(distractors) == pytest.approx(np.mean(majority), abs=1e-15)


def test_known_scores():
    assert agreement.last_noun_accuracy(0) == agreement.majority_accuracy(0) == 1.0
    assert agreement.last_noun_accuracy(1) == agreement.last_noun_accuracy(40) == 0.5
    assert agreement.majority_accuracy(1) == agreement.majority_accuracy(2) == 0.75
    assert agreement.majority_accuracy(100) == pytest.approx(0.5 + 0.5 * np.sqrt(2 / (np.pi * 101)), abs=1e-3)


def test_scores_hold_on_generated_sentences():
    drawn = agreement.sentences(np.random.default_rng(6), 4000, (0, 2))
    nearest = np.mean([numbers_of_nouns(sentence)[-1] == sentence.number for sentence in drawn])
    assert abs(nearest - agreement.last_noun_accuracy((0, 2))) < 4 * np.sqrt(0.25 / 4000)
    assert abs(np.mean([sentence.number for sentence in drawn]) - 0.5) < 4 * np.sqrt(0.25 / 4000)


def test_flip_subject_changes_two_words_and_undoes_itself():
    sentence = Sentence(("the", "child", "near", "the", "cat", "sleeps"), SINGULAR)
    flipped = agreement.flip_subject(sentence)
    assert flipped == Sentence(("the", "children", "near", "the", "cat", "sleep"), PLURAL)
    assert agreement.flip_subject(flipped) == sentence


def test_encode_is_one_hot_time_first_and_decode_undoes_it():
    text = "the dogs near the cat behind the horses run"
    xs = agreement.encode(text)
    assert xs.shape == (9, 1, 20) and xs.dtype == np.float64
    assert np.array_equal(xs.sum(axis=2), np.ones((9, 1))) and set(np.unique(xs)) == {0.0, 1.0}
    assert xs[0, 0, VOCABULARY.index("the")] == xs[1, 0, VOCABULARY.index("dogs")] == 1
    assert agreement.decode(xs) == (text,)
    assert np.array_equal(agreement.encode(text.split()), xs)
    assert np.array_equal(agreement.encode(Sentence(tuple(text.split()), PLURAL)), xs)
    assert agreement.encode(text, np.float32).dtype == np.float32


def test_batch_pads_at_the_end_and_masks_the_padding():
    batch = agreement.batch(np.random.default_rng(7), 30, (0, 4), np.float32)
    lengths = [len(sentence.before_verb) for sentence in batch.sentences]
    assert batch.xs.shape == (max(lengths), 30, 20) and batch.xs.dtype == np.float32
    assert batch.mask.dtype == np.bool_ and list(batch.mask.sum(axis=0)) == lengths and len(set(lengths)) > 1
    assert not batch.xs[~batch.mask].any()
    assert agreement.decode(batch.xs, batch.mask) == tuple(" ".join(s.before_verb) for s in batch.sentences)
    assert batch.targets.dtype == np.int64 and list(batch.targets) == [s.number for s in batch.sentences]


def test_batch_never_shows_the_verb():
    batch = agreement.batch(np.random.default_rng(8), 50, (0, 3))
    verbs = [VOCABULARY.index(word) for pair in VERBS for word in pair]
    assert not batch.xs[:, :, verbs].any()


def test_batch_is_the_same_sentences_encoded():
    drawn = agreement.sentences(np.random.default_rng(9), 5, (1, 3))
    batch, again = agreement.batch(np.random.default_rng(9), 5, (1, 3)), agreement.batch_of(drawn)
    assert batch.sentences == again.sentences == drawn
    assert np.array_equal(batch.xs, again.xs) and np.array_equal(batch.mask, again.mask)


def test_two_units_of_an_lstm_solve_the_task_at_any_distance():
    """Weights written by hand: unit 1 remembers that a noun was seen; unit 0 takes a noun's number only before that."""
    H, D = 2, len(VOCABULARY)
    W_x, W_h, b = np.zeros((D, 4, H)), np.zeros((H, 4, H)), np.zeros((4, H))
    i, f, g, o = range(4)
    b[f], b[o], b[i] = OPEN, OPEN, -OPEN
    b[g, 1] = OPEN
    W_h[1, i, 0] = -4 * OPEN  # closed for good once h of unit 1 is tanh(1) = 0.76
    for word, number in NUMBER.items():
        k = VOCABULARY.index(word)
        W_x[k, i] = 2 * OPEN
        W_x[k, g, 0] = OPEN if number == PLURAL else -OPEN
    params = lstm.Params(W_x.reshape(D, -1), W_h.reshape(H, -1), b.reshape(-1))
    for distractors in (0, 1, 2, 40, (0, 12)):
        batch = agreement.batch(np.random.default_rng(10), 200, distractors)
        trace = unroll(lstm, params, batch.xs, mask=batch.mask)
        assert np.array_equal(trace.h[-1, :, 0] > 0, batch.targets == PLURAL)


@pytest.mark.parametrize("bad", [-1, 1.5, (3, 1), (1,), (1, 2, 3), "2", None, True, (0.0, 1.0), [0, 1]])
def test_bad_distractors_are_named(bad):
    rng = np.random.default_rng(0)
    for call in (
        lambda: agreement.sentence(rng, bad),
        lambda: agreement.batch(rng, 2, bad),
        lambda: agreement.last_noun_accuracy(bad),
        lambda: agreement.majority_accuracy(bad),
    ):
        with pytest.raises(ValueError, match=r"distractors is .*; expected an int"):
            call()


@pytest.mark.parametrize("distractors", [0, 1, 2, 9, (3, 3), (0, 5)])
@pytest.mark.parametrize("source", [np.random.PCG64, np.random.MT19937, np.random.Philox, np.random.SFC64])
def test_many_sentences_are_those_that_one_at_a_time_gives(distractors, source):
    together, one_by_one = (np.random.Generator(source(11)) for _ in range(2))
    drawn = agreement.sentences(together, 25, distractors)
    assert drawn == tuple(agreement.sentence(one_by_one, distractors) for _ in range(25))
    assert together.random() == one_by_one.random()  # and both go on from there


def test_a_seed_keeps_its_sentences():
    """The same seed gives again what the book trained on and describes."""
    drawn = agreement.sentences(np.random.default_rng(4), 2, 2)
    assert [str(one) for one in drawn] == [
        "the birds beside the children near the children sleep",
        "the horses near the child beside the bird wait",
    ]
    assert str(agreement.sentence(np.random.default_rng(4), (0, 3))) == (
        "the children near the children behind the children sleep"
    )


def test_other_bad_input_is_named():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="batch_size is 0"):
        agreement.batch(rng, 0)
    with pytest.raises(ValueError, match="count is -3"):
        agreement.sentences(rng, -3)
    with pytest.raises(ValueError, match=r"rng is .*default_rng"):
        agreement.sentence(0)
    with pytest.raises(ValueError, match="'mouse', which is not in the vocabulary; use: the near"):
        agreement.encode("the mouse")
    with pytest.raises(ValueError, match="words is empty"):
        agreement.encode("")
    with pytest.raises(ValueError, match=r"chosen has Sentence\(words=\('run',\).*expected words before the verb"):
        agreement.batch_of([Sentence(("the", "dogs", "run"), PLURAL), Sentence(("run",), PLURAL)])
    with pytest.raises(ValueError, match="'mouse', which is not in the vocabulary"):
        agreement.batch_of([Sentence(("the", "mouse", "runs"), SINGULAR)])
    with pytest.raises(ValueError, match="chosen is empty"):
        agreement.batch_of([])
    with pytest.raises(ValueError, match=r"xs has shape \(3, 20\)"):
        agreement.decode(np.zeros((3, 20)))
    with pytest.raises(ValueError, match=r"xs\[1, 0\] is not one-hot"):
        agreement.decode(np.concatenate([agreement.encode("the"), np.zeros((1, 1, 20))]))
    with pytest.raises(ValueError, match="mask is float64"):
        agreement.decode(agreement.encode("the"), np.ones((1, 1)))
