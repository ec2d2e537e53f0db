"""Small trained networks, for the chapters that look at a trained cell before training is explained.

Two are an LSTM with a linear readout, y_t = h_t W_y + b_y, trained by ``tools/train_small.py``. Two are language models
with an embedding in front of the same, trained by ``tools/train_language.py``. Two are translators, an encoder and a
decoder with attention, trained by ``tools/train_translators.py``. Seeds, steps and losses are documented there and in
``trained.md``; the weights are stored, not recomputed.
"""

from typing import NamedTuple

import numpy as np

from lstm_helpers import arrays, seq2seq
from lstm_helpers.arrays import Array, TreeT
from lstm_helpers.cells import lstm
from lstm_helpers.data import shipped
from lstm_helpers.layers import Bidirectional, Recurrent, Stacked
from lstm_helpers.model import Model, Params
from lstm_helpers.seq2seq.attention import ScaledDot

SUNSPOT_UNIT = 100.0  # the sunspot network reads and predicts sunspot numbers divided by this


class Network(NamedTuple):
    """An LSTM and a linear readout of one number."""

    cell: lstm.Params
    W_y: Array  # (H, 1)
    b_y: Array  # (1,)


class LanguageModel(NamedTuple):
    """A character-level language model: after each character it gives a probability for every next one."""

    model: Model
    params: Params
    letters: str  # the character that each token stands for


class Translator(NamedTuple):
    """An encoder and a decoder with their trained weights."""

    net: seq2seq.Seq2Seq
    params: seq2seq.Params


TRANSLATOR = seq2seq.Seq2Seq(
    Bidirectional(lstm), Stacked(Recurrent(lstm), Recurrent(lstm)), ScaledDot(), embedding_size=16
)

PROSE_LETTERS = (
    "\n !\"%'(),-.0123456789:;?ABCDEFGHIJKLMNOPRSTUVWXYZabcdefghijklmnopqrstuvwxyz"  # what occurs in tasks.text.book
)


def blank(input_size: int, hidden_size: int) -> Network:
    """Give a network of zeros, as the structure of a file."""
    cell = lstm.init(np.random.default_rng(0), input_size, hidden_size)
    return arrays.tree_map(np.zeros_like, Network(cell, np.zeros((hidden_size, 1)), np.zeros(1)))


def agreement() -> Network:
    """Load the network that reads an agreement sentence and predicts after each word whether the verb is plural.

    The input is ``tasks.agreement.encode``'s (D = 20); after the last word before the verb, y > 0 means plural. H = 4.
    """
    return shipped.tree("trained/agreement.npz", blank(20, 4))


def sunspots() -> Network:
    """Load the network that predicts the next year's sunspot number from yearly ones, all / 100. D = 1, H = 4."""
    return shipped.tree("trained/sunspots.npz", blank(1, 4))


def brackets() -> LanguageModel:
    """Load the language model of the bracket language, ``tasks.brackets``. E = 8, H = 48."""
    return _load_language("brackets.npz", "".join(sorted(" ()[]{}adehnrt")), 8, 48)


def prose() -> LanguageModel:
    """Load the language model trained on the first eight tenths of this book's prose. E = 32, H = 160."""
    return _load_language("prose.npz", PROSE_LETTERS, 32, 160)


def dates() -> Translator:
    """Load the network that translates ``tasks.dates``: 45 source characters, 13 target characters. E = 16, H = 32."""
    return _load_translator("dates.npz", 45, 13)


def reordering() -> Translator:
    """Load the network that translates ``tasks.reordering``, trained on 1 to 6 phrases.

    It has 22 source words and 27 target words. E = 16, H = 32.
    """
    return _load_translator("reordering.npz", 22, 27)


def _load_translator(name: str, source_size: int, target_size: int) -> Translator:
    like = TRANSLATOR.init(np.random.default_rng(0), source_size, target_size, 32, dtype=np.float32)
    return Translator(TRANSLATOR, _in_double(name, like))


def _load_language(name: str, letters: str, embedding_size: int, hidden_size: int) -> LanguageModel:
    model, V = Model(Recurrent(lstm), embedding_size=embedding_size), len(letters)
    like = model.init(np.random.default_rng(0), V, hidden_size, V, dtype=np.float32)
    return LanguageModel(model, _in_double(name, like), letters)


def _in_double(name: str, like: TreeT) -> TreeT:
    """Load weights stored in float32, and return them in float64, so that pages print the same numbers anywhere."""
    return arrays.tree_map(lambda leaf: leaf.astype(np.float64), shipped.tree(f"trained/{name}", like))
