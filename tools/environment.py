"""Make or update the virtual environment that `make lab` and `make test` use; only a Python is needed to run it.

    python3 -m tools.environment read                   what reading the book needs, in .venv
    python3 -m tools.environment test --deps oldest     what testing needs, in its oldest allowed versions
    python3 -m tools.environment frameworks             that and PyTorch and Keras, several GB where they bring CUDA
    python3 -m tools.environment site --venv .venv-site    what building and testing the web edition needs
    python3 -m tools.environment lite --venv .venv-lite  what building the browser edition needs, and nothing else
    python3 -m tools.environment clean                  remove what this file and the tools have made

Doing it twice does nothing the second time. The last thing written is a stamp that says what was installed: an
environment without it was interrupted, one whose stamp names another place was moved, and both are made anew.
"""

import sys

if sys.version_info < (3, 11):  # before anything that an older Python would not understand
    sys.exit(
        "This book needs Python 3.11 or newer; %s is Python %d.%d.\n"
        "Name a newer one, for example:  make lab PYTHON=python3.13" % ((sys.executable,) + sys.version_info[:2])
    )

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STAMP = "lstm_helpers.json"
SETS = ("read", "test", "frameworks")  # each one contains those before it
ALONE = ("site", "lite", "lite-check")  # each one in a folder of its own
FRAMEWORKS = ROOT / "tools" / "frameworks.txt"
SHIPPED = ROOT / "environment"  # JupyterLab's settings, copied when the package is installed
CACHES = (".pytest_cache", ".mypy_cache", ".ruff_cache", ".import_linter_cache", ".hypothesis", "build", "dist")
RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"


def main() -> None:
    """Read the command line and make, update or remove environments."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("what", choices=[*SETS, *ALONE, "clean"])
    ask.add_argument("--deps", choices=["locked", "oldest", "newest"], default="locked", help="which versions")
    ask.add_argument("--venv", type=Path, default=ROOT / ".venv", help="the environment's folder")
    chosen = ask.parse_args()
    if chosen.what == "clean":
        clean()
    else:
        prepare(chosen.venv.absolute(), chosen.what, chosen.deps)


def prepare(folder: Path, wanted: str, deps: str) -> None:
    """Bring the environment in the folder to the wanted set of packages, doing only what is missing."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found = read_stamp(folder)
    if wanted in SETS and found.get("set") in SETS[SETS.index(wanted) :]:  # what is there contains what is wanted
        wanted = found["set"]
    lock = choose_lock(project, wanted, deps)
    stamp = {
        "folder": str(folder),
        "root": str(ROOT),
        "python": RUNNING,
        "set": wanted,
        "deps": deps,
        "packages": digest(project, lock, wanted),
    }
    if found == stamp and works(folder):
        return
    keep = all(found.get(key) == stamp[key] for key in ("folder", "root", "python", "deps")) and works(folder)
    keep = keep and (found["set"] == wanted or {found["set"], wanted} <= set(SETS))
    if not keep:
        create(folder)
    mark(folder, {"unfinished": True})
    install(folder, lock, stamp["set"])
    mark(folder, stamp)


def choose_lock(project: dict, wanted: str, deps: str) -> "Path | None":
    """Return the lock to install from, or None for the newest versions that pyproject.toml allows."""
    if deps == "newest":
        return None
    pythons = project["tool"]["lstm_helpers"]["locks"][deps]
    if RUNNING in pythons and wanted in ALONE:
        return ROOT / "locks" / (f"{wanted}-oldest.txt" if deps == "oldest" else f"{wanted}.txt")
    if RUNNING in pythons:
        return ROOT / "locks" / ("oldest.txt" if deps == "oldest" else "read.txt" if wanted == "read" else "test.txt")
    known = ", ".join(pythons)
    if deps == "oldest":
        sys.exit(f"The oldest versions exist for Python {known}, not for {RUNNING}: try PYTHON=python{pythons[0]}.")
    say(f"The tested versions are for Python {known}; for {RUNNING} the newest that pyproject.toml allows are taken.")
    return None


