"""Apps and folders keep their order of imports, and a check notices when one doesn't."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("audit", "centers", "accounts", "slots", "alerts", "dvsa_alerts")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The apps and the contract, in a folder where an import can be planted."""
    for app in APPS:
        shutil.copytree(ROOT / app, tmp_path / app, ignore=shutil.ignore_patterns("data"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of the copy."""
    tool = Path(sys.executable).parent / "lint-imports"
    return subprocess.run(
        [tool, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_apps_keep_their_order(copy):
    result = lint_imports(copy)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    "planted",
    [
        "from alerts import models\n",
        "def late():\n    from alerts import models\n    return models\n",
    ],
    ids=["at the top", "inside a function"],
)
def test_an_import_to_the_right_is_noticed(copy, planted):
    (copy / "slots" / "planted.py").write_text(planted)
    result = lint_imports(copy)
    assert result.returncode == 1
    assert "slots.planted -> alerts" in result.stdout


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("alerts/delivery/claim", "alerts.delivery.record"),
        ("alerts/delivery/compose", "alerts.delivery.send"),
        ("alerts/messages/mails", "alerts.delivery.recheck"),
        ("alerts/channels/email", "alerts.models"),
    ],
)
def test_an_import_against_the_order_within_alerts_is_noticed(copy, module, imported):
    with (copy / f"{module}.py").open("a") as file:
        file.write(f"\n\ndef late():\n    import {imported}\n")
    result = lint_imports(copy)
    assert result.returncode == 1
    assert f"{module.replace('/', '.')} -> {imported}" in result.stdout


def test_a_module_of_delivery_that_has_no_place_is_noticed(copy):
    (copy / "alerts" / "delivery" / "planted.py").write_text("")
    result = lint_imports(copy)
    assert result.returncode == 1
    assert "alerts.delivery.planted" in result.stdout
