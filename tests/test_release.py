"""What is released: a tag that is the version, archives that hold all, a workflow with few rights."""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tarfile
import types
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
WORKFLOWS = ROOT / ".github" / "workflows"
WORKFLOW = (WORKFLOWS / "release.yml").read_text(encoding="utf-8")
JOBS = yaml.safe_load(WORKFLOW)["jobs"]
NEEDS_GIT = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def release(monkeypatch, tmp_path) -> types.ModuleType:
    for name in [one for one in os.environ if one.startswith(("GIT_", "SETUPTOOLS_SCM_", "SOURCE_DATE_EPOCH"))]:
        monkeypatch.delenv(name)
    spec = importlib.util.spec_from_file_location("release", ROOT / "tools" / "release.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "DIST", tmp_path / "archives")
    return module


@pytest.fixture
def small(release, monkeypatch, tmp_path) -> Path:
    """A project with this one's settings and little in it: no repository yet."""
    folder = tmp_path / "small"
    names = ".gitignore CHANGELOG.md CITATION.cff LICENSE README.md lstm_helpers/__init__.py pyproject.toml"
    for name in names.split():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    monkeypatch.setattr(release, "ROOT", folder)
    return folder


@pytest.fixture
def repository(small) -> Path:
    git(small, "init", "--quiet")
    git(small, "add", "--all")
    commit(small)
    return small


def git(folder: Path, *arguments: str) -> None:
    settings = "user.name=A", "user.email=a@example.org", "commit.gpgsign=false", "tag.gpgsign=false"
    command = ["git", "-C", str(folder), *(part for one in settings for part in ("-c", one)), *arguments]
    subprocess.run(command, check=True)


def commit(folder: Path) -> None:
    git(folder, "commit", "--quiet", "--all", "--allow-empty", "--message", "Change something")


def built(release) -> set[str]:
    release.build()
    return {path.name for path in release.DIST.iterdir()}


def archives(version: str) -> set[str]:
    return {f"lstm_helpers-{version}.tar.gz", f"lstm_helpers-{version}-py3-none-any.whl"}


# --- the version


@NEEDS_GIT
def test_the_tag_is_the_version_and_after_it_come_versions_in_development(release, repository):
    assert built(release) == archives("0.0.1.dev1"), "no tag at all: the commits are counted"
    git(repository, "tag", "v0.2.0")
    assert built(release) == archives("0.2.0")
    commit(repository)
    git(repository, "tag", "course-2026")
    commit(repository)
    assert built(release) == archives("0.2.1.dev2"), "only tags of versions count"


@NEEDS_GIT
def test_a_changed_file_is_no_longer_the_tagged_version(release, repository):
    git(repository, "tag", "v0.2.0")
    with (repository / "README.md").open("a", encoding="utf-8") as file:
        file.write("More.\n")
    assert release.version() == "0.2.1.dev0"


def test_source_without_git_or_a_repository_has_the_version_that_is_said_to_be_unknown(release, small, monkeypatch):
    assert built(release) == archives("0.0.0")
    (small / ".git").mkdir()
    monkeypatch.setenv("PATH", "")
    assert release.version() == "0.0.0"


@NEEDS_GIT
def test_an_unpacked_sdist_keeps_its_version_wherever_it_is(release, repository, monkeypatch):
    git(repository, "tag", "v0.2.0")
    sdist = release.build()
    commit(repository)
    monkeypatch.setattr(release, "ROOT", release.unpack(sdist, repository / "build"))
    assert built(release) == archives("0.2.0")


@NEEDS_GIT
def test_a_shallow_clone_and_one_of_another_owner_have_a_version(release, repository, monkeypatch, tmp_path):
    git(repository, "tag", "v0.2.0")
    commit(repository)
    git(tmp_path, "clone", "--quiet", "--depth=1", repository.as_uri(), "shallow")
    monkeypatch.setattr(release, "ROOT", tmp_path / "shallow")
    assert release.version() == "0.0.1.dev1", "its tag was not fetched"
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "true")
    monkeypatch.setattr(release, "ROOT", repository)
    assert release.git("log") == "", "git refuses"
    assert built(release) == archives("0.2.1.dev1")


# --- the tag


@NEEDS_GIT
def test_the_tag_of_what_is_here_is_taken_and_any_other_refused(release, repository):
    changes, citation = repository / "CHANGELOG.md", repository / "CITATION.cff"
    head = changes.read_text(encoding="utf-8")
    changes.write_text(head.replace("## [Unreleased]", "## [Unreleased]\n\n## [7.8.9]"), encoding="utf-8")
    text = re.sub(r"(?m)^version: .*", "version: 7.8.9", citation.read_text(encoding="utf-8"))
    citation.write_text(text, encoding="utf-8")
    commit(repository)
    git(repository, "tag", "v7.8.9")
    assert release.objections("v7.8.9") == []
    for tag in ("7.8.9", "v7.8.9.1", ""):
        assert f"the tag is {tag}, but what is here is 7.8.9" in release.objections(tag)[0]
    commit(repository)
    assert "what is here is 7.8.10.dev1" in release.objections("v7.8.9")[0]


