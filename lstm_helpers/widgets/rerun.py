"""Close widgets that no cell shows any longer: ipywidgets keeps every widget until the kernel ends.

Running a cell twenty times shows one widget but would keep twenty in memory, in the kernel and in the browser. Here a
widget stays open as long as the *latest* run of some cell made it or showed it. JupyterLab names the cell in every
request to the kernel; without that name (in a script or a test) nothing is closed.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from IPython.core.getipython import get_ipython


class Closable(Protocol):
    """The part of a widget that this module uses."""

    def close(self) -> None:
        """Close the widget."""


class CellRun(NamedTuple):
    """The latest run of a cell, and the widgets that it made or showed."""

    request: str  # the id of the message that started it
    widgets: list[Closable]


_latest: dict[str, CellRun] = {}  # by cell
_left: list[Closable] = []  # by earlier runs, to be checked when the current one ends
_watched: list[Any] = []  # the shell whose cells are followed, once known


def remember(widget: Closable) -> None:
    """Record that the running cell made or showed this widget."""
    shell: Any = get_ipython()
    cell, request = _present(shell)
    if not cell:
        return
    if shell not in _watched:
        shell.events.register("post_run_cell", sweep)
        _watched.append(shell)
    run = _latest.get(cell, CellRun("", []))
    if run.request != request:
        _left.extend(run.widgets)  # closed only after the cell has run, because it may show an earlier widget again
        run = _latest[cell] = CellRun(request, [])
    if not any(widget is one for one in run.widgets):
        run.widgets.append(widget)


def earlier() -> list[Closable]:
    """Return the widgets that the previous run of the running cell made or showed."""
    cell, request = _present(get_ipython())
    run = _latest.get(cell)
    return list(run.widgets) if run and run.request != request else []


def sweep(*_: object) -> None:
    """Close the widgets of the cell's earlier runs, unless another cell's latest run made or showed them."""
    cell, request = _present(get_ipython())
    if cell in _latest and _latest[cell].request != request:
        _left.extend(_latest.pop(cell).widgets)
    held = {id(widget) for run in _latest.values() for widget in run.widgets}
    for widget in _left:
        if id(widget) not in held:
            widget.close()
    _left.clear()


def _present(shell: Any) -> tuple[str, str]:
    """Give the running cell and its request; empty strings outside a notebook."""
    parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
    cell, request = parent.get("metadata", {}).get("cellId"), parent.get("header", {}).get("msg_id")
    return (str(cell), str(request)) if cell and request else ("", "")
