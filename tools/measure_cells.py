"""Train the LSTM, the LSTM without one part each, and its variants; write the tables of chapter 16.

``python -m tools.measure_cells stream count``. All networks have 16 units on the stream and 8 in counting, the same
learning rate, and, seed for seed, the same batches; nothing was tuned for any of them. About five minutes on one core.
"""

import sys

import numpy as np

from lstm_helpers import losses
from lstm_helpers.cells import cifg, gru, lstm, peephole, rnn
from lstm_helpers.cells.ablated import PARTS, Ablated
from lstm_helpers.data import measured
from lstm_helpers.data.tasks import anbn, stream
from lstm_helpers.layers import Recurrent
from lstm_helpers.model import Model
from lstm_helpers.training import adam
from tools import training
from tools.training import store

CELLS = {
    "LSTM": lstm,
    **{f"no {part}": Ablated(part) for part in PARTS},
    "coupled": cifg,
    "peephole": peephole,
    "GRU": gru,
    "RNN": rnn,
}
assert tuple(CELLS) == measured.CELLS


def train(name, seed, task, hidden_size, steps, draw):
    """Train one network with Adam, learning rate 0.01."""
    model = Model(Recurrent(CELLS[name]))
    params = model.init(np.random.default_rng([1, seed]), task.INPUT_SIZE, hidden_size, task.OUTPUT_SIZE)

    def batches(step):
        return draw(np.random.default_rng([2, seed, step]))

    return model, training.train(model, params, batches, losses.cross_entropy, adam(0.01), steps).params


def on_the_stream(name, seed):
    """Train on chunks of 40 words; give the loss on new ones, and accuracy and largest state far out in a long run."""
    model, params = train(name, seed, stream, 16, 200, lambda rng: stream.batch(rng, 16, 40))
    new = stream.batch(np.random.default_rng([3, seed]), 200, 40)
    loss = losses.cross_entropy(model.predict(params, new.xs), new.targets).value
    long = stream.batch(np.random.default_rng([4, seed]), 8, 1000)
    run = model.forward(params, long.xs)
    late = long.asked & (np.arange(1000)[:, None] >= 200)
    states = run.trace.c if hasattr(run.trace, "c") else run.trace.h
    return loss, losses.accuracy(run.y, long.targets, late), np.abs(states[-1]).max()


def counted_up_to(name, seed):
    """Train on n up to 8; give the largest N, at most 60, for which every n up to N is answered without a mistake."""
    model, params = train(name, seed, anbn, 8, 600, lambda rng: anbn.batch(rng, 16, 16))
    n = np.arange(1, 61)
    test = anbn.batch_of(n)
    asked = test.mask & (np.arange(120)[:, None] >= n)  # before the first b, n is unknown
    right = model.predict(params, test.xs, mask=test.mask).argmax(axis=-1) == test.targets
    return int(np.cumprod((right | ~asked).all(axis=0)).sum())


def measure(name):
    """Make one table."""
    run, seeds = {"stream": on_the_stream, "count": counted_up_to}[name], range(measured.CELL_SEEDS)
    rows = []
    for cell in CELLS:
        rows.append([run(cell, seed) for seed in seeds])
        print(name, cell, np.round(np.mean(rows[-1], axis=0), 3), flush=True)
    table = np.array(rows, dtype=float)
    kept = measured.OnTheStream(*np.moveaxis(table, -1, 0)) if name == "stream" else table
    store(f"measured/cells_{name}.npz", kept, seeds)


if __name__ == "__main__":
    for wanted in sys.argv[1:] or ("stream", "count"):
        measure(wanted)
