"""Train the two small networks of ``lstm_helpers.data.trained``, and write them and their record.

Run as ``python -m tools.train_small`` from the project's folder; about half a minute. The result depends on the last
bits of the machine's arithmetic, so a new run gives another network that is about as good.
"""

import numpy as np

from lstm_helpers import backpropagate, training, unroll
from lstm_helpers.activations import sigmoid
from lstm_helpers.cells import lstm
from lstm_helpers.data import trained
from lstm_helpers.data.tasks import agreement, sunspots
from tools.training import store


def start(seed, input_size, hidden_size):
    rng = np.random.default_rng(seed)
    cell = lstm.init(rng, input_size, hidden_size, forget_bias=1.0)
    return rng, trained.Network(cell, rng.normal(size=(hidden_size, 1)) / np.sqrt(hidden_size), np.zeros(1))


def grads_of(network, xs, mask, loss_of):
    """Return the loss and the gradient of every weight; ``loss_of(y)`` gives the loss and its gradient at y."""
    trace = unroll(lstm, network.cell, xs, mask=mask)
    loss, dy = loss_of(trace.h @ network.W_y + network.b_y)
    back = backpropagate(lstm, network.cell, trace, dy @ network.W_y.T)
    H = trace.h.shape[2]
    d_W_y, d_b_y = trace.h.reshape(-1, H).T @ dy.reshape(-1, 1), dy.sum(axis=(0, 1))
    return loss, trained.Network(back.params, d_W_y, d_b_y)


def adam(network, step_of, steps, learning_rate):
    """Train with Adam, the gradient clipped to norm 1 and the learning rate falling linearly to 0."""
    state = training.adam(learning_rate).init(network)
    for step in range(1, steps + 1):
        loss, grads = step_of(network)
        grads, _ = training.clip_norm(grads, 1.0)
        network, state = training.adam(learning_rate * (1 - step / (steps + 1))).update(grads, state, network)
        if step % (steps // 5) == 0:
            print(f"  step {step}: loss {loss:.4f}")
    return network, loss


def train_agreement(seed, steps=1500):
    """Sentences with 0 to 4 distractors; cross-entropy of the verb's number after the last word only."""
    rng, network = start(seed, len(agreement.VOCABULARY), 4)

    def one(network):
        batch = agreement.batch(rng, 32, (0, 4))
        last = batch.mask.sum(axis=0) - 1

        def loss_of(y):
            logit = y[last, np.arange(32), 0]
            dy = np.zeros_like(y)
            dy[last, np.arange(32), 0] = (sigmoid(logit) - batch.targets) / 32
            return np.mean(np.logaddexp(0, logit) - batch.targets * logit), dy

        return grads_of(network, batch.xs, batch.mask, loss_of)

    return adam(network, one, steps, 0.02)


def train_sunspots(seed, steps=400):
    """One year ahead, mean squared error over 1701 to 1920, the whole stretch a step."""
    series = sunspots.load().numbers[:221, None, None] / trained.SUNSPOT_UNIT
    _, network = start(seed, 1, 4)

    def one(network):
        def loss_of(y):
            error = y - series[1:]
            return np.mean(error**2), 2 * error / error.size

        return grads_of(network, series[:-1], None, loss_of)

    return adam(network, one, steps, 0.02)


if __name__ == "__main__":
    for name, train, seed in (("agreement", train_agreement, 1), ("sunspots", train_sunspots, 2)):
        print(name)
        network, loss = train(seed)
        store(f"trained/{name}.npz", network, [seed])
