"""What is released: a tag that is the version, archives that hold all, a workflow with few rights."""

import hashlib
import importlib.util
import re
import shutil
import types
from pathlib import Path

import pytest
import yaml

import lstm_helpers

ROOT = Path(__file__).parents[1]
WORKFLOW = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
JOBS = yaml.safe_load(WORKFLOW)["jobs"]


@pytest.fixture
def release(monkeypatch) -> types.ModuleType:
    spec = importlib.util.spec_from_file_location("release", ROOT / "tools" / "release.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.chdir(ROOT)
    return module


@pytest.fixture
def project(tmp_path) -> Path:
    for name in ("lstm_helpers/__init__.py", "CHANGELOG.md", "CITATION.cff"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_the_version_is_read_from_source_and_needs_no_tag(release, project):
    assert release.version() == release.version(project) == lstm_helpers.__version__


def test_the_tag_of_this_version_is_taken_and_any_other_refused(release):
    own = lstm_helpers.__version__
    assert release.objections(f"v{own}") == []
    for tag in (own, f"v{own}.1", "v99.0.0", "", f"V{own}"):
        assert f"expected v{own}" in release.objections(tag)[0]


def test_a_version_that_the_changelog_or_the_citation_does_not_have_is_refused(release, project):
    init = project / "lstm_helpers" / "__init__.py"
    init.write_text(init.read_text(encoding="utf-8").replace(lstm_helpers.__version__, "7.8.9"), encoding="utf-8")
    said = " ".join(release.objections("v7.8.9", project))
    assert "CHANGELOG.md says nothing under [7.8.9]" in said and "CITATION.cff does not name 7.8.9" in said
    changes = project / "CHANGELOG.md"
    head = changes.read_text(encoding="utf-8")
    changes.write_text(head.replace("## [Unreleased]", "## [7.8.9]\n\n## [Unreleased]"), encoding="utf-8")
    assert "CHANGELOG.md says nothing" in " ".join(release.objections("v7.8.9", project)), "an empty section is none"


def test_building_twice_gives_the_same_bytes(release, tmp_path, monkeypatch, capsys):
    digests = []
    for turn in ("first", "second"):
        monkeypatch.setattr(release, "DIST", tmp_path / turn)
        release.build()
        files = sorted((tmp_path / turn).iterdir())
        digests.append([(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files])
    assert digests[0] == digests[1] and len(digests[0]) == 2


def test_the_sdist_holds_what_its_own_tests_read(release, tmp_path, monkeypatch):
    monkeypatch.setattr(release, "DIST", tmp_path / "dist")
    release.build()
    tree = release.unpack(next((tmp_path / "dist").glob("*.tar.gz")), tmp_path / "tree")
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


def test_no_expression_of_a_pusher_is_pasted_into_a_shell():
    for job in JOBS.values():
        for step in job["steps"]:
            assert "${{" not in step.get("run", ""), "hand it over in env"
