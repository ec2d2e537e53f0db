"""Blocks read in a wrong order: which cell results, what it answers, words and refusals; `browser/` tests the rest."""

import numpy as np
import pytest
import traitlets

from lstm_helpers import frameworks
from lstm_helpers.cells import lstm
from lstm_helpers.data import trained
from lstm_helpers.data.tasks import agreement
from lstm_helpers.gradcheck import relative_error
from lstm_helpers.through_time import unroll
from lstm_helpers.widgets import BlockOrder
from lstm_helpers.widgets.block_order import ORDERS, misread

NETWORK = trained.agreement()
TEST = agreement.batch(np.random.default_rng(0), 60, 2)
WORDS = "the dog near the cats behind the horses"


def test_misreading_is_unpacking_in_the_wrong_order():
    packed = frameworks.pack("onnx", lstm, NETWORK.cell)
    W, R, B = (packed[name][0] for name in "WRB")
    wrong = lstm.Params(W.T, R.T, B[: len(B) // 2] + B[len(B) // 2 :])  # as if it were i f g o
    assert relative_error(misread(NETWORK.cell, "iofg", "ifgo"), wrong) == 0
    for order in ORDERS:
        assert relative_error(misread(NETWORK.cell, order, order), NETWORK.cell) == 0
        there = misread(NETWORK.cell, "ifgo", order)
        assert relative_error(misread(there, order, "ifgo"), NETWORK.cell) == 0


def test_with_the_candidate_in_its_place_every_answer_is_right_in_this_network():
    widget = BlockOrder(NETWORK, WORDS, TEST)
    right = {}
    for order in ORDERS:
        widget.read = order
        right[order] = widget.right
        h = unroll(lstm, misread(NETWORK.cell, "iofg", order), agreement.encode(WORDS)).h
        y = (h @ NETWORK.W_y + NETWORK.b_y)[:, 0, 0]
        np.testing.assert_allclose(widget.plural, 1 / (1 + np.exp(-y)), rtol=1e-12)
    assert widget.scores == right
    assert {order for order, share in right.items() if share == 60} == {o for o in ORDERS if o[3] == "g"}
    assert max(count for count in right.values() if count < 60) < 42


def test_words_repr_and_picture():
    widget = BlockOrder(NETWORK, WORDS, TEST)
    assert repr(widget) == "BlockOrder(8 words, stored='iofg', read='ifgo')"
    assert widget.words.startswith("Reading o as f, f as g and g as o raises no error, because all shapes fit. ")
    assert " of 60 sentences correctly, and in this sentence the hidden states are off by up to " in widget.words
    before = widget.static_png()[0]
    widget.read = "ofig"
    assert widget.words.startswith("Reading i as o, o as f and f as i raises no error, because all shapes fit")
    assert ". The network answers 60 of 60 sentences correctly, " in widget.words
    assert widget.static_png()[0] != before
    widget.read = "iofg"
    assert widget.words == (
        "Read in the stored order, i o f g, every block is in its place: "
        "the network answers 60 of 60 sentences correctly."
    )
    alone = BlockOrder(NETWORK, WORDS, agreement.batch(np.random.default_rng(0), 1, 2), read="iofg")
    assert alone.words.endswith("the network answers 1 of 1 sentence correctly.")


def test_an_invalid_order_is_refused():
    with pytest.raises(ValueError, match="stored is 'iofo'; expected the letters i, f, g, o, each once"):
        BlockOrder(NETWORK, WORDS, TEST, stored="iofo")
    with pytest.raises(traitlets.TraitError, match="read is 'ifco'; expected one of 'ifgo'"):
        BlockOrder(NETWORK, WORDS, TEST, read="ifco")
