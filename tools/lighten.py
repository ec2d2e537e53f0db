"""Take out of the finished pages of the web edition what a reader does not need, and put first what is needed first.

The theme's 1.6 MB of icons become the few that a page shows, drawn into it; its six style sheets become one without the
rules that nothing on the site uses; its search, its own words in it, gives way to the book's (tools/site_search.py).
Widgets' scripts are asked for at once, before everything that can wait; figures are compressed without loss, and those
further down wait until they are near.
"""

import hashlib
import html
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "build" / "figures"
THEMES_SCRIPTS = ("sphinx-book-theme", "bootstrap", "pydata-sphinx-theme")  # in the order in which they are to run
ICONS = "scripts/fontawesome.js"
GIVE_WAY = {
    *THEMES_SCRIPTS,
    "fontawesome",
    "documentation_options",
    "doctools",
    "sphinx_highlight",
    "searchtools",
    "language_data",
    "searchindex",
}
NOT_NEEDED = (  # of _static, once the pages no longer ask for it
    *("scripts", "styles", "vendor", "locales", "images"),
    *("doctools.js", "documentation_options.js", "sphinx_highlight.js", "searchtools.js", "language_data.js"),
    *("english-stemmer.js", "base-stemmer.js"),
)
BESIDE = '<div class="book-live"'  # behind the picture of a widget that is alive
BUILT = ("bs-", "dropdown", "tooltip")  # classes whose names Bootstrap puts together
MARK = "    <script>document.documentElement.classList.add('book-js')</script>\n"
ICON = re.compile(r'<(i|span) class="([^"]*\bfa-(?!lg\b|fw\b|solid\b)([a-z-]+)[^"]*)"([^>]*)>\s*</\1>')
STYLE = re.compile(r'[ \t]*<link [^>]*?href="([^"?]*_static/[^"?]+\.css)[^"]*"[^>]*/?>\n?')
OLD_SCRIPT = re.compile(r'[ \t]*<script [^>]*?src="([^"?]+)[^"]*"[^>]*></script>\n?')
PRELOAD = re.compile(r'[ \t]*<link rel="preload" as="script"[^>]*>\n?')
FIGURE = re.compile(r'<a class="reference internal image-reference" href="([^"]+)"><img ([^>]*?) ?/>\s*</a>')
PICTURE = re.compile(r"<img ([^>]*?) ?/>")
STILL = re.compile(
    r'(<img [^>]*?height="(\d+)"[^>]*?width="(\d+)"[^>]*>\s*</a>\s*'
    r'<div class="output text_html"><div class="book-live")'
)
WIDGET = re.compile(r'<div class="book-live"[^>]*><script type="application/json">\{"widget":"(\w+)"')


def lighten(site: Path) -> None:
    """Lighten every page of a finished site, and take away the files that no page asks for any more."""
    static = site / "_static"
    pages = {page: page.read_text(encoding="utf-8") for page in sorted(site.rglob("*.html"))}
    icons = drawings((static / ICONS).read_text(encoding="utf-8"))
    options = (static / "documentation_options.js").read_text(encoding="utf-8")
    sheets = {
        page: tuple((page.parent / name).resolve() for name in STYLE.findall(text)) for page, text in pages.items()
    }
    compress(site / "_images")
    for page, text in pages.items():
        text = scripts(figures(ICON.sub(partial(draw_icon, icons), text), page), options)
        pages[page] = text.replace('<a class="headerlink"', '<a class="headerlink" tabindex="-1"')
    themes = "\n;".join((static / "scripts" / f"{name}.js").read_text(encoding="utf-8") for name in THEMES_SCRIPTS)
    (static / "theme.js").write_text(re.sub(r"//# sourceMappingURL=\S+", "", themes), encoding="utf-8")
    ours = [path for path in static.rglob("*.js") if path.stem not in GIVE_WAY and path.name not in NOT_NEEDED]
    words = set(
        re.findall(r"[\w-]+", " ".join([*(path.read_text(encoding="utf-8") for path in ours), *pages.values()]))
    )
    names = {these: bundle(these, site, words) for these in dict.fromkeys(sheets.values())}
    for page, text in pages.items():
        page.write_text(one_style(text, names[sheets[page]]), encoding="utf-8")
    for path in (*(static / name for name in NOT_NEEDED), *static.glob("*.css"), site / "searchindex.js"):
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name not in names.values():
            path.unlink(missing_ok=True)


# --- icons


def drawings(script: str) -> dict[str, tuple[str, str, str]]:
    """Return the width, height and outline of every icon in the theme's script; of two styles the later, solid, one."""
    one = re.compile(r'[{,]"?([a-z][\w-]*)"?:\[(\d+),(\d+),\[[^\]]*\],"\w+","([^"]+)"\]')
    return {name: (wide, high, outline) for name, wide, high, outline in one.findall(script)}


def draw_icon(icons: dict[str, tuple[str, str, str]], found: re.Match[str]) -> str:
    """Draw an icon where its name stood, as the theme's own script would when the page is read."""
    _, classes, name, more = found.groups()
    wide, high, outline = icons[name]
    kept = " ".join(one for one in classes.split() if one not in {"fa-solid", "fas"})
    return (
        f'<svg class="book-icon {kept}"{more} viewBox="0 0 {wide} {high}" aria-hidden="true" focusable="false">'
        f'<path fill="currentColor" d="{outline}"/></svg>'
    )


# --- figures


