"""A cell's diagram for the browser: the scenes of the figures' artist as SVG, for several widths."""

from lstm_helpers.figures.diagrams import Equations, Layout, Piece, Values, scene
from lstm_helpers.figures.diagrams.base import key_of
from lstm_helpers.figures.diagrams.marks import DASHES, PLAIN, THICK, THIN
from lstm_helpers.figures.diagrams.svg import inner
from lstm_helpers.figures.diagrams.words import BRIEF, spell

WIDTHS = (260, 310, 370, 440, 580, 760)  # each is enlarged up to the next


def plain(layout: Layout, equations: Equations, *, value: str = "", widest: str = BRIEF) -> dict[str, object]:
    """Convert a diagram to JSON-compatible data.

    Parameters
    ----------
    layout : Layout
    equations : dict of str to lines of pieces
        The equation of each part, and of "" (no part).
    value : str
        The longest text in the input's box.
    widest : str
        The longest number that room is kept for.
    """
    scenes = [scene(layout, width, widest=widest, value=value, equation=False) for width in WIDTHS]
    return {
        "scenes": [{"width": one.width, "height": one.height, "marks": inner(one, Values())} for one in scenes],
        "carried": sorted({wire.number for wire in layout.wires} - {""}),
        "thin": THIN,
        "thick": THICK,
        "plain": PLAIN,
        "dashes": " ".join(f"{length:g}" for length in DASHES),
        "equations": {name: [[_piece(piece) for piece in line] for line in lines] for name, lines in equations.items()},
    }


def _piece(piece: Piece) -> dict[str, object]:
    key = key_of(piece)
    return {"symbol": piece.symbol, "number": key, "text": [] if key else spell(piece.text)}
