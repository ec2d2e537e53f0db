"""Train the translators of ``lstm_helpers.data.trained``: ``python tools/train_translators.py dates reordering``.

A bidirectional encoder, scaled dot-product attention and a decoder of two layers, 32 units each, embeddings of 16,
forget bias 1, float32. 64 new pairs a step, the gradient clipped to norm 1, Adam with a rate that falls in three
stages. About a minute on one core. The last bits of the machine's arithmetic decide the details, so a new run gives
other networks that are about as good.
"""

import sys
from itertools import islice
from pathlib import Path

import numpy as np

from lstm_helpers import arrays, losses, training
from lstm_helpers.data import trained
from lstm_helpers.data.tasks import dates, pairs, reordering

FOLDER = Path(trained.__file__).parent
PLAN = ((0.01, 1000), (0.003, 300), (0.001, 200))
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
    for rate, steps in PLAN:
        run = training.fit(net, params, batches, losses.cross_entropy, training.adam(rate), resume=progress)
        *_, progress = islice(run, steps)
        loss = net.loss(progress.params, test, losses.cross_entropy)
        answers = net.greedy(progress.params, test.xs, test.mask)
        share = pairs.right(answers.tokens, answers.mask, test).mean()
        print(f"  step {progress.step}: {loss:.5f} nats a token, {share:.1%} right, on 1000 others", flush=True)
    return progress.params


if __name__ == "__main__":
    for name in sys.argv[1:] or list(DRAW):
        print(name)
        arrays.save(FOLDER / f"{name}.npz", train(name))
