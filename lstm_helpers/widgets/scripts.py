"""The widgets' scripts and style sheets: scripts with imports are bundled into one module, style sheets are joined.

anywidget takes one module as text, and such a module cannot import the file beside it. So each script becomes a
function with its own scope, which is called once and returns its exports. No Node and no build step are needed, and
editors and linters read the files that run.

A script may say `import { a, b } from "./file.js";`, `export const`, `export function`, `export class` and, in a
widget's own script, `export default { render };`, each at the start of a line. Anything else is refused.
"""

import re
from collections.abc import Mapping
from importlib import resources

from lstm_helpers.figures.style import COLOURS, TEXT_COLOURS, TEXT_COLOURS_DARK

_IMPORT = re.compile(r'^import \{([\w\s,]+)\} from "\./(\w+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:(?:async )?function\*?|const|class) ([\w$]+))", re.MULTILINE)
_DEFAULT = re.compile(r"^export default \{ render \};$", re.MULTILINE)
_OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def style(*names: str) -> str:
    """Join style sheets of the package into one text.

    ``var(--lstm-f)`` is the forget gate's colour in it, and ``var(--lstm-f-text)`` that of its letters.
    """
    lines, dark = _variables(COLOURS) + _variables(TEXT_COLOURS, "-text"), _variables(TEXT_COLOURS_DARK, "-text")
    rules = [f".lstm-widget {{ {lines} }}", f'[data-jp-theme-light="false"] .lstm-widget {{ {dark} }}']
    return "\n".join([*rules, *map(_read, names)])


def _variables(colours: Mapping[str, str], kind: str = "") -> str:
    return " ".join(f"--lstm-{symbol}{kind}: {colour};" for symbol, colour in colours.items()) + " "


def script(name: str) -> str:
    """Bundle a widget's script and all its imports into the text of one module."""
    parts: dict[str, tuple[str, set[str]]] = {}
    _gather(name.removesuffix(".js"), parts, ())
    last = f"export default {{ render: ${name.removesuffix('.js')}.render }};\n" if _DEFAULT.search(_read(name)) else ""
    return "\n".join(text for text, _ in parts.values()) + last


def _read(name: str) -> str:
    return (resources.files(__package__) / "assets" / name).read_text(encoding="utf-8")


def _gather(stem: str, parts: dict[str, tuple[str, set[str]]], waiting: tuple[str, ...]) -> None:
    """Add a script to the parts, after its imports: each part is its text and its exported names."""
    if stem in parts:
        return
    if stem in waiting:
        raise ValueError(f"{' imports '.join((*waiting, stem))}: circular imports are not supported")
    text = _read(f"{stem}.js")
    for names, source in _IMPORT.findall(text):
        _gather(source, parts, (*waiting, stem))
        missing = set(re.findall(r"\w+", names)) - parts[source][1]
        if missing:
            raise ValueError(f"{stem}.js imports {', '.join(sorted(missing))}, which {source}.js does not export")
    exported = _EXPORT.findall(text) + ["render"] * bool(_DEFAULT.search(text))
    text = _DEFAULT.sub("", _EXPORT.sub("", _IMPORT.sub(r"const {\1} = $\2;", text)))
    if other := _OTHER.search(text):
        raise ValueError(f"{stem}.js has {other[0]!r}, which cannot be bundled: see {__name__}")
    text = f"const ${stem} = (() => {{\n{text.rstrip()}\nreturn {{ {', '.join(exported)} }};\n}})();\n"
    parts[stem] = (text, set(exported))
