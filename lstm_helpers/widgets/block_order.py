"""Read a network's weights in a wrong order of blocks, and see how its answers change."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import traitlets
from matplotlib.figure import Figure

from lstm_helpers.activations import sigmoid
from lstm_helpers.arrays import Array
from lstm_helpers.cells import lstm
from lstm_helpers.data.tasks import agreement
from lstm_helpers.data.trained import Network
from lstm_helpers.figures.style import INK, QUIET, number
from lstm_helpers.through_time import unroll
from lstm_helpers.widgets.base import HouseWidget, one_of
from lstm_helpers.widgets.scripts import script

ORDERS = tuple("".join(order) for order in permutations(lstm.BLOCKS))
KNOWN = {"ifgo": "this book, PyTorch, Keras", "iofg": "ONNX"}


def misread(params: lstm.Params, stored: str, read: str) -> lstm.Params:
    """Give the parameters that result if blocks stored in one order are read in another.

    Parameters
    ----------
    params : lstm.Params
        The parameters in the correct order.
    stored, read : str
        Orders of the four blocks, such as "iofg": block k belongs to ``stored[k]`` and is read as ``read[k]``.

    Raises
    ------
    ValueError
        If an order does not contain each of i, f, g, o once.
    """
    for name, order in (("stored", stored), ("read", read)):
        if order not in ORDERS:
            raise ValueError(f"{name} is {order!r}; expected the letters i, f, g, o, each once")
    places = [lstm.BLOCKS.index(stored[read.index(letter)]) for letter in lstm.BLOCKS]
    parts = (np.split(part, 4, axis=-1) for part in params)
    return lstm.Params(*(np.concatenate([part[k] for k in places], axis=-1) for part in parts))


class BlockOrder(HouseWidget):
    """Show the answers of an agreement network when the blocks of its weights are read in an order the reader chooses.

    All 24 orders are run when the widget is made.

    Parameters
    ----------
    network : trained.Network
        Reads ``agreement.encode``'s words; y > 0 means plural.
    words : str
        The sentence that is drawn, without its verb.
    test : agreement.SentenceBatch
        Sentences on which correct answers are counted.
    stored : str
        The order in which the blocks are stored.
    read : str
        The order in which they are read first.

    Raises
    ------
    ValueError
        If ``stored`` is not an order of i, f, g, o, or a word is unknown.
    traitlets.TraitError
        If ``read`` is not an order of i, f, g, o, here or when it is set later.
    """

    _esm = script("block_order.js")
    _inches = (7.5, 2.8)
    read = traitlets.Unicode("ifgo").tag(sync=True)
    _numbers = traitlets.Bytes().tag(sync=True)
    _orders = traitlets.Dict().tag(sync=True)
    _labels = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(
        self,
        network: Network,
        words: str,
        test: agreement.SentenceBatch,
        stored: str = "iofg",
        read: str = "ifgo",
        **kwargs: object,
    ) -> None:
        xs = agreement.encode(words)
        cells = {order: misread(network.cell, stored, order) for order in ORDERS}
        hidden = {order: unroll(lstm, cell, xs).h for order, cell in cells.items()}
        last = {order: unroll(lstm, cell, test.xs, mask=test.mask).h[-1] for order, cell in cells.items()}

        def answer(h: Array) -> Array:
            return np.asarray(h @ network.W_y + network.b_y)[..., 0]

        self._plural = {order: sigmoid(answer(h)[:, 0]) for order, h in hidden.items()}
        self._right = {order: int(np.sum((answer(h) > 0) == test.targets)) for order, h in last.items()}
        self._off = {order: float(np.abs(h - hidden[stored]).max()) for order, h in hidden.items()}
        table = [[*self._plural[order], self._right[order], self._off[order]] for order in ORDERS]
        super().__init__(
            _numbers=np.array(table, "<f8").tobytes(),
            _orders={"all": list(ORDERS), "known": KNOWN, "stored": stored, "sentences": len(test.targets)},
            _labels=words.split(),
            **kwargs,
        )
        self.begin(read=read)

    def __repr__(self) -> str:
        """Write the settings, the same on every machine."""
        return f"BlockOrder({len(self._labels)} words, stored={self._orders['stored']!r}, read={self.read!r})"

    @property
    def plural(self) -> Array:
        """The probability of a plural verb after each word, (T,)."""
        return np.asarray(self._plural[self.read])

    @property
    def right(self) -> int:
        """The number of sentences answered correctly."""
        return self._right[self.read]

    @property
    def scores(self) -> dict[str, int]:
        """The number of sentences answered correctly, for each order."""
        return dict(self._right)

    @property
    def words(self) -> str:
        """The sentence below the picture."""
        stored, count = self._orders["stored"], self._orders["sentences"]
        score = f"network answers {self.right} of {count} sentence{'' if count == 1 else 's'} correctly"
        if self.read == stored:
            return f"Read in the stored order, {' '.join(stored)}, every block is in its place: the {score}."
        wrong = [f"{a} as {b}" for a, b in zip(stored, self.read, strict=True) if a != b]
        return (
            f"Reading {', '.join(wrong[:-1])} and {wrong[-1]} raises no error, because all shapes fit. "
            f"The {score}, and in this sentence the hidden states are off by up to {number(self._off[self.read])}."
        )

    def draw_static(self, figure: Figure) -> None:
        """Draw the answer after each word, for both orders."""
        ax, steps, stored = figure.add_subplot(), np.arange(len(self._labels)), self._orders["stored"]
        ax.plot(steps, self._plural[stored], "o--", color=QUIET, ms=4, label=f"correct order, {' '.join(stored)}")
        ax.plot(steps, self.plural, "o-", color=INK, ms=4, label=f"read as {' '.join(self.read)}")
        ax.set(ylim=(-0.03, 1.03), xticks=steps, xticklabels=self._labels, ylabel="probability of plural")
        ax.legend(fontsize=9, loc="center right")
        ax.set_title(
            f"stored as {' '.join(stored)}, read as {' '.join(self.read)}: "
            f"{self.right} of {self._orders['sentences']} sentences correct",
            loc="left",
            size=10,
        )

    _check_read = one_of("read", lambda widget: ORDERS)
