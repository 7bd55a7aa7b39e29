"""What staff do with test centres in admin."""

import csv

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from audit.models import AuditLog
from centers.models import Center, CenterAlias, PostcodeArea
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db
ADD = "/admin/centers/center/add/"
IMPORT, EXPORT, LOCATE = (
    f"/admin/centers/center/{name}/" for name in ("import", "export", "locate")
)


@pytest.fixture
def manager():
    return signed_in(make_staff("center_manager"))


@pytest.fixture
def center():
    return Center.objects.create(name="Goodmayes", postcode="IG3 9UZ", latitude=51.5, longitude=0.1)


def typed(**fields):
    return {"name": "Barking", "postcode": "IG11 8HG", "is_active": "on", "code": ""} | fields


def test_a_centre_without_coordinates_is_placed_by_its_postcode(manager):
    PostcodeArea.objects.create(kind="outcode", area="IG11", latitude=51.54, longitude=0.08)
    manager.post(ADD, typed())
    center = Center.objects.get(name="Barking")
    assert (float(center.latitude), float(center.longitude)) == (51.54, 0.08)


def test_a_postcode_that_nobody_knows_is_said_at_its_field(manager):
    page = manager.post(ADD, typed(postcode="ZZ99 9ZZ"))
    assert page.context["adminform"].form.errors.keys() == {"postcode"}
    assert not Center.objects.exists()


def test_two_centres_without_a_code_do_not_collide(manager, center):
    manager.post(ADD, typed(latitude="51.5", longitude="0.1"))
    assert list(Center.objects.values_list("code", flat=True)) == [None, None]


def test_a_moved_centre_is_recorded_with_old_and_new(manager, center):
    page = reverse("admin:centers_center_change", args=[center.pk])
    manager.post(page, typed(name="Goodmayes", latitude="51.6", longitude="0.1"))
    entry = AuditLog.objects.get(action="center.changed")
    assert '"latitude": ["51.500000", "51.6"]' in entry.details


@pytest.mark.parametrize(("action", "active"), [("close", False), ("reopen", True)])
def test_centres_close_and_reopen(manager, center, action, active):
    Center.objects.update(is_active=not active)
    manager.post("/admin/centers/center/", {"action": action, "_selected_action": [center.pk]})
    center.refresh_from_db()
    assert center.is_active is active


def test_an_alias_of_another_centre_is_refused_with_its_name(manager, center):
    CenterAlias.objects.create(center=center, alias="Good Mayes", folded="good mayes")
    page = manager.post("/admin/centers/centeralias/add/", {"alias": "good-mayes", "center": 1})
    assert "already stands for Goodmayes" in page.content.decode()


# Lists of centres, in and out

HEADER = "code,name,postcode,latitude,longitude\n"
LIST = HEADER + (
    "1,Goodmayes,IG3 9UZ,51.6,0.1\n"
    "2,Barking,IG11 8HG,51.54,0.08\n"
    "3,,IG11 8HG,51.54,0.08\n"
    "4,Far,IG11 8HG,40,0.08\n"
)


def chosen(text=LIST, **fields):
    return {"file": SimpleUploadedFile("centres.csv", text.encode())} | fields


def carried(page):
    return {"review": page.context["review"]}


def test_a_list_is_shown_before_it_changes_anything(manager, center):
    page = manager.post(IMPORT, chosen())
    plan = page.context["plan"]
    assert [each.values["name"] for each in plan.created] == ["Barking"]
    (changed,) = plan.changed
    assert ("code", None, "1") in changed.changes
    assert [note.line for note in plan.rejected] == [4, 5]
    assert Center.objects.count() == 1


def test_what_was_shown_is_imported_by_the_next_press(manager, center):
    page = manager.post(IMPORT, chosen())
    manager.post(IMPORT, carried(page) | {"import": "1"})
    assert set(Center.objects.values_list("code", flat=True)) == {"1", "2"}
    assert AuditLog.objects.get(action="centers.imported").user.role_name == "center_manager"
    assert '"code": [null, "1"]' in AuditLog.objects.get(action="center.changed").details


def test_faulty_rows_are_corrected_in_the_page(manager, center):
    page = manager.post(IMPORT, chosen())
    corrected = {"4-name": "Ilford", "5-latitude": "51.55"}
    page = manager.post(IMPORT, carried(page) | corrected | {"check": "1"})
    assert page.context["plan"].rejected == []
    manager.post(IMPORT, carried(page) | {"import": "1"})
    assert set(Center.objects.values_list("name", flat=True)) == {
        "Goodmayes", "Barking", "Ilford", "Far",
    }  # fmt: skip


def test_what_was_typed_and_not_yet_shown_is_not_imported(manager, center):
    page = manager.post(IMPORT, chosen())
    page = manager.post(IMPORT, carried(page) | {"4-name": "Ilford", "import": "1"})
    assert [each.values["name"] for each in page.context["plan"].created] == ["Barking", "Ilford"]
    assert Center.objects.count() == 1


TWINS = HEADER + "8,Goodmayes,IG3 9UZ,51.6,0.1\n9,Barking Road,IG11 8HG,51.54,0.08\n"


