"""Measure depth against width at an equal number of weights: lstm_helpers/data/measured/depth.npz (about two minutes).

    python -m tools.measure_depth

Copying three symbols over 13 blanks (T = 20), batches of 32, Adam (learning rate 0.01), 1200 steps; 10 seeds of
one, two and three layers of LSTM with a forget bias of 2, and of three layers with residual connections above the
first.
The stored number is the fraction of symbols that are predicted correctly in 500 new sequences, every 100 steps.
"""

import numpy as np

from lstm_helpers import losses, training
from lstm_helpers.cells import lstm
from lstm_helpers.data.measured import DEPTH_EVERY, DEPTH_NETS, DEPTH_SEEDS, DEPTH_STEPS
from lstm_helpers.data.tasks import copying
from lstm_helpers.layers import Recurrent, Residual, Stacked
from lstm_helpers.model import Model
from tools.training import store, train

LENGTH, COUNT = 20, 3


def main() -> None:
    """Train all networks and write the table."""
    table = np.zeros((len(DEPTH_NETS), DEPTH_SEEDS, DEPTH_STEPS // DEPTH_EVERY))
    for row, (name, (layers, units)) in enumerate(DEPTH_NETS.items()):
        for seed in range(DEPTH_SEEDS):
            table[row, seed] = curve(layers, units, "residual" in name, seed)
        print(f"{name:32s}", np.round(table[row, :, -1], 2), flush=True)
    store("measured/depth.npz", table.astype(np.float32), range(DEPTH_SEEDS))


def curve(layers: int, units: int, residual: bool, seed: int) -> list[float]:
    """Train one network; give the fraction of right symbols as it learns."""
    upper = [Residual(Recurrent(lstm)) if residual else Recurrent(lstm) for _ in range(layers - 1)]
    net = Model(Stacked(Recurrent(lstm), *upper))
    start = net.init(np.random.default_rng([1, seed]), copying.INPUT_SIZE, units, copying.OUTPUT_SIZE, forget_bias=2.0)

    def batches(step: int):
        return copying.batch(np.random.default_rng([2, seed, step]), 32, LENGTH, COUNT)

    test = copying.batch(np.random.default_rng(3), 500, LENGTH, COUNT)
    accuracies = []

    def look(progress: training.Progress) -> None:
        if progress.step % DEPTH_EVERY == 0:
            y = net.predict(progress.params, test.xs)
            accuracies.append(losses.accuracy(y[-COUNT:], test.targets[-COUNT:]))

    train(net, start, batches, losses.cross_entropy, training.adam(0.01), DEPTH_STEPS, each=look)
    return accuracies


if __name__ == "__main__":
    main()