def compress(folder: Path) -> None:
    """Write beside each PNG the same picture as lossless WebP, a third of its size, and take the PNG away."""
    KEPT.mkdir(parents=True, exist_ok=True)

    def one(path: Path) -> None:
        kept = KEPT / f"{hashlib.sha256(path.read_bytes()).hexdigest()[:24]}.webp"
        if not kept.is_file():
            with Image.open(path) as picture:
                solid = picture.mode != "RGBA" or picture.getchannel("A").getextrema() == (255, 255)
                made = picture.convert("RGB") if solid else picture
                made.save(kept.with_suffix(".part"), "webp", lossless=True, quality=50, method=4)
            kept.with_suffix(".part").replace(kept)
        shutil.copy(kept, path.with_suffix(".webp"))
        path.unlink()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, folder.glob("*.png")))


def figures(text: str, page: Path) -> str:
    """Give each figure one link, to its full size; say how large it is; let those after the first wait their turn."""
    text = re.sub(r'(_images/[^"]+)\.png"', r'\1.webp"', text)
    text = FIGURE.sub(r'<a class="book-figure" href="\1"><img \2 /></a>', text)
    shown = 0

    def one(found: re.Match[str]) -> str:
        nonlocal shown
        words, behind = found[1], text[found.end() : found.end() + 90]
        shown += BESIDE not in behind
        source = re.search(r'src="([^"]+)"', words)
        path = page.parent / html.unescape(source[1]) if source else page
        if path.suffix in {".png", ".webp"} and "height=" not in words:
            with Image.open(path) as picture:
                wide, high = picture.size
            words += f' width="{wide}" height="{high}"'
        wait = "" if shown == 1 and BESIDE not in behind else ' loading="lazy"'
        return f'<img {words}{wait} decoding="async" />'

    text = PICTURE.sub(one, text)
    return STILL.sub(r'\1 style="--wide: \3; --high: \2"', text)  # the place that it keeps until it is alive


# --- scripts and styles


def scripts(text: str, options: str) -> str:
    """Ask for the widgets' scripts first, then for the book's, then the theme's, without its icons and its search."""
    up = re.search(r'data-content_root="([^"]*)"', text)
    top = f"{up[1] if up else ''}_static/"
    text = OLD_SCRIPT.sub(lambda found: "" if Path(found[1]).stem in GIVE_WAY else found[0], PRELOAD.sub("", text))
    names = dict.fromkeys(WIDGET.findall(text))
    own = [f'    <script defer src="{top}widgets/{name}.js"></script>\n' for name in names]
    first = [f"    <script>{options.strip()}</script>\n", MARK, *own]
    at = text.index("    <script>DOCUMENTATION_OPTIONS.pagename")
    text = text[:at] + "".join(first) + text[at:]
    return text.replace("</head>", f'  <script defer src="{top}theme.js"></script>\n  </head>', 1)


def one_style(text: str, name: str) -> str:
    """Put one style sheet in the place of a page's first, and take the others away."""
    first = STYLE.search(text)
    assert first
    top = first[1][: first[1].index("_static/")]
    here = f'    <link rel="stylesheet" href="{top}_static/{name}" />\n'
    return text[: first.start()] + here + STYLE.sub("", text[first.start() :])


def bundle(sheets: tuple[Path, ...], site: Path, words: set[str]) -> str:
    """Write style sheets as one, the theme's without the rules for what the site does not have; return its name."""
    own = {path.name for path in (ROOT / "docs" / "site" / "static").glob("*.css")}
    theirs = [path for path in sheets if path.name not in own]
    mine = [site / "_static" / "formulas.css", *(path for path in sheets if path.name in own)]
    made = "".join(thin(read_style(path), words) for path in theirs)
    made += "\n".join(read_style(path) for path in mine)
    name = f"site.{hashlib.sha256(made.encode()).hexdigest()[:8]}.css"
    (site / "_static" / name).write_text(made, encoding="utf-8")
    return name


def read_style(path: Path) -> str:
    """Read a style sheet, with those that it imports, without comments."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8-sig"), flags=re.DOTALL)
    text = text.replace('@charset "UTF-8";', "")
    return re.sub(r'@import "([^"]+)";', lambda found: read_style(path.parent / found[1]), text)


def thin(style: str, words: set[str]) -> str:
    """Leave out the rules whose classes and names stand nowhere on the site."""
    out = []
    for head, body in rules(style):
        if body is None:
            out.append(f"{head};")
        elif head.startswith(("@media", "@supports", "@layer")):
            inside = thin(body, words)
            out.append(f"{head}{{{inside}}}" if inside else "")
        elif head.startswith("@"):
            out.append("" if "/vendor/" in body else f"{head}{{{body}}}")
        else:
            kept = ",".join(one for one in split(head) if needed(one, words))
            out.append(f"{kept}{{{body.strip()}}}" if kept else "")
    return "".join(out)


def rules(style: str) -> Iterator[tuple[str, str | None]]:
    """Yield each rule's head and what stands between its braces, or None where it has none."""
    start = depth = open_at = 0
    for found in re.finditer(r"\"(?:\\.|[^\"])*\"|'(?:\\.|[^'])*'|url\([^\"')]*\)|[{};]", style):
        sign, at = found[0], found.start()
        if sign == "{":
            depth += 1
            open_at = at if depth == 1 else open_at
        elif sign == "}":
            depth -= 1
            if not depth:
                yield style[start:open_at].strip(), style[open_at + 1 : at]
                start = at + 1
        elif sign == ";" and not depth:
            yield style[start:at].strip(), None
            start = at + 1


def split(selectors: str) -> list[str]:
    """Split a list of selectors at the commas that stand in no brackets."""
    parts, depth = [""], 0
    for sign in selectors:
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts]


def needed(selector: str, words: set[str]) -> bool:
    """Tell whether a selector can match: nothing is said of what stands in brackets, or is escaped."""
    bare = re.sub(r"\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\]]*\]", "", selector)
    names = re.findall(r"[.#]([A-Za-z_-][\w-]*)", bare)
    return "\\" in bare or all(name in words or name.startswith(BUILT) for name in names)
