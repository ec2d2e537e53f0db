"""Train the translators of ``lstm_helpers.data.trained``: ``python -m tools.train_translators dates reordering``.

A bidirectional encoder, scaled dot-product attention and a decoder of two layers, 32 units each, embeddings of 16,
forget bias 1, float32. 64 new pairs a step, the gradient clipped to norm 1, Adam with a learning rate in three
stages. About a minute on one core. The last bits of the machine's arithmetic decide the details, so a new run gives
other networks that are about as good.
"""

import sys

import numpy as np

from lstm_helpers import losses
from lstm_helpers.data import trained
from lstm_helpers.data.tasks import dates, pairs, reordering
from lstm_helpers.training import adam
from tools import training
from tools.training import store

PLAN = ((0.01, 1000), (0.003, 1300), (0.001, 1500))  # a learning rate, and the step up to which it holds
DRAW = {
    "dates": lambda rng, count: dates.batch(rng, count),
    "reordering": lambda rng, count: reordering.batch(rng, count, (1, 6)),
}
SIZES = {
    "dates": (dates.SOURCE_SIZE, dates.TARGET_SIZE),
    "reordering": (reordering.SOURCE_SIZE, reordering.TARGET_SIZE),
}


def train(name, seed=0):
    """Follow the plan; give the weights."""
    net, draw, progress = trained.TRANSLATOR, DRAW[name], None
    params = net.init(np.random.default_rng([1, seed]), *SIZES[name], 32, dtype=np.float32)

    def batches(step):
        return draw(np.random.default_rng([2, seed, step]), 64)

    test = draw(np.random.default_rng(3), 1000)
    for learning_rate, steps in PLAN:
        progress = training.train(
            net, params, batches, losses.cross_entropy, adam(learning_rate), steps, resume=progress
        )
        loss = net.loss(progress.params, test, losses.cross_entropy)
        answers = net.greedy(progress.params, test.xs, test.mask)
        accuracy = pairs.right(answers.tokens, answers.mask, test).mean()
        print(f"  step {progress.step}: {loss:.5f} nats per token, {accuracy:.1%} right, on 1000 others", flush=True)
    return progress.params


if __name__ == "__main__":
    for name in sys.argv[1:] or list(DRAW):
        print(name)
        store(f"trained/{name}.npz", train(name))
