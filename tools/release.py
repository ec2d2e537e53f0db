"""Build what is published, and try it as a stranger would (`make dist`, `make dist-check`).

    python -m tools.release build           wheel and sdist into dist/
    python -m tools.release build v0.2.0    the same, if that is the tag of what is here
    python -m tools.release try             install each in a clean environment, and run the sdist's tests against it

The version is the git tag (pyproject.toml says how it is read), and an archive keeps the one it was built with. A
release is built only from what the tag names, if the changelog has a section of that name and CITATION.cff names it.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"
# What builds from the source, or looks at it:
SOURCE = [f"tests/test_{name}.py" for name in ("project", "release", "site_sources", "teaching")]
# What runs against an installed package: all but these, and a reader's browser.
TESTS = ["tests", "notebooks", *(f"--ignore={path}" for path in ("tests/browser", "tests/site", *SOURCE))]


def main() -> None:
    """Read the command line, and build or try."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("what", choices=["build", "try"])
    ask.add_argument("tag", nargs="?", help="refuse unless it is v and the version")
    chosen = ask.parse_args()
    if chosen.what == "try":
        try_all()
        return
    if chosen.tag is not None and (wrong := objections(chosen.tag)):
        sys.exit("No release: " + "; ".join(wrong) + ".")
    if unknown := strangers(build()):
        shutil.rmtree(DIST)
        sys.exit(f"Nothing was built, for git does not know {', '.join(unknown)}: add or remove.")
    for path in sorted(DIST.iterdir()):
        print(f"dist/{path.name}: {path.stat().st_size / 1e6:.1f} MB")


def version() -> str:
    """Ask the build backend for the version of what is here."""
    return hatchling(ROOT, "version").strip()


def objections(tag: str) -> list[str]:
    """Say what speaks against a release under this tag."""
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


def build() -> Path:
    """Build the sdist, and the wheel from what the sdist holds, so that nothing can be in one and not in the other."""
    shutil.rmtree(DIST, ignore_errors=True)
    hatchling(ROOT, "build", "--target=sdist", f"--directory={DIST}")
    (sdist,) = DIST.iterdir()
    with tempfile.TemporaryDirectory() as folder:
        hatchling(unpack(sdist, Path(folder)), "build", "--target=wheel", f"--directory={DIST}")
    return sdist


def hatchling(folder: Path, *arguments: str) -> str:
    """Call the build backend on the source in the folder; building twice gives the same bytes."""
    last_change = git("log", "-1", "--format=%ct").strip() or "1735689600"
    env = {"SOURCE_DATE_EPOCH": last_change, **os.environ, "HATCH_QUIET": "1"}
    command = [sys.executable, "-m", "hatchling", *arguments]
    return subprocess.run(command, cwd=folder, env=env, stdout=subprocess.PIPE, check=True).stdout.decode()


def git(*arguments: str) -> str:
    """Ask git; it says nothing where it is missing, knows no repository, or trusts not its owner."""
    try:
        command = ["git", "-C", str(ROOT), *arguments]
        asked = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=30)
    except OSError:
        return ""
    return asked.stdout.decode() if asked.returncode == 0 else ""


def strangers(sdist: Path) -> list[str]:
    """Name what an sdist holds and git does not know; nothing where git says nothing."""
    known = set(git("ls-files", "-z").split("\0")) - {""}
    with tarfile.open(sdist) as archive:
        inside = {name.split("/", 1)[1] for name in archive.getnames()}
    return sorted(inside - known - {"PKG-INFO"}) if known else []


def unpack(sdist: Path, folder: Path) -> Path:
    """Unpack an sdist and return the folder in it."""
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (inside,) = (path for path in folder.iterdir() if path.is_dir())
    return inside


def try_all() -> None:
    """Try the wheel with all tests that need no source, then the sdist with those of the package, and its own tree."""
    (sdist,), (wheel,) = DIST.glob("*.tar.gz"), DIST.glob("*.whl")
    try_one(wheel, sdist, [*TESTS, "--nbval", "--nbval-cell-timeout=120"])
    try_one(sdist, sdist, [*TESTS[:1], *TESTS[2:]])
    print("Both install in a clean environment, and the tests pass there.")


def try_one(what: Path, sdist: Path, tests: list[str]) -> None:
    """Install one archive in a clean environment; run the tests from the sdist, without the source."""
    since = time.monotonic()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        tree = unpack(sdist, folder)
        sys.path.insert(0, str(ROOT / "tools"))
        import environment

        project = tomllib.loads((tree / "pyproject.toml").read_text(encoding="utf-8"))
        lock = environment.choose_lock(project, "test", "locked")
        clean, python = folder / "env", environment.program(folder / "env")
        environment.create(clean)
        if lock:
            environment.pip(clean, "--require-hashes", "--requirement", str(lock))
            environment.pip(clean, "--no-deps", "--no-build-isolation", str(what))
        else:
            environment.pip(clean, f"lstm_helpers[test] @ {what.as_uri()}")
        source = tree / "lstm_helpers"
        source.rename(folder / "source")
        ask = "import lstm_helpers as found; print(found.__version__, found.__file__)"
        said = subprocess.run([python, "-c", ask], cwd=tree, stdout=subprocess.PIPE, check=True).stdout.decode()
        own, place = said.strip().split(" ", 1)
        expected = sdist.name.removeprefix("lstm_helpers-").removesuffix(".tar.gz")
        if own != expected or not Path(place).resolve().is_relative_to(clean.resolve()):
            sys.exit(f"{what.name}: expected {expected} in {clean}, found {own} in {place}")
        print(f"{what.name}: installed; running the tests of the sdist", flush=True)
        share = ["-n", "auto", "--maxprocesses=4", "--dist=loadscope"]
        run_tests(python, tree, [*tests, *share])
        if what == sdist:
            (folder / "source").rename(source)
            run_tests(python, tree, SOURCE)
    print(f"{what.name}: passed, {time.monotonic() - since:.0f} s", flush=True)


def run_tests(python: Path, tree: Path, arguments: list[str]) -> None:
    """Run pytest in the unpacked tree and stop if anything fails."""
    done = subprocess.run([python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments], cwd=tree)
    if done.returncode:
        sys.exit(f"The tests failed with what was installed in {python.parents[1]}.")


if __name__ == "__main__":
    main()
