"""Measure depth against width at an equal number of weights: lstm_helpers/data/measured/depth.npz (about two minutes).

    python tools/measure_depth.py

Copying three symbols over a pause of 13 steps (T = 20), batches of 32, Adam with rate 0.01, 1200 steps; ten seeds of
one, two and three layers of LSTM with a forget bias of 2, and of three layers with residual connections above the
first.
Kept is the share of symbols that are answered rightly in 500 new sequences, every 100 steps.
"""

import sys
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from lstm_helpers import arrays, losses, training
from lstm_helpers.cells import lstm
from lstm_helpers.data.measured import DEPTH_EVERY, DEPTH_NETS, DEPTH_SEEDS, DEPTH_STEPS
from lstm_helpers.data.tasks import copying
from lstm_helpers.layers import Recurrent, Residual, Stacked
from lstm_helpers.model import Model

FILE = Path(__file__).resolve().parents[1] / "lstm_helpers" / "data" / "measured" / "depth.npz"
LENGTH, COUNT = 20, 3


def main() -> None:
    """Train all networks and write the table."""
    table = np.zeros((len(DEPTH_NETS), DEPTH_SEEDS, DEPTH_STEPS // DEPTH_EVERY))
    for row, (name, (layers, units)) in enumerate(DEPTH_NETS.items()):
        for seed in range(DEPTH_SEEDS):
            table[row, seed] = curve(layers, units, "residual" in name, seed)
        print(f"{name:32s}", np.round(table[row, :, -1], 2), flush=True)
    arrays.save(FILE, table.astype(np.float32))


def curve(layers: int, units: int, residual: bool, seed: int) -> list[float]:
    """Train one network; give the share of right symbols as it learns."""
    upper = [Residual(Recurrent(lstm)) if residual else Recurrent(lstm) for _ in range(layers - 1)]
    net = Model(Stacked(Recurrent(lstm), *upper))
    start = net.init(np.random.default_rng([1, seed]), copying.INPUT_SIZE, units, copying.OUTPUT_SIZE, forget_bias=2.0)

    def batches(step: int):
        return copying.batch(np.random.default_rng([2, seed, step]), 32, LENGTH, COUNT)

    test = copying.batch(np.random.default_rng(3), 500, LENGTH, COUNT)
    shares = []
    for progress in islice(training.fit(net, start, batches, losses.cross_entropy, training.adam(0.01)), DEPTH_STEPS):
        if progress.step % DEPTH_EVERY == 0:
            y = net.predict(progress.params, test.xs)
            shares.append(losses.accuracy(y[-COUNT:], test.targets[-COUNT:]))
    return shares


if __name__ == "__main__":
    main()
