"""Proof that the suite would notice: every wrong pass breaks at least one of the laws the right code obeys."""

import pytest

from lstm_helpers import museum, through_time
from lstm_helpers.cells import lstm
from tests import laws

LAWS = laws.FOR_ANY_CELL + laws.FOR_THE_LSTM


def broken_laws(cell, engine):
    broken = []
    for law in LAWS:
        try:
            law(cell, engine)
        except AssertionError:
            broken.append(law.__name__)
    return broken


def test_the_right_code_breaks_no_law():
    assert broken_laws(lstm, through_time) == []
    assert broken_laws(museum.WrongCell(), museum.WrongEngine()) == []


@pytest.mark.parametrize("exhibit", museum.EXHIBITS, ids=lambda exhibit: exhibit.name)
def test_every_wrong_pass_is_caught(exhibit):
    assert broken_laws(exhibit.cell, exhibit.engine)


def test_the_museum_is_worth_a_visit():
    names = [exhibit.name for exhibit in museum.EXHIBITS]
    assert len(set(names)) == len(names) >= 8
    assert all(exhibit.symptom.endswith(".") and ":" in exhibit.symptom for exhibit in museum.EXHIBITS)
