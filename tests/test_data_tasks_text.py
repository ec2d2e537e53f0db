"""Text as a task: round trips, a split in time, batches that continue each other, and errors that say what to do."""

import re
from importlib import resources

import numpy as np
import pytest

from lstm_helpers.data.tasks import text

BOOK = text.book()


def test_the_book_is_what_its_note_says():
    note = resources.files("lstm_helpers.data").joinpath("sources", "book.md").read_text(encoding="utf-8")
    assert f"{len(BOOK):,} characters, {len(text.alphabet(BOOK))}\ndistinct" in note and "CC BY 4.0" in note
    assert BOOK.isascii() and len(BOOK) < 250_000
    assert BOOK.endswith("\n") and "\n\n" not in BOOK and "  " not in BOOK and "$" not in BOOK and "`" not in BOOK
    assert BOOK.startswith("What exactly does an LSTM remember?\n") and "## " not in BOOK and "|" not in BOOK


def test_encoding_and_back():
    letters = text.alphabet("banana\n")
    assert letters == "\nabn"
    tokens = text.encode("nab", letters)
    assert tokens.tolist() == [3, 1, 2] and tokens.dtype == np.int64
    assert text.decode(tokens, letters) == "nab"
    assert text.decode(text.encode(BOOK, text.alphabet(BOOK)), text.alphabet(BOOK)) == BOOK
    assert text.encode("", letters).shape == (0,) and text.decode(np.array([], int), letters) == ""


def test_the_split_is_in_time_and_loses_nothing():
    parts = text.split(BOOK)
    assert "".join(parts) == BOOK and [round(10 * len(part) / len(BOOK), 2) for part in parts] == [8, 1, 1]
    assert text.split("abcdefghij", 0.3, 0.2) == ("abcde", "fgh", "ij")


def test_batches_go_on_where_the_last_one_ended():
    tokens = np.arange(103)
    batches = text.chunks(tokens, 4, 10)
    first, second = batches(0), batches(1)
    assert first.xs.shape == first.targets.shape == (10, 4) and first.mask is None
    assert np.array_equal(first.targets[:-1], first.xs[1:])  # the next character is the answer
    assert np.array_equal(first.targets[-1], second.xs[0])  # and across the border
    assert first.xs[0].tolist() == [0, 25, 51, 77]
    seen = np.concatenate([batches(step).xs[:, 0] for step in range(11)])
    assert np.array_equal(seen, np.arange(110) % 103)  # every reader goes round the whole text
    assert np.array_equal(batches(10**6).xs, text.chunks(tokens, 4, 10)(10**6).xs)


def write(tmp_path, data):
    path = tmp_path / "mine.txt"
    path.write_bytes(data)
    return path


def test_reading_a_file(tmp_path):
    words = "Größe, naïveté and a new line\n" * 50
    assert text.read(write(tmp_path, words.encode())) == words
    assert text.read(write(tmp_path, words.encode("latin-1")), encoding="latin-1") == words


@pytest.mark.parametrize(
    ("data", "options", "words"),
    [
        (b"caf\xe9 " * 300, {}, "is not utf-8: byte 3 is 0xe9; if it is a text file, try another encoding"),
        (b"", {}, "holds 0 characters; expected at least 1000"),
        (b"x" * 999, {}, "holds 999 characters"),
        ("".join(map(chr, range(200, 1400))).encode(), {}, "holds 1200 distinct characters, 1200 of them only once"),
        (b"abcde" * 300, {"most_kinds": 4}, "holds 5 distinct characters, 0 of them only once; expected at most 4"),
        (b"abc" * 400, {"encoding": "klingon"}, "encoding is 'klingon', unknown to Python"),
    ],
)
def test_files_that_cannot_be_learned_from(tmp_path, data, options, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        text.read(write(tmp_path, data), **options)


def test_a_missing_file_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        text.read(tmp_path / "no such file.txt")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: text.encode("abx", "ab"), "text[2] is 'x'; expected one of the 2 characters 'ab'"),
        (lambda: text.decode(np.array([0, 2]), "ab"), "tokens run from 0 to 2; expected 0 to 1"),
        (lambda: text.decode(np.array([0.0]), "ab"), "tokens is float64 of shape (1,)"),
        (lambda: text.split("abc", 0.5, 0.5), "leave a part empty"),
        (lambda: text.split("ab"), "of 2 characters leave a part empty"),
        (lambda: text.split("abc" * 99, 0, 0.1), "validation is 0; expected a fraction between 0 and 1"),
        (lambda: text.split("abc" * 99, 0.1, 10), "test is 10"),
        (lambda: text.chunks(np.arange(5), 2, 5), "more than length=5"),
        (lambda: text.chunks(np.arange(5.0), 2, 3), "tokens is float64"),
        (lambda: text.chunks(np.arange(5), 0, 3), "batch_size is 0"),
        (lambda: text.chunks(np.arange(5), 2, 0), "length is 0"),
    ],
)
def test_refusals(call, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        call()
