"""A reader's JupyterLab in a real browser, as a fixture.

``lab`` starts JupyterLab and a window once for this folder, over a copy of ``notebooks/``, for each test in turn::

    def test_slider(lab):
        lab.write("mine", "from lstm_helpers.widgets import GateSliders", "GateSliders()")  # or one of the book's pages
        page = lab.open("mine")                                                         # a Playwright page
        lab.run_all(page)
        page.locator("input[type=range]").first.press("ArrowRight")
        assert not lab.problems(page)

When a test fails, the page it had open is photographed and the picture's path stands in the report.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from tests.browser.finding import HOW_TO_GET_CHROMIUM, find_browser

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
SHIPPED = Path(__file__).parents[2] / "environment"  # what an installation brings to JupyterLab: here from the source
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
SETTINGS = {
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},  # a test may last until the first one
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
}
READY = """path => {
    const panel = window.jupyterapp?.shell.currentWidget;
    return Boolean(panel?.context?.path === path && panel.sessionContext?.isReady && panel.context?.isReady
        && panel.sessionContext.session?.kernel?.status === 'idle'
        && panel.content.widgets.length > 0);
}"""
# anywidget gives a widget's script two seconds, and lets one that comes later draw but not listen. How fast a machine
# is that does much else is not tested here.
PATIENT = """const soon = AbortSignal.timeout;
AbortSignal.timeout = (milliseconds) => soon.call(AbortSignal, Math.max(milliseconds, 60000));"""
RUN_ALL = """async () => {
    const { commands, shell } = window.jupyterapp;
    await commands.execute('notebook:clear-all-cell-outputs');
    window.ranAll = false;
    commands.execute('notebook:run-all-cells').catch(() => {}).finally(() => { window.ranAll = true; });
}"""
RUN = """async positions => {
    const { commands, shell } = window.jupyterapp;
    await commands.execute('notebook:clear-all-cell-outputs');
    window.ranAll = false;
    const all = async () => {
        for (const position of positions) {
            shell.currentWidget.content.activeCellIndex = position;
            await commands.execute('notebook:run-cell');
        }
    };
    all().catch(() => {}).finally(() => { window.ranAll = true; });
}"""
SET_THEME = """async theme => {
    if (document.body.dataset.jpThemeName !== theme) {
        await window.jupyterapp.commands.execute('apputils:change-theme', { theme });
    }
}"""
OPEN = """async path => {
    const { commands, shell } = window.jupyterapp;
    shell.activateById((await commands.execute('docmanager:open', { path, factory: 'Notebook' })).id);
}"""
CLOSE_OTHERS = """path => {
    for (const widget of [...window.jupyterapp.shell.widgets('main')]) {
        if (widget.context?.path !== path) widget.dispose();
    }
}"""
CHANGED = """async () => {
    const { context } = window.jupyterapp.shell.currentWidget;
    await context.sessionContext.session.kernel.info;
    await context.sessionContext.session.kernel.spec;
    await new Promise(resolve => setTimeout(resolve, 300));
    return context.model.dirty;
}"""
UNFINISHED = """() => window.jupyterapp.shell.currentWidget.content.widgets
    .map((cell, position) => ({ cell, position }))
    .filter(({ cell }) => cell.model.type === 'code' && cell.model.sharedModel.source.trim()
        && !(cell.model.executionCount > 0))
    .map(({ position }) => position)"""
ERRORS = """() => window.jupyterapp.shell.currentWidget.content.widgets.flatMap((cell, position) =>
    cell.model.type !== 'code' ? [] : cell.model.outputs.toJSON()
        .filter(out => out.output_type === 'error' || (out.output_type === 'stream' && out.name === 'stderr'))
        .map(out => `cell ${position}: ` + (out.output_type === 'error'
            ? `${out.ename}: ${out.evalue}` : `on stderr: ${[out.text].flat().join('')}`)))"""


class Server:
    """A JupyterLab of its own: private settings, a private folder with a copy of the notebooks, a free port."""

    def __init__(self, home: Path, settings: dict[str, dict] = SETTINGS) -> None:
        self.folder = home / "notebooks"
        self.log = home / "jupyterlab.log"
        if NOTEBOOKS.is_dir():
            shutil.copytree(NOTEBOOKS, self.folder, ignore=shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__"))
        self.folder.mkdir(exist_ok=True)
        for name, value in settings.items():
            path = home / "settings" / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(value), encoding="utf-8")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.token = "reader"
        env = dict(
            os.environ,
            JUPYTERLAB_SETTINGS_DIR=str(home / "settings"),
            JUPYTERLAB_WORKSPACES_DIR=str(home / "workspaces"),
            JUPYTER_CONFIG_DIR=str(home / "config"),
            JUPYTER_CONFIG_PATH=str(SHIPPED / "etc" / "jupyter"),
            JUPYTER_DATA_DIR=str(home / "data"),
            JUPYTER_RUNTIME_DIR=str(home / "runtime"),
            IPYTHONDIR=str(home / "ipython"),
            PYDEVD_DISABLE_FILE_VALIDATION="1",
        )
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
        command += [f"--ServerApp.port={self.port}", "--ServerApp.port_retries=0"]
        command += [f"--IdentityProvider.token={self.token}", f"--ServerApp.root_dir={self.folder}"]
        command += ["--LabApp.expose_app_in_browser=True", "--LabApp.news_url=", "--LabApp.extension_manager=readonly"]
        command += [f"--LabApp.app_settings_dir={SHIPPED / 'share' / 'jupyter' / 'lab' / 'settings'}"]
        with self.log.open("w", encoding="utf-8") as log:
            self.process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._wait_until_it_answers(seconds=120)

    def _wait_until_it_answers(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            try:
                self.request("api/status")
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        self.stop()
        pytest.fail(f"JupyterLab did not start:\n{self.log.read_text(encoding='utf-8')[-3000:]}", pytrace=False)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}?token={self.token}"

    def request(self, path: str, method: str = "GET") -> bytes:
        with urllib.request.urlopen(urllib.request.Request(self.url(path), method=method), timeout=10) as answer:
            return bytes(answer.read())

    def end_kernels(self, but: str = "") -> None:
        for session in json.loads(self.request("api/sessions")):
            if session["path"] != but:
                self.request(f"api/sessions/{session['id']}", "DELETE")

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(20)


class Lab:
    """What a test holds: it opens a page, runs it, and knows what went wrong on it.

    As at a reader's, one window shows one page after the other, and the page that is open already is used again with
    the kernel that it has; ``run_all`` makes all that is on it anew. Loading JupyterLab and starting kernels would take
    most of the time of these tests. A test that weighs the window, or breaks it, asks for a new one (``afresh``); after
    a test that failed it is thrown away.
    """

    def __init__(self, server: Server, browser) -> None:
        self.server, self.browser = server, browser
        self.folder = server.folder
        self.window = None
        self.shows: tuple[str, list[str]] | None = None  # the page that is open: its file, and what was in it then
        self.reports: list[str] = []

    def write(self, name: str, *sources: str) -> None:
        """Put a notebook with these code cells into the folder, for a test of its own."""
        self.put(name, [nbformat.v4.new_code_cell(source) for source in sources])

    def put(self, name: str, cells: list) -> None:
        """Put a notebook with these cells into the folder; one that is the same already stays as it is."""
        path = self.folder / f"{name}.ipynb"
        if path.is_file() and _sources(path) == [cell.source for cell in cells]:
            return  # it may be open, and JupyterLab asks what to do about a file that was written meanwhile
        notebook = nbformat.v4.new_notebook(cells=cells)
        notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
        nbformat.write(notebook, path)

    def open(self, name: str, *, width: int = 1100, height: int = 1000, theme: str = "light", afresh: bool = False):
        """Open a notebook (with or without ``.ipynb``), wait for its idle kernel, and return the Playwright page."""
        file = name if name.endswith(".ipynb") else f"{name}.ipynb"
        assert (self.folder / file).is_file(), f"there is no notebook {file} in {self.folder}"
        wanted = (file, _sources(self.folder / file))
        again = self.window is not None and self.shows == wanted and self.window.evaluate(READY, file)
        if afresh or (self.shows is not None and self.shows[0] == file and not again):
            self.throw_away()
        if self.window is None:
            self.window = self.browser.new_context().new_page()
            self.window.add_init_script(PATIENT)
            self._watch(self.window)
            self.window.goto(self.server.url(f"doc/tree/{file}"), wait_until="domcontentloaded")
        else:
            self.window.mouse.move(0, 0)  # or it points at what the next page shows there
            if not again:
                self._turn_to(file)
        self.shows = wanted
        page = self.window
        page.wait_for_function(READY, arg=file, timeout=90_000)
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=30_000)
        self.look(theme, width, height)
        return page

    def look(self, theme: str, width: int, height: int = 1000) -> None:
        """Change theme and size of the window, while it shows what it shows."""
        self.window.set_viewport_size({"width": width, "height": height})
        self.window.emulate_media(color_scheme=theme)
        self.window.evaluate(SET_THEME, "JupyterLab Dark" if theme == "dark" else "JupyterLab Light")
        light = "false" if theme == "dark" else "true"
        self.window.wait_for_selector(f"body[data-jp-theme-light={light}]", state="attached")

    def run_all(self, page, *, timeout: float = 120) -> None:
        """Clear all outputs, run every cell, and fail unless each code cell ran with no error and nothing on stderr."""
        page.evaluate(RUN_ALL)
        self._ran(page, timeout)
        assert not page.evaluate(UNFINISHED), f"cells that did not run: {page.evaluate(UNFINISHED)}"

    def run(self, page, positions: list[int], *, timeout: float = 120) -> None:
        """Clear all outputs, run the cells at these positions, and fail as ``run_all`` does."""
        page.evaluate(RUN, positions)
        self._ran(page, timeout)
        assert not set(page.evaluate(UNFINISHED)) & set(positions), "not every cell ran"

    def _ran(self, page, timeout: float) -> None:
        page.wait_for_function("() => window.ranAll", timeout=1000 * timeout)
        assert not page.evaluate(ERRORS), "\n".join(page.evaluate(ERRORS))
        path = page.evaluate("() => window.jupyterapp.shell.currentWidget.context.path")
        page.wait_for_function(READY, arg=path, timeout=30_000)

    def problems(self, page) -> list[str]:
        """List what went wrong on a page so far: in cells, in scripts, on the console, on the network."""
        return [*page.evaluate(ERRORS), *self.reports]

    def photograph(self) -> Path:
        """Save a picture of the window as it is and return its path."""
        path = Path(tempfile.mkdtemp(prefix="lstm_browser_")) / "page.png"
        self.window.screenshot(path=path)
        return path

    def _turn_to(self, file: str) -> None:
        """Open another page and close the one before, which must not make it complain; end its kernel."""
        self.window.evaluate(OPEN, file)
        before = len(self.reports)
        self.window.evaluate(CLOSE_OTHERS, file)
        said = [f"{self.shows[0]}, when closed: {one}" for one in self.reports[before:]]
        self.server.end_kernels(but=file)
        assert not said, "\n".join(said)

    def throw_away(self) -> None:
        """Close the window; the next page opens in a new one."""
        if self.window is not None:
            self.window.context.close()
            self.server.end_kernels()
        self.window = self.shows = None

    def _watch(self, page) -> None:
        home = f"http://127.0.0.1:{self.server.port}/"

        def note_console(message) -> None:
            if message.type == "error" and not harmless(message.text):
                self.reports.append(f"console error: {message.text[:500]} ({message.location.get('url', '')})")

        def stay_at_home(route) -> None:
            if route.request.url.startswith(home):
                route.fallback()
            else:
                self.reports.append(f"the page asked the network for {route.request.url[:200]}")
                route.abort()

        page.on("pageerror", lambda error: self.reports.append(f"page error: {str(error)[:500]}"))
        page.on("console", note_console)
        page.route(lambda url: url.startswith(("http:", "https:")), stay_at_home)


def _sources(path: Path) -> list[str]:
    return [cell.source for cell in nbformat.read(path, as_version=4).cells]


def harmless(message: str) -> bool:
    """Tell JupyterLab's own noise, which no page of the book causes, from errors that count."""
    return any(noise in message for noise in HARMLESS)


