"""The promises made around the code: one list of dependencies, locks that follow it, a package that holds its data."""

import ast
import importlib
import json
import os
import pkgutil
import re
import subprocess
import sys
import tomllib
import types
import venv
import zipfile
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

import lstm_helpers
from tools import environment, release
from tools.lock import entries

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
PYTHONS = PYPROJECT["tool"]["lstm_helpers"]["locks"]
ONLY_LOOKS_AT_CODE = {"check-manifest", "ruff", "mypy", "import-linter", "oxfmt", "oxlint"}
SKIPPED = re.compile(r"\.venv.*|\.git|\..*_cache|__pycache__|\.hypothesis|\.ipynb_checkpoints|build|dist")


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def bounds(*extras: str) -> dict[str, SpecifierSet]:
    texts = [*PROJECT["dependencies"], *(text for extra in extras for text in PROJECT["optional-dependencies"][extra])]
    wanted = [Requirement(text) for text in texts]
    return {canonicalize_name(r.name): r.specifier for r in wanted if canonicalize_name(r.name) != "lstm-helpers"}


@cache
def locked(name: str) -> dict[str, set[Version]]:
    """The versions of each package in a lock: more than one where Pythons or platforms differ."""
    packages = entries(ROOT / "locks" / f"{name}.txt")
    return {
        canonicalize_name(package): {lowest(Requirement(one.split(" \\")[0]).specifier) for one in many}
        for package, many in packages.items()
    }


def lowest(specifier: SpecifierSet) -> Version:
    (bound,) = specifier
    return Version(bound.version)


# --- dependencies


def test_conda_environment_reads_and_tests_with_pyprojects_packages():
    environment = yaml.safe_load(read("environment.yml"))
    *packages, pip = environment["dependencies"]
    *from_pip, itself = pip["pip"]  # these have another name, or none, in conda's channels
    assert itself == "-e ."
    assert packages[0].removeprefix("python=") in PYTHONS["locked"] and packages[1] == "pip"
    listed = [Requirement(text) for text in (*packages[2:], *from_pip)]
    wanted = {name: bound for name, bound in bounds("read", "build", "test").items() if name not in ONLY_LOOKS_AT_CODE}
    assert {canonicalize_name(one.name): one.specifier for one in listed} == wanted
    assert environment["channels"] == ["conda-forge"]


def test_repo2docker_would_take_environment_yml_and_nothing_else():
    """Its rules, as its source has them: these come before environment.yml, or would be run or installed besides."""
    (python,) = [
        one for one in yaml.safe_load(read("environment.yml"))["dependencies"] if str(one).startswith("python")
    ]
    assert re.match(r"python\s*=+\s*(\d+\.\d+)$", python), "it knows a Python only if one is pinned so, X.Y"
    first = "Dockerfile Project.toml REQUIRE default.nix DESCRIPTION install.R".split()
    besides = "binder .binder apt.txt postBuild start runtime.txt requirements.txt Pipfile".split()
    assert not [name for name in (*first, *besides) if (ROOT / name).exists()]


def test_bounds_are_lower_bounds_and_nothing_is_pinned():
    for name, specifier in bounds("read", "build", "test", "frameworks", "site").items():
        assert [part.operator for part in specifier] == [">="], f"{name}{specifier}"


EXTRAS = {  # what each lock is made from
    "read": ["read"],
    "test": ["read", "build", "test"],
    "site": ["read", "build", "test", "site"],
    "oldest": ["read", "build", "test"],
    "site-oldest": ["site"],
}
LOCKS = (*EXTRAS, "lite", "lite-check")


@pytest.mark.parametrize("name", LOCKS)
def test_locks_are_hashed_name_no_registry_and_hold_what_builds(name):
    text = read(f"locks/{name}.txt")
    assert "://" not in text and "index-url" not in text and "find-links" not in text and " @ " not in text
    packages = entries(ROOT / "locks" / f"{name}.txt")
    assert len(packages) > 50 and all("--hash=sha256:" in one for many in packages.values() for one in many)
    for wanted in map(Requirement, PYPROJECT["build-system"]["requires"]):
        assert all(wanted.specifier.contains(one) for one in locked(name)[canonicalize_name(wanted.name)])


@pytest.mark.parametrize("name", EXTRAS)
def test_locks_follow_the_bounds_and_the_oldest_hold_exactly_them(name):
    versions = locked(name)
    for package, specifier in bounds(*EXTRAS[name]).items():
        assert package in versions, f"{package} is not in locks/{name}.txt: run `make lock`"
        wanted = {lowest(specifier)} if "oldest" in name else set(specifier.filter(versions[package]))
        assert versions[package] == wanted, f"{package}{specifier}: run `make lock`"


