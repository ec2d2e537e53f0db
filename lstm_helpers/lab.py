"""What JupyterLab's server does for a page where this package is installed, so that it opens as it was left.

A live widget is in its kernel; when the kernel has ended, JupyterLab shows an error in the widget's place, although its
picture is stored beside it. And JupyterLab writes the kernel's version of Python into every page that it opens, which
marks a page as changed that nobody has touched. Both are settled here, between the file and the browser: a file that is
saved holds no live view but only its picture, and a page that is opened holds live views only if its kernel still runs.

This is a server extension; the files in ``environment/`` switch it on. Nothing here keeps a page from being read or
saved: what fails is logged, and the page goes its way unchanged.
"""

import inspect
import sys
from typing import Any

LIVE_VIEW = "application/vnd.jupyter.widget-view+json"
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
    server.contents_manager.register_pre_save_hook(before_saving)
    read = server.contents_manager.get
    if not inspect.iscoroutinefunction(read):  # an older kind of manager, which cannot wait for the list of sessions
        return

    async def get(*args: Any, **kwargs: Any) -> Any:
        model = await read(*args, **kwargs)
        try:
            if is_notebook(model):
                sessions = await server.session_manager.list_sessions()
                after_reading(model["content"], any(one["path"] == model["path"] for one in sessions))
        except Exception:
            server.log.exception("lstm_helpers: %s is opened as it is stored", model.get("path"))
        return model

    server.contents_manager.get = get


def is_notebook(model: dict[str, Any]) -> bool:
    """Tell whether what is read or saved is a notebook, with its content."""
    return model.get("type") == "notebook" and bool(model.get("content"))


def before_saving(model: dict[str, Any], **_: Any) -> None:
    """Put the live views aside, where no reader looks for them: into the metadata of their outputs."""
    if is_notebook(model):
        for out in pictured(model["content"]):
            if LIVE_VIEW in out["data"]:
                out.setdefault("metadata", {})[LIVE_VIEW] = out["data"].pop(LIVE_VIEW)


def after_reading(notebook: dict[str, Any], running: bool) -> None:
    """Take the live views back if the page's kernel still runs, drop them if not; say which Python would run it."""
    for out in pictured(notebook):
        aside = out.get("metadata", {}).pop(LIVE_VIEW, None)
        if not running:
            out["data"].pop(LIVE_VIEW, None)
        elif aside:
            out["data"][LIVE_VIEW] = aside
    metadata = notebook["metadata"]
    kernel, language = metadata.get("kernelspec", {}).get("name"), metadata.get("language_info", {}).get("name")
    if (kernel, language) == ("python3", "python"):
        metadata["language_info"] = LANGUAGE


def pictured(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    """List the outputs that hold a picture: what else is in them can be spared."""
    outputs = [out for cell in notebook["cells"] for out in cell.get("outputs", [])]
    return [out for out in outputs if any(kind.startswith("image/") for kind in out.get("data", {}))]
