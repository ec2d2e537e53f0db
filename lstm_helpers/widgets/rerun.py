"""Close widgets that no cell shows any longer: ipywidgets keeps every one for as long as the kernel lives.

A reader who runs a cell twenty times sees one widget and would have twenty in memory, in the kernel and in the browser.
Here a widget lives as long as the *latest* run of some cell made it or showed it. JupyterLab says with every request to
the kernel which cell it comes from; where nothing is said (a script, a test), nothing is closed.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from IPython.core.getipython import get_ipython


class Closable(Protocol):
    """What is remembered here."""

    def close(self) -> None:
        """End it."""


class CellRun(NamedTuple):
    """The latest run of a cell, and what it made or showed."""

    request: str  # the id of the message that started it
    widgets: list[Closable]


_latest: dict[str, CellRun] = {}  # by cell
_left: list[Closable] = []  # by earlier runs, to be looked through when the present one is over
_watched: list[Any] = []  # the shell whose cells are followed, once it is


def remember(widget: Closable) -> None:
    """Note that the cell that is running made or showed this widget."""
    shell: Any = get_ipython()
    cell, request = _present(shell)
    if not cell:
        return
    if shell not in _watched:
        shell.events.register("post_run_cell", sweep)
        _watched.append(shell)
    run = _latest.get(cell, CellRun("", []))
    if run.request != request:
        _left.extend(run.widgets)  # closed only when the cell has run: it may show again what it made before
        run = _latest[cell] = CellRun(request, [])
    if not any(widget is one for one in run.widgets):
        run.widgets.append(widget)


def earlier() -> list[Closable]:
    """Return what the latest run before this one of the cell that is running made or showed."""
    cell, request = _present(get_ipython())
    run = _latest.get(cell)
    return list(run.widgets) if run and run.request != request else []


def sweep(*_: object) -> None:
    """Close what earlier runs of the cell that has just run left, unless another cell's latest run holds it."""
    cell, request = _present(get_ipython())
    if cell in _latest and _latest[cell].request != request:
        _left.extend(_latest.pop(cell).widgets)
    held = {id(widget) for run in _latest.values() for widget in run.widgets}
    for widget in _left:
        if id(widget) not in held:
            widget.close()
    _left.clear()


def _present(shell: Any) -> tuple[str, str]:
    """Tell which cell is running and for which request; empty outside a cell of a notebook."""
    parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
    cell, request = parent.get("metadata", {}).get("cellId"), parent.get("header", {}).get("msg_id")
    return (str(cell), str(request)) if cell and request else ("", "")
