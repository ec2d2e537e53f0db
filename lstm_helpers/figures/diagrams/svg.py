"""A scene as SVG text: each mark becomes one element, and numbers are filled in. Nothing is decided here.

Text can be selected, and colours follow the page: ``var(--lstm-f, …)`` is the forget gate's, and what has no colour is
in the colour of the text around. Attributes name what belongs to what, so that a script can fill in other numbers:
``data-parts``, ``data-part`` (what pointing at it highlights) and ``data-key`` (the number that it shows).
"""

from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from lstm_helpers.figures.diagrams import marks as m
from lstm_helpers.figures.diagrams.base import key_of
from lstm_helpers.figures.diagrams.marks import Scene
from lstm_helpers.figures.diagrams.values import Values
from lstm_helpers.figures.diagrams.words import spell
from lstm_helpers.figures.style import CELL, CELL_EDGE, COLOURS, PAPER, TEXT_COLOURS

_CLASSES = {
    "frame": "lstm-cell-frame",
    "wire": "lstm-wire",
    "head": "lstm-arrow",
    "gap": "lstm-gap",
    "hit": "lstm-hit",
    "box": "lstm-box",
    "joint": "lstm-joint",
    "sign": "lstm-sign",
    "level": "lstm-level",
    "middle": "lstm-middle",
    "number": "lstm-number",
    "token": "lstm-number",
    "note": "lstm-halo",
    "words": "lstm-halo",
    "equation": "lstm-equation",
}


def to_svg(scene: Scene, values: Values, *, title: str = "", alt: str = "") -> str:
    """Write a scene as one ``<svg>`` element; ``alt`` is what it shows, for those who do not see it."""
    named = f" aria-label={quoteattr(alt)}" if alt else ""
    head = f"<title>{escape(title)}</title>" if title else ""
    view = f"0 0 {_n(scene.width)} {_n(scene.height)}"
    look = f'xmlns="http://www.w3.org/2000/svg" class="lstm-diagram" viewBox="{view}" role="img"{named}'
    return f"<svg {look}>{head}{inner(scene, values)}</svg>"


def inner(scene: Scene, values: Values) -> str:
    """Write the elements of a scene; those of a node are in one group."""
    shown = [mark for mark in scene.marks if mark.tag.only is None or mark.tag.only == values.part]
    written = []
    for name, marks in groupby(shown, key=lambda mark: mark.tag.name):
        group = list(marks)
        text = "".join(_element(mark, values) for mark in group)
        if name.startswith("node:"):
            tag = group[0].tag
            dim = "" if values.lit(tag.parts) else " lstm-dim"
            text = f'<g class="lstm-node{dim}" data-node="{name[5:]}"{_belongs(tag)}>{text}</g>'
        written.append(text)
    return "".join(written)


def _element(mark: m.Mark, values: Values) -> str:
    tag = mark.tag
    dim = " lstm-dim" if not values.lit(tag.parts) and not tag.name.startswith("node:") else ""
    look = f'class="{_CLASSES[tag.role]}{dim}"' + ("" if tag.name.startswith("node:") else _belongs(tag))
    ink = _ink(tag.symbol)
    if isinstance(mark, m.Line):
        return _line(mark, values, look, ink)
    if isinstance(mark, m.Polygon):
        return f'<path {look} d="{_d(mark.points)}Z" style="fill:{ink}"/>'
    if isinstance(mark, m.Disc):
        (x, y), paint = mark.centre, f"fill:{ink}" if mark.filled else f"stroke:{ink}"
        return f'<circle {look} cx="{_n(x)}" cy="{_n(y)}" r="{_n(mark.radius)}" style="{paint}"/>'
    if isinstance(mark, m.Box):
        return f"<rect {look} {_rectangle(*mark.corner, mark.width, mark.height)} " + (
            f'rx="{_n(mark.radius)}"/>' if tag.role == "frame" else f'rx="{_n(mark.radius)}" style="stroke:{ink}"/>'
        )
    if isinstance(mark, m.Level):
        return _level(mark, values, look, ink)
    if isinstance(mark, m.Formula):
        return _formula(mark, values, look)
    return _words(mark, values, look)


def _level(mark: m.Level, values: Values, look: str, ink: str) -> str:
    """Write a level, and a handle at its height to move it by."""
    top = mark.at(values.numbers.get(mark.number, 0.0))
    place = _rectangle(mark.left, min(top, mark.zero), mark.width, abs(top - mark.zero))
    scale = f'data-zero="{_n(mark.zero, 4)}" data-one="{_n(mark.one, 4)}" data-low="{mark.lowest:g}"'
    grip = _rectangle(mark.left + 0.78 * mark.width, top - 2.5, 0.3 * mark.width, 5.0)  # clear of the letter
    level = f'<rect {look} {place} {scale} data-key="{mark.number}" style="fill:{ink}"/>'
    return f'{level}<rect class="lstm-grip" {grip} rx="2.5"/>'


def _rectangle(x: float, y: float, width: float, height: float) -> str:
    return f'x="{_n(x)}" y="{_n(y, 4)}" width="{_n(width)}" height="{_n(height, 4)}"'


