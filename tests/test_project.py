"""The promises made around the code: one list of dependencies, locks that follow it, a package that holds its data."""

import importlib.util
import json
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import types
import venv
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

import lstm_helpers

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
PYTHONS = PYPROJECT["tool"]["lstm_helpers"]["locks"]
ONLY_LOOKS_AT_CODE = {"ruff", "mypy", "import-linter", "oxfmt", "oxlint"}
SKIPPED = re.compile(r"\.venv.*|\.git|\..*_cache|__pycache__|\.hypothesis|\.ipynb_checkpoints|build|dist")


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def bounds(*extras: str) -> dict[str, SpecifierSet]:
    texts = [*PROJECT["dependencies"], *(text for extra in extras for text in PROJECT["optional-dependencies"][extra])]
    wanted = [Requirement(text) for text in texts]
    return {canonicalize_name(r.name): r.specifier for r in wanted if canonicalize_name(r.name) != "lstm-helpers"}


def locked(name: str) -> dict[str, set[str]]:
    """The versions of each package in a lock: more than one where Pythons or platforms differ."""
    found: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([a-z0-9.-]+)==([^ ]+) .*\\$", read(f"locks/{name}.txt"), re.MULTILINE):
        found.setdefault(canonicalize_name(package), set()).add(version)
    return found


# --- dependencies


def test_conda_environment_reads_and_tests_with_pyprojects_packages():
    environment = yaml.safe_load(read("environment.yml"))
    *packages, pip = environment["dependencies"]
    *from_pip, itself = pip["pip"]  # playwright's Python package has another name, or none, in conda's channels
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


@pytest.mark.parametrize("name", ["read", "test", "oldest", "site", "site-oldest"])
def test_locks_are_hashed_and_name_no_registry(name):
    text = read(f"locks/{name}.txt")
    assert "://" not in text and "index-url" not in text and "find-links" not in text and " @ " not in text
    entries = re.split(r"\n(?=[a-z0-9])", text)[1:]
    assert len(entries) > 50 and all("--hash=sha256:" in entry for entry in entries)


@pytest.mark.parametrize(
    ("name", "extras"),
    [("read", ["read"]), ("test", ["read", "build", "test"]), ("site", ["read", "build", "test", "site"])],
)
def test_locks_follow_the_bounds(name, extras):
    versions = locked(name)
    for package, specifier in bounds(*extras).items():
        assert package in versions, f"{package} is not in locks/{name}.txt: run `make lock`"
        assert all(specifier.contains(v) for v in versions[package]), f"{package}: run `make lock`"


def test_the_oldest_lock_holds_exactly_the_lower_bounds():
    versions = locked("oldest")
    for package, specifier in bounds("read", "build", "test").items():
        (bound,) = [Version(part.version) for part in specifier]
        assert {Version(version) for version in versions[package]} == {bound}, f"{package}{specifier}: run `make lock`"


def test_one_environment_serves_reading_and_testing():
    tests = locked("test")
    assert {package: tests.get(package) for package in locked("read")} == locked("read")


def test_the_oldest_lock_of_the_web_edition_holds_its_lower_bounds():
    versions = locked("site-oldest")
    for package, specifier in bounds("site").items():
        (bound,) = [Version(part.version) for part in specifier]
        assert {Version(version) for version in versions[package]} == {bound}, f"{package}{specifier}: run `make lock`"


def test_the_web_edition_is_built_with_the_versions_that_are_tested():
    site = locked("site")
    assert {package: site.get(package) for package in locked("test")} == locked("test")


def test_the_build_needs_nothing_unhashed():
    assert PYPROJECT["build-system"]["requires"] == PROJECT["optional-dependencies"]["build"]
    for text in PYPROJECT["build-system"]["requires"]:
        wanted = Requirement(text)
        for name in ("read", "test", "oldest", "site", "site-oldest", "lite", "lite-check"):
            assert all(wanted.specifier.contains(version) for version in locked(name)[canonicalize_name(wanted.name)])


def test_locks_are_for_pythons_the_project_supports():
    assert PYTHONS["locked"][0] == PYTHONS["oldest"][0] == PROJECT["requires-python"].removeprefix(">=")
    for name, file in (("locked", "read"), ("locked", "test"), ("oldest", "oldest")):
        assert set(PYTHONS[name]) <= {"3.11", "3.12", "3.13", "3.14"}, file


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