def create(folder: Path) -> None:
    """Create an empty virtual environment, in place of an unfinished, moved or broken one of ours."""
    if folder.exists() and not (folder / STAMP).exists() and any(folder.iterdir()):
        sys.exit(
            f"{folder} was made by something else, so it is left alone.\n"
            "Remove it, or choose another folder:  make lab VENV=.venv-book"
        )
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        sys.exit(
            f"This Python ({sys.executable}) cannot make virtual environments: a part of it is missing.\n"
            f"On Debian and Ubuntu:  sudo apt install python{RUNNING}-venv"
        )
    if folder.exists():
        say(f"Making {shown(folder)} anew: it was unfinished, moved, broken or made for other versions.")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    mark(folder, {"unfinished": True})
    made = subprocess.run([sys.executable, "-m", "venv", str(folder)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if made.returncode:
        sys.exit(f"No virtual environment could be made in {folder}:\n{made.stdout.decode(errors='replace')}")


def install(folder: Path, lock: "Path | None", wanted: str) -> None:
    """Install the packages, then this project itself, as a link to its source."""
    since = time.monotonic()
    source = f"locks/{lock.name}" if lock else "pyproject.toml, newest versions"
    need, disk = {
        "read": ("reading", "430 MB"),
        "test": ("testing", "800 MB"),
        "frameworks": ("comparing with PyTorch and Keras", "2 GB, or several more with CUDA,"),
        "site": ("the web edition", "900 MB"),
        "lite": ("building the browser edition", "400 MB"),
        "lite-check": ("checking the browser edition", "500 MB"),
    }[wanted]
    say(f"Installing what {need} needs into {shown(folder)} ({source}).")
    say(f"The first time this takes a minute or two, and {disk} of disk.")
    if lock:
        pip(folder, "--require-hashes", "--requirement", str(lock))
        pip(folder, "--no-build-isolation", "--no-deps", "--editable", str(ROOT))
    else:
        extra = wanted if wanted in ("read", *ALONE) else "test"
        pip(folder, "--upgrade", "--upgrade-strategy", "eager", "--editable", f"{ROOT}[{extra}]")
    if wanted == "frameworks":
        pip(folder, "--requirement", str(FRAMEWORKS))
    say(f"Done in {time.monotonic() - since:.0f} s.")


def pip(folder: Path, *arguments: str) -> None:
    """Run pip's install in the environment, counting packages on a terminal, and explain itself when it fails."""
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME", "PIP_USER")}
    env.update(PIP_DISABLE_PIP_VERSION_CHECK="1", PYTHONUTF8="1")
    command = [str(program(folder)), "-m", "pip", "install", "--progress-bar=off", *arguments]
    running = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    lines, count = [], 0
    for line in running.stdout or ():
        lines.append(line)
        count += line.startswith("Collecting ")
        if sys.stdout.isatty() and line.startswith(("Collecting ", "Installing ")):
            step = f"{count} packages found" if line.startswith("Coll") else f"unpacking {count} packages"
            print(f"\r  {step} …   ", end="", flush=True)
    if sys.stdout.isatty():
        print("\r" + " " * 40 + "\r", end="", flush=True)
    if running.wait():
        print("".join(lines[-25:]), file=sys.stderr)
        sys.exit(
            "\nThe packages could not be installed; what pip said stands above.\n"
            "Behind a proxy? Set HTTPS_PROXY. Offline? The first time needs a connection.\n"
            "If a version is missing for this machine, take the newest instead:  make lab DEPS=newest"
        )


def digest(project: dict, lock: "Path | None", wanted: str) -> str:
    """Hash all that decides what is installed."""
    parts = [project["project"], project["build-system"], lock.read_text(encoding="utf-8") if lock else None]
    parts += [file.read_text(encoding="utf-8") for file in sorted(SHIPPED.rglob("*.json"))]
    if wanted == "frameworks":
        parts.append(FRAMEWORKS.read_text(encoding="utf-8"))
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def read_stamp(folder: Path) -> dict:
    """Return what the environment says of itself; nothing if it is missing or damaged."""
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def mark(folder: Path, stamp: dict) -> None:
    """Write the stamp in one step, so that it is never half there."""
    half = folder / (STAMP + ".part")
    half.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    half.replace(folder / STAMP)


def program(folder: Path) -> Path:
    """Return the path of the environment's Python."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def works(folder: Path) -> bool:
    """Tell whether the environment's Python still starts and is the version that runs now."""
    try:
        ask = [str(program(folder)), "-I", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        answer = subprocess.run(ask, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and answer.stdout.decode().strip() == RUNNING


def clean() -> None:
    """Remove the environments made here and the caches of the tools, and nothing else."""
    ours = [folder for folder in ROOT.glob(".venv*") if (folder / STAMP).is_file()]
    caches = [ROOT / name for name in CACHES if (ROOT / name).is_dir()]
    sources = [ROOT / name for name in ("lstm_helpers", "tests", "tools")]
    compiled = [path for source in sources for path in source.rglob("__pycache__")]
    for folder in [*ours, *caches, *compiled]:
        shutil.rmtree(folder)
    for folder in [*ours, *caches]:
        say(f"Removed {shown(folder)}.")


def shown(folder: Path) -> str:
    """Name a folder as the reader would."""
    return str(folder.relative_to(ROOT)) if folder.is_relative_to(ROOT) else str(folder)


def say(line: str) -> None:
    """Print a line at once, even into a pipe."""
    print(line, flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nInterrupted; the same command starts over.")
