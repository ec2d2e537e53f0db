"""Show every figure on one page: light, dark, as people with colour blindness see it, and in grey (`make gallery`).

The page, build/gallery/index.html, holds all pictures and asks for nothing else. How colours look to others is computed
by the browser, with the matrices of Machado, Oliveira and Fernandes (2009) for a kind of receptor that is missing, as
colorspacious has them. The web edition's gallery shows the same pictures.
"""

import base64
import html
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from colorspacious.cvd import machado_et_al_2009_matrix

from lstm_helpers.arrays import Array
from lstm_helpers.figures.style import PAPER
from tools import pictures

ROOT = Path(__file__).resolve().parents[1]
DPI = 100  # a pixel of the picture is one of the page
KINDS = {"protanopia": "protanomaly", "deuteranopia": "deuteranomaly", "tritanopia": "tritanomaly"}
GREY = np.array([0.2126, 0.7152, 0.0722])  # of red, green and blue light, in the luminance of sRGB
VIEWS = ("light", "dark", *KINDS, "grey")

STYLE = f"""
:root {{ --page: #fff; --ink: #1c2024; --paper: {PAPER}; }}
body:has(#dark:checked) {{ --page: #15181c; --ink: #dce1e6; --paper: #e9e9e6; }}
body {{ margin: 0; padding: 1rem; background: var(--page); color: var(--ink); font: 15px/1.4 system-ui, sans-serif; }}
form {{ position: sticky; top: 0; padding: 0.5rem 0; background: var(--page); z-index: 1; }}
fieldset {{ border: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 0.3rem 1.2rem; }}
legend {{ float: left; margin-right: 1rem; }}
main {{ columns: 24rem; column-gap: 1rem; }}
figure {{ margin: 0 0 1rem; break-inside: avoid; }}
figure > div {{ background: var(--paper); border-radius: 4px; padding: 6px; isolation: isolate; }}
img {{ display: block; max-width: 100%; height: auto; margin: auto; mix-blend-mode: multiply; }}
figcaption {{ font-size: 0.85em; }}
body:has(#words:not(:checked)) figcaption {{ visibility: hidden; }}
svg {{ position: absolute; }}
"""


def drawn() -> Iterator[tuple[str, bytes]]:
    """Draw every picture, and give its name and its PNG."""
    for name in pictures.PICTURES:
        with matplotlib.rc_context(), io.BytesIO() as file:
            plt.style.use("default")
            plt.switch_backend("agg")
            figure = pictures.draw(name)
            figure.savefig(file, format="png", **(pictures.SAVED | {"dpi": DPI}))
            plt.close(figure)
            yield name, file.getvalue()


def matrix(view: str) -> Array:
    """Give what a view makes of linear red, green and blue light, (3, 3)."""
    if view == "grey":
        return np.tile(GREY, (3, 1))
    return np.asarray(machado_et_al_2009_matrix(KINDS[view], 100), dtype=float)


def colour_filter(view: str) -> str:
    """Write a view as a filter of SVG."""
    rows = " ".join(f"{red:.6f} {green:.6f} {blue:.6f} 0 0" for red, green, blue in matrix(view))
    return (
        f'<filter id="seen-{view}" color-interpolation-filters="linearRGB">'
        f'<feColorMatrix type="matrix" values="{rows} 0 0 0 1 0"/></filter>'
    )


def said(name: str) -> str:
    """Say what a picture is: the first line of its function's docstring, and what is special about this one."""
    line = (pictures.function_of(name).__doc__ or "").split("\n", 1)[0].replace("``", "")
    special = name.partition("-")[2].replace("_", " ")
    return f"{line} Here: {special}." if special else line


def page() -> str:
    """Write the page."""
    choices = "".join(
        f'<label><input type="radio" name="view" id="{view}"{" checked" * (view == "light")}> {view}</label>'
        for view in VIEWS
    )
    filters = "".join(colour_filter(view) for view in VIEWS[2:])
    rules = "".join(f"body:has(#{view}:checked) img {{ filter: url(#seen-{view}); }}\n" for view in VIEWS[2:])
    shown = "\n".join(
        f'<figure id="{name}"><div><img alt="{html.escape(said(name))}" '
        f'src="data:image/png;base64,{base64.b64encode(image).decode()}"></div>'
        f"<figcaption><b>{name}</b> {html.escape(said(name))}</figcaption></figure>"
        for name, image in drawn()
    )
    return f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>All figures</title>
<style>{STYLE}{rules}</style>
<svg width="0" height="0" aria-hidden="true">{filters}</svg>
<form><fieldset><legend>{len(pictures.PICTURES)} pictures as seen</legend>{choices}
<label><input type="checkbox" id="words" checked> with words</label></fieldset></form>
<main>
{shown}
</main></html>
"""


def for_the_site(folder: Path) -> str:
    """Save the pictures in a folder beside the web edition's page, and write what that page shows."""
    folder.mkdir()
    text, last = [], ""
    for name, image in drawn():
        (folder / f"{name}.png").write_bytes(image)
        function = name.partition("-")[0]
        if function != last:
            text.append(f"## `{function}`\n\n{said(function)}")
        last = function
        width = plt.imread(io.BytesIO(image)).shape[1]
        text.append(f"```{{image}} {folder.name}/{name}.png\n:alt: {said(name)}\n:width: {width}px\n```")
    return "\n\n".join(text)


def main() -> int:
    """Write the page and say where it is."""
    place = ROOT / "build" / "gallery" / "index.html"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(page(), encoding="utf-8")
    print(f"{place.relative_to(ROOT)}: {len(pictures.PICTURES)} pictures, {place.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