@pytest.mark.parametrize(("part", "whole"), [("read", "test"), ("test", "site")])
def test_what_is_read_tested_and_built_has_the_same_versions(part, whole):
    assert {package: locked(whole).get(package) for package in locked(part)} == locked(part)


def test_the_build_needs_nothing_unhashed():
    assert set(PYPROJECT["build-system"]["requires"]) < set(PROJECT["optional-dependencies"]["build"])


def test_locks_are_for_pythons_the_project_supports():
    assert PYTHONS["locked"][0] == PYTHONS["oldest"][0] == PROJECT["requires-python"].removeprefix(">=")


# --- the package


def test_importing_the_package_draws_nothing_in():
    heavy = "{'matplotlib', 'ipywidgets', 'anywidget', 'IPython'}"
    program = f"import sys, lstm_helpers; print(sorted({heavy} & set(sys.modules)))"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    answer = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]" and answer.stderr == ""


def test_the_package_knows_the_version_it_was_installed_with():
    assert lstm_helpers.__version__ == metadata.version("lstm_helpers") and Version(lstm_helpers.__version__)


def test_without_an_installation_the_package_has_the_fallback_version():
    program = "\n".join(
        [
            "from importlib import metadata",
            "def version(name): raise metadata.PackageNotFoundError(name)",
            "metadata.version = version",
            "import lstm_helpers; print(lstm_helpers.__version__)",
        ]
    )
    answer = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == PYPROJECT["tool"]["hatch"]["version"]["fallback-version"]


def test_the_citation_names_the_newest_version_in_the_changelog():
    newest = re.search(r"^## \[(\d[^]]*)\]", read("CHANGELOG.md"), re.MULTILINE)[1]
    assert yaml.safe_load(read("CITATION.cff"))["version"] == newest


def test_citation_has_what_the_format_requires():
    citation = yaml.safe_load(read("CITATION.cff"))
    assert citation["cff-version"] == "1.2.0" and citation["message"] and citation["title"]
    assert citation["authors"] == PROJECT["authors"]


def shipped() -> set[str]:
    """What JupyterLab reads at its start, by its place in an environment."""
    files = (path.relative_to(ROOT / "environment") for path in (ROOT / "environment").rglob("*") if path.is_file())
    return {path.as_posix() for path in files}


def test_the_wheel_holds_the_data_and_what_jupyterlab_reads(tmp_path):
    with zipfile.ZipFile(release.build(tmp_path, "wheel")) as archive:
        inside = set(archive.namelist())
    package = [path for path in (ROOT / "lstm_helpers").rglob("*") if path.is_file() and path.suffix != ".pyc"]
    expected = {path.relative_to(ROOT).as_posix() for path in package if "__pycache__" not in path.parts}
    assert {name.rsplit(".", 1)[-1] for name in expected} >= {"py", "npz", "csv", "js", "typed"}
    assert expected == {name for name in inside if name.startswith("lstm_helpers/")}
    assert {name.partition(".data/data/")[2] for name in inside} - {""} == shipped() != set()


def test_a_link_to_the_source_brings_them_too(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel:editable", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        assert {name.partition(".data/data/")[2] for name in archive.namelist()} - {""} == shipped()


def test_jupyterlab_reads_them_where_they_are_brought():
    """Each file has a name of its own there, beside those of other packages and of the reader."""
    assert shipped() == {
        "etc/jupyter/jupyter_server_config.d/lstm_helpers.json",
        "share/jupyter/lab/settings/overrides.d/lstm_helpers.json",
    }
    config = json.loads(read("environment/etc/jupyter/jupyter_server_config.d/lstm_helpers.json"))
    (extension,) = config["ServerApp"]["jpserver_extensions"]
    assert importlib.import_module(extension)._jupyter_server_extension_points() == [{"module": extension}]


def test_every_module_has_a_layer():
    (contract,) = PYPROJECT["tool"]["importlinter"]["contracts"]
    layers = {name.strip(" ()") for layer in contract["layers"] for name in re.split(r"[|:]", layer)}
    modules = {p.stem for p in (ROOT / "lstm_helpers").iterdir() if p.suffix == ".py" or (p / "__init__.py").is_file()}
    assert layers == modules - {"__init__"}
    assert contract["exhaustive"] is True


def test_every_module_offers_only_what_it_has():
    for found in pkgutil.walk_packages(lstm_helpers.__path__, "lstm_helpers."):
        module = importlib.import_module(found.name)
        missing = [name for name in getattr(module, "__all__", []) if not hasattr(module, name)]
        assert not missing, f"{found.name}.__all__ names {', '.join(missing)}, which it does not have"


# --- what a reader types


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*##", read("Makefile"), re.MULTILINE))


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "docs/teaching.md", "docs/hub.md"])
def test_documents_name_only_commands_and_files_that_exist(document):
    text = read(document)
    assert set(re.findall(r"(?:`|^\$ )make ([a-z-]+)", text, re.MULTILINE)) <= targets()
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert ((ROOT / document).parent / target).exists(), f"{document} links to {target}"


