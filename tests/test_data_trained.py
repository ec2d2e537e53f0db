"""The shipped networks do what their pages say they do."""

import numpy as np
import pytest

from lstm_helpers import losses, unroll
from lstm_helpers.arrays import leaves
from lstm_helpers.cells import lstm
from lstm_helpers.data import measured, trained
from lstm_helpers.data.tasks import agreement, brackets, dates, pairs, reordering, sunspots, text


@pytest.mark.parametrize("distractors", [0, 2, 4, 8])
def test_the_agreement_network_reads_new_sentences(distractors):
    network = trained.agreement()
    batch = agreement.batch(np.random.default_rng(2026), 500, distractors)
    trace = unroll(lstm, network.cell, batch.xs, mask=batch.mask)
    says_plural = (trace.state.h @ network.W_y + network.b_y)[:, 0] > 0
    assert np.mean(says_plural == batch.targets) >= 0.99


def test_the_sunspot_network_beats_persistence_on_its_training_data():
    network, series = trained.sunspots(), sunspots.load().numbers[:221] / trained.SUNSPOT_UNIT
    trace = unroll(lstm, network.cell, series[:-1, None, None])
    predicted = (trace.h @ network.W_y + network.b_y)[:, 0, 0]
    squared_error, persistence = np.mean((predicted - series[1:]) ** 2), np.mean(np.diff(series) ** 2)
    assert abs(squared_error - 0.0148) < 0.0001  # as trained.md says
    assert squared_error < 0.4 * persistence


def test_the_networks_are_not_blank():
    for network in (trained.agreement(), trained.sunspots()):
        assert all(np.abs(leaf).max() > 0 for leaf in (*network.cell, network.W_y, network.b_y))


def bits(network, words):
    tokens = text.encode(words, network.letters)[:, None]
    return losses.cross_entropy(network.model.predict(network.params, tokens[:-1]), tokens[1:]).value / np.log(2)


def test_the_language_models_know_their_letters_and_come_in_double_precision():
    assert trained.brackets().letters == brackets.ALPHABET
    assert trained.prose().letters == text.alphabet(text.book())
    for network in (trained.brackets(), trained.prose()):
        for _, leaf in leaves(network.params):
            assert leaf.dtype == np.float64 and np.array_equal(leaf, leaf.astype(np.float32)) and np.abs(leaf).max() > 0


def test_the_bracket_network_is_close_to_the_entropy_rate_and_knows_the_kinds():
    words = brackets.sample(np.random.default_rng(2026), 20_000)
    cost, ideal = bits(trained.brackets(), words), -brackets.read(words).log_probability[1:].mean() / np.log(2)
    assert ideal < cost < ideal + 0.06  # trained.md: 1.168 against 1.126
    assert cost < brackets.without_kinds() / np.log(2) - 0.08


def test_the_prose_network_scores_what_its_log_says():
    log = measured.prose()
    assert abs(bits(trained.prose(), text.split(text.book()).validation) - log.validation.min()) < 1e-3
    assert abs(log.validation.min() - 2.047) < 5e-4  # as trained.md says
    assert np.array_equal(log.step, np.arange(250, 7001, 250)) and np.all(np.diff(log.train) < 0)


@pytest.mark.parametrize(("load", "task"), [(trained.dates, dates), (trained.reordering, reordering)])
def test_the_translators_fit_their_tasks_and_come_in_double_precision(load, task):
    net, params = load()
    assert net == trained.TRANSLATOR
    assert (len(params.source.W_e), len(params.target.W_e)) == (task.SOURCE_SIZE, task.TARGET_SIZE)
    for _, leaf in leaves(params):
        assert leaf.dtype == np.float64 and np.array_equal(leaf, leaf.astype(np.float32)) and np.abs(leaf).max() > 0


def share_right(network, batch):
    answers = network.net.greedy(network.params, batch.xs, batch.mask)
    return pairs.right(answers.tokens, answers.mask, batch).mean()


def test_the_date_translator_is_close_to_the_ceiling():
    batch = dates.batch(np.random.default_rng(2026), 500)
    assert abs(share_right(trained.dates(), batch) - dates.ceiling()) < 0.03
    cost = trained.dates().net.loss(trained.dates().params, batch, losses.cross_entropy)
    assert 0.7 * dates.lower_bound() < cost < 2 * dates.lower_bound()
    assert share_right(trained.dates(), dates.batch(np.random.default_rng(1), 200, "weekday")) >= 0.99


def test_the_reordered_language_is_translated_up_to_the_trained_length():
    network = trained.reordering()
    for phrases in range(1, 7):
        assert share_right(network, reordering.batch(np.random.default_rng([2026, phrases]), 200, phrases)) >= 0.98
