"""Measure translation against length, with attention and without: lstm_helpers/data/measured/translation.npz (10 min).

    python -m tools.measure_translation

Sentences of ``tasks.reordering`` with 1 to 6 phrases, 64 new ones a step; a bidirectional encoder and a decoder of two
layers, embeddings of 16, forget bias 1, float32. Adam with learning rate 0.01 for 800 steps and 0.002 for 200
more, gradients clipped to norm 1; five seeds of every network. It stores the fraction of 200 new sentences of each
length whose translation, by greedy decoding, is completely right.
"""

import numpy as np

from lstm_helpers import losses, training
from lstm_helpers.cells import lstm
from lstm_helpers.data.measured import TRANSLATION_NETS, TRANSLATION_PHRASES, TRANSLATION_SEEDS
from lstm_helpers.data.tasks import pairs, reordering
from lstm_helpers.layers import Bidirectional, Recurrent, Stacked
from lstm_helpers.seq2seq import Seq2Seq
from lstm_helpers.seq2seq.attention import ScaledDot
from tools.training import store, train

LEARNED = (1, 6)
PLAN = ((0.01, 800), (0.002, 1000))  # a learning rate, and the step up to which it holds


def main() -> None:
    """Train all networks and write the table."""
    table = np.zeros((len(TRANSLATION_NETS), TRANSLATION_SEEDS, len(TRANSLATION_PHRASES)))
    for seed in range(TRANSLATION_SEEDS):
        for row, name in enumerate(TRANSLATION_NETS):
            table[row, seed] = accuracies(name, seed)
            print(f"{name:24s} seed {seed}", np.round(table[row, seed], 2), flush=True)
    store("measured/translation.npz", table.astype(np.float32), range(TRANSLATION_SEEDS))


def accuracies(name: str, seed: int, plan: tuple[tuple[float, int], ...] = PLAN) -> list[float]:
    """Train one network; give the fraction of right translations for each number of phrases."""
    units, attends = TRANSLATION_NETS[name]
    decoder = Stacked(Recurrent(lstm), Recurrent(lstm))
    net = Seq2Seq(Bidirectional(lstm), decoder, ScaledDot() if attends else None, embedding_size=16)
    sizes = (reordering.SOURCE_SIZE, reordering.TARGET_SIZE, units)
    params = net.init(np.random.default_rng([1, seed]), *sizes, dtype=np.float32)

    def batches(step: int):
        return reordering.batch(np.random.default_rng([2, seed, step]), 64, LEARNED)

    progress = None
    for learning_rate, steps in plan:
        progress = train(
            net, params, batches, losses.cross_entropy, training.adam(learning_rate), steps, resume=progress
        )
    return [accuracy(net, progress.params, n) for n in TRANSLATION_PHRASES]


def accuracy(net: Seq2Seq, params, phrases: int) -> float:
    """Translate 200 new sentences; give the fraction that is right."""
    test = reordering.batch(np.random.default_rng([3, phrases]), 200, phrases)
    answers = net.greedy(params, test.xs, test.mask, longest=len(test.targets) + 5)
    return float(pairs.right(answers.tokens, answers.mask, test).mean())


if __name__ == "__main__":
    main()