@NEEDS_GIT
def test_a_version_that_the_changelog_or_the_citation_does_not_have_is_refused(release, repository):
    git(repository, "tag", "v7.8.9")
    said = release.objections("v7.8.9")
    assert said == ["CHANGELOG.md says nothing under [7.8.9]", "CITATION.cff does not name 7.8.9"]
    changes = repository / "CHANGELOG.md"
    head = changes.read_text(encoding="utf-8")
    changes.write_text(head.replace("## [Unreleased]", "## [7.8.9]\n\n## [Unreleased]"), encoding="utf-8")
    assert "CHANGELOG.md says nothing" in " ".join(release.objections("v7.8.9")), "an empty section is none"


# --- the archives


def test_building_twice_gives_the_same_bytes(release):
    digests = []
    for _ in range(2):
        release.build()
        files = sorted(release.DIST.iterdir())
        digests.append([(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files])
    assert digests[0] == digests[1] and len(digests[0]) == 2


def test_the_sdist_holds_what_its_own_tests_read(release, tmp_path):
    tree = release.unpack(release.build(), tmp_path / "tree")
    for name in (
        "conftest.py",
        "CONTRIBUTING.md",
        "benchmarks/cases.py",
        "tests/conftest.py",
        "tools/lite.py",
        "docs/hub.md",
    ):
        assert (tree / name).is_file(), f"{name} is not in the sdist"
    assert {path.name for path in (tree / "notebooks").glob("*.ipynb")} == {
        path.name for path in (ROOT / "notebooks").glob("*.ipynb")
    }


@NEEDS_GIT
def test_what_git_ignores_is_left_out_and_what_it_does_not_know_is_refused(release, repository, monkeypatch, capsys):
    for name in (
        ".venv-3.13/bin/python",
        "benchmarks/results/here.json",
        "build/lite/index.html",
        "dist/old.whl",
        "lstm_helpers/__pycache__/x.pyc",
        "notebooks/.ipynb_checkpoints/00.ipynb",
        "scratch.py",
    ):
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
        (repository / name).touch()
    with tarfile.open(release.build()) as archive:
        inside = {name.split("/", 1)[1] for name in archive.getnames()}
    listed = ".gitignore CHANGELOG.md CITATION.cff LICENSE PKG-INFO README.md lstm_helpers/__init__.py pyproject.toml"
    assert inside == set(listed.split())
    monkeypatch.setattr(sys, "argv", ["release.py", "build"])
    release.main()
    (repository / "notebooks" / "mine.ipynb").touch()
    with pytest.raises(SystemExit, match=r"git does not know notebooks/mine\.ipynb"):
        release.main()
    assert not release.DIST.exists()


# --- the workflow, which cannot be run here


def test_the_workflow_says_that_it_was_not_run():
    assert "could not be run where" in WORKFLOW.split("name: release")[0]


def test_the_workflow_has_no_rights_but_those_each_job_asks_for():
    assert yaml.safe_load(WORKFLOW)["permissions"] == {}
    rights = {name: job["permissions"] for name, job in JOBS.items()}
    assert rights.pop("package") == rights.pop("site") == {"contents": "read"}
    assert rights == {
        "publish-site": {"pages": "write", "id-token": "write"},
        "publish-package": {"id-token": "write"},
        "publish-release": {"contents": "write"},
    }
    assert "secrets." not in WORKFLOW


def test_nothing_is_published_but_from_a_tag_and_after_all_was_built():
    for name, job in JOBS.items():
        if name.startswith("publish"):
            assert job["if"] == "github.ref_type == 'tag'" and job["needs"]
            assert not any("checkout" in step.get("uses", "") for step in job["steps"]), "only what was built"
        else:
            assert job["timeout-minutes"] <= 60


def test_the_workflow_calls_only_make_targets_that_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    called = set(
        re.findall(r"make ([a-z-]+)", " ".join(s.get("run", "") for job in JOBS.values() for s in job["steps"]))
    )
    assert called >= {"dist", "dist-check", "lite", "site"}
    assert called - targets <= {"site"} if "site" not in targets else called <= targets


def test_what_builds_a_version_fetches_the_tags():
    site = yaml.safe_load((WORKFLOWS / "site.yml").read_text(encoding="utf-8"))["jobs"]["site"]
    for job in (JOBS["package"], JOBS["site"], site):
        (checkout,) = [step for step in job["steps"] if "checkout" in step.get("uses", "")]
        assert checkout["with"]["fetch-depth"] == 0


def test_no_expression_of_a_pusher_is_pasted_into_a_shell():
    for job in JOBS.values():
        for step in job["steps"]:
            assert "${{" not in step.get("run", ""), "hand it over in env"
