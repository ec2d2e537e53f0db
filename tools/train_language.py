"""Train the two language models of ``lstm_helpers.data.trained``: ``python -m tools.train_language brackets prose``.

Both read one character at a time and are cut into chunks of 64 steps, the state carried on; bracket texts are 1024
characters long, and each begins with the zero state. The learning rate falls linearly to 0. The prose model keeps the
weights with the lowest validation loss; the test part is not used.
About five minutes on two cores. The last bits of the machine's arithmetic decide the details, so a new run gives
other networks that are about as good.
"""

import sys
from functools import lru_cache, partial

import numpy as np

from lstm_helpers import losses, training
from lstm_helpers.cells import lstm
from lstm_helpers.data import measured
from lstm_helpers.data.tasks import brackets, text
from lstm_helpers.layers import Dropout, Recurrent, Stacked
from lstm_helpers.model import Model
from tools.training import store
from tools.training import train as steps_of

LENGTH = 64


def bits(model, params, tokens):
    """Give the cross-entropy in bits per character over a whole text, read in one run."""
    y = model.predict(params, tokens[:-1, None])
    return float(losses.cross_entropy(y, tokens[1:, None]).value) / np.log(2)


def train(model, params, batches, steps, learning_rate, validate, every, restart=None):
    """Yield (step, mean training loss in bits, validation loss in bits, params) after every so many steps.

    The state is reset every ``restart`` steps, a divisor of ``every``; None never resets it.
    """
    progress = None
    for start in range(0, steps, every):
        adam, path = training.adam(learning_rate * (1 - start / steps)), []
        for _ in range(every // (restart or every)):
            if restart and progress:
                progress = progress._replace(state=())
            options = {"rng": np.random.default_rng(1), "carry_state": True, "resume": progress}
            options |= {"each": partial(note, path)}
            until = (progress.step if progress else 0) + (restart or every)
            progress = steps_of(model, params, batches, losses.cross_entropy, adam, until, **options)
        row = (progress.step, np.mean(path) / np.log(2), validate(progress.params))
        print("  step {}: training {:.3f}, validation {:.3f} bits".format(*row), flush=True)
        yield (*row, progress.params)


def train_prose(size=160, embedding=32, dropout=0.4, learning_rate=0.006, steps=7000, every=250):
    book = text.book()
    letters = text.alphabet(book)
    learn, choose = (text.encode(part, letters) for part in text.split(book)[:2])
    model = Model(Stacked(Dropout(dropout), Recurrent(lstm), Dropout(dropout)), embedding_size=embedding)
    V = len(letters)
    params = model.init(np.random.default_rng(0), V, size, V, forget_bias=1.0, dtype=np.float32)
    batches = text.chunks(learn, 16, LENGTH)
    rows = list(train(model, params, batches, steps, learning_rate, partial(bits, model, tokens=choose), every))
    best = min(rows, key=lambda row: row[2])[3]
    log = measured.ProseTraining(*(np.array(column) for column in list(zip(*rows, strict=True))[:3]))
    store("measured/prose.npz", log)
    return best._replace(layer=best.layer[1])  # dropout has no weights, and is not needed any more


def note(losses, progress):
    losses.append(progress.loss)


@lru_cache(maxsize=1)
def bracket_texts(k, count=32, chunks=16):
    """Draw new texts side by side, (T + 1, B)."""
    rng = np.random.default_rng([3, k])
    texts = [brackets.sample(rng, chunks * LENGTH + 1) for _ in range(count)]
    return np.stack([text.encode(one, brackets.ALPHABET) for one in texts], axis=1)


def train_brackets(size=48, embedding=8, learning_rate=0.01, steps=6400, every=640, chunks=16):
    def batches(step):
        k, chunk = divmod(step, chunks)
        here = bracket_texts(k)[chunk * LENGTH : (chunk + 1) * LENGTH + 1]
        return training.Batch(here[:-1], here[1:])

    choose = text.encode(brackets.sample(np.random.default_rng(4), 50_000), brackets.ALPHABET)
    model = Model(Recurrent(lstm), embedding_size=embedding)
    V = len(brackets.ALPHABET)
    params = model.init(np.random.default_rng(0), V, size, V, forget_bias=1.0, dtype=np.float32)
    validate = partial(bits, model, tokens=choose)
    *_, last = train(model, params, batches, steps, learning_rate, validate, every, restart=chunks)
    return last[3]


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(name)
        params = {"prose": train_prose, "brackets": train_brackets}[name]()
        store(f"trained/{name}.npz", params)
