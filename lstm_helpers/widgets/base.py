"""The base of every widget: script and style from the package, traits with helpful errors, a picture for pages
without a kernel.

A widget draws in the browser, so a key press needs no round trip to Python. It keeps its settings as traits that Python
can read and set, and computes nothing that the package does not offer as a function.
"""

from __future__ import annotations

import io
import math
import numbers
import operator
from collections.abc import Callable, Collection
from typing import Any

import anywidget
import numpy as np
import traitlets
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import Colormap, to_hex
from matplotlib.figure import Figure
from PIL import Image  # a dependency of matplotlib

from lstm_helpers.arrays import Array
from lstm_helpers.figures.style import COLOURS, PAPER, ink_on
from lstm_helpers.figures.text import LEVELS
from lstm_helpers.widgets import rerun
from lstm_helpers.widgets.scripts import style

DPI = 192  # twice the 96 of a CSS pixel: sharp on a dense screen
VIEW = "application/vnd.jupyter.widget-view+json"

Bundle = dict[str, object]  # sent to a page: data by MIME type, a trait's value, or metadata


class Between(traitlets.Float[float, float]):
    """A real number between two bounds; the error names them."""

    def __init__(self, default: float, low: float, high: float, what: str) -> None:
        super().__init__(default)
        self.low, self.high, self.what = low, high, what

    def validate(self, obj: object, value: object) -> float:
        """Return a number, NumPy's included, as a Python float, or refuse it."""
        if isinstance(value, numbers.Real) and not isinstance(value, bool) and self.low <= float(value) <= self.high:
            return float(value)
        raise traitlets.TraitError(
            f"{self.name} is {value!r}; {self.what} lies between {self.low:g} and {self.high:g}: "
            f"set a number in that range"
        )


class Whole(traitlets.Int[int, int]):
    """A whole number, NumPy's included; nothing is rounded."""

    def validate(self, obj: object, value: object) -> int:
        """Return a whole number as a Python int, or refuse it."""
        try:
            return operator.index(value)  # type: ignore[arg-type]  # the except clause handles its refusal
        except TypeError:
            raise traitlets.TraitError(f"{self.name} is {value!r}; expected a whole number") from None


def within(name: str, value: int, low: int, high: int, why: str) -> int:
    """Return `value` if low <= value <= high; raise a TraitError that names it if not."""
    if not low <= value <= high:
        raise traitlets.TraitError(f"{name} is {value}; expected {low} to {high}: {why}")
    return value


def counts(name: str, size: Callable[[Any], int], why: str) -> Callable[[traitlets.HasTraits, traitlets.Bunch], int]:
    """Check a trait that counts from 0: below ``size(widget)``, and at least 0 even before the size is known.

    A class says ``_check_unit = counts("unit", lambda widget: …, "units count from 0")``.
    """

    def check(widget: traitlets.HasTraits, proposal: traitlets.Bunch) -> int:
        return within(name, proposal["value"], 0, max(size(widget) - 1, 0), why)

    return traitlets.validate(name)(check)


def one_of(name: str, known: Callable[[Any], Collection[str]]) -> Callable[[traitlets.HasTraits, traitlets.Bunch], str]:
    """Check a trait that is one of a few words, as ``counts`` checks a number."""

    def check(widget: traitlets.HasTraits, proposal: traitlets.Bunch) -> str:
        value = proposal["value"]
        if value not in known(widget):
            raise traitlets.TraitError(f"{name} is {value!r}; expected one of {', '.join(map(repr, known(widget)))}")
        return str(value)

    return traitlets.validate(name)(check)


def as_bytes(values: Array) -> bytes:
    """Give an array's bytes as little-endian float64, row by row."""
    return np.ascontiguousarray(values, dtype="<f8").tobytes()


def colours_of(colours: Colormap) -> list[list[str]]:
    """Give a few levels of a colour map, each with the text colour that is readable on it."""
    levels = [to_hex(colours(k / (LEVELS - 1))) for k in range(LEVELS)]
    return [[colour, ink_on(colour)] for colour in levels]


def short_repr(number: float) -> str:
    """Write a number for a repr: short, exact, the same on every machine."""
    return str(int(number)) if math.isfinite(number) and number == int(number) else repr(float(number))


class HouseWidget(anywidget.AnyWidget):
    """A widget of this book. A subclass defines `_esm`, its traits, `__repr__` and `draw_static`; its constructor
    ends with `begin`.
    """

    _css = style("common.css")
    _inches = (7.5, 3.0)  # of the static picture
    _needs_python = False  # True: its numbers need a running kernel, and a page without one shows the picture
    _colours = traitlets.Dict(dict(COLOURS)).tag(sync=True)
    _start = traitlets.Dict().tag(sync=True)  # the settings that Reset restores: those of the constructor

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        rerun.remember(self)

    def begin(self, **settings: object) -> None:
        """Set and check the settings that the reader may change, and remember them for Undo and Reset.

        A constructor ends with this call, once everything that the checks need is known.
        """
        for name, value in settings.items():
            setattr(self, name, value)
        self._start = self.get_state(list(settings))

    def close(self) -> None:
        """Close the widget and its layout, which ipywidgets would leave open."""
        super().close()
        self.layout.close()

    def draw_static(self, figure: Figure) -> None:
        """Draw the current state of the widget on an empty figure."""
        raise NotImplementedError

    def static_png(self) -> tuple[bytes, int, int]:
        """Render the current picture: PNG bytes, width and height in CSS pixels. No figure stays open."""
        figure = Figure(figsize=self._inches, dpi=DPI, facecolor=PAPER, layout="constrained")
        canvas = FigureCanvasAgg(figure)
        self.draw_static(figure)
        canvas.draw()
        buffer, pixels = io.BytesIO(), Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
        pixels.quantize(256).save(buffer, "png", optimize=True)  # a third of the bytes
        width, height = canvas.get_width_height()
        return buffer.getvalue(), width * 96 // DPI, height * 96 // DPI

    def _repr_mimebundle_(self, **kwargs: dict[str, object]) -> tuple[Bundle, Bundle]:
        """Offer the live view and a picture, which a stored page shows without a kernel."""
        rerun.remember(self)
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        png, width, height = self.static_png()
        bundle = {**data, "text/plain": repr(self), "image/png": png}
        return bundle, {**metadata, "image/png": {"width": width, "height": height}}


class UnitWidget(HouseWidget):
    """A widget that shows one unit of a run; a subclass sets ``_size``, with "steps" and "hidden"."""

    unit = Whole(0).tag(sync=True)
    _size = traitlets.Dict().tag(sync=True)
    _check_unit = counts("unit", lambda widget: widget._size.get("hidden", 1), "units count from 0")

    @property
    def _steps(self) -> int:
        return int(self._size.get("steps", 1))
