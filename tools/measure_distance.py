"""Train networks on agreement at growing distance, for the table of chapter 01: ``python -m tools.measure_distance``.

Every network is trained on sentences with exactly so many distractors, from scratch. About ten minutes on one core.
"""

import numpy as np

from lstm_helpers import losses
from lstm_helpers.cells import lstm, rnn
from lstm_helpers.data import measured
from lstm_helpers.data.tasks import agreement
from lstm_helpers.layers import Recurrent
from lstm_helpers.model import Batch, Model
from lstm_helpers.training import adam
from tools.training import store, train

DISTRACTORS = (0, 2, 4, 6, 8, 10, 12)
SEEDS = 10
CELLS = ((rnn, {}), (lstm, {"forget_bias": 1.0}), (lstm, {"forget_bias": 3.0}))


def accuracy(cell, options, distractors, seed, steps=400, hidden_size=16, learning_rate=0.01, batch_size=32):
    """Train one network and test it on 500 new sentences of the same distance."""
    model = Model(Recurrent(cell), at="last")
    params = model.init(np.random.default_rng([1, seed]), len(agreement.VOCABULARY), hidden_size, 2, **options)

    def batches(step):
        batch = agreement.batch(np.random.default_rng([2, seed, step]), batch_size, distractors)
        return Batch(batch.xs, batch.targets, batch.mask)

    params = train(model, params, batches, losses.cross_entropy, adam(learning_rate), steps).params
    test = agreement.batch(np.random.default_rng([3, seed]), 500, distractors)
    return np.mean(model.predict(params, test.xs, mask=test.mask).argmax(axis=-1) == test.targets)


if __name__ == "__main__":
    table = np.array(
        [[[accuracy(cell, options, d, seed) for seed in range(SEEDS)] for d in DISTRACTORS] for cell, options in CELLS]
    )
    print(np.round(table, 2))
    result = measured.AgreementByDistance(np.array(DISTRACTORS, float), table)
    store("measured/agreement_by_distance.npz", result, range(SEEDS))
