"""One unit of five cells at one forget gate: laws, hand-worked numbers, words, refusals; `browser/` tests the rest."""

import numpy as np
import pytest
import traitlets

from lstm_helpers.activations import sigmoid
from lstm_helpers.widgets import CellVariants
from lstm_helpers.widgets.variants import EQUATIONS, STEPS, memories, pulses

WRITTEN = sigmoid(6.0) * np.tanh(2.0)  # i g of a pulse


def test_a_pulse_decays_by_f_in_the_lstm_and_stays_without_a_forget_gate():
    for z in (-4.0, 1.0, 6.0):
        held, f = memories(z, pulses("once")), sigmoid(z)
        ages = np.arange(STEPS - 3)
        np.testing.assert_allclose(held["LSTM"][3:], WRITTEN * f**ages, rtol=1e-12)
        np.testing.assert_allclose(held["no forget gate"][3:], WRITTEN, rtol=1e-12)
        np.testing.assert_allclose(held["coupled"][3:], (1 - f) * np.tanh(2.0) * f**ages, rtol=1e-9)
        c = WRITTEN
        for t in range(4, STEPS):
            c *= sigmoid(z - 2 * c)
            assert held["peephole"][t] == pytest.approx(c, rel=1e-12)
        assert all(np.all(values[:3] == 0) for values in held.values()) and list(held) == list(EQUATIONS)


def test_with_a_pulse_at_every_step_only_lstm_no_forget_counts_and_coupled_cells_stay_below_1():
    count = WRITTEN * np.arange(1, STEPS - 2)
    for z in range(-4, 7):
        held, f = memories(float(z), pulses("always")), sigmoid(float(z))
        np.testing.assert_allclose(held["no forget gate"][3:], count, rtol=1e-12)
        assert held["LSTM"].max() <= WRITTEN / (1 - f) * (1 + 1e-12) and held["coupled"].max() < 1
        np.testing.assert_allclose(held["coupled"], held["GRU"], rtol=1e-12)


def test_words_repr_and_picture():
    widget = CellVariants(z_f=3)
    assert repr(widget) == "CellVariants(z_f=3, feed='once')"
    assert widget.words == (
        "The forget gate f, and the gate z of the GRU, are 0.953. After 24 steps the state is 0.36 in the LSTM, "
        "0.96 without a forget gate, 0.02 in the coupled cell and the GRU, and 0.13 with peepholes."
    )
    before = widget.static_png()[0]
    widget.feed = "always"
    assert widget.static_png()[0] != before and "20.19 without a forget gate," in widget.words
    widget.feed, widget.z_f = "there and back", np.int64(1)
    assert "the state is \N{MINUS SIGN}0.03 in the LSTM, 0.00 without a forget gate," in widget.words


def test_an_unknown_cell_is_refused():
    with pytest.raises(traitlets.TraitError, match="z_f is 7; expected -4 to 6"):
        CellVariants(z_f=7)
    with pytest.raises(traitlets.TraitError, match="feed is 'never'; expected one of 'once', 'always'"):
        CellVariants(feed="never")
