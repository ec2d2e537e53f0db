"""Freeze the prose of chapters 00 to 10 as the plain text that language models are trained on.

Run as ``python tools/freeze_prose.py`` from the project's folder. The pages go on changing and the text should not:
a new run gives another text, and then ``tools/train_prose.py`` has to be run again, too.
"""

import re
import unicodedata
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "lstm_helpers" / "data" / "sources" / "book.txt"
PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "−": "-", "×": "x", "…": "..."})
ALLOWED = re.compile(r"[A-Za-z0-9 .,;:?!'\"()%-]+")
SYMBOL = re.compile(r"\$\\?([A-Za-z])(?:_[A-Za-z0-9]|_\{[^}]*\})?\$")  # $h_t$ is read as h


def paragraphs(source):
    """Yield a text cell's paragraphs, list items and headings, each on one line, without tables, code and equations."""
    source = re.sub(r"^(```|~~~).*?^\1", "", source, flags=re.MULTILINE | re.DOTALL)
    source = re.sub(r"\$\$.*?\$\$", "\n\n", source, flags=re.DOTALL)
    for block in re.split(r"\n\s*\n|\n(?=- |\d+\. )", source):
        lines = [line for line in block.strip().splitlines() if not line.startswith(("|", "!["))]
        if lines:
            yield re.sub(r"^(#+|-|\d+\.) +", "", " ".join(lines))


def plain(paragraph):
    """Take the markup away, and every sentence that cannot be written in plain letters."""
    text = SYMBOL.sub(r"\1", paragraph)
    text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"\*{1,3}|`|(?<!\w)_|_(?!\w)", "", text.translate(PLAIN))
    text = unicodedata.normalize("NFC", re.sub(r"\s+", " ", text)).strip()
    sentences = re.split(r"(?<=[.?!:])(?<!e\.g\.)(?<!i\.e\.) (?=[A-Z(\"])", text)
    return " ".join(sentence for sentence in sentences if ALLOWED.fullmatch(sentence))


def prose(path):
    cells = nbformat.read(path, as_version=4).cells
    for cell in cells:
        if cell.cell_type == "markdown":
            yield from filter(None, map(plain, paragraphs(cell.source)))


if __name__ == "__main__":
    pages = [page for page in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb")) if int(page.name[:2]) <= 10]
    lines = [line for page in pages for line in prose(page)]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    print(f"{len(pages)} pages, {TARGET.stat().st_size} characters, {len(set(TARGET.read_text()))} distinct")
