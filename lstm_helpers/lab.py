"""What JupyterLab's server does for a page where this package is installed, so that it opens as it was left.

A live widget is in its kernel; when the kernel has ended, JupyterLab shows an error in the widget's place, although a
picture is stored beside it. And JupyterLab writes the kernel's version of Python into every page that it opens, which
marks a page as changed that nobody has touched. A question's result is hidden by a live widget, so that a page which
has not been run shows it: such a question says so. All of it is settled here, between the file and the browser: a file
that is saved shows pictures to whoever opens it, and a page that is opened has live views only if their kernel runs.

This is a server extension; the files in ``environment/`` switch it on. Nothing here keeps a page from being read or
saved: what fails is logged, and the page goes its way unchanged.
"""

import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

Document: TypeAlias = dict[str, Any]  # JSON
LIVE_VIEW = "application/vnd.jupyter.widget-view+json"
ASK_FIRST = "*Run all cells (▶▶) before you read on: then the result below stays hidden until you have chosen.*\n\n"
LANGUAGE = {  # as the kernel of this environment tells it, and JupyterLab stores it
    "name": "python",
    "version": sys.version.split()[0],
    "mimetype": "text/x-python",
    "codemirror_mode": {"name": "ipython", "version": sys.version_info[0]},
    "pygments_lexer": "ipython3",
    "nbconvert_exporter": "python",
    "file_extension": ".py",
}


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Tell the server where the extension is: here."""
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Take part in the saving and the reading of notebooks, beside what else is set up to do so."""
    contents = server.contents_manager
    read, write = contents.get, contents.save
    if not (inspect.iscoroutinefunction(read) and inspect.iscoroutinefunction(write)):
        contents.register_pre_save_hook(without_views)  # an older kind cannot wait for the list of sessions
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
    """Let no failure here keep a reader from a page or from saving it."""
    try:
        yield
    except Exception:
        server.log.exception("lstm_helpers.lab: %s stays as it is", path)


def is_notebook(model: Document) -> bool:
    """Tell whether what is read or saved is a notebook, with its content."""
    return model.get("type") == "notebook" and bool(model.get("content"))


def without_views(model: Document, **_: object) -> None:
    """Store pictures in place of live views, never to take them back."""
    if is_notebook(model):
        before_saving(model["content"])


def before_saving(notebook: Document, kernel: str = "") -> None:
    """Put live views aside, into the metadata of their outputs, with the kernel that they need."""
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
    """Take live views back if their kernel still runs, drop the others; say which Python will run the page."""
    for out in shown_otherwise(notebook):
        out["data"].pop(LIVE_VIEW, None)  # stored where this extension was not, at an unknown time
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
    """List the outputs that hold a picture, or words to read: the live view beside them can be spared."""
    outputs = [out for cell in notebook["cells"] for out in cell.get("outputs", [])]
    return [out for out in outputs if set(out.get("data", {})) - {LIVE_VIEW, "text/plain"}]


def asks(out: Document) -> bool:
    """Tell whether an output is a question's answers, which `Predict` offers as a list beside the live view."""
    return out["data"].get("text/plain", "").startswith("Predict(") and "text/markdown" in out["data"]
