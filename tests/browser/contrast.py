"""The contrast of words, lines and controls with their background, measured in the browser.

Computed styles say which colour a word has; only pixels say what lies behind it. So a picture is taken in which no
letter is painted, and each word's ink is laid over what it shows at the word's place. A line is compared with what is
painted on both of its sides; of a control, the edge or the fill with what surrounds it, whatever is written in it, and
of a slider its track. A button that is underlined as a link is, has its words only. An outline thinner than a pixel
counts by as much of the pixel as it covers. Contrast is that of the Web Content Accessibility Guidelines 2.1: 1 for
equal colours, 21 for black on white; they ask for 4.5 for words and for 3 for lines and controls that one has to see.

    for one in measure(page, page.locator(".lstm-widget").first):
        assert one.contrast >= LEAST[one.kind], one
"""

import io
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

LEAST = {"word": 4.5, "line": 3.0, "control": 3.0}
AROUND = 6  # pixels of the page that belong to a picture beside the place itself

# What may be faint: grid lines, bands that show a range, areas of padding, what is only there to be hit, and the dots
# where wires of one colour meet.
FAINT = (
    ".lstm-grid, .lstm-hit, .lstm-masked, .lstm-band, .lstm-spread, .lstm-node .lstm-level, .lstm-gap, .lstm-well, "
    ".lstm-rest, .lstm-before, .lstm-middle, .lstm-cell-frame, .lstm-dim, .lstm-ghost, .lstm-faint, .lstm-joint"
)
ITEMS = Path(__file__).with_suffix(".js").read_text(encoding="utf-8").rstrip(";\n")  # a function, no statement
NO_LETTERS = """
    * { -webkit-text-fill-color: transparent !important; caret-color: transparent !important; }
    svg text, svg text * { fill: transparent !important; }
    *::placeholder { color: transparent !important; }
    *, *::before, *::after { transition: none !important; animation: none !important; }
"""


class Measured(NamedTuple):
    """The contrast of one thing."""

    contrast: float  # 1 to 21
    kind: str  # "word", "line" or "control"
    words: str  # its text, or its description
    faint: bool  # meant to be faint
    disabled: bool  # cannot be used now

    def __str__(self) -> str:
        """Describe it in one line."""
        return f"{self.kind} {self.words!r}: {self.contrast:.2f} : 1"


def measure(page, place) -> list[Measured]:
    """Measure every word, line and control inside one place (a Playwright locator), the faintest first."""
    place.scroll_into_view_if_needed()
    style = page.add_style_tag(content=NO_LETTERS)
    try:
        bare = picture(page, place)
    finally:
        style.evaluate("node => node.remove()")
    found = place.evaluate(ITEMS, [FAINT, AROUND])
    dots = bare.shape[1] / found["size"][0]  # pixels of the picture in one of CSS
    out = []
    for item in found["items"]:
        if item["kind"] == "word":
            contrast = of_word(bare, dots, item)
        elif item["kind"] == "line":
            contrast = of_line(bare, dots, item)
        else:
            contrast = of_control(bare, dots, item)
        if contrast is not None:
            out.append(Measured(contrast, item["kind"], item["words"], item["faint"], item["disabled"]))
    return sorted(out)


def too_faint(page, place) -> list[str]:
    """List everything with too little contrast at a place, with its number."""
    return complaints(measure(page, place))


def complaints(measured: list[Measured]) -> list[str]:
    """List everything with too little contrast, except for deliberately faint and disabled things."""
    return [str(one) for one in measured if not one.disabled and one.contrast < least(one)]


def least(one: Measured) -> float:
    """Require dimmed text to be readable; a grid line may be as faint as it likes."""
    return LEAST[one.kind] if not one.faint else 3.0 if one.kind == "word" else 0.0


def minima(measured: list[Measured]) -> dict[str, float]:
    """Return the smallest contrast of each kind, of what is neither faint on purpose nor disabled."""
    out: dict[str, float] = {}
    for one in measured:
        if not one.faint and not one.disabled:
            out[one.kind] = min(out.get(one.kind, 21.0), one.contrast)
    return out


