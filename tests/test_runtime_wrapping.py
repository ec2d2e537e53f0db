"""Long lines are broken between words, and nothing is lost on the way."""

from lstm_helpers.runtime import COLUMNS, wrap

SENTENCE = " ".join(["eleven"] * 30)


def test_short_lines_do_not_change():
    text = f"short\n\n  i  f   g   o\n{'x' * COLUMNS}"
    assert wrap(text) == text


def test_a_long_line_becomes_several_of_the_same_words():
    lines = wrap(SENTENCE).split("\n")
    assert len(lines) == 3 and max(map(len, lines)) <= COLUMNS and " ".join(lines) == SENTENCE


def test_continuation_lines_keep_the_indentation():
    for start in ("  ", "- "):
        first, *others = wrap(start + SENTENCE).split("\n")
        assert first.startswith(f"{start}eleven") and all(line.startswith("  eleven") for line in others)


def test_a_word_is_never_broken():
    assert wrap(f"a {'x' * 100}-{'y' * 100} b") == f"a\n{'x' * 100}-{'y' * 100}\nb"
