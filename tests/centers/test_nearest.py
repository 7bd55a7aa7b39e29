"""DVSA's lists of nearest centres: imported, corrected in admin, shown on a centre's page."""

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client

from audit.models import AuditLog
from centers.models import Center, CenterAlias, NearestCenter, Rule
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db
NAMES = ("Barking", "Goodmayes", "Hornchurch", "Loughton", "Wanstead")


@pytest.fixture(autouse=True)
def centers() -> list[Center]:
    return [
        Center.objects.create(name=name, code=str(number), postcode="IG3 9UZ")
        for number, name in enumerate(NAMES, 1)
    ]


@pytest.fixture
def write(tmp_path: Path) -> Any:
    """Write a file of pairs and answer its path."""

    def write(*pairs: str, header: str = "center,nearest") -> Path:
        path = tmp_path / "nearest.csv"
        path.write_text("".join(f"{line}\n" for line in (header, *pairs)))
        return path

    return write


def run(path: Path, *options: str) -> dict[str, Any]:
    """What the command answers as JSON, and its exit code."""
    out = StringIO()
    code: object = 0
    try:
        call_command("import_nearest_centers", str(path), "--json", *options, stdout=out)
    except SystemExit as ended:
        code = ended.code
    return json.loads(out.getvalue()) | {"exit": code}


def near(name: str) -> list[str]:
    return [each.other.name for each in NearestCenter.objects.open().filter(center__name=name)]


def test_a_list_is_kept_in_order_by_codes_names_and_aliases(write: Any) -> None:
    CenterAlias.objects.create(center=Center.objects.get(code="4"), alias="Debden", folded="debden")
    answer = run(write("goodmayes,wanstead", "2,1", "Goodmayes,DEBDEN"))
    assert (answer["exit"], answer["status"], answer["created"]) == (0, "imported", 1)
    assert near("Goodmayes") == ["Wanstead", "Barking", "Loughton"]
    assert AuditLog.objects.filter(action="nearest_centers.imported").count() == 1


def test_the_same_again_changes_nothing_and_another_order_does(write: Any) -> None:
    run(write("2,1", "2,3", "2,4"))
    assert run(write("2,1", "2,3", "2,4"))["unchanged"] == 1
    assert run(write("2,3", "2,1", "2,4"))["changed"] == 1
    assert near("Goodmayes") == ["Hornchurch", "Barking", "Loughton"]
    assert AuditLog.objects.filter(action="nearest_centers.imported").count() == 2


def test_lists_that_the_file_does_not_give_stay_and_are_counted(write: Any) -> None:
    run(write("2,1", "2,3", "2,4"))
    assert run(write("1,2", "1,3", "1,4"))["unnamed"] == 1
    assert near("Goodmayes") == ["Barking", "Hornchurch", "Loughton"]


@pytest.mark.parametrize(
    ("pairs", "row", "reason"),
    [
        (("2,1", "2,3", "2,Hornchruch"), 4, "did you mean Hornchurch?"),
        (("2,1", "2,3", "2,"), 4, "no test centre has the code or name ''"),
        (("2,1", "2,3", "2,Goodmayes"), 4, "a centre is not near itself"),
        (("2,1", "2,3", "2,3"), 4, "it is named twice for this centre"),
        (("2,1", "2,3"), 2, "2 rows for this centre where 3 are wanted"),
        (("2,1", "2,3", "2,4", "2,5"), 2, "4 rows for this centre where 3 are wanted"),
        (("Atlantis,1",), 2, "no test centre has the code or name 'Atlantis'"),
    ],
    ids=["unknown", "empty", "itself", "twice", "too few", "too many", "unknown centre"],
)
def test_a_faulty_list_is_named_with_its_line_and_the_others_are_taken(
    write: Any, pairs: tuple[str, ...], row: int, reason: str
) -> None:
    answer = run(write(*pairs, "1,2", "1,3", "1,4"))
    assert (answer["exit"], answer["created"]) == (3, 1)
    [rejected] = answer["rejected"]
    assert rejected["row"] == row
    assert reason in rejected["reason"]
    assert near("Goodmayes") == []
    assert near("Barking") == ["Goodmayes", "Hornchurch", "Loughton"]


