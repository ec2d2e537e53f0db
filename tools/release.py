"""Build the published archives, and install them in a clean environment (`make dist`, `make dist-check`).

    python -m tools.release build           wheel and sdist into dist/
    python -m tools.release build v0.2.0    the same, if that is the tag of what is here
    python -m tools.release try             install the wheel in a clean environment, and run the sdist's tests there

The version is the git tag (pyproject.toml says how it is read), and an archive keeps the one it was built with. A
release is built only from what the tag names, if the changelog has a section of that name and CITATION.cff names it.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
from pathlib import Path

from tools import environment

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"
# What builds from the source, or looks at it; all else runs without the source.
SOURCE = [f"tests/test_{name}.py" for name in ("project", "release", "site_sources", "teaching")]
TESTS = ["tests", "notebooks", "--nbval", "--nbval-cell-timeout=120", "-n=auto", "--maxprocesses=4"]
TESTS += ["--dist=loadscope", *(f"--ignore={path}" for path in ("tests/browser", "tests/site", *SOURCE))]


def main() -> None:
    """Read the command line, and build or try."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("what", choices=["build", "try"])
    ask.add_argument("tag", nargs="?", help="refuse unless it is v and the version")
    chosen = ask.parse_args()
    if chosen.what == "try":
        try_wheel(next(DIST.glob("*.whl")), next(DIST.glob("*.tar.gz")))
        return
    if chosen.tag is not None and (wrong := objections(chosen.tag)):
        sys.exit("No release: " + "; ".join(wrong) + ".")
    shutil.rmtree(DIST, ignore_errors=True)
    build(DIST)
    for path in sorted(DIST.iterdir()):
        print(f"dist/{path.name}: {path.stat().st_size / 1e6:.1f} MB")


def build(folder: Path, *kinds: str) -> Path:
    """Build "wheel" or "sdist" into the folder, or the sdist and from it the wheel; return what was built last."""
    command = [sys.executable, "-m", "build", "--no-isolation", *(f"--{kind}" for kind in kinds)]
    done = subprocess.run([*command, f"--outdir={folder}", str(ROOT)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"The package could not be built:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    (made,) = folder.glob("lstm_helpers-*.tar.gz" if kinds == ("sdist",) else "lstm_helpers-*.whl")
    return made


def version() -> str:
    """Ask the build backend for the version of what is here."""
    command = [sys.executable, "-m", "hatchling", "version"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def objections(tag: str) -> list[str]:
    """List the reasons against a release under this tag."""
    own, named, found = version(), tag.removeprefix("v"), []
    if tag != f"v{own}":
        found.append(f"the tag is {tag}, but what is here is {own} (is the tag elsewhere, or not fetched?)")
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    section = re.search(rf"^## \[{re.escape(named)}\][^\n]*\n(.*?)(?=^## |\Z)", changes, re.MULTILINE | re.DOTALL)
    if section is None or not section[1].strip():
        found.append(f"CHANGELOG.md says nothing under [{named}]")
    if f"version: {named}\n" not in (ROOT / "CITATION.cff").read_text(encoding="utf-8").replace('"', ""):
        found.append(f"CITATION.cff does not name {named}")
    return found


def try_wheel(wheel: Path, sdist: Path) -> None:
    """Install the wheel, which was built from the sdist, and run the sdist's tests: without the source, then on it."""
    since = time.monotonic()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with tarfile.open(sdist) as archive:
            archive.extractall(folder, filter="data")
        tree = folder / sdist.name.removesuffix(".tar.gz")
        clean, python = folder / "env", environment.program(folder / "env")
        project = tomllib.loads((tree / "pyproject.toml").read_text(encoding="utf-8"))
        environment.create(clean)
        if lock := environment.choose_lock(project, "test", "locked"):
            environment.pip(clean, "--require-hashes", "--requirement", str(lock))
            environment.pip(clean, "--no-deps", str(wheel))
        else:
            environment.pip(clean, f"lstm_helpers[test] @ {wheel.as_uri()}")
        source = (tree / "lstm_helpers").rename(folder / "source")
        ask = "import lstm_helpers as found; print(found.__version__, found.__file__)"
        said = subprocess.run([python, "-c", ask], cwd=tree, capture_output=True, text=True, check=True).stdout
        own, place = said.strip().split(" ", 1)
        if own != tree.name.removeprefix("lstm_helpers-") or not Path(place).resolve().is_relative_to(clean.resolve()):
            sys.exit(f"{wheel.name}: expected {tree.name} in {clean}, found {own} in {place}")
        print(f"{wheel.name}: installed; running the tests of the sdist", flush=True)
        run_tests(python, tree, TESTS)
        source.rename(tree / "lstm_helpers")
        run_tests(python, tree, SOURCE)
    print(f"{wheel.name}: its tests and the sdist's pass, {time.monotonic() - since:.0f} s", flush=True)


def run_tests(python: Path, tree: Path, arguments: list[str]) -> None:
    """Run pytest in the unpacked tree and stop if anything fails."""
    done = subprocess.run([python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments], cwd=tree)
    if done.returncode:
        sys.exit(f"The tests failed with what was installed in {python.parents[1]}.")


if __name__ == "__main__":
    main()
