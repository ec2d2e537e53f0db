"""The shipped networks do what their pages say they do."""

import numpy as np
import pytest

from lstm_helpers import trained, unroll
from lstm_helpers.cells import lstm
from lstm_helpers.tasks import agreement, sunspots


@pytest.mark.parametrize("distractors", [0, 2, 4, 8])
def test_the_agreement_network_reads_new_sentences(distractors):
    network = trained.agreement()
    batch = agreement.batch(np.random.default_rng(2026), 500, distractors)
    trace = unroll(lstm, network.cell, batch.xs, mask=batch.mask)
    says_plural = (trace.state.h @ network.W_y + network.b_y)[:, 0] > 0
    assert np.mean(says_plural == batch.targets) >= 0.99


def test_the_sunspot_network_beats_persistence_on_what_it_saw():
    network, series = trained.sunspots(), sunspots.load().numbers[:221] / trained.SUNSPOT_UNIT
    trace = unroll(lstm, network.cell, series[:-1, None, None])
    predicted = (trace.h @ network.W_y + network.b_y)[:, 0, 0]
    squared_error, persistence = np.mean((predicted - series[1:]) ** 2), np.mean(np.diff(series) ** 2)
    assert abs(squared_error - 0.0148) < 0.0001  # as trained.md says
    assert squared_error < 0.4 * persistence


def test_the_networks_are_not_blank():
    for network in (trained.agreement(), trained.sunspots()):
        assert all(np.abs(leaf).max() > 0 for leaf in (*network.cell, network.W_y, network.b_y))