def test_project_names_no_machine_path_and_no_registry_of_a_workplace():
    machine = re.compile("/" + r"(?:root|work|Users|home)/\w|/tmp/\w")
    for folder, names, files in os.walk(ROOT):
        names[:] = [name for name in names if not SKIPPED.fullmatch(name)]
        for file in files:
            path = Path(folder, file)
            if path.suffix in {".npz", ".png", ".pyc", ".part"}:
                continue
            found = machine.search(path.read_text(encoding="utf-8"))
            assert not found, f"{path.relative_to(ROOT)} holds {found[0]}"


# --- tools/environment.py


@pytest.fixture
def installed(monkeypatch) -> list[tuple[Path | None, str]]:
    """What would have been installed: the lock and the set."""
    calls: list[tuple[Path | None, str]] = []
    monkeypatch.setattr(environment, "install", lambda folder, lock, wanted: calls.append((lock, wanted)))
    return calls


@pytest.fixture
def quick_venv(installed, monkeypatch, tmp_path) -> Path:
    """A folder for an environment that is made without pip, which is what takes the time."""

    def make(command, **options):
        if command[1:3] == ["-m", "venv"]:
            venv.create(command[3], symlinks=os.name != "nt")
            return types.SimpleNamespace(returncode=0)
        return run(command, **options)

    run = subprocess.run
    monkeypatch.setattr(environment.subprocess, "run", make)
    return tmp_path / "venv"


def test_second_time_installs_nothing(installed, quick_venv):
    environment.prepare(quick_venv, "read", "newest")
    environment.prepare(quick_venv, "read", "newest")
    assert [wanted for _, wanted in installed] == ["read"]


def test_tests_are_added_to_reading_and_then_serve_it(installed, quick_venv):
    for wanted in ("read", "test", "read", "test", "frameworks", "test", "read", "frameworks"):
        environment.prepare(quick_venv, wanted, "newest")
    assert [wanted for _, wanted in installed] == ["read", "test", "frameworks"]


def test_the_web_editions_environment_stands_alone(installed, quick_venv):
    environment.prepare(quick_venv, "site", "locked" if environment.RUNNING in PYTHONS["locked"] else "newest")
    environment.prepare(quick_venv, "site", "locked" if environment.RUNNING in PYTHONS["locked"] else "newest")
    environment.prepare(quick_venv, "test", "newest")
    assert [wanted for _, wanted in installed] == ["site", "test"]
    for deps in ("locked", "oldest"):
        if environment.RUNNING in PYTHONS[deps]:
            lock = environment.choose_lock(PYPROJECT, "site", deps)
            assert lock.name == {"locked": "site.txt", "oldest": "site-oldest.txt"}[deps]


def test_new_bounds_are_installed_into_what_is_there(installed, quick_venv, monkeypatch):
    environment.prepare(quick_venv, "read", "newest")
    (quick_venv / "kept").touch()
    monkeypatch.setattr(environment, "digest", lambda project, lock, wanted: "changed")
    environment.prepare(quick_venv, "read", "newest")
    assert [wanted for _, wanted in installed] == ["read", "read"] and (quick_venv / "kept").exists()


def test_new_settings_for_jupyterlab_are_installed_into_what_is_there(installed, quick_venv, monkeypatch, tmp_path):
    environment.prepare(quick_venv, "read", "newest")
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "other.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(environment, "SHIPPED", tmp_path / "etc")
    environment.prepare(quick_venv, "read", "newest")
    assert [wanted for _, wanted in installed] == ["read", "read"]


def test_new_frameworks_are_installed_into_what_is_there(installed, quick_venv, monkeypatch, tmp_path):
    environment.prepare(quick_venv, "frameworks", "newest")
    monkeypatch.setattr(environment, "FRAMEWORKS", tmp_path / "frameworks.txt")
    (tmp_path / "frameworks.txt").write_text("torch==9.0\n", encoding="utf-8")
    environment.prepare(quick_venv, "test", "newest")
    assert [wanted for _, wanted in installed] == ["frameworks", "frameworks"]


