"""Find a page's widgets that work without a kernel, with all they need, for the web edition (tools/build_site.py).

Stored pages hold no widget state, by design: it would be stored twice, and differ from run to run. So a page with such
a widget is run again, from a fresh kernel and as far as its last one, in a copy: nothing of it is stored in notebooks/.
What a widget says of itself must be what the stored page says. What was found is kept in build/widgets for as long as
neither the page's code nor the package changes.
"""

import ast
import base64
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from lstm_helpers import widgets
from tools import notebooks

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "build" / "widgets"
STATES = "application/vnd.jupyter.widget-state+json"
NOT_SENT = ("_esm", "_css", "_anywidget_id", "_dom_classes", "layout", "tabbable", "tooltip")
AT_ONCE = 2
ASKS = "Predict"

Live = dict[str, Any]  # {"widget": its class, "state": its traits, "buffers": [{"path": […], "data": base64}]}


def shown(cell: NotebookNode) -> list[str]:
    """List the classes of the widgets that a cell's stored outputs show, by what they say of themselves."""
    return [name for out in cell.get("outputs", []) if (name := widget_of(out))]


def widget_of(out: NotebookNode) -> str:
    """Name the widget whose stored picture, or stored words, an output is, or nothing."""
    data = out.get("data", {})
    name = data.get("text/plain", "").partition("(")[0]
    return name if {"image/png", "text/markdown"} & set(data) and name in widgets.__all__ else ""


def alone(name: str) -> bool:
    """Tell whether a widget works without Python."""
    return not getattr(widgets, name)._needs_python


def collect(pages: list[Path]) -> dict[str, dict[int, list[Live]]]:
    """Return what each page's living widgets need, by the page's name and the cell's position."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return {page.stem: found for page, found in zip(pages, pool.map(of_page, pages), strict=True)}


def of_page(page: Path) -> dict[int, list[Live]]:
    """Return what the living widgets of one page need, from what is kept or by running it."""
    notebook = notebooks.read(page)
    names = {k: shown(cell) for k, cell in enumerate(notebook.cells)}
    asked = {k: [question(out) for out in notebook.cells[k].outputs] for k, found in names.items() if ASKS in found}
    places = [k for k, found in names.items() if k not in asked and any(map(alone, found))]
    if not places:
        return asked
    kept = KEPT / f"{page.stem}-{key(notebook)}.json"
    if not kept.is_file():
        for old in KEPT.glob(f"{page.stem}-*.json"):
            old.unlink()
        found = capture(notebook, places)
        KEPT.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(found), encoding="utf-8")
    return asked | {int(place): live for place, live in json.loads(kept.read_text(encoding="utf-8")).items()}


def question(out: NotebookNode) -> Live:
    """Read a question's answers from what the widget says of itself: its page need not be run for them."""
    call = ast.parse(out.data["text/plain"], mode="eval").body
    assert isinstance(call, ast.Call)
    answers = [ast.literal_eval(answer) for answer in call.args]
    return {"widget": ASKS, "state": {"_answers": answers, "answer": "", "opened": False}, "buffers": []}


def key(notebook: NotebookNode) -> str:
    """Hash all that decides what a page's widgets hold: its code, the package, and this file."""
    parts = [cell.source.encode() for cell in notebook.cells if cell.cell_type == "code"]
    sources = sorted(p for p in (ROOT / "lstm_helpers").rglob("*") if p.is_file() and p.suffix != ".pyc")
    parts += [path.read_bytes() for path in (*sources, Path(__file__))]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def capture(notebook: NotebookNode, places: list[int]) -> dict[int, list[Live]]:
    """Run a page as far as its last living widget and take out what each of them needs."""
    wanted = {k: [out.data["text/plain"] for out in notebook.cells[k].outputs if widget_of(out)] for k in places}
    solution = [k for k, cell in enumerate(notebook.cells) if "solution" in cell.metadata.get("tags", [])]
    short = NotebookNode(notebook)
    short.cells = [cell for k, cell in enumerate(notebook.cells[: places[-1] + 1]) if k not in solution]
    where = [k for k in range(places[-1] + 1) if k not in solution]
    notebooks.run(short, store_widget_state=True)
    states = short.metadata["widgets"][STATES]["state"]
    found: dict[int, list[Live]] = {}
    for k, cell in zip(where, short.cells, strict=True):
        outs = [out.data for out in cell.get("outputs", []) if notebooks.LIVE_VIEW in out.get("data", {})]
        if k not in wanted:
            continue
        said = [data["text/plain"] for data in outs]
        if said != wanted[k]:
            raise SystemExit(f"cell {k} is stored as {wanted[k]} and now shows {said}: run `make notebooks` first")
        found[k] = [export(states[data[notebooks.LIVE_VIEW]["model_id"]], data["text/plain"]) for data in outs]
    return found


def export(model: dict[str, Any], said: str) -> Live:
    """Take from a widget's stored model what its script asks for."""
    state = {
        name: value
        for name, value in model["state"].items()
        if name not in NOT_SENT and not name.startswith(("_model_", "_view_"))
    }
    buffers = [{"path": one["path"], "data": one["data"]} for one in model.get("buffers", [])]
    assert all(base64.b64decode(one["data"], validate=True) is not None for one in buffers)
    return {"widget": said.partition("(")[0], "state": state, "buffers": buffers}


def script(name: str) -> str:
    """Write the file that gives the web edition a widget's script and style."""
    kind = getattr(widgets, name)
    held = json.dumps({"esm": str(kind._esm), "css": str(kind._css)})
    return f"(window.lstmWidgets ??= {{}}).{name} = {held};\n"
