"""What no source of ours may do, however it is asked: rules of docs/security.md."""

import ast
from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.db.models import FileField

APPS = ("audit", "centers", "accounts", "slots", "alerts", "dvsa_alerts")
XML = {"xml", "lxml", "defusedxml", "html5lib", "bs4"}


def imported() -> Iterator[tuple[str, str]]:
    """Each file and each package that it imports."""
    for app in APPS:
        for file in (settings.BASE_DIR / app).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Import):
                    yield from ((str(file), each.name.split(".")[0]) for each in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    yield str(file), node.module.split(".")[0]


def test_none_reads_xml():
    found = [*imported()]
    assert len(found) > 1000
    assert [pair for pair in found if pair[1] in XML] == []


def test_no_upload_is_stored_as_a_file_nor_named_by_a_request():
    fields = [field for model in apps.get_models() for field in model._meta.get_fields()]
    assert len(fields) > 100
    assert [field for field in fields if isinstance(field, FileField)] == []


def test_no_script_stops_anybody_from_pasting():
    scripts = [*(settings.BASE_DIR / "static" / "js").rglob("*.js")]
    assert len(scripts) > 5
    assert [script.name for script in scripts if "paste" in script.read_text()] == []
