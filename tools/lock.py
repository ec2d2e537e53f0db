"""Make the locks in locks/ again, from the bounds in pyproject.toml (`make lock`).

Hashed, the same for every platform, and free of registry addresses. `read.txt` is a part of `test.txt`, so that one
environment serves both; `site.txt` is `test.txt` and what builds the web edition; `lite.txt` and `lite-check.txt` are
for environments of their own. `oldest.txt` and `site-oldest.txt` hold the oldest versions that the bounds allow, to
show that the bounds are true.
"""

import os
import re
import subprocess
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ROOT / "locks"


def main() -> None:
    """Compile the locks with uv, which is installed into a folder thrown away afterwards."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pythons = project["tool"]["lstm_helpers"]["locks"]
    with tempfile.TemporaryDirectory() as folder:
        uv = install_uv(Path(folder))
        build = Path(folder, "build.in")
        build.write_text("\n".join(project["build-system"]["requires"]), encoding="utf-8")
        compile_lock(uv, build, "test.txt", pythons["locked"], "--extra=test")
        compile_lock(uv, build, "read.txt", pythons["locked"], "--extra=read", "--constraint=locks/test.txt")
        compile_lock(uv, build, "site.txt", pythons["locked"], "--extra=site", "--constraint=locks/test.txt")
        compile_lock(uv, build, "lite.txt", pythons["locked"], "--extra=lite")
        compile_lock(uv, build, "lite-check.txt", pythons["locked"], "--extra=lite-check")
        compile_lock(uv, build, "oldest.txt", pythons["oldest"], "--extra=test", "--resolution=lowest-direct")
        oldest = ("--extra=site", "--resolution=lowest-direct")
        compile_lock(uv, build, "site-oldest.txt", pythons["oldest"], *oldest)


def install_uv(folder: Path) -> Path:
    """Install uv from PyPI into a new virtual environment in the folder and return its path."""
    venv.create(folder / "uv", with_pip=True)
    programs = folder / "uv" / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run([programs / "python", "-m", "pip", "install", "--quiet", "uv"], check=True)
    return programs / ("uv.exe" if os.name == "nt" else "uv")


def compile_lock(uv: Path, build: Path, name: str, pythons: list[str], *options: str) -> None:
    """Compile one lock for the given Pythons, the oldest of which decides what may be chosen."""
    command = [uv, "pip", "compile", "pyproject.toml", build, "--output-file", LOCKS / name]
    command += ["--universal", "--python-version", pythons[0], "--generate-hashes", "--upgrade", "--quiet"]
    command += ["--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
    command += ["--custom-compile-command", "make lock", *options]
    env = dict(os.environ, UV_PYTHON_DOWNLOADS="never")
    subprocess.run([str(part) for part in command], check=True, cwd=ROOT, env=env)
    print(f"locks/{name} for Python {', '.join(pythons)}")


def entries(lock: Path) -> dict[str, list[str]]:
    """Read a lock: the lines that name each package, with its hashes; several where Pythons or platforms differ."""
    found: dict[str, list[str]] = {}
    for entry in re.split(r"\n(?=[a-z0-9])", lock.read_text(encoding="utf-8").rstrip())[1:]:
        found.setdefault(entry.partition("==")[0], []).append(entry)
    return found


if __name__ == "__main__":
    main()