def test_rows_that_may_be_here_already_are_merged_one_by_one(manager):
    manager.post(IMPORT, carried(manager.post(IMPORT, chosen())) | {"import": "1"})
    ids = {each.code: each.pk for each in Center.objects.all()}
    page = manager.post(IMPORT, chosen(TWINS))
    assert [(each.row.line, each.is_merged) for each in page.context["plan"].duplicates] == [
        (2, False), (3, False),
    ]  # fmt: skip
    assert "Goodmayes (1) is at the same place, and this list doesn’t name it" in page.text
    page = manager.post(IMPORT, carried(page) | {"3-merge": "on", "import": "1"})
    assert 'name="3-merge" checked' in page.text
    assert ("code", "2", "9") in page.context["plan"].changed[0].changes
    assert Center.objects.count() == 2
    manager.post(IMPORT, carried(page) | {"3-merge": "on", "import": "1"})
    assert {each.code: each.pk for each in Center.objects.exclude(code="8")} == {
        "1": ids["1"], "9": ids["2"],
    }  # fmt: skip
    assert AuditLog.objects.get(action="center.merged").user.role_name == "center_manager"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEADER + '1,Goodmayes,IG3 9UZ,51.6,"0.1\n2,Barking,IG11 8HG,51.5,0.1\n', "Line 2 opens"),
        (HEADER + "1,Goodmayes,IG3 9UZ\n", "Line 2 has 3 fields where the first has 5"),
    ],
)
def test_a_list_with_a_row_that_is_not_plain_is_refused_at_the_file(manager, text, words):
    page = manager.post(IMPORT, chosen(text))
    assert words in page.context["adminform"].form.errors["file"][0]
    assert not Center.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-8-sig"])
def test_a_list_is_read_as_excel_saves_it(manager, encoding):
    text = HEADER.replace(",", "\t") + "1\tYnys Môn – Bangor\tLL57 1AA\t53.2\t-4.1\n"
    raw = SimpleUploadedFile("centres.txt", text.encode(encoding))
    page = manager.post(IMPORT, {"file": raw})
    assert page.context["plan"].created[0].values["name"] == "Ynys Môn – Bangor"


def test_a_list_is_shown_again_when_centres_have_changed_meanwhile(manager, center):
    page = manager.post(IMPORT, chosen())
    Center.objects.create(name="Romford", postcode="RM1 1AA")
    page = manager.post(IMPORT, carried(page) | {"import": "1"})
    assert "Centres have changed meanwhile" in page.text
    assert Center.objects.count() == 2
    manager.post(IMPORT, carried(page) | {"import": "1"})
    assert Center.objects.count() == 3


def test_what_staff_edited_is_kept_unless_it_is_to_be_replaced(manager, center):
    text = HEADER + "1,Goodmayes,IG3 9XX,51.5,0.1\n"
    plan = manager.post(IMPORT, chosen(text)).context["plan"]
    assert [each.kept for each in plan.kept] == [("postcode",)]
    plan = manager.post(IMPORT, chosen(text, overwrite="on")).context["plan"]
    assert plan.kept == []


@pytest.mark.parametrize("raw", [b"nothing\n", b"\x81\x8d", b"PK\x03\x04"])
def test_a_file_that_is_no_list_is_refused_in_a_sentence(manager, raw):
    page = manager.post(IMPORT, {"file": SimpleUploadedFile("x.csv", raw)})
    assert page.context["adminform"].form.errors["file"]
    assert not Center.objects.exists()


def test_a_review_that_is_not_ours_is_refused(manager):
    page = manager.post(IMPORT, {"review": "made up", "import": "1"}, follow=True)
    assert "too old" in page.text


def test_an_auditor_imports_nothing_but_may_export(center):
    auditor = signed_in(make_staff("auditor"))
    assert auditor.post(IMPORT, chosen()).status_code == 403
    assert "Goodmayes" in auditor.get(EXPORT).text


def test_what_is_exported_changes_nothing_when_it_is_imported(manager, center):
    Center.objects.create(
        name="=Cmd|' /C calc'!A0", code="-7", postcode="IG11 8HG", latitude=51.5, longitude=-0.1,
        address="+1 Road, Town", town="@Town",
    )  # fmt: skip
    text = manager.get(EXPORT).content
    cells = [cell for row in csv.reader(text.decode().splitlines()) for cell in row]
    assert [cell for cell in cells if cell[:1] in set("=+@-")] == ["-0.100000"]
    page = manager.post(IMPORT, {"file": SimpleUploadedFile("x.csv", text)})
    assert page.context["counts"]["unchanged"] == 2


def test_a_closed_centre_is_not_exported(manager, center):
    Center.objects.update(is_active=False)
    assert "Goodmayes" not in manager.get(EXPORT).text


def test_a_postcode_is_located_for_the_map(manager):
    PostcodeArea.objects.create(kind="outcode", area="IG11", latitude=51.54, longitude=0.08)
    found = manager.get(LOCATE, {"postcode": "ig118hg"}).json()
    assert (found["latitude"], found["longitude"]) == ("51.540000", "0.080000")
    assert "postcode district" in found["said"]


def test_a_postcode_that_nobody_knows_is_said_to_the_map(manager):
    answer = manager.get(LOCATE, {"postcode": "ZZ99 9ZZ"})
    assert answer.status_code == 422
    assert answer.json()["problem"]


def test_the_history_of_a_centre_is_what_the_audit_log_has_of_it(manager, center):
    page = reverse("admin:centers_center_change", args=[center.pk])
    manager.post(page, typed(name="Goodmayes", latitude="51.6", longitude="0.1"))
    history = manager.get(reverse("admin:centers_center_history", args=[center.pk])).text
    assert "center.changed" in history
    assert "center_manager@example.org" in history