def _line(mark: m.Line, values: Values, look: str, ink: str) -> str:
    width, dashed = values.wire(mark)
    key = f' data-key="{mark.number}"' if mark.number and mark.tag.role == "wire" else ""
    dashes = f' stroke-dasharray="{m.DASHES[0]:g} {m.DASHES[1]:g}"' if dashed else ""
    paint = "" if mark.tag.role in ("gap", "hit") else f' style="stroke:{ink}"'
    return f'<path {look} d="{_d(mark.points)}" fill="none" stroke-width="{_n(width)}"{dashes}{key}{paint}/>'


def _words(mark: m.Words, values: Values, look: str) -> str:
    (x, y), anchor = mark.at, {"left": "start", "center": "middle", "right": "end"}[mark.align]
    runs, shift = _runs(mark.text, mark.size)
    if mark.number:
        moved, before = f' dy="{_n(-shift)}"' if shift else "", " " if runs else ""
        more = ' data-brief="yes"' if mark.brief else ""
        more += f' data-lead="{before}"' if before else ""
        said = before + escape(values.say(mark.number, mark.brief))
        heavy = ' font-weight="700"' if mark.bold else ""
        runs += f'<tspan{moved}{heavy} data-key="{mark.number}"{more}>{said}</tspan>'
    place = f'x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}"'
    return f'<text {look} {place} style="font-size:{_n(mark.size)}px;fill:{_ink(mark.tag.symbol, True)}">{runs}</text>'


def _formula(mark: m.Formula, values: Values, look: str) -> str:
    pieces, shift = "", 0.0
    for piece in mark.pieces:
        key, moved = key_of(piece), f' dy="{_n(-shift)}"' if shift else ""
        runs, shift = ("", 0.0) if key else _runs(piece.text, mark.size, strip=True)
        said = f'<tspan font-weight="700" data-key="{key}">{escape(values.say(key))}</tspan>' if key else runs
        pieces += f'<tspan{moved} style="fill:{_ink(piece.symbol, True)}">{said} </tspan>'
    place = f'x="{_n(mark.at[0])}" y="{_n(mark.at[1])}" text-anchor="middle"'
    return f'<text {look} {place} style="font-size:{_n(mark.size)}px">{pieces}</text>'


def _runs(text: str, size: float, strip: bool = False) -> tuple[str, float]:
    """Write a label's runs, and tell how far below the baseline the last one is."""
    runs, shift = "", 0.0
    spelled = spell(text)
    if strip and spelled:  # an equation's runs are a space apart
        spelled[0] = (spelled[0][0].lstrip(), spelled[0][1])
        spelled[-1] = (spelled[-1][0].rstrip(), spelled[-1][1])
    for words, how in spelled:
        wanted = {"sub": 0.25, "sup": -0.4}.get(how, 0.0) * size
        small = f' font-size="{_n(max(9.5, 0.75 * size))}"' if how in ("sub", "sup") else ""
        moved = f' dy="{_n(wanted - shift)}"' if wanted != shift else ""
        italic = ' font-style="italic"' if how == "i" else ""
        runs += f"<tspan{moved}{small}{italic}>{escape(words)}</tspan>"
        shift = wanted
    return runs, shift


def _ink(symbol: str, text: bool = False) -> str:
    if symbol in ("", "c"):
        return "currentColor"
    return f"var(--lstm-{symbol}-text, {TEXT_COLOURS[symbol]})" if text else f"var(--lstm-{symbol}, {COLOURS[symbol]})"


def _belongs(tag: m.Tag) -> str:
    kind, _, name = tag.name.partition(":")
    parts = f' data-parts="{" ".join(tag.parts)}"' if tag.parts else ""
    part = f' data-part="{tag.part}"' if tag.part else ""
    return f"{parts}{part}" + (f' data-{kind}="{name}"' if tag.role == kind else "")


def _d(points: tuple[m.Point, ...]) -> str:
    return "M" + "L".join(f"{_n(x)},{_n(y)}" for x, y in points)


def _n(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}f}".rstrip("0").rstrip(".")


STYLE = f"""
.lstm-diagram {{ font-family: system-ui, sans-serif; max-width: 100%; }}
.lstm-cell-frame {{ fill: var(--lstm-cell, {CELL}); stroke: var(--lstm-cell-edge, {CELL_EDGE}); }}
.lstm-gap {{ stroke: var(--lstm-cell, {CELL}); }}
.lstm-box {{ fill: var(--lstm-paper, {PAPER}); stroke-width: {m.EDGE:g}; }}
.lstm-hit {{ stroke: transparent; pointer-events: stroke; }}
.lstm-level {{ opacity: 0.4; }}
.lstm-grip {{ display: none; }}
.lstm-diagram text {{ white-space: pre; }}
.lstm-diagram .lstm-halo {{ stroke: var(--lstm-cell, {CELL}); stroke-width: {m.HALO:g}; paint-order: stroke; }}
.lstm-node .lstm-halo {{ stroke: none; }}
.lstm-dim {{ opacity: 0.28; }}
"""