HARMLESS = ("Could not restore the debugger state: Canceled future",)  # it was asked when the page was closed


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test that moves a widget SOAK times: what fails once in a while fails then."""
    rounds = int(os.environ.get("SOAK", "1"))
    if rounds > 1 and "lab" in metafunc.fixturenames:
        metafunc.fixturenames.append("soak")
        metafunc.parametrize("soak", range(rounds), ids="round {}".format)


@pytest.fixture(scope="session")
def browser_path() -> str:
    """The browser's path; without one the tests are skipped, and where CI is set they fail."""
    path = find_browser()
    if path is None and os.environ.get("CI"):
        pytest.fail(HOW_TO_GET_CHROMIUM, pytrace=False)
    if path is None:
        pytest.skip(HOW_TO_GET_CHROMIUM)
    return path


@pytest.fixture(scope="package")
def _running(browser_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    # Playwright's synchronous interface keeps an event loop running in this thread, which would stop other tests from
    # running theirs: package scope ends it with the last test of this folder.
    from playwright.sync_api import sync_playwright

    server = Server(tmp_path_factory.mktemp("lab"))
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
            lab = Lab(server, browser)
            yield lab
            lab.throw_away()
            browser.close()
    finally:
        server.stop()


@pytest.fixture
def lab(_running: Lab) -> Lab:
    """JupyterLab in a browser, with nothing reported yet."""
    _running.reports.clear()
    return _running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    lab = getattr(item, "funcargs", {}).get("lab")
    if lab is not None and report.failed and lab.window is not None:
        said = [f"picture of the page: {lab.photograph()}", *lab.reports]
        report.sections.append(("browser", "\n".join(said)))
        lab.throw_away()
    return report
