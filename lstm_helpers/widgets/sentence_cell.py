"""The cell at work on a sentence that the reader writes: the agreement network, run on whatever is composed."""

from __future__ import annotations

import re
from typing import Any

import traitlets

from lstm_helpers.cells import lstm
from lstm_helpers.data.tasks import agreement
from lstm_helpers.data.trained import Network
from lstm_helpers.through_time import Trace, unroll
from lstm_helpers.widgets.live_cell import LiveCell

MOST_WORDS = 20  # what a page can show; the network was trained on 2 to 14
_LANGUAGE = {
    "groups": [
        ["article", [agreement.ARTICLE]],
        ["prepositions", list(agreement.PREPOSITIONS)],
        ["nouns", [word for pair in agreement.NOUNS for word in pair]],
        ["verbs (not read in training)", [word for pair in agreement.VERBS for word in pair]],
    ],
    "pairs": [list(pair) for pair in (*agreement.NOUNS, *agreement.VERBS)],
    "most": MOST_WORDS,
}


class SentenceCell(LiveCell):
    """A ``LiveCell`` whose sentence can be changed, word by word or as a whole, and that reads it again at once.

    A gate that is held stays held at its step when the sentence changes; one beyond the end of a shorter sentence is
    let go, and the step shown is then the last one.

    Parameters
    ----------
    network : Network
        What ``trained.agreement()`` returns: it reads the words of ``tasks.agreement``.
    sentence : str
        What it reads first, without a verb, such as "the dogs near the cat".
    settings
        ``step``, ``unit``, ``part``, ``overrides`` and ``title``, as for ``LiveCell``.

    Raises
    ------
    ValueError
        If a word is not in ``tasks.agreement.VOCABULARY``, or there is none.
    traitlets.TraitError
        If ``sentence`` or another setting is set to what does not fit, later.
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
        """Write what is shown, the same on every machine."""
        shown = f"step={self.step}, unit={self.unit}, part={self.part!r}"
        return f"SentenceCell({self.sentence!r}, {shown}, overrides={self._held()})"

    def _axis(self) -> list[str]:
        """Name the steps by their words."""
        return self.sentence.split()

    def _free(self) -> Trace:
        """Read the present sentence with no gate held."""
        words = self.sentence.split()
        if words == self._labels:
            return self._trace
        return unroll(lstm, self._network.cell, agreement.encode(words))

    def _beside(self) -> Trace:
        """Give the run without held gates, or with none held the first sentence, if it is as long."""
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
        """Let the step and the held gates stay where they are, as far as the sentence goes."""
        steps = len(self.sentence.split())
        held = {key: value for key, value in self.overrides.items() if key[0] < steps}
        if held != self.overrides:
            self.overrides = held
        if self.step >= steps:
            self.step = steps - 1


def spoken(text: str) -> list[str]:
    """Split a text into the words that it speaks: small letters, without full stops and the like."""
    return re.findall(r"[^\s.,;:!?]+", text.lower())