def test_a_faulty_list_leaves_the_stored_one_as_it_was(write: Any) -> None:
    run(write("2,1", "2,3", "2,4"))
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("import_nearest_centers", str(write("2,5", "2,3", "2,2")), stdout=out)
    assert ended.value.code == 3
    assert "line 4: '2', a centre is not near itself" in out.getvalue()
    assert "Lists that stay as they were: 2." in out.getvalue()
    assert near("Goodmayes") == ["Barking", "Hornchurch", "Loughton"]


def test_how_many_rows_a_list_has_is_the_rules_to_say(write: Any) -> None:
    fields = {"source": "GOV.UK", "certainty": "high"}
    rule = Rule.objects.create(key="nearest_centers", since=date(2026, 7, 1), value=2, **fields)
    assert run(write("2,1", "2,3"))["exit"] == 0
    Rule.objects.filter(pk=rule.pk).update(holds=False, value=None)
    assert run(write("2,1"))["exit"] == 0
    assert near("Goodmayes") == ["Barking"]


def test_a_dry_run_says_the_same_and_writes_nothing(write: Any) -> None:
    answer = run(write("2,1", "2,3", "2,4"), "--dry-run")
    assert (answer["status"], answer["created"]) == ("checked", 1)
    assert not NearestCenter.objects.exists()


@pytest.mark.parametrize(
    ("header", "pairs", "reason"),
    [
        ("centre,near", ("2,1",), "The first line is not center,nearest."),
        ("center,nearest", (), "The file has no rows"),
        ("center,nearest", ('2,"1',), "Line 2 opens a quote that is never closed."),
        ("center,nearest", ("2,1,3",), "Line 2 has 3 fields where the first has 2."),
    ],
    ids=["header", "no rows", "quote", "fields"],
)
def test_what_is_no_such_list_is_refused_as_a_whole(
    write: Any, header: str, pairs: tuple[str, ...], reason: str
) -> None:
    with pytest.raises(CommandError, match=reason) as refused:
        call_command("import_nearest_centers", str(write(*pairs, header=header)))
    assert refused.value.returncode == 1


@pytest.mark.parametrize(
    "fields",
    [{"other": 0}, {"rank": 0}, {"rank": 1}, {"other": 1}],
    ids=["itself", "rank 0", "same rank", "same centre"],
)
def test_the_database_refuses(centers: list[Center], fields: dict[str, int]) -> None:
    here = centers[0]
    NearestCenter.objects.create(center=here, other=centers[1], rank=1)
    other = centers[fields.get("other", 2)]
    with pytest.raises(IntegrityError), transaction.atomic():
        NearestCenter.objects.create(center=here, other=other, rank=fields.get("rank", 2))


def test_the_page_of_a_centre_lists_them_in_order_without_closed_ones(
    client: Client, write: Any
) -> None:
    here = Center.objects.get(name="Goodmayes")
    assert "Moving a test from here" not in client.get(f"/centers/{here.pk}/").content.decode()
    run(write("2,5", "2,1", "2,4"))
    Center.objects.filter(name="Barking").update(is_active=False)
    page = client.get(f"/centers/{here.pk}/")
    assert [each.center.name for each in page.context["nearest"]] == ["Wanstead", "Loughton"]
    section = page.content.decode().partition("Moving a test from here")[2]
    assert section.index("Wanstead</a>") < section.index("Loughton</a>")


def test_managers_correct_a_list_and_it_is_recorded(centers: list[Center]) -> None:
    page = signed_in(make_staff("center_manager"))
    here, there = centers[0].pk, centers[1].pk
    page.post("/admin/centers/nearestcenter/add/", {"center": here, "rank": 1, "other": there})
    made = NearestCenter.objects.get()
    assert AuditLog.objects.about(made).get().action == "nearestcenter.added"
    wrong = {"center": here, "rank": 1, "other": centers[2].pk}
    said = page.post("/admin/centers/nearestcenter/add/", wrong).content.decode()
    assert "That centre has another of this rank: change that one." in said