def test_frameworks_come_after_the_locked_set_and_nowhere_else(monkeypatch, tmp_path):
    calls = []
    monkeypatch.setattr(environment, "pip", lambda folder, *arguments: calls.append(arguments))
    environment.install(tmp_path, ROOT / "locks" / "test.txt", "test")
    light = list(calls)
    environment.install(tmp_path, ROOT / "locks" / "test.txt", "frameworks")
    assert calls[len(light) :] == [*light, ("--requirement", str(environment.FRAMEWORKS))]
    assert "frameworks.txt" not in str(light)


def test_the_frameworks_versions_are_within_the_bounds():
    listed = [Requirement(line) for line in read("tools/frameworks.txt").splitlines() if not line.startswith("#")]
    for one in listed:
        (part,) = one.specifier
        assert part.operator == "==" and bounds("frameworks")[one.name].contains(part.version), str(one)
    assert {one.name for one in listed} >= {"torch", "keras"}


def test_interrupted_install_starts_over(installed, quick_venv, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(environment, "install", interrupt)
        environment.prepare(quick_venv, "read", "newest")
    (quick_venv / "half").touch()
    environment.prepare(quick_venv, "read", "newest")
    assert [wanted for _, wanted in installed] == ["read"] and not (quick_venv / "half").exists()


@pytest.mark.parametrize("damage", ["moved", "no python", "stamp"])
def test_broken_environment_is_made_anew(installed, quick_venv, damage):
    environment.prepare(quick_venv, "read", "newest")
    folder = quick_venv
    if damage == "moved":
        folder = quick_venv.rename(quick_venv.with_name("elsewhere"))
    elif damage == "no python":
        environment.program(folder).unlink()
    else:
        (folder / environment.STAMP).write_text("{ half a", encoding="utf-8")
    (folder / "old").touch()
    environment.prepare(folder, "read", "newest")
    assert [wanted for _, wanted in installed] == ["read", "read"]
    assert environment.works(folder) and not (folder / "old").exists()
    assert json.loads((folder / environment.STAMP).read_text(encoding="utf-8"))["folder"] == str(folder)


def test_folder_of_somebody_else_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(SystemExit, match="left alone"):
        environment.prepare(tmp_path, "read", "newest")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_python_without_a_lock_uses_the_bounds_and_says_so(monkeypatch, capsys):
    monkeypatch.setattr(environment, "RUNNING", "3.99")
    assert environment.choose_lock(PYPROJECT, "read", "locked") is None
    assert "3.99" in capsys.readouterr().out
    with pytest.raises(SystemExit, match=r"not for 3\.99"):
        environment.choose_lock(PYPROJECT, "test", "oldest")


def test_python_without_venv_is_told_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match=r"apt install python3\.\d+-venv"):
        environment.create(tmp_path / "venv")


def test_old_python_is_told_so_before_anything_else():
    program = "import sys, runpy; sys.version_info = (3, 9, 2); runpy.run_path(sys.argv[1])"
    command = [sys.executable, "-c", program, str(ROOT / "tools" / "environment.py")]
    answer = subprocess.run(command, capture_output=True, text=True)
    assert answer.returncode == 1
    assert "needs Python 3.11 or newer" in answer.stderr and "is Python 3.9" in answer.stderr


def test_clean_removes_only_what_make_made(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    for name in (".venv", ".venv-mine", ".pytest_cache", "notebooks/.ipynb_checkpoints"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / ".venv" / environment.STAMP).touch()
    environment.clean()
    left = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*"))
    assert left == [".venv-mine", "notebooks", "notebooks/.ipynb_checkpoints"]


def test_any_stays_rare_in_signatures():
    """What may be anything is ``object``; the aliases that are Any for a reason are listed in arrays.py."""
    found = []
    for path in (ROOT / "lstm_helpers").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                marks = [node.returns, *(one.annotation for one in ast.walk(node.args) if isinstance(one, ast.arg))]
                names = [one.id for mark in marks if mark for one in ast.walk(mark) if isinstance(one, ast.Name)]
                found += [f"{path.name}:{node.lineno} {node.name}"] * ("Any" in names)
    assert len(found) <= 25, f"is it object, a Protocol or a TypeVar? {found}"
    said = (ROOT / "lstm_helpers" / "arrays.py").read_text(encoding="utf-8")
    for path in (ROOT / "lstm_helpers").rglob("*.py"):
        for name in re.findall(r"(?m)^(\w+)(?:: TypeAlias)? = .*\bAny\b", path.read_text(encoding="utf-8")):
            assert name in said, f"{path.name}: {name} is Any; say why in arrays.py"
