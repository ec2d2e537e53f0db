"""Build the browser edition: JupyterLite with the book's pages and the package inside, static files and no server.

    .venv-lite/bin/python -m tools.lite build/lite                    Pyodide comes from its CDN, as JupyterLite has it
    .venv-lite/bin/python -m tools.lite build/lite --pyodide FOLDER   Pyodide is served with the rest, from this folder
    WEB=../ .venv-lite/bin/python -m tools.lite build/lite            with a link to the web edition, where Python fails

Its address opens the cover. What a reader sees before JupyterLab stands, and what is said where Python cannot be had,
is in tools/lite_start/. The pages are copies. Each copy begins with two cells more: a note on what is different in the
browser, and a cell that brings the packages there and does nothing anywhere else. What the pages stored stays in them
until a reader runs them.
"""

import argparse
import hashlib
import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tools import release
from tools.lock import entries

ROOT = Path(__file__).resolve().parents[1]
START = Path(__file__).with_name("lite_start")
COVER = "00_start_here.ipynb"
TITLE = "The LSTM, gate by gate"
KERNEL = {"display_name": "Python (Pyodide)", "language": "python", "name": "python"}
# What the package needs and Pyodide does not have. These are pure Python, and are served with the edition.
CARRIED = ("anywidget", "comm", "ipywidgets", "jupyterlab-widgets", "psygnal", "typing-extensions")
NOTE = """*This is the browser edition: Python itself runs in this page, and nothing is sent anywhere. Use Run → Run \
All Cells. The first run takes a while, since the browser fetches Python and its packages (about 45 MB, once). \
Computing takes a few times as long as with Python on your own machine, and ■ cannot interrupt it: use Kernel → \
Restart Kernel. What you change is kept in this browser only; to keep it elsewhere, use File → Download. The folded \
cell below is what brings the packages.*"""
INSTALL = """# Only in the browser: this brings the book's package. Anywhere else it does nothing.
import sys

if sys.platform == "emscripten":
    import logging

    import piplite

    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # it would announce that it looks for fonts
    await piplite.install(["matplotlib", "threadpoolctl", "ipywidgets", "anywidget"])
    await piplite.install("lstm_helpers", deps=False)"""


