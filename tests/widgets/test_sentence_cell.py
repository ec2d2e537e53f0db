"""A cell that reads the reader's sentence: its settings and its run; `browser/` tests its script."""

import re

import numpy as np
import pytest
import traitlets

from lstm_helpers import unroll
from lstm_helpers.cells import lstm
from lstm_helpers.data import trained
from lstm_helpers.data.tasks import agreement
from lstm_helpers.interventions import clamp_gates
from lstm_helpers.widgets import SentenceCell
from lstm_helpers.widgets.sentence_cell import MOST_WORDS, spoken

NETWORK = trained.agreement()
FIRST = "the dogs near the cat behind the horse"


def read(sentence):
    return unroll(lstm, NETWORK.cell, agreement.encode(sentence))


def test_the_repr_is_the_same_everywhere():
    cell = SentenceCell(NETWORK, "The dogs near the cat.", step=1, unit=3, overrides={(2, "f", 0): 0})
    assert repr(cell) == "SentenceCell('the dogs near the cat', step=1, unit=3, part='', overrides={(2, 'f', 0): 0})"


def test_the_run_follows_the_sentence():
    cell = SentenceCell(NETWORK, FIRST)
    for sentence in ("the dog near the cat behind the horse", "the birds", "run", FIRST):
        cell.sentence = sentence
        assert np.array_equal(cell.trace.h, read(sentence).h)
    cell.overrides = held = {(2, "f", 1): 0.0}
    assert np.array_equal(cell.trace.h, clamp_gates(NETWORK.cell, read(FIRST), held).h)


def test_gates_set_by_hand_keep_their_step_unless_it_is_cut_off():
    cell = SentenceCell(NETWORK, FIRST, step=7, overrides={(1, "i", 0): 1.0, (6, "o", 2): 0.5})
    cell.sentence = "the horse near the cat"
    assert cell.step == 4 and cell.overrides == {(1, "i", 0): 1.0}
    assert np.array_equal(cell.trace.c, clamp_gates(NETWORK.cell, read("the horse near the cat"), cell.overrides).c)
    with pytest.raises(traitlets.TraitError, match=re.escape("step is 5; expected 0 to 4")):
        cell.step = 5


def test_all_at_once_from_the_browser():
    cell = SentenceCell(NETWORK, "the dog", step=1)
    cell.set_state({"sentence": FIRST, "step": 6, "overrides": [[5, "f", 0, 0.25]]})
    assert (cell.sentence, cell.step, cell.overrides) == (FIRST, 6, {(5, "f", 0): 0.25})
    cell.set_state({"sentence": "the", "step": 0, "overrides": []})
    assert len(cell.trace) == 1 and cell.step == 0


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("the wolf", "sentence does not fit: words has 'wolf', which is not in the vocabulary; use: the near"),
        ("  ", "sentence does not fit: words is empty"),
        ("the " * (MOST_WORDS + 1), f"sentence has {MOST_WORDS + 1} words; expected at most {MOST_WORDS}"),
    ],
)
def test_unknown_words_are_named(sentence, words):
    cell = SentenceCell(NETWORK, FIRST)
    with pytest.raises(traitlets.TraitError, match=re.escape(words)):
        cell.sentence = sentence
    assert cell.sentence == FIRST
    with pytest.raises((ValueError, traitlets.TraitError), match=words.split(": ")[-1].split(";")[0]):
        SentenceCell(NETWORK, sentence)


def test_it_has_the_vocabulary_of_the_task_in_order():
    language = SentenceCell(NETWORK, FIRST)._language
    assert tuple(word for _, words in language["groups"] for word in words) == agreement.VOCABULARY
    assert [tuple(pair) for pair in language["pairs"]] == [*agreement.NOUNS, *agreement.VERBS]


def test_a_text_is_split_into_words():
    assert spoken("The dogs, near the CAT …") == ["the", "dogs", "near", "the", "cat", "…"]
    assert spoken(" .,;:!? ") == []


def test_the_picture_follows_the_sentence():
    cell = SentenceCell(NETWORK, FIRST, step=1, unit=3)
    pictures = [cell.static_png()[0]]
    for sentence in ("the dog near the cat behind the horse", "the dog", FIRST):
        cell.sentence = sentence
        pictures.append(cell.static_png()[0])
    assert len(set(pictures)) == 3 and pictures[0] == pictures[-1]
