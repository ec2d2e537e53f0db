"""Text as a task: predict the next character from all characters before it.

    text → tokens (indices in an alphabet) → B streams → xs (T, B), targets (T, B), one character later

The text is this book's own prose (``book``), or any file of the reader's (``read``). It is split in time: the test part
was written after the training part.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from lstm_helpers.arrays import Array, check_size
from lstm_helpers.data import shipped
from lstm_helpers.model import Batch

LEAST = 1000  # characters
MOST_KINDS = 300  # distinct characters


class Split(NamedTuple):
    """One text in three parts, in the order of the text."""

    train: str
    validation: str
    test: str


def book() -> str:
    """Return the prose of chapters 00 to 10, frozen; ``sources/book.md`` documents its source and licence."""
    return shipped.text("sources/book.txt")


def read(path: str | os.PathLike[str], *, encoding: str = "utf-8", most_kinds: int = MOST_KINDS) -> str:
    """Read a text file of your own.

    Parameters
    ----------
    path : path
        A plain text file.
    encoding : str
        The encoding of the file.
    most_kinds : int
        The largest number of distinct characters: each is a class of the network and needs examples.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not text in this encoding, has too few characters, or too many distinct ones.
    """
    try:
        text = Path(path).read_text(encoding=encoding)
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path} is not {encoding}: byte {error.start} is {error.object[error.start]:#04x}; if it is a text file, "
            "try another encoding such as encoding='latin-1', or save it as UTF-8"
        ) from None
    except LookupError:
        raise ValueError(f"encoding is {encoding!r}, unknown to Python; expected one such as 'utf-8'") from None
    if len(text) < LEAST:
        raise ValueError(
            f"{path} holds {len(text)} characters; expected at least {LEAST}: a network cannot learn from less"
        )
    kinds = alphabet(text)
    if len(kinds) > most_kinds:
        rare = sum(text.count(kind) == 1 for kind in kinds)
        raise ValueError(
            f"{path} holds {len(kinds)} distinct characters, {rare} of them only once; expected at most {most_kinds}: "
            "replace rare ones, or raise most_kinds if the file is large"
        )
    return text


def alphabet(text: str) -> str:
    """Give the distinct characters of a text, sorted; the index of each is its token."""
    return "".join(sorted(set(text)))


def encode(text: str, letters: str) -> Array:
    """Turn a text into tokens (T,), whole numbers from 0 to len(letters) - 1.

    Raises
    ------
    ValueError
        If a character is not one of ``letters``.
    """
    place = {letter: k for k, letter in enumerate(letters)}
    for t, letter in enumerate(text):
        if letter not in place:
            raise ValueError(f"text[{t}] is {letter!r}; expected one of the {len(letters)} characters {letters!r}")
    return np.array([place[letter] for letter in text], dtype=np.int64)


def decode(tokens: Array, letters: str) -> str:
    """Turn tokens (T,) back into a text: the inverse of ``encode``."""
    tokens = np.asarray(tokens)
    if tokens.ndim != 1 or (tokens.size and tokens.dtype.kind not in "iu"):
        raise ValueError(f"tokens is {tokens.dtype} of shape {tokens.shape}; expected whole numbers (T,)")
    if tokens.size and not 0 <= tokens.min() <= tokens.max() < len(letters):
        raise ValueError(f"tokens run from {tokens.min()} to {tokens.max()}; expected 0 to {len(letters) - 1}")
    return "".join(letters[k] for k in tokens)


def split(text: str, validation: float = 0.1, test: float = 0.1) -> Split:
    """Split a text in time: a training part, then a part for validation, then a part for testing.

    Parameters
    ----------
    text : str
        The whole.
    validation, test : float
        Their fractions of the text, each above 0, together below 1.
    """
    for name, part in (("validation", validation), ("test", test)):
        if isinstance(part, bool) or not isinstance(part, int | float) or not 0 < part < 1:
            raise ValueError(f"{name} is {part!r}; expected a fraction between 0 and 1, such as 0.1")
    first, second = (round(len(text) * part) for part in (1 - validation - test, 1 - test))
    if not 0 < first < second < len(text):
        raise ValueError(
            f"validation {validation} and test {test} of {len(text)} characters leave a part empty; expected fractions "
            "that add up to less than 1, and a longer text"
        )
    return Split(text[:first], text[first:second], text[second:])


def chunks(tokens: Array, batch_size: int, length: int) -> Callable[[int], Batch]:
    """Cut a text into chunks for B streams, so that each batch begins where the previous one ended.

    Parameters
    ----------
    tokens : array (N,)
        The text, more than ``length`` tokens; after its end it starts again.
    batch_size, length : int
        B streams, which start at evenly spaced positions of the text, and T, the length of a chunk.

    Returns
    -------
    function
        ``batches(step)`` for ``training.fit`` with ``carry_state=True``: ``xs`` and ``targets`` (T, B).
    """
    check_size("batch_size", batch_size)
    check_size("length", length)
    if tokens.ndim != 1 or tokens.dtype.kind not in "iu" or len(tokens) <= length:
        raise ValueError(
            f"tokens is {tokens.dtype} of shape {tokens.shape}; expected whole numbers (N,), more than length={length}"
        )
    starts = np.arange(batch_size) * len(tokens) // batch_size
    steps = np.arange(length + 1)[:, None]

    def batches(step: int) -> Batch:
        here = tokens[(starts + step * length + steps) % len(tokens)]
        return Batch(here[:-1], here[1:])

    return batches