def picture(page, place) -> np.ndarray:
    """Photograph a place, which the window is high enough for, and a little around it: (height, width, 3)."""
    box = place.bounding_box()
    clip = {"x": max(0, box["x"] - AROUND), "y": max(0, box["y"] - AROUND)}
    clip |= {"width": box["width"] + 2 * AROUND, "height": box["height"] + 2 * AROUND}
    png = page.screenshot(clip=clip, animations="disabled")
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), dtype=np.float64)


def of_word(bare: np.ndarray, dots: float, item: dict) -> float | None:
    """Lay the word's ink over what is painted where it stands; of all pixels, the lowest fifth counts."""
    x0, y0, x1, y1 = (round(dots * edge) for edge in item["box"])
    behind = bare[max(0, y0) : y1, max(0, x0) : x1].reshape(-1, 3)
    if not behind.size:
        return None
    return float(np.quantile(contrast(over(item["ink"], behind), behind), 0.2))


def of_line(bare: np.ndarray, dots: float, item: dict) -> float | None:
    """Compare a line with what is painted beside it, on the better side; a third of its length may touch its like.

    An arrow's head, and a short line that is half hidden by one, may touch what they belong to along half of theirs. Of
    a filled shape with an outline as thin as a hair, whichever stands out more is what one sees.
    """
    points = np.rint(dots * np.asarray(item["points"])).astype(int)
    inside = ((points >= 0) & (points < [*bare.shape[1::-1], *bare.shape[1::-1]])).all(axis=1)
    if not inside.any():
        return None
    x, y, u, v = points[inside].T
    sides = [bare[y, x], bare[v, u]]
    found = [
        float(np.quantile(np.maximum(*(contrast(over(ink, side), side) for side in sides)), share))
        for ink, share in ((item["ink"], 0.5 if item["touches"] else 0.35), (item["filled"], 0.5))
        if ink is not None
    ]
    return max(found)


def of_control(bare: np.ndarray, dots: float, item: dict) -> float | None:
    """Compare a control's edge or fill with what surrounds it; of the pixels along its edge a twelfth must stand out.

    That is one side of a square button, a pixel thin. Its words say nothing: they are measured as words, and a field
    whose edge is lost is lost when it is empty. Of a slider the track counts, a sixth of its place, since its thumb
    alone would not say how far it goes.
    """
    x0, y0, x1, y1 = (round(dots * edge) for edge in item["box"])
    inside = bare[max(0, y0) : y1, max(0, x0) : x1]
    wide = max(2, round(3 * dots))
    around = band(bare[max(0, y0 - wide) : y1 + wide, max(0, x0 - wide) : x1 + wide], wide)
    if not inside.size or not around.size:
        return None
    colours, counts = np.unique(around.round(), axis=0, return_counts=True)
    seen, share = (inside.reshape(-1, 3), 5 / 6) if item["slides"] else (band(inside, wide), 11 / 12)
    return float(np.quantile(contrast(seen, colours[counts.argmax()]), share))


def band(pixels: np.ndarray, wide: int) -> np.ndarray:
    """Give the pixels within so many of the edge."""
    edge = np.ones(pixels.shape[:2], dtype=bool)
    edge[wide:-wide, wide:-wide] = False
    return pixels[edge]


def over(ink: list[float], behind: np.ndarray) -> np.ndarray:
    """Paint an ink, (r, g, b, opacity), over colours."""
    return ink[3] * np.asarray(ink[:3]) + (1 - ink[3]) * behind


def contrast(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return (L₁ + 0.05) / (L₂ + 0.05) of two colours' relative luminances, the lighter one above."""
    first, second = luminance(a), luminance(b)
    return (np.maximum(first, second) + 0.05) / (np.minimum(first, second) + 0.05)


def luminance(colours: np.ndarray) -> np.ndarray:
    """Return the relative luminance of sRGB colours from 0 to 255 (WCAG 2.1)."""
    part = np.asarray(colours) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])
