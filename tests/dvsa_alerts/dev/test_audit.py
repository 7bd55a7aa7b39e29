"""`./dev audit`: a known vulnerability fails it, a database that can't be reached is only said."""

import json

import pytest

from dvsa_alerts.dev import audit as module
from dvsa_alerts.dev.audit import UNREACHED, audit, known
from dvsa_alerts.dev.shell import RefusedError

HOLE = {"id": "PYSEC-1", "fix_versions": ["5.2.20"], "aliases": [], "description": "x"}
REPORT = {"dependencies": [
    {"name": "celery", "version": "5.7.0", "vulns": []},
    {"name": "django", "version": "5.2.19", "vulns": [HOLE]},
    {"name": "inhouse", "skip_reason": "not on PyPI"},
]}  # fmt: skip
TOOL = """#!/bin/sh
while [ "$1" != --output ]; do shift; done
{writes}
exit 1
"""
COMPONENTS = """#!/bin/sh
while [ "$1" != -o ]; do shift; done
echo '{"components": []}' > "$2"
"""


@pytest.fixture
def tools(tmp_path, monkeypatch):
    """Programs that answer as the real ones do."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setattr(module, "TOOLS", tmp_path)
    monkeypatch.setattr(module, "SBOM", str(tmp_path / "sbom.json"))
    (tmp_path / "made-from").write_text(module.LOCK.read_text())
    program(tmp_path, "cyclonedx-py", COMPONENTS)
    return tmp_path


def program(folder, name, text):
    file = folder / "bin" / name
    file.write_text(text)
    file.chmod(0o755)


def test_a_vulnerability_is_named_with_what_fixes_it():
    assert [*known(json.dumps(REPORT))] == ["  django 5.2.19: PYSEC-1, fixed in 5.2.20"]


def test_one_that_is_known_fails(tools, capsys):
    program(tools, "pip-audit", TOOL.replace("{writes}", f"echo '{json.dumps(REPORT)}' > \"$2\""))
    assert audit(()) == 1
    assert "django 5.2.19" in capsys.readouterr().err


def test_none_passes(tools):
    program(tools, "pip-audit", TOOL.replace("{writes}", 'echo \'{"dependencies": []}\' > "$2"'))
    assert audit(()) == 0


def test_a_database_that_can_not_be_reached_is_said_and_fails_nothing(tools, capsys):
    program(tools, "pip-audit", TOOL.replace("{writes}", "echo ConnectionError"))
    assert audit(()) == 0
    assert capsys.readouterr().err.count(UNREACHED) == 2


def test_so_is_a_registry_that_the_tools_can_not_be_fetched_from(monkeypatch, capsys, tmp_path):
    def unreached(*_, **__):
        raise RefusedError("no such host")

    monkeypatch.setattr(module, "TOOLS", tmp_path / "tools")
    monkeypatch.setattr(module, "quietly", unreached)
    assert audit(()) == 0
    assert UNREACHED in capsys.readouterr().err
