"""Train on long lags and write the tables of chapter 10: ``python -m tools.measure_lags latch adding grid order``.

Every network is trained from scratch; all seeds stand here. Together about a quarter of an hour on one core.
"""

import sys
from functools import partial

import numpy as np

from lstm_helpers import losses
from lstm_helpers.cells import lstm, rnn
from lstm_helpers.data import measured
from lstm_helpers.data.tasks import adding, latch, temporal_order
from lstm_helpers.layers import Recurrent
from lstm_helpers.model import Model
from lstm_helpers.training import adam
from tools.training import store, train

SETUPS = {
    "RNN": (rnn, {}, False),
    "LSTM, forget bias 0": (lstm, {"forget_bias": 0.0}, False),
    "LSTM, forget bias 1": (lstm, {"forget_bias": 1.0}, False),
    "LSTM, forget bias 3": (lstm, {"forget_bias": 3.0}, False),
    "LSTM, chrono": (lstm, {}, True),
}
assert tuple(SETUPS) == measured.SETUPS and set(measured.ORDER_SETUPS) < set(SETUPS)


def network(setup, task, hidden_size, lag, seed):
    """Draw a network of one of the setups."""
    cell, options, is_chrono = SETUPS[setup]
    model = Model(Recurrent(cell), at="last")
    params = model.init(np.random.default_rng([1, seed]), task.INPUT_SIZE, hidden_size, task.OUTPUT_SIZE, **options)
    if is_chrono:
        params = params._replace(layer=lstm.chrono(np.random.default_rng([4, seed]), params.layer, lag))
    return model, params


def latch_accuracy(setup, lag, seed, hidden_size=8, learning_rate=0.01, steps=400):
    """Train on the latch of one length and test on 500 new sequences."""
    model, params = network(setup, latch, hidden_size, lag, seed)

    def batches(step):
        return latch.batch(np.random.default_rng([2, seed, step]), 32, lag)

    try:
        params = train(model, params, batches, losses.cross_entropy, adam(learning_rate), steps).params
    except FloatingPointError:
        return 0.5
    test = latch.batch(np.random.default_rng([3, seed]), 500, lag)
    return losses.accuracy(model.predict(params, test.xs), test.targets)


def adding_losses(setup, seed, lag=50, hidden_size=32, learning_rate=0.005, steps=2500):
    """Give the training loss of adding, a mean over 25 steps each."""
    model, params = network(setup, adding, hidden_size, lag, seed)

    def batches(step):
        return adding.batch(np.random.default_rng([2, seed, step]), 32, lag)

    curve = []
    train(
        model,
        params,
        batches,
        losses.mse,
        adam(learning_rate),
        steps,
        each=lambda progress: curve.append(progress.loss),
    )
    return np.mean(np.reshape(curve, (-1, 25)), axis=1)


def order_accuracy(setup, length, seed, hidden_size=16, steps=800):
    """Train on temporal order and test on 500 new sequences."""
    model, params = network(setup, temporal_order, hidden_size, length, seed)

    def batches(step):
        return temporal_order.batch(np.random.default_rng([2, seed, step]), 32, length)

    params = train(model, params, batches, losses.cross_entropy, adam(0.01), steps).params
    test = temporal_order.batch(np.random.default_rng([3, seed]), 500, length)
    return losses.accuracy(model.predict(params, test.xs), test.targets)


def measure(name):
    """Make one table."""
    seeds = range({"latch": 10, "adding": 3, "order": 5, "grid": 5}[name])
    if name == "latch":
        rows = [[[latch_accuracy(s, lag, k) for k in seeds] for lag in measured.LATCH_LAGS] for s in SETUPS]
    elif name == "adding":
        rows = [[adding_losses(s, k) for k in seeds] for s in ("RNN", "LSTM, forget bias 1", "LSTM, chrono")]
    elif name == "order":
        lengths, setups = measured.ORDER_LENGTHS, measured.ORDER_SETUPS
        rows = [[[order_accuracy(s, length, k) for k in seeds] for length in lengths] for s in setups]
    else:
        accuracy = partial(latch_accuracy, "LSTM, forget bias 3", 40, steps=300)
        sizes, rates = measured.GRID_SIZES, measured.GRID_LEARNING_RATES
        rows = [[[accuracy(k, hidden_size=h, learning_rate=r) for k in seeds] for r in rates] for h in sizes]
    table = np.array(rows)
    print(name, table.shape, np.round(table.mean(axis=-1), 2), sep="\n")
    store(f"measured/{name}.npz", table, seeds)


if __name__ == "__main__":
    for wanted in sys.argv[1:] or ("latch", "adding", "grid", "order"):
        measure(wanted)
