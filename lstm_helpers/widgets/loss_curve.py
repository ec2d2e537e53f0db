"""A learning curve that grows during training, and keeps all that is needed to resume after a stop."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from time import perf_counter

import numpy as np
import traitlets
from matplotlib.figure import Figure

from lstm_helpers.arrays import Array, check_size, describe
from lstm_helpers.figures import draw_learning_curves
from lstm_helpers.figures.axes import say_power
from lstm_helpers.figures.style import COLOURS, INK
from lstm_helpers.training import Progress
from lstm_helpers.widgets.base import HouseWidget
from lstm_helpers.widgets.downsampling import WINDOW, downsample, trailing_mean
from lstm_helpers.widgets.interrupts import Stop
from lstm_helpers.widgets.scripts import script, style

PAUSE = 0.08  # the least seconds between two pictures: a dozen a second look smooth, and cost little
SHARE = 0.03  # the largest fraction of the time that drawing may take

NEAR = 1.01  # times the chance level: a mean up to 1 % above it is not called worse than chance

_BEGINNINGS = {
    "going": "Step {}",
    "stopped": "Stopped after step {}",
    "left": "Left after step {}",
    "ended": "Ended after step {}",
    "failed": "Failed after step {}",
}


class LossCurve(HouseWidget):
    """Show the loss during training.

    Display it in one cell, and train in the next; run that cell again after a stop, and training goes on::

        items = training.fit(model, params, batches, loss, optimizer, resume=curve.progress)
        for progress in curve.watch(items, total=300):
            ...

    Parameters
    ----------
    title : str
        A line above the picture.
    level : float, optional
        The loss at chance level, above 0, drawn as a horizontal line; a loss above it is worse than chance.
    level_label : str
        The name of that level, such as "chance level".

    If training starts again from step 1, the first run stays as a dotted line. The loss at any step can be read by
    mouse or keyboard.

    Raises
    ------
    ValueError
        If ``level`` is not a finite number above 0.
    """

    _esm = script("loss_curve.js")
    _css = style("common.css", "loss_curve.css")
    _inches = (7.5, 2.8)
    _needs_python = True
    _empty = "the curve grows here while the next cell trains"
    _progress: Progress | None
    title = traitlets.Unicode("").tag(sync=True)
    _level = traitlets.Dict().tag(sync=True)
    _shown = traitlets.Dict().tag(sync=True)

    def __init__(self, title: str = "", level: float | None = None, level_label: str = "", **kwargs: object) -> None:
        if level is not None and not 0 < level < math.inf:
            raise ValueError(f"level is {level!r}; expected a loss above 0, such as np.log(2), or None for no line")
        # Steps, losses and name of the first run, once another begins.
        self._first: tuple[Array, Array, str] | None = None
        self._clear()
        self._pause, self._last_show = PAUSE, -math.inf
        level = None if level is None else float(level)
        super().__init__(title=title, _level={"loss": level, "label": level_label}, _shown=self._picture(), **kwargs)

    def __repr__(self) -> str:
        """Write the number of steps; not the loss, whose last digits differ between machines."""
        return f"{type(self).__name__}({self.title!r}, {len(self._losses)} steps)"

    @property
    def steps(self) -> Array:
        """The numbers of the steps, (n,) int64."""
        return np.array(self._steps, dtype=np.int64)

    @property
    def losses(self) -> Array:
        """The loss of every step, (n,); none is left out."""
        return np.array(self._losses, dtype=np.float64)

    @property
    def progress(self) -> Progress | None:
        """The latest Progress, for ``fit(..., resume=…)``; None before the first step."""
        return self._progress

    @property
    def words(self) -> str:
        """The sentence below the picture."""
        why = f" The reason: {self._why}." if self._why else ""
        if not self._losses:
            return f"No step has been made yet.{why}"
        total = f" of {self._total}" if self._total else ""
        begin = _BEGINNINGS[self._status].format(f"{self._steps[-1]}{total}")
        mean = trailing_mean(self.losses, [len(self._losses) - 1])[0]
        level, label = self._level["loss"], self._level["label"]
        against = "" if level is None else f"; {label or 'chance level'}: {_say(level)}"
        many = min(WINDOW, len(self._losses))
        numbers = f"the last loss is {_say(self._losses[-1])}, the mean of the last {many} is {_say(mean)}{against}."
        if level is not None and mean > NEAR * level:
            numbers += " That is worse than chance."
        kept = " No step is lost: resume from its progress." if self._status in ("stopped", "left") else ""
        return f"{begin}: {numbers}{self._beside()}{kept}{why}"

    def _beside(self) -> str:
        """Give the first run's mean loss after the same number of steps, if there is one."""
        if self._first is None:
            return ""
        steps, losses, name = self._first
        at = int(np.searchsorted(steps, self._steps[-1]))
        if at == len(steps):
            return f" The {name} ended after step {steps[-1]}."
        return f" After the same number of steps, the {name} had a mean of {_say(trailing_mean(losses, [at])[0])}."

    def watch(self, items: Iterable[Progress], total: int | None = None) -> Iterator[Progress]:
        """Pass on the items of ``fit``, and draw them.

        A Progress of step n replaces everything that the curve has from step n on. So a resumed training continues its
        curve, and one that starts again begins a new curve.

        Parameters
        ----------
        items : iterable of Progress
            The iterator from ``training.fit``.
        total : int, optional
            End after the step with this number, counted from the beginning of training, not from a stop.

        Yields
        ------
        Progress
            The same item. The Stop button (an interrupt) ends the loop without an error, after the current step and
            the loop's body; pressed twice, it ends the loop at once.

        Raises
        ------
        ValueError
            If ``total`` is not a whole number from 1, or an item is not a Progress.
        """
        if total is not None:
            check_size("total", total)
        try:
            iterator = iter(items)
        except TypeError:
            raise ValueError(f"items is {describe(items)}; expected what training.fit returns") from None
        return self._watch(iterator, total)

    def _watch(self, items: Iterator[Progress], total: int | None) -> Iterator[Progress]:
        with Stop() as stop:
            status, self._total, self._why = "left", total, ""
            try:
                for progress in items:
                    _check_progress(progress)
                    if total is not None and progress.step > total:
                        break
                    self._add(progress)
                    self._show("going", wait=True)
                    yield progress
                    if stop.asked or progress.step == total:
                        break
                status = "stopped" if stop.asked else "ended"
            except KeyboardInterrupt:  # the second one, in a step or in here
                status = "stopped"
            except Exception as error:
                status, self._why = "failed", str(error) or type(error).__name__
                raise
            finally:
                self._show(status)

    def _add(self, progress: Progress) -> None:
        keep = bisect_left(self._steps, progress.step)
        if keep == 0:
            self._leave_first()
        del self._steps[keep:], self._losses[keep:]
        self._steps.append(progress.step)
        self._losses.append(progress.loss)
        self._progress = progress  # last, so that its loss is already stored when an interrupt arrives

    def _leave_first(self) -> None:
        """Keep the run so far as the first run, unless there is one, before another replaces it."""
        if self._first is None and len(self._losses) > 1:
            self._first = self.steps, self.losses, self._run_name()

    def _run_name(self) -> str:
        return "first run"

    def _clear(self) -> None:
        self._steps, self._losses = array("q"), array("d")
        self._progress = None
        self._status, self._total, self._why = "ended", None, ""

    def _show(self, status: str, *, wait: bool = False) -> None:
        """Send the picture; with ``wait``, only if the last one was sent long enough ago."""
        start = perf_counter()
        if wait and start - self._last_show < self._pause:
            return
        self._status = status
        self._shown = self._picture()
        self._last_show = perf_counter()
        self._pause = max(PAUSE, (self._last_show - start) / SHARE)

    def _picture(self) -> dict[str, object]:
        points = np.stack(self._points()).astype("<f4")
        total = self._total or 0
        shown = {"points": points.tobytes(), "total": total, "status": self._status, "words": self.words}
        if self._first is None:
            return {**shown, "first": b"", "first_name": ""}
        steps, losses, name = self._first
        kept = downsample(losses)
        first = np.stack([steps[kept], trailing_mean(losses, kept)]).astype("<f4")
        return {**shown, "first": first.tobytes(), "first_name": name}

    def _points(self) -> tuple[Array, Array, Array]:
        losses = self.losses
        kept = downsample(losses)
        return self.steps[kept], losses[kept], trailing_mean(losses, kept)

    def draw_static(self, figure: Figure) -> None:
        """Draw the current curve."""
        ax = figure.add_subplot()
        steps, losses, means = self._points()
        level = {"level": self._level["loss"], "level_label": self._level["label"]}
        if steps.size:
            mean = f"mean of {WINDOW}"
            colours = {"loss": COLOURS["h"], mean: INK}
            draw_learning_curves({"loss": losses, mean: means}, steps=steps, colours=colours, ax=ax, **level)
            next(line for line in ax.lines if line.get_gid() == "loss").set_linewidth(1.0)
            if self._first is not None:
                before, first, name = self._first
                means = trailing_mean(first, np.arange(first.size))
                ax.plot(before, means, color=INK, lw=1.2, ls=":", gid="first")
                ax.annotate(name, (before[-1], means[-1]), (0, 4), textcoords="offset points", ha="right", size=9)
        else:
            ax.set(xlim=(0, 1), ylim=(0, 1), xticks=[], yticks=[], xlabel="step", ylabel="loss")
            ax.text(0.5, 0.5, self._empty, ha="center", va="center", color=INK)
        ax.set_title(self.title, loc="left")


def _say(loss: float) -> str:
    return say_power(math.log10(loss)) if 0 < loss < math.inf else f"{loss:.3g}"


def _check_progress(item: object) -> None:
    if not isinstance(item, Progress):
        raise ValueError(f"items yields {describe(item)}; expected Progress, as training.fit yields it")