def test_wheel_and_sdist_hold_the_data(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True)
    (wheel,), (sdist,) = tmp_path.glob("*.whl"), tmp_path.glob("*.tar.gz")
    package = [path for path in (ROOT / "lstm_helpers").rglob("*") if path.is_file() and path.suffix != ".pyc"]
    expected = {path.relative_to(ROOT).as_posix() for path in package if "__pycache__" not in path.parts}
    assert {name.rsplit(".", 1)[-1] for name in expected} >= {"py", "npz", "csv", "js", "typed"}
    with zipfile.ZipFile(wheel) as archive:
        assert expected <= set(archive.namelist())
    with tarfile.open(sdist) as archive:
        inside = {name.split("/", 1)[-1] for name in archive.getnames()}
    assert expected | {f"environment/{name}" for name in shipped()} <= inside
    assert {"LICENSE", "LICENSE-text", "Makefile", "environment.yml", "locks/test.txt", "pyproject.toml"} <= inside
    assert not any("__pycache__" in name or ".venv" in name for name in inside)


def shipped() -> set[str]:
    """What JupyterLab reads at its start, by its place in an environment."""
    files = (path.relative_to(ROOT / "environment") for path in (ROOT / "environment").rglob("*") if path.is_file())
    return {path.as_posix() for path in files}


