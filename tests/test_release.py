"""What is released: a tag that is the version, archives that hold all, a workflow with few rights."""

import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
import yaml

from tools import release

ROOT = Path(__file__).parents[1]
WORKFLOWS = ROOT / ".github" / "workflows"
WORKFLOW = (WORKFLOWS / "release.yml").read_text(encoding="utf-8")
JOBS = yaml.safe_load(WORKFLOW)["jobs"]
NEEDS_GIT = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def small(monkeypatch, tmp_path) -> Path:
    """A project with this one's settings and little in it: no repository yet."""
    for name in [one for one in os.environ if one.startswith(("GIT_", "SETUPTOOLS_SCM_"))]:
        monkeypatch.delenv(name)
    names = ".gitignore CHANGELOG.md CITATION.cff LICENSE README.md lstm_helpers/__init__.py pyproject.toml"
    for name in names.split():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.setattr(release, "ROOT", tmp_path)
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    settings = "user.name=A", "user.email=a@example.org", "commit.gpgsign=false", "tag.gpgsign=false"
    command = ["git", "-C", str(folder), *(part for one in settings for part in ("-c", one)), *arguments]
    subprocess.run(command, check=True)


# --- the version and its tag


@NEEDS_GIT
def test_the_tag_is_the_version_and_after_it_come_versions_in_development(small):
    assert release.version() == "0.0.0", "no repository"
    git(small, "init", "--quiet")
    git(small, "add", "--all")
    for tag in ("v0.2.0", "course-2026"):
        git(small, "commit", "--quiet", "--all", "--allow-empty", "--message", "Change something")
        git(small, "tag", tag)
    assert release.version() == "0.2.1.dev1", "only tags of versions count"
    git(small, "checkout", "--quiet", "v0.2.0")
    assert release.version() == "0.2.0"
    (small / "README.md").write_text("Changed.", encoding="utf-8")
    assert release.version() == "0.2.1.dev0"


def test_the_tag_of_what_is_here_is_taken_and_any_other_refused(small, monkeypatch):
    monkeypatch.setattr(release, "version", lambda: "7.8.9")
    assert release.objections("v7.8.9") == [
        "CHANGELOG.md says nothing under [7.8.9]",
        "CITATION.cff does not name 7.8.9",
    ]
    changes, citation = small / "CHANGELOG.md", small / "CITATION.cff"
    head = changes.read_text(encoding="utf-8")
    text = re.sub(r"(?m)^version: .*", "version: 7.8.9", citation.read_text(encoding="utf-8"))
    citation.write_text(text, encoding="utf-8")
    changes.write_text(head.replace("## [Unreleased]", "## [7.8.9]\n\n## [Unreleased]"), encoding="utf-8")
    assert release.objections("v7.8.9") == ["CHANGELOG.md says nothing under [7.8.9]"], "an empty section is none"
    changes.write_text(head.replace("## [Unreleased]", "## [Unreleased]\n\n## [7.8.9]"), encoding="utf-8")
    assert release.objections("v7.8.9") == []
    for tag in ("7.8.9", "v7.8.9.1", ""):
        assert f"the tag is {tag}, but what is here is 7.8.9" in release.objections(tag)[0]


# --- the archives: check-manifest compares them with what git knows (`make manifest`)


def test_one_builder_makes_the_wheel_and_says_why_it_cannot(small):
    wheel = release.build(small / "out", "wheel")
    assert [path.name for path in (small / "out").iterdir()] == [wheel.name]
    with zipfile.ZipFile(wheel) as archive:
        assert "lstm_helpers/__init__.py" in archive.namelist()
    (small / "LICENSE").unlink()
    (small / "pyproject.toml").write_text("[project", encoding="utf-8")
    with pytest.raises(SystemExit, match="could not be built"):
        release.build(small / "again")


# --- the workflow, which cannot be run here


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