def main() -> None:
    """Read the command line and build."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("output", type=Path, help="the folder to build into; what is there is replaced")
    ask.add_argument("--pyodide", type=Path, help="a folder with a Pyodide distribution to serve")
    ask.add_argument("--lock", default="lite", help="the lock that names the carried packages' versions")
    ask.add_argument(
        "--web",
        default=os.environ.get("WEB") or os.environ.get("SITE_URL", ""),
        help="where the web edition is, an address or seen from this edition's folder (WEB or SITE_URL say it too)",
    )
    chosen = ask.parse_args()
    lock, pyodide = ROOT / "locks" / f"{chosen.lock}.txt", chosen.pyodide and chosen.pyodide.resolve()
    build(chosen.output.resolve(), lock, pyodide, web=chosen.web)


def build(output: Path, lock: Path, pyodide: "Path | None" = None, *, web: str = "", expose: bool = False) -> None:
    """Lay out the edition's parts in a folder thrown away afterwards, and let JupyterLite put them together."""
    with tempfile.TemporaryDirectory() as folder:
        parts = Path(folder)
        wheels = parts / "pypi"
        wheels.mkdir()
        own = release.build(wheels, "wheel")
        for path in carried_wheels(lock):
            shutil.copy(path, wheels)
        count = copy_pages(parts / "files")
        settings = {
            "jupyter-lite-schema-version": 0,
            "jupyter-config-data": {"appName": TITLE, "exposeAppInBrowser": expose},
        }
        (parts / "jupyter-lite.json").write_text(json.dumps(settings), encoding="utf-8")
        wishes = {"@jupyterlab/apputils-extension:themes": {"adaptive-theme": True}}  # light or dark as the system is
        if expose:  # for a check, which looks at all cells wherever they are
            wishes["@jupyterlab/notebook-extension:tracker"] = {"windowingMode": "none"}
        (parts / "overrides.json").write_text(json.dumps(wishes), encoding="utf-8")
        (parts / "jupyter_lite_config.json").write_text(json.dumps(config(output)), encoding="utf-8")
        if pyodide:
            (parts / "static").mkdir()
            (parts / "static" / "pyodide").symlink_to(pyodide, target_is_directory=True)
        shutil.rmtree(output, ignore_errors=True)
        private = dict(os.environ, JUPYTER_CONFIG_DIR=str(parts / "none"), JUPYTER_DATA_DIR=str(parts / "none"))
        command = [sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", str(parts)]
        made = subprocess.run(command, cwd=parts, env=private, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said = made.stdout.decode(errors="replace")
        if made.returncode or not (output / "lab" / "index.html").is_file():
            sys.exit(f"JupyterLite could not be built:\n{said[-4000:]}")
        begin(output, web and web.rstrip("/") + "/")
    size = sum(path.stat().st_size for path in output.rglob("*") if path.is_file())
    print(f"{shown(output)}: {count} pages, {own.name} and {len(CARRIED)} other wheels, {size / 1e6:.0f} MB")
    print(f"To look at it:  python3 -m http.server --bind 127.0.0.1 --directory {shown(output)}")


def config(output: Path) -> dict:
    """Say what JupyterLite is to build: the apps a reader needs, the pages, nothing of the machine's own."""
    return {
        "LiteBuildConfig": {
            "apps": ["lab", "notebooks"],
            "contents": ["files"],
            "output_dir": str(output),
            "no_sourcemaps": True,
            "no_libarchive": True,
        }
    }


def begin(output: Path, web: str) -> None:
    """Let the edition's address open the cover, and put the words and the script of the first minute into its pages."""
    (output / "book").mkdir()
    for name in ("start.css", "start.js"):
        shutil.copy(START / name, output / "book")
    rows = [
        f'      <li><a href="lab/index.html?path={path.name}">{path.name.split("_")[0]} '
        f"{html.escape(title(nbformat.read(path, as_version=4)))}</a></li>"
        for path in sorted((output / "files").glob("*.ipynb"))
    ]
    words = {"title": html.escape(TITLE), "cover": COVER, "pages": "\n".join(rows)}
    (output / "index.html").write_text(filled("index.html", {**words, "web": without_script(web)}), encoding="utf-8")
    told = f'data-pyodide="{seen_from_below(pyodide_of(output))}"'
    told += f' data-web="{seen_from_below(web)}"' if web else ""
    head = f'\n<link rel="stylesheet" href="../book/start.css"><script src="../book/start.js" {told}></script>'
    waiting = filled("waiting.html", {**words, "web": without_script(seen_from_below(web) if web else "")})
    for application in ("lab", "notebooks"):
        page = output / application / "index.html"
        text = re.sub(r"<title>.*?</title>", f"<title>{words['title']}</title>", page.read_text(encoding="utf-8"))
        for mark, new in (("<head>", head), (r"<body[^>]*>", f"\n{waiting}")):
            text, found = re.subn(mark, lambda there, new=new: there[0] + new, text)
            if found != 1:
                sys.exit(f"{page}: {mark} stands there {found} times: JupyterLite's pages are no longer as they were")
        page.write_text(text, encoding="utf-8")


def without_script(web: str) -> str:
    """Name the web edition, which needs no script, where one is known."""
    return f' <a href="{web}">The web edition</a> can be read without.' if web else ""


def filled(name: str, filling: dict[str, str]) -> str:
    """Fill a part of the first minute with words."""
    text = (START / name).read_text(encoding="utf-8")
    for mark, words in filling.items():
        text = text.replace(f"{{{mark}}}", words)
    return text


def pyodide_of(output: Path) -> str:
    """Find the address that JupyterLite takes Pyodide from: its settings, or what the kernel has as a default."""
    settings = json.loads((output / "jupyter-lite.json").read_text(encoding="utf-8"))["jupyter-config-data"]
    kernel = "@jupyterlite/pyodide-kernel-extension"
    chosen = settings.get("litePluginSettings", {}).get(f"{kernel}:kernel", {}).get("pyodideUrl")
    if chosen:
        return str(chosen)
    schema = output / "extensions" / kernel / "static" / "schema" / "kernel.v0.schema.json"
    return str(json.loads(schema.read_text(encoding="utf-8"))["properties"]["pyodideUrl"]["default"])


def seen_from_below(address: str) -> str:
    """Write an address that is seen from the edition's folder as a folder in it sees it."""
    return html.escape(address if "://" in address else f"../{address.removeprefix('./')}")


def title(notebook: "NotebookNode | dict") -> str:
    """Read a page's title."""
    return re.match(r"# (.+)", "".join(notebook["cells"][0]["source"]))[1].strip()


def carried_wheels(lock: Path) -> list[Path]:
    """Give the carried packages' wheels, downloaded once and held to the hashes in the lock every time."""
    packages = entries(lock)
    wanted = "\n".join(entry for name in CARRIED for entry in packages[name]) + "\n"
    store = Path(sys.prefix) / "carried" / hashlib.sha256(wanted.encode()).hexdigest()[:16]
    if len(list(store.glob("*.whl"))) != len(CARRIED):
        shutil.rmtree(store, ignore_errors=True)
        store.mkdir(parents=True)
        (store / "wanted.txt").write_text(wanted, encoding="utf-8")
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps"]
        command += ["--require-hashes", "--only-binary=:all:", "--platform=any", "--implementation=py", "--abi=none"]
        subprocess.run([*command, "--dest", str(store), "--requirement", str(store / "wanted.txt")], check=True)
    wheels = sorted(store.glob("*.whl"))
    for wheel in wheels:
        if hashlib.sha256(wheel.read_bytes()).hexdigest() not in wanted:
            sys.exit(f"{wheel.name} is not the file that {lock.name} names: remove {store} and try again")
    return wheels


def copy_pages(folder: Path) -> int:
    """Write the browser's copy of every page into the folder and return how many there are."""
    pages = sorted((ROOT / "notebooks").glob("*.ipynb"))
    folder.mkdir()
    for page in pages:
        copy = for_browser(nbformat.read(page, as_version=4))
        (folder / page.name).write_text(nbformat.writes(copy) + "\n", encoding="utf-8", newline="\n")
    return len(pages)


def for_browser(notebook: NotebookNode) -> NotebookNode:
    """Return a copy with the note and the install cell after the title; every other cell and output stays."""
    copy = nbformat.from_dict(notebook)
    new = nbformat.v4
    note = new.new_markdown_cell(NOTE, id="browser-note", metadata={"tags": ["browser"]})
    install = new.new_code_cell(
        INSTALL, id="browser-install", metadata={"jupyter": {"source_hidden": True}, "tags": ["browser"]}
    )
    copy.cells = [*copy.cells[:1], note, install, *copy.cells[1:]]
    copy.metadata = nbformat.from_dict({**copy.metadata, "kernelspec": KERNEL})
    return copy


def shown(path: Path) -> str:
    """Name a path as the reader would."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


if __name__ == "__main__":
    main()
