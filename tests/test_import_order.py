"""Apps and folders keep their order of imports, and a check notices when one doesn't."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model

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
        ("alerts/channels/push", "alerts.models"),
        ("accounts/outbound/https", "accounts.models"),
        ("accounts/mail/smtp", "accounts.models"),
    ],
)
def test_an_import_against_the_order_within_an_app_is_noticed(copy, module, imported):
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


# Words that are also a table's name count where SQL would name a table.
IN_SQL = r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE|REFERENCES|LOCK)\s+(?:ONLY\s+)?"


def any_of(names: set[str]) -> str:
    """A pattern for one of them; none matches nothing."""
    return f"(?:{'|'.join(sorted(names)) or 'x^'})"


def names_to_the_right(app: str) -> re.Pattern[str]:
    """Tables, models and permissions of all apps to the right of one, as strings name them.

    Not the model of users: to name that from anywhere is what AUTH_USER_MODEL is for.
    """
    models = [
        model
        for right in APPS[APPS.index(app) + 1 :]
        for model in apps.get_app_config(right).get_models(include_auto_created=True)
        if model is not get_user_model()
    ]
    tables = {model._meta.db_table for model in models}
    words = {table for table in tables if table.isalpha()}
    labels = {re.escape(model._meta.label_lower) for model in models}
    kinds = {model._meta.model_name for model in models}
    return re.compile(
        rf"{IN_SQL}{any_of(words)}\b|\b{any_of(tables - words | labels)}\b"
        rf"|\b(?:view|add|change|delete)_{any_of(kinds)}\b",
        re.IGNORECASE,
    )


def strings_of(file: Path) -> Iterator[tuple[int, str]]:
    """Every string of a module and its line, but for docstrings."""
    tree = ast.parse(file.read_text())
    documents = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in documents:
            yield node.lineno, node.value


def named_from(folder: Path, app: str) -> list[str]:
    """Where strings of an app name what lies to its right."""
    right = names_to_the_right(app)
    return [
        f"{file.relative_to(folder)}:{line}: {found[0]}"
        for file in sorted((folder / app).rglob("*.py"))
        for line, text in strings_of(file)
        if (found := right.search(text))
    ]


@pytest.mark.parametrize("app", APPS[:-1])
def test_no_string_of_an_app_names_a_table_or_model_to_its_right(app):
    assert not named_from(ROOT, app)


@pytest.mark.parametrize(
    ("app", "planted"),
    [
        ("slots", "SELECT FROM useralerts"),
        ("audit", "SELECT role_id FROM roles"),
        ("accounts", "alerts.useralert"),
        ("accounts", "change_feedbatch"),
    ],
)
def test_a_name_from_the_right_is_noticed(tmp_path, app, planted):
    (tmp_path / app).mkdir()
    (tmp_path / app / "planted.py").write_text(f"NAMED = {planted!r}\n")
    assert len(named_from(tmp_path, app)) == 1
