"""A reader's first minute in JupyterLab as the environment sets it up: a clean page, and a page opened again."""

import time

import nbformat
import pytest
from nbformat.sign import NotebookNotary

from tests.browser.conftest import CHANGED, READY, Lab, Server
from tests.browser.every_widget import EXAMPLES, cells

COVER = "00_start_here.ipynb"
IN_FRONT = ".jp-Dialog, .Toastify__toast"
STILL = ".jp-Notebook .jp-OutputArea-output:is(.jp-RenderedImage, .jp-RenderedMarkdown)"  # a picture, or words
LIVE = ".jp-Notebook .jp-OutputArea-output .lstm-widget"
TRUSTED = """() => window.jupyterapp.shell.currentWidget.content.widgets.every(
    cell => cell.model.type !== 'code' || cell.model.trusted)"""
VIEW = "application/vnd.jupyter.widget-view+json"
SAVE = "() => window.jupyterapp.shell.currentWidget.context.save()"


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


def test_no_dialog_covers_the_cover_page(own):
    page = own.open(COVER, afresh=True)
    page.wait_for_timeout(3000)  # JupyterLab asks about its news a moment after it has started
    assert page.locator(IN_FRONT).all_inner_texts() == []


def test_the_cover_is_not_marked_as_changed_by_opening_it(own):
    assert not own.open(COVER).evaluate(CHANGED)  # the other pages: test_browser_notebooks.py


def test_it_does_not_matter_which_python_stored_a_page(own):
    page = nbformat.read(own.folder / COVER, as_version=4)
    page.metadata.language_info = {"name": "python", "version": "3.9.1", "file_extension": ".py"}
    nbformat.write(page, own.folder / "other.ipynb")
    assert not own.open("other").evaluate(CHANGED)


# --- a page that is opened again


def seen(page):
    """What stands where widgets are: how many are alive, how many still, and what went wrong or is not there yet."""
    wrong = page.get_by_text("Error displaying widget").count() + page.get_by_text("Loading widget").count()
    return page.locator(LIVE).count(), page.locator(STILL).count(), wrong


def shows(page, *, live=0, still=0):
    """Wait until the page shows so many widgets, however slow the machine; a moment later it must still do so."""
    end = time.monotonic() + 60
    while seen(page) != (live, still, 0) and time.monotonic() < end:
        page.wait_for_timeout(100)
    page.wait_for_timeout(1000)  # a dead view says so a moment after the kernel has answered
    assert seen(page) == (live, still, 0)


def views(path):
    """Count the live views in a file, where a viewer of notebooks looks for them."""
    outputs = [out for cell in nbformat.read(path, as_version=4).cells for out in cell.get("outputs", [])]
    return sum(VIEW in out.get("data", {}) for out in outputs)


def test_a_saved_page_shows_its_pictures_and_comes_alive_by_running(own):
    every, file = len(EXAMPLES), own.folder / "saved.ipynb"
    own.write("saved", *cells())
    page = own.open("saved", afresh=True)
    own.run_all(page)
    shows(page, live=every)
    page.evaluate(SAVE)
    assert views(file) == 0

    page.evaluate(SAVE)  # and JupyterLab does not take the file for changed by somebody else
    assert page.locator(IN_FRONT).count() == 0 and not page.evaluate(CHANGED)
    shows(page, live=every)

    own.window.reload()  # the kernel still runs, and so do its widgets
    wait_until_shown(page, file.name)
    shows(page, live=every)

    own.throw_away()  # which ends the kernel
    page = own.open("saved")
    assert page.evaluate(TRUSTED)
    shows(page, still=every)
    assert not page.evaluate(CHANGED)
    page.reload()  # now another kernel runs, which knows nothing of these widgets
    wait_until_shown(page, file.name)
    shows(page, still=every)

    own.run_all(page)
    shows(page, live=every)
    assert not own.problems(page), "\n".join(own.problems(page))


def test_a_page_that_was_saved_with_dead_views_shows_its_pictures(own):
    own.write("before", *cells("GateSliders"))
    page = own.open("before", afresh=True)
    own.run_all(page)
    page.evaluate(SAVE)
    own.throw_away()
    notebook = nbformat.read(own.folder / "before.ipynb", as_version=4)
    notebook.cells[-1].outputs[0].data[VIEW] = {"version_major": 2, "version_minor": 0, "model_id": "gone"}
    nbformat.write(notebook, own.folder / "before.ipynb")
    NotebookNotary(data_dir=str(own.server.folder.parent / "data")).sign(notebook)  # or no view would be tried
    page = own.open("before")
    assert page.evaluate(TRUSTED)
    shows(page, still=1)