@pytest.mark.parametrize("kind", ["standard", "editable"])
def test_every_way_to_install_brings_what_jupyterlab_reads(kind, tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "--target", f"wheel:{kind}", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        inside = {name.partition(".data/data/")[2] for name in archive.namelist()}
    assert inside - {""} == shipped() != set()


def test_jupyterlab_reads_them_where_they_are_brought():
    """Each file has a name of its own there, beside those of other packages and of the reader."""
    assert shipped() == {
        "etc/jupyter/jupyter_server_config.d/lstm_helpers.json",
        "share/jupyter/lab/settings/overrides.d/lstm_helpers.json",
    }
    config = json.loads(read("environment/etc/jupyter/jupyter_server_config.d/lstm_helpers.json"))
    (extension,) = config["ServerApp"]["jpserver_extensions"]
    assert importlib.import_module(extension)._jupyter_server_extension_points() == [{"module": extension}]


def test_every_module_has_a_floor():
    (contract,) = PYPROJECT["tool"]["importlinter"]["contracts"]
    floors = {name.strip(" ()") for layer in contract["layers"] for name in re.split(r"[|:]", layer)}
    modules = {p.stem for p in (ROOT / "lstm_helpers").iterdir() if p.suffix == ".py" or (p / "__init__.py").is_file()}
    assert floors == modules - {"__init__"}
    assert contract["exhaustive"] is True


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
def environment(monkeypatch) -> types.ModuleType:
    spec = importlib.util.spec_from_file_location("environment", ROOT / "tools" / "environment.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.installed = []
    monkeypatch.setattr(module, "install", lambda folder, lock, wanted: module.installed.append((lock, wanted)))
    return module


@pytest.fixture
def quick_venv(environment, monkeypatch, tmp_path) -> Path:
    """A folder for an environment that is made without pip, which is what takes the time."""

    def make(command, **options):
        if command[1:3] == ["-m", "venv"]:
            venv.create(command[3], symlinks=os.name != "nt")
            return types.SimpleNamespace(returncode=0)
        return run(command, **options)

    run = subprocess.run
    monkeypatch.setattr(environment.subprocess, "run", make)
    return tmp_path / "venv"


def sets(environment) -> list[str]:
    return [wanted for _, wanted in environment.installed]


def test_second_time_installs_nothing(environment, quick_venv):
    environment.prepare(quick_venv, "read", "newest")
    environment.prepare(quick_venv, "read", "newest")
    assert sets(environment) == ["read"]


def test_tests_are_added_to_reading_and_then_serve_it(environment, quick_venv):
    for wanted in ("read", "test", "read", "test", "frameworks", "test", "read", "frameworks"):
        environment.prepare(quick_venv, wanted, "newest")
    assert sets(environment) == ["read", "test", "frameworks"]


def test_the_web_editions_environment_stands_alone(environment, quick_venv):
    environment.prepare(quick_venv, "site", "locked" if environment.RUNNING in PYTHONS["locked"] else "newest")
    environment.prepare(quick_venv, "site", "locked" if environment.RUNNING in PYTHONS["locked"] else "newest")
    environment.prepare(quick_venv, "test", "newest")
    assert sets(environment) == ["site", "test"]
    for deps in ("locked", "oldest"):
        if environment.RUNNING in PYTHONS[deps]:
            lock = environment.choose_lock(PYPROJECT, "site", deps)
            assert lock.name == {"locked": "site.txt", "oldest": "site-oldest.txt"}[deps]


def test_new_bounds_are_installed_into_what_is_there(environment, quick_venv, monkeypatch):
    environment.prepare(quick_venv, "read", "newest")
    (quick_venv / "kept").touch()
    monkeypatch.setattr(environment, "digest", lambda project, lock, wanted: "changed")
    environment.prepare(quick_venv, "read", "newest")
    assert sets(environment) == ["read", "read"] and (quick_venv / "kept").exists()


def test_new_settings_for_jupyterlab_are_installed_into_what_is_there(environment, quick_venv, monkeypatch, tmp_path):
    environment.prepare(quick_venv, "read", "newest")
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "other.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(environment, "SHIPPED", tmp_path / "etc")
    environment.prepare(quick_venv, "read", "newest")
    assert sets(environment) == ["read", "read"]


def test_new_frameworks_are_installed_into_what_is_there(environment, quick_venv, monkeypatch, tmp_path):
    environment.prepare(quick_venv, "frameworks", "newest")
    monkeypatch.setattr(environment, "FRAMEWORKS", tmp_path / "frameworks.txt")
    (tmp_path / "frameworks.txt").write_text("torch==9.0\n", encoding="utf-8")
    environment.prepare(quick_venv, "test", "newest")
    assert sets(environment) == ["frameworks", "frameworks"]


def test_frameworks_come_after_the_locked_set_and_nowhere_else(monkeypatch, tmp_path):
    spec = importlib.util.spec_from_file_location("environment", ROOT / "tools" / "environment.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    calls = []
    monkeypatch.setattr(module, "pip", lambda folder, *arguments: calls.append(arguments))
    module.install(tmp_path, ROOT / "locks" / "test.txt", "test")
    light = list(calls)
    module.install(tmp_path, ROOT / "locks" / "test.txt", "frameworks")
    assert calls[len(light) :] == [*light, ("--requirement", str(module.FRAMEWORKS))]
    assert "frameworks.txt" not in str(light)


def test_the_frameworks_versions_are_within_the_bounds():
    listed = [Requirement(line) for line in read("tools/frameworks.txt").splitlines() if not line.startswith("#")]
    for one in listed:
        (part,) = one.specifier
        assert part.operator == "==" and bounds("frameworks")[one.name].contains(part.version), str(one)
    assert {one.name for one in listed} >= {"torch", "keras"}


def test_interrupted_install_starts_over(environment, quick_venv, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(environment, "install", interrupt)
        environment.prepare(quick_venv, "read", "newest")
    (quick_venv / "half").touch()
    environment.prepare(quick_venv, "read", "newest")
    assert sets(environment) == ["read"] and not (quick_venv / "half").exists()


@pytest.mark.parametrize("damage", ["moved", "no python", "stamp"])
def test_broken_environment_is_made_anew(environment, quick_venv, damage):
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
    assert sets(environment) == ["read", "read"]
    assert environment.works(folder) and not (folder / "old").exists()
    assert json.loads((folder / environment.STAMP).read_text(encoding="utf-8"))["folder"] == str(folder)


def test_folder_of_somebody_else_is_left_alone(environment, tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(SystemExit, match="left alone"):
        environment.prepare(tmp_path, "read", "newest")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_python_without_a_lock_uses_the_bounds_and_says_so(environment, monkeypatch, capsys):
    monkeypatch.setattr(environment, "RUNNING", "3.99")
    assert environment.choose_lock(PYPROJECT, "read", "locked") is None
    assert "3.99" in capsys.readouterr().out
    with pytest.raises(SystemExit, match=r"not for 3\.99"):
        environment.choose_lock(PYPROJECT, "test", "oldest")


def test_python_without_venv_is_told_what_to_install(environment, monkeypatch, tmp_path):
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match=r"apt install python3\.\d+-venv"):
        environment.create(tmp_path / "venv")


def test_old_python_is_told_so_before_anything_else():
    program = "import sys, runpy; sys.version_info = (3, 9, 2); runpy.run_path(sys.argv[1])"
    command = [sys.executable, "-c", program, str(ROOT / "tools" / "environment.py")]
    answer = subprocess.run(command, capture_output=True, text=True)
    assert answer.returncode == 1
    assert "needs Python 3.11 or newer" in answer.stderr and "is Python 3.9" in answer.stderr


def test_clean_removes_only_what_make_made(environment, tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    for name in (".venv", ".venv-mine", ".pytest_cache", "notebooks/.ipynb_checkpoints"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / ".venv" / environment.STAMP).touch()
    environment.clean()
    left = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*"))
    assert left == [".venv-mine", "notebooks", "notebooks/.ipynb_checkpoints"]
