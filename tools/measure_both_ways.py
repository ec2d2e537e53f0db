"""Measure unidirectional against bidirectional networks: lstm_helpers/data/measured/both_ways.npz (about four minutes).

    python -m tools.measure_both_ways

Four tables, ten seeds each; Adam with learning rate 0.02, 32 sequences a step (128 windows), norms clipped to 1.
- tagging: 3 networks of about 3820 weights on ``tasks.tagging``, 200 steps; it stores the accuracy on 1000 ambiguous
  words, every 25 steps, by the side of the determining word.
- reviews: 5 networks of about 3100 weights on ``tasks.reviews``, 400 steps; it stores the accuracy on 500 new reviews
  of 1 to 5 clauses, every 50 steps, and after training that on 500 reviews of 15 clauses.
- forecasts: four networks of about 670 weights on ``tasks.wandering``, 300 steps on sequences of 20 (windows of 8);
  it stores the mean squared error on 400 new sequences, as trained, and at inference, without the future.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from lstm_helpers import losses, training
from lstm_helpers.cells import lstm
from lstm_helpers.data.measured import (
    BOTH_WAYS_SEEDS,
    CLASSIFIERS,
    FORECASTERS,
    REVIEWS_EVERY,
    TAGGERS,
    TAGGING_EVERY,
    BothWays,
)
from lstm_helpers.data.tasks import reviews, tagging, wandering
from lstm_helpers.layers import Bidirectional, Recurrent
from lstm_helpers.model import Batch, Model
from tools.training import store, train

RATE, WINDOW = 0.02, 8


class AtTheEnd:
    """Both ways, read at the last step in all columns, as ``output[-1]`` is: the mistake that the chapter shows."""

    def __init__(self) -> None:
        self.inner = Bidirectional(lstm)
        self.init, self.output_size = self.inner.init, self.inner.output_size

    def forward(self, *arguments: Any) -> Any:
        trace = self.inner.forward(*arguments)
        return SimpleNamespace(output=trace.output, state=trace.state, trace=trace)

    def backward(self, params: Any, trace: Any, *arguments: Any) -> Any:
        return self.inner.backward(params, trace.trace, *arguments)


def main() -> None:
    """Train all networks and write the tables."""
    seeds = range(BOTH_WAYS_SEEDS)
    tagged = table("tagging", [[tag(name, units, seed) for seed in seeds] for name, units in TAGGERS.items()])
    curves, far = [], []
    for name, units in CLASSIFIERS.items():
        runs = [judge(name, units, seed) for seed in seeds]
        curves.append([curve for curve, _ in runs])
        far.append([accuracy for _, accuracy in runs])
    judged, long = table("reviews", curves), table("long reviews", far)
    forecasts = table(
        "forecasts", [[foresee(name, units, seed) for seed in seeds] for name, units in FORECASTERS.items()]
    )
    store("measured/both_ways.npz", BothWays(tagged, judged, long, forecasts), seeds)


def table(name: str, values: Any) -> Any:
    """Make a table and show its means over the seeds."""
    result = np.array(values, np.float32)
    print(name, np.round(result.mean(axis=1), 3), sep="\n", flush=True)
    return result


def learn(
    net: Model,
    units: int,
    sizes: tuple[int, int],
    seed: int,
    batches: Callable,
    loss: Any,
    steps: int,
    each: Callable[[training.Progress], None] = lambda progress: None,
) -> Any:
    """Train one network from the seed's weights; give those it ends with."""
    start = net.init(np.random.default_rng([1, seed]), sizes[0], units, sizes[1])
    return train(net, start, batches, loss, training.adam(RATE), steps, each=each).params


def tag(name: str, units: int, seed: int) -> list[list[float]]:
    """Give the accuracies, answer on the left and on the right, as a tagger learns."""
    net = Model(Bidirectional(lstm) if name == "both ways" else Recurrent(lstm))
    as_read = tagging.time_reversed if name == "backward" else lambda batch: batch
    test = as_read(tagging.batch(np.random.default_rng(3), 1000))

    def batches(step: int) -> tagging.TaggedBatch:
        return as_read(tagging.batch(np.random.default_rng([2, seed, step]), 32))

    accuracies = []

    def look(progress: training.Progress) -> None:
        if progress.step % TAGGING_EVERY == 0:
            y = net.predict(progress.params, test.xs, mask=test.mask)
            accuracies.append([losses.accuracy(y, test.targets, test.asked & (test.side == side)) for side in (0, 1)])

    learn(net, units, (tagging.INPUT_SIZE, tagging.OUTPUT_SIZE), seed, batches, losses.cross_entropy, 200, look)
    return accuracies


def judge(name: str, units: int, seed: int) -> tuple[list[float], float]:
    """Give the accuracies on reviews during training, and on long ones at the end."""
    layer = Recurrent(lstm) if name.startswith("forward") else Bidirectional(lstm)
    net = Model(AtTheEnd() if name.endswith("output[-1]") else layer, "mean" if name.endswith("mean") else "last")
    test, far = (reviews.batch(np.random.default_rng(k), n, c) for k, n, c in ((3, 500, reviews.CLAUSES), (4, 500, 15)))

    def batches(step: int) -> reviews.ReviewBatch:
        return reviews.batch(np.random.default_rng([2, seed, step]), 32)

    accuracies = []

    def look(progress: training.Progress) -> None:
        if progress.step % REVIEWS_EVERY == 0:
            accuracies.append(losses.accuracy(net.predict(progress.params, test.xs, mask=test.mask), test.targets))

    sizes = (reviews.INPUT_SIZE, reviews.OUTPUT_SIZE)
    params = learn(net, units, sizes, seed, batches, losses.cross_entropy, 400, look)
    return accuracies, losses.accuracy(net.predict(params, far.xs, mask=far.mask), far.targets)


def foresee(name: str, units: int, seed: int) -> list[float]:
    """Give a forecaster's error as it was trained, and at inference."""
    windows = name.endswith("window")
    net = Model(Recurrent(lstm) if name == "forward" else Bidirectional(lstm), "last" if windows else "every")

    def cut(batch: Batch) -> Batch:
        return Batch(batch.xs[:WINDOW], batch.targets[WINDOW - 1]) if windows else batch

    def batches(step: int) -> Batch:
        return cut(
            wandering.batch(np.random.default_rng([2, seed, step]), 128 if windows else 32, WINDOW if windows else 20)
        )

    def loss(y: Any, targets: Any, mask: Any = None) -> losses.Loss:
        if name != "both ways, not the last":
            return losses.mse(y, targets)
        value, d_y = losses.mse(y[:-1], targets[:-1])
        return losses.Loss(value, np.concatenate([d_y, np.zeros_like(y[-1:])]))

    params = learn(net, units, (1, 1), seed, batches, loss, 300)
    test = wandering.batch(np.random.default_rng(3), 400, 20)
    trained = float(net.loss(params, cut(test), loss))
    used = []
    for now in range(WINDOW, 20):  # now steps are known
        y = net.predict(params, test.xs[now - WINDOW if windows else 0 : now])
        used.append(losses.mse(y if windows else y[-1], test.targets[now - 1]).value)
    return [trained, float(np.mean(used))]


if __name__ == "__main__":
    main()
