"""A training that is meant to be killed: `python -m tests.train_forever FILE` saves a checkpoint after every step."""

import sys

import numpy as np

from lstm_helpers import losses, training
from lstm_helpers.cells import lstm
from lstm_helpers.data.tasks import temporal_order
from lstm_helpers.layers import Recurrent
from lstm_helpers.model import Model

NET = Model(Recurrent(lstm, recurrent_dropout=0.2), "last")
PARAMS = NET.init(np.random.default_rng(0), temporal_order.INPUT_SIZE, 5, temporal_order.OUTPUT_SIZE)
OPTIMIZER = training.adam(0.02)


def batches(step):
    return temporal_order.batch(np.random.default_rng([3, step]), 8, 10)


def validate(params):
    return float(NET.loss(params, batches(10**6), losses.cross_entropy))


def run(resume=None):
    rng = np.random.default_rng(1)
    options = dict(rng=rng, resume=resume, validate=validate, validate_every=2)
    return training.fit(NET, PARAMS, batches, losses.cross_entropy, OPTIMIZER, **options)


def like():
    return training.start(PARAMS, OPTIMIZER, rng=np.random.default_rng(9), validate=validate)


if __name__ == "__main__":
    for progress in run():
        training.save_checkpoint(sys.argv[1], progress)
