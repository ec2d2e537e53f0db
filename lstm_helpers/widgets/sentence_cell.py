"""A run of the agreement network on a sentence that the reader writes."""

from __future__ import annotations

import re
from typing import Any

import traitlets

from lstm_helpers.cells import lstm
from lstm_helpers.data.tasks import agreement
from lstm_helpers.data.trained import Network
from lstm_helpers.through_time import Trace, unroll
from lstm_helpers.widgets.live_cell import LiveCell

MOST_WORDS = 20  # that a page has room for; the network was trained on 2 to 14
_LANGUAGE = {
    "groups": [
        ["article", [agreement.ARTICLE]],
        ["prepositions", list(agreement.PREPOSITIONS)],
        ["nouns", [word for pair in agreement.NOUNS for word in pair]],
        ["verbs (not in the training data)", [word for pair in agreement.VERBS for word in pair]],
    ],
    "pairs": [list(pair) for pair in (*agreement.NOUNS, *agreement.VERBS)],
    "most": MOST_WORDS,
}


class SentenceCell(LiveCell):
    """A ``LiveCell`` whose sentence can be changed, word by word or as a whole; the network runs again at once.

    A gate that was set by hand keeps its value and step when the sentence changes. Past the end of a shorter sentence
    it is released, and the last step is shown.

    Parameters
    ----------
    network : Network
        The network from ``trained.agreement()``, which reads the words of ``tasks.agreement``.
    sentence : str
        The first sentence, without a verb, such as "the dogs near the cat".
    settings
        ``step``, ``unit``, ``part``, ``overrides`` and ``title``, as for ``LiveCell``.

    Raises
    ------
    ValueError
        If a word is not in ``tasks.agreement.VOCABULARY``, or there is none.
    traitlets.TraitError
        If ``sentence`` or another setting is later set to an invalid value.
    """

    sentence = traitlets.Unicode("").tag(sync=True)
    _language = traitlets.Dict(_LANGUAGE).tag(sync=True)

    def __init__(self, network: Network, sentence: str, **settings: Any) -> None:
        self._network, words = network, spoken(sentence)
        trace = unroll(lstm, network.cell, agreement.encode(words))
        readout = (network.W_y, network.b_y)
        super().__init__(
            trace,
            network.cell,
            words,
            readout=readout,
            answer=agreement.VERBS[0],
            sentence=" ".join(words),
            **settings,
        )
        self._start = {"sentence": self.sentence, **self._start}

    def __repr__(self) -> str:
        """Write the settings, the same on every machine."""
        shown = f"step={self.step}, unit={self.unit}, part={self.part!r}"
        return f"SentenceCell({self.sentence!r}, {shown}, overrides={self._held()})"

    def _axis(self) -> list[str]:
        """Name the steps by their words."""
        return self.sentence.split()

    def _free(self) -> Trace:
        """Run the current sentence without gates set by hand."""
        words = self.sentence.split()
        if words == self._labels:
            return self._trace
        return unroll(lstm, self._network.cell, agreement.encode(words))

    def _beside(self) -> Trace:
        """Give the run without gates set by hand; if none is set, the first sentence, if it has as many words."""
        free = self._free()
        return self._trace if not self.overrides and len(free) == len(self._trace) else free

    @traitlets.validate("sentence")
    def _check_sentence(self, proposal: traitlets.Bunch) -> str:
        words = spoken(proposal["value"])
        try:
            agreement.encode(words)
        except ValueError as error:
            raise traitlets.TraitError(f"sentence does not fit: {error}") from None
        if len(words) > MOST_WORDS:
            raise traitlets.TraitError(f"sentence has {len(words)} words; expected at most {MOST_WORDS}")
        return " ".join(words)

    @traitlets.observe("sentence")
    def _fit(self, change: traitlets.Bunch) -> None:
        """Keep the step and the gates set by hand, as far as the sentence is long enough."""
        steps = len(self.sentence.split())
        held = {key: value for key, value in self.overrides.items() if key[0] < steps}
        if held != self.overrides:
            self.overrides = held
        if self.step >= steps:
            self.step = steps - 1


def spoken(text: str) -> list[str]:
    """Split a text into its words, in lower case and without punctuation."""
    return re.findall(r"[^\s.,;:!?]+", text.lower())
