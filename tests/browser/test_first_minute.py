"""What a reader meets first, with JupyterLab as the environment sets it up: a clean page, and a page opened again."""

import json

import nbformat
import pytest

from tests.browser.conftest import OPEN, READY, Lab, Server
from tests.browser.test_browser_notebooks import NOTEBOOKS

COVER = "00_start_here.ipynb"
IN_FRONT = ".jp-Dialog, .Toastify__toast"
PICTURES = ".jp-Notebook .jp-OutputArea-output img"
LIVE = ".jp-Notebook .jp-OutputArea-output .lstm-widget"
CHANGED = """async () => {
    const { context } = window.jupyterapp.shell.currentWidget;
    await context.sessionContext.session.kernel.info;
    await context.sessionContext.session.kernel.spec;
    await new Promise(resolve => setTimeout(resolve, 300));
    return context.model.dirty;
}"""
SAVE = "() => window.jupyterapp.shell.currentWidget.context.save()"
CLOSE = "() => window.jupyterapp.shell.currentWidget.dispose()"


@pytest.fixture(scope="module")
def own(_running, tmp_path_factory):
    """A JupyterLab without any setting of the reader's, in a window of its own."""
    server = Server(tmp_path_factory.mktemp("own"), settings={})
    lab = Lab(server, _running.browser)
    try:
        yield lab
        lab.throw_away()
    finally:
        server.stop()


def wait_until_shown(page, name):
    page.wait_for_function(READY, arg=name, timeout=90_000)
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=30_000)


def test_nothing_stands_in_front_of_the_cover(own):
    page = own.open(COVER, afresh=True)
    page.wait_for_timeout(3000)  # JupyterLab asks about its news a moment after it has started
    assert page.locator(IN_FRONT).all_inner_texts() == []


def test_no_page_is_marked_as_changed_by_opening_it(own):
    own.open(COVER)
    page, changed = own.window, []
    for name in NOTEBOOKS:
        page.evaluate(OPEN, name)
        wait_until_shown(page, name)
        changed += [name] if page.evaluate(CHANGED) else []
        page.evaluate(CLOSE)
        own.server.end_kernels()
    own.throw_away()
    assert changed == []


def test_it_does_not_matter_which_python_stored_a_page(own):
    page = nbformat.read(own.folder / COVER, as_version=4)
    page.metadata.language_info = {"name": "python", "version": "3.9.1", "file_extension": ".py"}
    nbformat.write(page, own.folder / "other.ipynb")
    assert not own.open("other").evaluate(CHANGED)
