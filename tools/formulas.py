"""Set the web edition's formulas when it is built, so that a page needs no MathJax when it is read.

Sphinx leaves TeX in the pages (docs/site/unset_formulas.py). MathJax, which comes inside a Python package, turns it
into HTML here, with MathML beside it for screen readers; the Node that it runs in comes inside Playwright. Formulas are
then not in the tab order, do not make the page jump, and are there without JavaScript.
"""

import html
import json
import re
import shutil
import subprocess
from importlib import metadata, resources
from pathlib import Path

SCRIPT = Path(__file__).with_suffix(".js")
FORMULA = re.compile(r'<(span|div) class="math notranslate nohighlight"([^>]*)>\s*(.*?)\s*</\1>', re.DOTALL)
TEX = re.compile(r"\\(?P<open>[(\[])(?P<tex>.*)\\[)\]]", re.DOTALL)


def write(site: Path) -> None:
    """Set every formula of the site's pages; write the style and the letters that they need."""
    pages = {page: page.read_text(encoding="utf-8") for page in sorted(site.rglob("*.html"))}
    asked = sorted({read(found[3]) for text in pages.values() for found in FORMULA.finditer(text)})
    made, style = call_mathjax(asked)
    known = dict(zip(asked, made, strict=True))

    def in_place(found: re.Match[str]) -> str:
        kind, more, words = found.groups()
        return f'<{kind} class="math notranslate nohighlight"{more}>{known[read(words)]}</{kind}>'

    for page, text in pages.items():
        done = FORMULA.sub(in_place, text)
        if done != text:
            page.write_text(done, encoding="utf-8")
    letters = site / "_static" / "mathjax"
    letters.mkdir()
    for name in set(re.findall(r'url\("mathjax/([^"]+)"\)', style)):
        shutil.copy(mathjax() / "output/chtml/fonts/woff-v2" / name, letters)
    (site / "_static" / "formulas.css").write_text(style, encoding="utf-8")


def read(words: str) -> tuple[str, bool]:
    """Return a formula's TeX and whether it stands on a line of its own."""
    found = TEX.fullmatch(html.unescape(words))
    assert found, f"no formula: {words}"
    return found["tex"], found["open"] == "["


def call_mathjax(formulas: list[tuple[str, bool]]) -> tuple[list[str], str]:
    """Let MathJax set formulas; return the HTML of each and the style of all, with no letter that they do not use."""
    command = [node(), str(SCRIPT), str(mathjax())]
    said = subprocess.run(command, input=json.dumps(formulas), capture_output=True, encoding="utf-8", timeout=300)
    if said.returncode:
        raise SystemExit(f"MathJax set no formulas:\n{said.stderr}")
    found = json.loads(said.stdout)
    made: list[str] = found["html"]
    for (tex, _), one in zip(formulas, made, strict=True):
        if "mjx-merror" in one or "mjx-utext" in one:
            raise SystemExit(f"MathJax cannot set {tex}")
    return made, used(found["css"], "".join(made))


def used(style: str, made: str) -> str:
    """Leave out the fonts that nothing in the formulas is set in."""
    letters = set(re.findall(r"\bTEX-([\w-]+)", made))
    families = {"MJXZERO", "MJXTEX", *(f"MJXTEX-{name}" for name in letters)}
    rules = re.split(r"(?<=\})\n+", style)

    def kept(rule: str) -> bool:
        family = re.search(r"@font-face.*?font-family: ([\w-]+);", rule, re.DOTALL)
        return not family or family[1] in families

    return "\n".join(rule for rule in rules if kept(rule))


def mathjax() -> Path:
    """Return the folder of MathJax's files."""
    for file in metadata.files("sphinx-mathjax-offline") or ():
        if file.name == "node-main.js":
            return Path(str(file.locate())).parent
    raise SystemExit("MathJax is missing: install the packages of `make site`")


def node() -> str:
    """Return where a Node is: Playwright's own, or the machine's."""
    inside = resources.files("playwright") / "driver"
    for name in ("node", "node.exe"):
        if (inside / name).is_file():
            return str(inside / name)
    if found := shutil.which("node"):
        return found
    raise SystemExit("setting formulas needs Node, which comes with the package playwright: install it")
