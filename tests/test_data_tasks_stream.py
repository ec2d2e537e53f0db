"""The stream is sentences of the known grammar, one after the other, answered with the subject of the one at hand."""

import numpy as np
import pytest

from lstm_helpers.data.tasks import agreement, stream

VERBS = {word for pair in agreement.VERBS for word in pair}
NUMBER = {word: k for pair in (*agreement.NOUNS, *agreement.VERBS) for k, word in enumerate(pair)}


def sentences_of(words, targets, asked):
    """Cut a stream after its verbs; the last chunk may be without one."""
    ends = [t + 1 for t, word in enumerate(words) if word in VERBS]
    for start, end in zip([0, *ends], [*ends, len(words)], strict=True):
        if start < end:
            yield words[start:end], targets[start:end], asked[start:end]


@pytest.mark.parametrize(("distractors", "length"), [((1, 3), 200), (0, 50), (2, 77)])
def test_every_word_is_answered_with_its_sentences_subject(distractors, length):
    drawn = stream.batch(np.random.default_rng(3), 4, length, distractors)
    streams = agreement.decode(drawn.xs)
    assert drawn.xs.shape == (length, 4, stream.INPUT_SIZE) and drawn.mask is None
    low, high = distractors if isinstance(distractors, tuple) else (distractors, distractors)
    seen = set()
    for b, text in enumerate(streams):
        parts = list(sentences_of(text.split(), drawn.targets[:, b], drawn.asked[:, b]))
        for words, targets, asked in parts:
            assert words[0] == agreement.ARTICLE and targets[0] == stream.UNKNOWN
            if len(words) > 1:
                assert np.all(targets[1:] == NUMBER[words[1]])
            whole = words[-1] in VERBS
            if whole:
                assert NUMBER[words[-1]] == NUMBER[words[1]]
                assert low <= (len(words) - 3) / 3 <= high
                seen.add((len(words) - 3) // 3)
            expected = np.arange(len(words)) == len(words) - 2
            # A stream may end on the word that is asked about, before its verb.
            assert np.array_equal(asked, expected) if whole else not asked[:-1].any()
    assert seen == set(range(low, high + 1))


def test_the_last_noun_is_right_in_half_of_the_cases():
    drawn = stream.batch(np.random.default_rng(0), 40, 500)
    right = total = 0
    for b, text in enumerate(agreement.decode(drawn.xs)):
        for t in np.flatnonzero(drawn.asked[:, b]):
            right += NUMBER[text.split()[t]] == drawn.targets[t, b]
            total += 1
    assert total > 1500 and abs(right / total - 0.5) < 4.5 * 0.5 / np.sqrt(total)


def test_one_seed_one_stream_in_the_dtype_that_was_asked_for():
    first, again = (stream.batch(np.random.default_rng(5), 3, 30, dtype=np.float32) for _ in range(2))
    assert first.xs.dtype == np.float32 and np.array_equal(first.xs, again.xs)
    assert np.array_equal(first.targets, again.targets) and np.array_equal(first.asked, again.asked)
    assert not np.array_equal(first.xs, stream.batch(np.random.default_rng(6), 3, 30).xs)
    assert not np.array_equal(first.xs[:, 0], first.xs[:, 1])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((3, 2, 5), "rng is 3; expected a numpy Generator"),
        ((np.random.default_rng(0), 0, 5), "batch_size is 0"),
        ((np.random.default_rng(0), 2, 0), "length is 0; expected a whole number from 1"),
        ((np.random.default_rng(0), 2, 5, (3, 1)), r"distractors is \(3, 1\)"),
    ],
)
def test_bad_input_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        stream.batch(*arguments)


def test_not_knowing_is_an_answer_of_its_own():
    answers = {agreement.SINGULAR, agreement.PLURAL, stream.UNKNOWN}
    assert answers == set(range(stream.OUTPUT_SIZE))
