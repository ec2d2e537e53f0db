"""Text as a task: from all characters so far, guess the next one.

    text → tokens (numbers in an alphabet) → pieces side by side → xs (T, B), targets (T, B), one character later

The text is this book's own prose (``book``), or any file of the reader's (``read``). It is split in time: what is
tested on was written after what was learned from.
"""

import os
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import numpy as np

from lstm_helpers.arrays import Array, check_size
from lstm_helpers.model import Batch

LEAST = 1000  # characters
MOST_KINDS = 300  # distinct characters


class Split(NamedTuple):
    """One text in three parts, in the order of the text."""

    train: str
    validation: str
    test: str


def book() -> str:
    """Return the prose of chapters 00 to 10, frozen; ``sources/book.md`` tells how it was made, and its licence."""
    return resources.files("lstm_helpers.data").joinpath("sources", "book.txt").read_text(encoding="utf-8")


def read(path: str | os.PathLike[str], *, encoding: str = "utf-8", most_kinds: int = MOST_KINDS) -> str:
    """Read a text file of your own.

    Parameters
    ----------
    path : path
        A plain text file.
    encoding : str
        How its bytes stand for characters.
    most_kinds : int
        So many distinct characters are let through: each is an answer the network can give, and needs examples.

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
        raise ValueError(f"encoding is {encoding!r}, which Python does not know; expected such as 'utf-8'") from None
    if len(text) < LEAST:
        raise ValueError(
            f"{path} holds {len(text)} characters; expected at least {LEAST}: from less nothing can be learned"
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
    """Give the distinct characters of a text, sorted; the place of each is its token."""
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
    """Cut a text in time: first what is learned from, then what settings are chosen by, last what is tested on.

    Parameters
    ----------
    text : str
        The whole.
    validation, test : float
        Their shares, each above 0, together below 1.
    """
    for name, share in (("validation", validation), ("test", test)):
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share < 1:
            raise ValueError(f"{name} is {share!r}; expected a share between 0 and 1, such as 0.1")
    first, second = (round(len(text) * share) for share in (1 - validation - test, 1 - test))
    if not 0 < first < second < len(text):
        raise ValueError(
            f"validation {validation} and test {test} of {len(text)} characters leave a part empty; expected shares "
            "that add up to less than 1, and a longer text"
        )
    return Split(text[:first], text[first:second], text[second:])


def chunks(tokens: Array, batch_size: int, length: int) -> Callable[[int], Batch]:
    """Let B readers go round a text side by side, so that each batch begins where the last one ended.

    Parameters
    ----------
    tokens : array (N,)
        The text, more than ``length`` tokens of it; after its end it begins again.
    batch_size, length : int
        B readers, evenly spread over the text, and T, how far each reads at a step.

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
