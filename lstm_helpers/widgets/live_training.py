"""Training controlled by hand: start, pause, change the learning rate while it runs, and reset.

The browser requests the next slice of training once it has drawn the last one. So pictures never queue up, the kernel
can run other cells between two slices, and a closed page requests nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from time import perf_counter

import traitlets
from matplotlib.figure import Figure

from lstm_helpers.figures.style import INK
from lstm_helpers.model import Batch, LossFunction, Model
from lstm_helpers.training import Optimizer, Progress, adam, fit
from lstm_helpers.widgets.base import Between, short_repr
from lstm_helpers.widgets.loss_curve import LossCurve
from lstm_helpers.widgets.scripts import script

Message = Mapping[str, str]  # what a press of a button sends
SLICE = 0.08  # seconds of training before the browser draws
RATES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)  # of the slider
MARKS = 40  # the number of latest changes of the learning rate that are sent to the browser


class LiveTraining(LossCurve):
    """Train a model by buttons: Start, Pause, Reset, and a slider for the learning rate.

    After a Reset, the first run and its learning rate stay beside the current run. A change of the learning rate takes
    effect with the next slice and is marked on the curve; the weights and the optimizer's state are kept. ``steps``,
    ``losses`` and ``progress`` are those of ``LossCurve``.

    Parameters
    ----------
    model, params, batches, loss, clip_norm
        As for ``training.fit``.
    learning_rate : float
        The learning rate to begin with, from 1e-6 to 10.
    optimizer : function
        Maps a learning rate to an Optimizer, such as ``training.sgd``.
    title, level, level_label
        As for ``LossCurve``.

    Raises
    ------
    ValueError
        If an argument does not fit.
    traitlets.TraitError
        If ``learning_rate`` is out of range, here or when it is set later.
    """

    _esm = script("live_training.js")
    _empty = "run this cell, and press Start: the curve grows here"
    learning_rate = Between(0.01, 1e-6, 10.0, "the learning rate").tag(sync=True)
    _choices = traitlets.List(list(RATES)).tag(sync=True)

    def __init__(
        self,
        model: Model,
        params: object,
        batches: Callable[[int], Batch | None],
        loss: LossFunction,
        learning_rate: float = 0.01,
        *,
        optimizer: Callable[[float], Optimizer] = adam,
        clip_norm: float | None = 1.0,
        title: str = "",
        level: float | None = None,
        level_label: str = "",
    ) -> None:
        self._learning_rates: list[tuple[int, float]] = []
        self._ticket = ""

        def resume(rate: float, progress: Progress | None) -> Iterator[Progress]:
            return fit(model, params, batches, loss, optimizer(rate), clip_norm=clip_norm, resume=progress)

        self._resume = resume
        super().__init__(title, level, level_label)
        self.begin(learning_rate=learning_rate)
        resume(self.learning_rate, None)  # raises errors now, not at the first press of a button
        self.on_msg(self._answer)

    @property
    def learning_rates(self) -> tuple[tuple[int, float], ...]:
        """Every learning rate that was used, as pairs: the step after which it began, and its value."""
        return tuple(self._learning_rates)

    @property
    def words(self) -> str:
        """The sentence below the picture."""
        return f"Learning rate {short_repr(self.learning_rate)}. {super().words}"

    def go_on(self, seconds: float = SLICE) -> None:
        """Train for about ``seconds``, at least one step, as Start does repeatedly.

        An error in training is reported in ``words`` and not raised: the last complete step is kept, and the next call
        goes on from there.
        """
        end = perf_counter() + seconds
        try:
            for progress in self.watch(self._resume(self.learning_rate, self.progress)):
                if not self._learning_rates or self._learning_rates[-1][1] != self.learning_rate:
                    self._learning_rates.append((progress.step - 1, self.learning_rate))
                if perf_counter() >= end:
                    break
        except Exception as error:
            self._why = str(error) or type(error).__name__
            self._show("failed")

    def reset(self) -> None:
        """Start again from the first weights; keep the learning rate and the first run. The button resets both."""
        self._leave_first()
        self._clear()
        self._learning_rates.clear()
        self._show("ended")

    def _run_name(self) -> str:
        used = list(dict.fromkeys(short_repr(rate) for _, rate in self._learning_rates))
        return f"first run (learning rate{'s' if len(used) > 1 else ''} {', '.join(used)})"

    def _answer(self, widget: object, content: Message, buffers: object) -> None:
        """Do what the browser requests, and send its ticket back as a receipt."""
        if "learning_rate" in content:
            self.set_state({"learning_rate": content["learning_rate"]})
        with self.hold_sync():  # one message, whatever happens
            if content["do"] == "reset":
                self.reset()
            else:
                self.go_on()
            self._ticket = content["ticket"]
            self._show(self._status)

    @traitlets.observe("learning_rate")
    def _say_learning_rate(self, change: traitlets.Bunch) -> None:
        self._show(self._status)

    def _show(self, status: str, *, wait: bool = False) -> None:
        super()._show("going" if status == "left" else status, wait=wait)

    def _picture(self) -> dict[str, object]:
        return {**super()._picture(), "rates": self._learning_rates[-MARKS:], "ticket": self._ticket}

    def draw_static(self, figure: Figure) -> None:
        """Draw the current curve, with the learning rates."""
        super().draw_static(figure)
        ax = figure.axes[0]
        for step, rate in self._learning_rates:
            ax.axvline(step + 1, color=INK, lw=0.8, ls=":", gid="learning rate")
            ax.text(step + 1, 0.02, f" learning rate {short_repr(rate)}", size=9, transform=ax.get_xaxis_transform())
