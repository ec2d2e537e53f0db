"""Sampling at a temperature: the probabilities of the next character, and texts that the network samples."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import traitlets
from matplotlib.figure import Figure

from lstm_helpers.arrays import Array, check_size
from lstm_helpers.data.tasks import text
from lstm_helpers.data.trained import LanguageModel
from lstm_helpers.figures import draw_next_probabilities
from lstm_helpers.figures.text import SHOWN, likeliest
from lstm_helpers.language import sampling
from lstm_helpers.widgets.base import Between, HouseWidget, Whole, as_bytes, counts, short_repr
from lstm_helpers.widgets.scripts import script

MOST_SAMPLES = 20
TEMPERATURES = tuple(k / 10 for k in range(1, 21))
NAMES = {" ": "a space", "\n": "a line break"}


class TemperatureSampler(HouseWidget):
    """Show a language model's next-character probabilities and its sampled text at a temperature that the reader sets.

    The network runs once, when the widget is made; the slider and the samples need no kernel. The texts of one sample
    use the same random numbers at every temperature, so that only the temperature differs.

    Parameters
    ----------
    network : trained.LanguageModel
        Such as ``trained.prose()``.
    prompts : sequence of str
        The prompts to choose from.
    temperature : float
        0.1 to 2.0 in steps of 0.1.
    prompt : int
        The prompt that is shown first, counted from 0.
    length : int
        The number of characters to sample.
    seed : int
        The seed of the first sample; each further sample adds one.
    samples : int
        The number of texts for each temperature, 1 to 20.
    sample : int
        The sample that is shown first, counted from 0.

    Raises
    ------
    ValueError
        If a prompt is empty, or holds a character that the network does not know.
    traitlets.TraitError
        If a temperature, a prompt or a sample was not computed, here or when it is set later.
    """

    _esm = script("temperature_sampler.js")
    _inches = (7.5, 3.4)
    temperature = Between(1.0, TEMPERATURES[0], TEMPERATURES[-1], "the temperature").tag(sync=True)
    prompt = Whole(0).tag(sync=True)
    sample = Whole(0).tag(sync=True)
    _logits = traitlets.Bytes().tag(sync=True)
    _prompts = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _texts = traitlets.List(traitlets.List(traitlets.List(traitlets.Unicode()))).tag(sync=True)
    _letters = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _grid = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        network: LanguageModel,
        prompts: Sequence[str],
        temperature: float = 1.0,
        prompt: int = 0,
        length: int = 240,
        seed: int = 0,
        samples: int = 6,
        sample: int = 0,
        **kwargs: object,
    ) -> None:
        if isinstance(prompts, str) or not prompts or not all(isinstance(one, str) and one for one in prompts):
            raise ValueError(f"prompts is {prompts!r}; expected a list of texts, each at least one character long")
        check_size("length", length)
        check_size("samples", samples)
        if samples > MOST_SAMPLES:
            raise ValueError(f"samples is {samples}; expected at most {MOST_SAMPLES}: every text is sampled beforehand")
        self._network = network
        encoded = [text.encode(one, network.letters)[:, None] for one in prompts]
        self._table = np.concatenate([network.model.predict(network.params, tokens)[-1] for tokens in encoded])
        super().__init__(
            _logits=as_bytes(self._table),
            _prompts=list(prompts),
            _texts=[_continue(network, tokens, length, range(seed, seed + samples)) for tokens in encoded],
            _letters=list(network.letters),
            _grid={"temperatures": list(TEMPERATURES), "shown": SHOWN, "names": NAMES},
            **kwargs,
        )
        self.begin(prompt=prompt, temperature=temperature, sample=sample)  # after their number is known

    def __repr__(self) -> str:
        """Write the settings, the same on every machine."""
        sample = f", sample={self.sample}" if self.sample else ""
        return f"TemperatureSampler({self._prompts[self.prompt]!r}, temperature={short_repr(self.temperature)}{sample})"

    @property
    def probabilities(self) -> Array:
        """The probability of each next character, (K,)."""
        return sampling.softmax_with_temperature(self._table[self.prompt], self.temperature)

    @property
    def text(self) -> str:
        """The text sampled at this temperature, in this sample."""
        return str(self._texts[self.prompt][self.sample][TEMPERATURES.index(self.temperature)])

    @property
    def words(self) -> str:
        """The sentence below the bars."""
        p = self.probabilities
        best = likeliest(p, 1)[0]
        letter = self._network.letters[best]
        bits = float(-(p[p > 0] * np.log2(p[p > 0])).sum())
        name = NAMES.get(letter, f"“{letter}”")
        return (
            f"Temperature {self.temperature:.1f}: the most probable next character is {name}, "
            f"{100 * p[best]:.0f} %. The entropy is {bits:.2f} bits, as of {2**bits:.1f} equally probable characters."
        )

    def draw_static(self, figure: Figure) -> None:
        """Draw the current bars, and the beginning of the text."""
        ax = draw_next_probabilities(self._network.letters, self.probabilities, ax=figure.add_subplot())
        prompt = self._prompts[self.prompt]
        shown = ("…" if len(prompt) > 60 else "") + prompt[-60:].replace("\n", "↵")
        ax.set_title(f"after “{shown}”, temperature {short_repr(self.temperature)}", size=10, loc="left")
        figure.supxlabel(f"continued: {' '.join(self.text.split())[:84]}…", size=9.5)

    @traitlets.validate("temperature")
    def _check_temperature(self, proposal: traitlets.Bunch) -> float:
        value = proposal["value"]
        nearest = min(TEMPERATURES, key=lambda one: abs(one - value))
        if abs(nearest - value) > 1e-6:
            raise traitlets.TraitError(
                f"temperature is {value:g}; computed were 0.1, 0.2, … 2.0: the nearest is {nearest:g}"
            )
        return nearest

    _check_prompt = counts("prompt", lambda widget: len(widget._prompts), "prompts count from 0")

    _check_sample = counts("sample", lambda widget: len(widget._texts[0]), "samples count from 0")


def _continue(network: LanguageModel, tokens: Array, length: int, seeds: range) -> list[list[str]]:
    """Sample at every temperature with the same random numbers, for each seed; all in one batch."""
    prompts = np.repeat(tokens, len(seeds) * len(TEMPERATURES), axis=1)
    rngs = [np.random.default_rng(seed) for seed in seeds for _ in TEMPERATURES]
    drawn = sampling.generate(network.model, network.params, rngs, prompts, length, np.tile(TEMPERATURES, len(seeds)))
    texts = [text.decode(column, network.letters) for column in drawn.T]
    return [texts[k : k + len(TEMPERATURES)] for k in range(0, len(texts), len(TEMPERATURES))]
