"""A JupyterLab server extension: pages open as they were left.

A live widget needs its kernel. When the kernel has ended, JupyterLab shows an error in the widget's place, although a
picture is stored with it. JupyterLab also writes the kernel's Python version into every page that it opens, which marks
an unchanged page as changed. And a question's result is hidden by a live widget, so that a page that was not run shows
the result; such a question says so. This extension handles all three between the file and the browser: a saved file
shows pictures to anyone who opens it, and an opened page has live views only if their kernel runs.

The files in ``environment/`` enable the extension. No failure here prevents reading or saving a page: it is logged, and
the page is passed on unchanged.
"""

import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

Document: TypeAlias = dict[str, Any]  # JSON
LIVE_VIEW = "application/vnd.jupyter.widget-view+json"
ASK_FIRST = "*Run all cells (▶▶) before you read on: then the result below stays hidden until you have chosen.*\n\n"
LANGUAGE = {  # as this environment's kernel reports it, and JupyterLab stores it
    "name": "python",
    "version": sys.version.split()[0],
    "mimetype": "text/x-python",
    "codemirror_mode": {"name": "ipython", "version": sys.version_info[0]},
    "pygments_lexer": "ipython3",
    "nbconvert_exporter": "python",
    "file_extension": ".py",
}


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Point the server to this module."""
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Wrap the server's saving and reading of notebooks, next to other hooks."""
    contents = server.contents_manager
    read, write = contents.get, contents.save
    if not (inspect.iscoroutinefunction(read) and inspect.iscoroutinefunction(write)):
        contents.register_pre_save_hook(without_views)  # an older server cannot await the list of sessions
        return

    async def kernel_of(path: str) -> str:
        sessions = await server.session_manager.list_sessions()
        return next((one["kernel"]["id"] for one in sessions if one["path"] == path.strip("/")), "")

    async def save(model: Document, path: str = "") -> object:
        with failures_logged(server, path):
            if is_notebook(model):
                before_saving(model["content"], await kernel_of(path))
        return await write(model, path)

    async def get(*args: object, **kwargs: object) -> object:
        model = await read(*args, **kwargs)
        with failures_logged(server, model.get("path")):
            if is_notebook(model):
                after_reading(model["content"], await kernel_of(model["path"]))
        return model

    contents.save, contents.get = save, get


@contextmanager
def failures_logged(server: Any, path: str) -> Iterator[None]:
    """Log any failure, so that it does not prevent reading or saving a page."""
    try:
        yield
    except Exception:
        server.log.exception("lstm_helpers.lab: %s stays as it is", path)


def is_notebook(model: Document) -> bool:
    """Return whether a document that is read or saved is a notebook with content."""
    return model.get("type") == "notebook" and bool(model.get("content"))


def without_views(model: Document, **_: object) -> None:
    """Replace live views by pictures for good."""
    if is_notebook(model):
        before_saving(model["content"])


def before_saving(notebook: Document, kernel: str = "") -> None:
    """Move live views into the metadata of their outputs, with the id of the kernel that they need."""
    for out in shown_otherwise(notebook):
        view = out["data"].pop(LIVE_VIEW, None)
        if asks(out):
            out["data"]["text/markdown"] = out["data"]["text/markdown"].removeprefix(ASK_FIRST)
        if view and kernel:
            out.setdefault("metadata", {})[LIVE_VIEW] = {"view": view, "kernel": kernel}
    for cell in notebook["cells"]:
        folded = cell["metadata"].get("jupyter", {})
        if "solution" in cell["metadata"].get("tags", []) and folded.get("source_hidden"):
            folded["outputs_hidden"] = True  # JupyterLab unfolds the output of every cell that runs


def after_reading(notebook: Document, kernel: str = "") -> None:
    """Restore live views whose kernel still runs, and drop the others; record the Python version that runs the page."""
    for out in shown_otherwise(notebook):
        out["data"].pop(LIVE_VIEW, None)  # stored without this extension, at an unknown time
        aside = out.get("metadata", {}).pop(LIVE_VIEW, {})
        if kernel and aside.get("kernel") == kernel:
            out["data"][LIVE_VIEW] = aside["view"]
        elif asks(out):
            out["data"]["text/markdown"] = ASK_FIRST + out["data"]["text/markdown"]
    metadata = notebook["metadata"]
    name, language = metadata.get("kernelspec", {}).get("name"), metadata.get("language_info", {}).get("name")
    if (name, language) == ("python3", "python"):
        metadata["language_info"] = LANGUAGE


def shown_otherwise(notebook: Document) -> list[Document]:
    """List the outputs that also hold a picture or text, so that their live view can be removed."""
    outputs = [out for cell in notebook["cells"] for out in cell.get("outputs", [])]
    return [out for out in outputs if set(out.get("data", {})) - {LIVE_VIEW, "text/plain"}]


def asks(out: Document) -> bool:
    """Return whether an output is a `Predict` question, which stores its answers as a list next to the live view."""
    return out["data"].get("text/plain", "").startswith("Predict(") and "text/markdown" in out["data"]
