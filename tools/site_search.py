"""Write the search index of the web edition: the book's text, chapter by chapter, and the package's names.

Of a chapter or another page it holds the headings and the prose, without code, outputs and what the theme adds; of the
package, each function's name and the first sentence of its docstring. docs/site/static/search.js ranks and shows them.
"""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag

ROOT = Path(__file__).resolve().parents[1]
KEYWORDS = tomllib.loads((ROOT / "docs" / "site" / "keywords.toml").read_text(encoding="utf-8"))
NO_PROSE = ".book-eyebrow, .cell_input, .cell_output, div.highlight, .headerlink, div.math, summary, script, style, nav"
LIST = "The chapters"  # the heading above the titles of all chapters, where every word would be found
NO_PAGES = {"search", "genindex", "py-modindex"}
SIGNS = {"odot": "⊙", "cdot": "·", "times": "×", "partial": "∂", "sum": "∑", "prod": "∏", "infty": "∞", "pm": "±"}
SIGNS |= {"le": "≤", "ge": "≥", "approx": "≈", "to": "→", "leftarrow": "←", "oplus": "⊕", "mid": "|", "in": "∈"}
SIGNS |= {"alpha": "α", "beta": "β", "sigma": "σ", "tau": "τ", "rho": "ρ", "pi": "π", "varphi": "φ", "varepsilon": "ε"}
SIGNS |= {"dots": "…", "ldots": "…", "cdots": "…", "top": "ᵀ", "qquad": " ", "quad": " ", "theta": "θ", "lambda": "λ"}
WORDS = {"tanh", "ln", "log", "exp", "max", "min", "sin", "cos", "softmax"}


def write(site: Path) -> None:
    """Write the index of a finished site, whose formulas are still TeX, as a script that any page can load."""
    pages = [page for page in sorted(site.glob("notebooks/*.html"))]
    pages += [page for page in sorted(site.glob("*.html")) if page.stem not in NO_PAGES]
    held = {
        "pages": [of_page(page, site) for page in pages],
        "names": [row for page in sorted(site.glob("api/*.html")) for row in names(page)],
    }
    text = json.dumps(held, ensure_ascii=False, separators=(",", ":"))
    (site / "_static" / "search-index.js").write_text(f"window.lstmIndex = {text};\n", encoding="utf-8")
    finder = site / "search.html"
    scripts = '<script defer src="_static/search-index.js"></script>\n  <script defer src="_static/search.js"></script>'
    words = finder.read_text(encoding="utf-8").replace("</head>", f"  {scripts}\n  </head>", 1)
    finder.write_text(words, encoding="utf-8")


def of_page(page: Path, site: Path) -> dict[str, Any]:
    """Return a page's address, title, and its sections: anchor, heading, prose, words in bold, tables."""
    article = article_of(page)
    number = re.match(r"(\d\d|[A-Z])_", page.stem)
    for formula in article.select("span.math"):
        formula.replace_with(spoken(formula.get_text()))
    for gone in article.select(NO_PROSE):
        gone.decompose()
    heading = article.select_one("h1")
    assert heading
    title = clean(heading)
    return {
        "url": page.relative_to(site).as_posix(),
        "title": f"{number[1]} {title}" if number else title,
        "kind": "other" if not number else "chapter" if number[1].isdigit() else "appendix",
        "also": KEYWORDS.get(page.stem, ""),
        "sections": [of_section(section, title) for section in article.select("section") or [article]],
    }


def of_section(section: Tag, title: str) -> list[str]:
    """Return what stands in a section itself: its anchor, its heading, its prose, words in bold, tables."""
    head = section.find(re.compile("^h[1-6]$"), recursive=False)
    own = [child for child in section.find_all(recursive=False) if child.name != "section" and child is not head]
    bold = [clean(one) for child in own for one in child.select("strong")]
    rows = [clean(table.extract()) for child in own for table in child.select("table")]
    prose = [clean(child) for child in own]
    heading = clean(head) if isinstance(head, Tag) else title
    if heading == LIST:
        prose, rows = [], []
    return [str(section.get("id", "")), heading, " ".join(prose), " · ".join(bold), " · ".join(rows)]


def names(page: Path) -> list[list[str]]:
    """List what a page of the package describes: the name, the module, the place, and the first sentence."""
    rows = []
    for head in article_of(page).select("dt.sig[id]"):
        behind = head.find_next_sibling("dd")
        first = behind.find("p") if isinstance(behind, Tag) else None
        where, _, name = str(head["id"]).rpartition(".")
        said = re.split(r"(?<=[.:]) (?=[A-Z])", clean(first))[0] if isinstance(first, Tag) else ""
        rows.append([name, where, f"api/{page.name}#{head['id']}", said])
    return rows


def article_of(page: Path) -> Tag:
    """Return what a page says, without what the theme puts around it."""
    article = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").select_one("article.bd-article")
    assert article
    return article


def clean(part: Tag) -> str:
    """Return the words of a part of a page on one line."""
    return " ".join(part.get_text().split())


def spoken(tex: str) -> str:
    """Write a formula of a sentence in plain characters."""
    text = re.sub(r"^\s*\\\(|\\\)\s*$", "", tex)
    text = re.sub(r"\\[td]?frac\s*(\w|\{[^{}]*\})\s*(\w|\{[^{}]*\})", r"\1/\2", text)
    text = re.sub(r"\\([A-Za-z]+)", lambda found: SIGNS.get(found[1], found[1] if found[1] in WORDS else ""), text)
    return " ".join(re.sub(r"\\.|[{}$]", "", text).split())
