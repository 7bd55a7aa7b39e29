"""Bringing the stored centres in line with a list, through the command and the plan."""

import json
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditLog
from centers.importing.changes import StalePlanError, apply_plan, plan_import
from centers.importing.files import read_rows
from centers.importing.matching import similar
from centers.models import Center, CenterAlias, Postcode
from centers.naming import Directory

pytestmark = pytest.mark.django_db

OFFICIAL = (
    "Name,Address line 1,Address line 2,City,County,Postcode,Lat,Long,Toilets,Disabled access,"
    "Parking,Other notes,Car,Motorcycle Module 1,Motorcycle module 2,LBCCT,B+E,Taxi,ADI Part 2,"
    "ADI Part 3,TARSID,Closing date"
)
OWN = "code,name,postcode,latitude,longitude,address,town"
HENDON = "482,Hendon,NW9 5TZ,51.6,-0.25,,London"


def official(
    name="Hendon (London)", postcode="NW9 5TZ", place="51.6,-0.25", code="482", **rest
) -> str:
    """One row of the official list; `rest` may give `closing` and `notes`."""
    address = "Aerodrome Road,Grahame Park  ,London,Greater London"
    about = f',,,"{rest.get("notes", "")}",Car,,,,,,,'
    return f"{name},{address},{postcode},{place},{about},{code},{rest.get('closing', '')}"


@pytest.fixture
def write(tmp_path):
    """Write a list of some rows and answer its path."""

    def write(header: str, *rows: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / "list.csv"
        path.write_bytes("".join(f"{row}\r\n" for row in (header, *rows)).encode(encoding))
        return path

    return write


def run(path: Path, *options: str) -> dict:
    """What the command answers as JSON, whatever its exit code."""
    out = StringIO()
    code: object = 0
    try:
        call_command("import_centers", str(path), "--json", *options, stdout=out)
    except SystemExit as exit_:
        code = exit_.code
    return json.loads(out.getvalue()) | {"exit": code}


def counts(answer: dict) -> tuple[int, int, int]:
    """How many were created, changed and left as they are."""
    return answer["created"], answer["changed"], answer["unchanged"]


def only() -> Center:
    """The one centre there is."""
    return Center.objects.get()


def place_of(center: Center) -> tuple[float, float]:
    """Latitude and longitude of a centre that has them."""
    assert center.latitude is not None
    assert center.longitude is not None
    return float(center.latitude), float(center.longitude)


# Reading


def test_an_official_row_becomes_a_center(write):
    assert counts(run(write(OFFICIAL, official(name="Hendon ")))) == (1, 0, 0)
    center = only()
    assert (center.name, center.code, center.postcode) == ("Hendon", "482", "NW9 5TZ")
    assert (center.address, center.town) == ("Aerodrome Road, Grahame Park", "London")
    assert place_of(center) == (51.6, -0.25)
    assert center.location is not None


def test_a_row_of_our_own_columns_becomes_a_center(write):
    run(write(OWN, HENDON))
    assert (only().name, only().code, only().town) == ("Hendon", "482", "London")


def test_three_columns_and_a_known_postcode_are_enough(write):
    Postcode.objects.create(postcode="NW9 5TZ", latitude=51.6, longitude=-0.25)
    run(write("code,name,postcode", ",Hendon,nw95tz"))
    assert (only().code, only().postcode, place_of(only())[0]) == (None, "NW9 5TZ", 51.6)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_utf_8_and_windows_1252_are_both_read(write, encoding):
    run(write(OWN, "1,Caf\u00e9 \u2013 Ynys M\u00f4n,LL57 4YH,53.2,-4.1,,", encoding=encoding))
    assert only().name == "Caf\u00e9 \u2013 Ynys M\u00f4n"


def test_a_cell_may_hold_several_lines_and_rows_go_by_the_line_they_begin_on(write):
    answer = run(write(OFFICIAL, official(notes="one\ntwo\nthree"), official(name="", code="7")))
    assert [(bad["row"], bad["reason"]) for bad in answer["rejected"]] == [(5, "it has no name")]
    assert answer["created"] == 1


def test_a_remark_behind_the_postcode_is_left_out(write):
    run(write(OFFICIAL, official(postcode="WF5 9TR (for sat-nav use WF5 9TG)")))
    assert only().postcode == "WF5 9TR"


# Rejected and skipped


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (official(name="", postcode="", place=",", code=""), "empty"),
        (official(name=""), "no name"),
        (official(postcode=""), "no postcode"),
        (official(place=","), "no coordinates and no known postcode"),
        (official(place="51.6,"), "not a number"),
        (official(place="north,west"), "not a number"),
        (official(place="-0.25,51.6"), "outside Great Britain"),
        (official(place="nan,0"), "outside Great Britain"),
        (official(postcode="BT1 5GS"), "not in Great Britain"),
        (official(closing="soon"), "closing date 'soon' is not a date"),
        (official(name="x" * 256), "longer than 255"),
        (official(postcode="somewhere in Hendon"), "longer than 10"),
        (official(name="Other", code="1"), "repeats line 2"),
    ],
)
def test_a_row_that_cannot_be_taken_is_named_with_its_reason(write, row, reason):
    answer = run(write(OFFICIAL, official(name="First", code="1", postcode="IG3 9UZ"), row))
    assert answer["exit"] == 3
    assert answer["rejected"][0]["row"] == 3
    assert reason in answer["rejected"][0]["reason"]
    assert only().name == "First"


def test_a_center_that_has_closed_is_skipped_and_that_is_no_failure(write):
    answer = run(write(OFFICIAL, official(closing="31/03/2021")))
    assert (answer["exit"], answer["created"]) == (0, 0)
    assert answer["skipped"][0]["reason"] == "it closed on 31 March 2021"


@pytest.mark.parametrize("text", ["31/03/2021", "2021-03-31", "31 March 2021", "31-Mar-21"])
def test_closing_dates_are_read_in_the_usual_forms(text):
    file = BytesIO(f"{OFFICIAL}\n{official(closing=text)}\n".encode())
    plan = plan_import(read_rows(file), today=date(2021, 4, 1))
    assert [note.reason for note in plan.skipped] == ["it closed on 31 March 2021"]


def test_a_center_is_open_until_the_end_of_its_closing_day():
    file = BytesIO(f"{OFFICIAL}\n{official(closing='31/03/2021')}\n".encode())
    assert len(plan_import(read_rows(file), today=date(2021, 3, 31)).created) == 1


def test_a_stored_center_that_has_closed_is_closed_here_too(write):
    run(write(OFFICIAL, official()))
    path = write(OFFICIAL, official(closing="31/03/2021"))
    assert counts(run(path)) == (0, 1, 0)
    assert not only().is_active
    assert len(run(path)["skipped"]) == 1


def test_coordinates_far_from_the_postcode_are_taken_and_pointed_out(write):
    Postcode.objects.create(postcode="NW9 5TZ", latitude=51.6, longitude=-0.25)
    answer = run(write(OFFICIAL, official(place="52.6,-0.25")))
    assert answer["exit"] == 0
    assert "69 miles from NW9 5TZ" in answer["doubtful"][0]["reason"]
    assert place_of(only())[0] == 52.6


# Again


def test_the_same_list_again_changes_nothing(write):
    path = write(OFFICIAL, official(), official(name="Mill Hill", code="", postcode="NW7 2DQ"))
    run(path)
    before = list(Center.objects.values())
    assert counts(run(path)) == (0, 0, 2)
    assert list(Center.objects.values()) == before
    assert AuditLog.objects.filter(action="centers.imported").count() == 1


def test_what_the_list_says_again_is_taken_over(write):
    run(write(OFFICIAL, official()))
    run(write(OFFICIAL, official(postcode="NW9 5TY", place="51.7,-0.26")))
    assert (only().postcode, place_of(only())[0]) == ("NW9 5TY", 51.7)


def test_what_the_list_leaves_blank_stays(write):
    run(write(OFFICIAL, official()))
    run(write("code,name,postcode", "482,Hendon (London),NW9 5TZ"))
    assert (only().town, place_of(only())[0]) == ("London", 51.6)


# What staff have edited


def test_a_field_that_staff_edited_is_kept_and_the_others_follow_the_list(write):
    run(write(OFFICIAL, official()))
    Center.objects.update(name="Hendon Aerodrome", latitude="51.61")
    answer = run(write(OFFICIAL, official(postcode="NW9 5TY", place="51.7,-0.26")))
    assert (only().name, *place_of(only())) == (
        "Hendon Aerodrome", 51.61, -0.25,
    )  # fmt: skip
    assert only().postcode == "NW9 5TY"
    assert set(answer["kept"][0]["fields"]) == {"name", "latitude", "longitude"}


def test_an_edit_is_kept_again_and_again(write):
    run(write(OFFICIAL, official()))
    Center.objects.update(town="Colindale")
    for _ in range(2):
        run(write(OFFICIAL, official()))
        assert only().town == "Colindale"


def test_a_center_that_staff_closed_stays_closed(write):
    run(write(OFFICIAL, official()))
    Center.objects.update(is_active=False)
    run(write(OFFICIAL, official()))
    assert not only().is_active


def test_overwrite_replaces_what_staff_edited(write):
    run(write(OFFICIAL, official()))
    Center.objects.update(name="Hendon Aerodrome", is_active=False)
    run(write(OFFICIAL, official()), "--overwrite")
    assert (only().name, only().is_active) == ("Hendon (London)", True)


def test_a_center_made_by_hand_gets_what_it_lacks_and_keeps_the_rest(write):
    Center.objects.create(name="Hendon (London)", postcode="NW9 5XX")
    run(write(OFFICIAL, official()))
    assert (only().postcode, only().code, only().town) == ("NW9 5XX", "482", "London")


# Which centre is meant


def test_a_code_counts_before_a_name(write):
    Center.objects.create(name="Mill Hill", postcode="NW7 2DQ", code="482")
    run(write(OFFICIAL, official()), "--overwrite")
    assert only().name == "Hendon (London)"


def test_a_name_counts_however_it_is_spelt(write):
    Center.objects.create(name="hendon - LONDON", postcode="NW9 5TZ")
    assert run(write(OFFICIAL, official()))["created"] == 0


def test_the_name_that_learners_use_is_recognised_by_the_postcode(write):
    run(write(OWN, ",Hendon,NW9 5TZ,51.6,-0.25,,London"))
    assert counts(run(write(OFFICIAL, official()))) == (0, 1, 0)
    assert (only().name, only().code) == ("Hendon (London)", "482")


def test_a_former_name_goes_on_being_found(write):
    run(write(OWN, ",Hendon,NW9 5TZ,51.6,-0.25,,London"))
    run(write(OFFICIAL, official()))
    assert Directory.read().find("Hendon").center_id == only().pk


def test_an_alias_is_recognised_and_does_not_rename_the_center(write):
    center = Center.objects.create(name="Hendon (London)", postcode="NW9 5TZ", code="482")
    CenterAlias.objects.create(center=center, alias="Colindale", folded="colindale")
    assert run(write(OWN, ",Colindale,NW9 5AA,51.6,-0.25,,"), "--overwrite")["created"] == 0
    assert only().name == "Hendon (London)"


def test_centers_for_cars_and_for_lorries_at_one_postcode_stay_two(write):
    cars = official("Stornoway", "HS1 2XX", "58.20,-6.39", "1")
    lorries = official("Stornoway LGV", "HS1 2XX", "58.21,-6.32", "2")
    run(write(OWN, ",Stornoway,HS1 2XX,58.2,-6.39,,"))
    assert run(write(OFFICIAL, lorries))["created"] == 1
    assert counts(run(write(OFFICIAL, lorries, cars))) == (0, 1, 1)
    assert set(Center.objects.values_list("name", "code")) == {
        ("Stornoway", "1"), ("Stornoway LGV", "2"),
    }  # fmt: skip


def test_of_two_similar_rows_at_one_postcode_neither_takes_the_center(write):
    Center.objects.create(name="Leeds", postcode="LS9 6NF")
    rows = [official(f"Leeds ({part})", "LS9 6NF", "53.8,-1.5", part) for part in ("A", "B")]
    assert run(write(OFFICIAL, *rows))["created"] == 2


def test_the_same_name_with_another_code_is_another_center(write):
    Center.objects.create(name="Wolverhampton", postcode="WV1 4XB", code="SITE-0220")
    assert run(write(OFFICIAL, official("Wolverhampton", "WV2 1AA", code="9")))["created"] == 1


def test_a_name_that_several_centers_have_is_settled_by_the_postcode_or_rejected(write):
    Center.objects.create(name="Wolverhampton", postcode="WV1 4XB")
    Center.objects.create(name="Wolverhampton", postcode="WV2 1AA")
    known = run(write(OFFICIAL, official("Wolverhampton", "WV2 1AA", code="9")))
    assert counts(known) == (0, 1, 0)
    Center.objects.create(name="Wolverhampton", postcode="WV3 1AA")
    unknown = run(write(OFFICIAL, official("Wolverhampton", "WV9 1AA", code="8")))
    assert "2 centres are called so" in unknown["rejected"][0]["reason"]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Greenford (Horsenden Lane)", "Greenford (London)", True),
        ("Newcastle-under-Lyme", "Stoke on Trent (Newcastle under Lyme)", True),
        ("Leeds (Horsforth)", "Horsforth", True),
        ("Stornoway", "Stornoway LGV", False),
        ("Erith (London)", "Belvedere (London)", False),
    ],
)
def test_names_at_one_postcode_are_alike_by_their_words(one, other, alike):
    assert similar(one, other) is similar(other, one) is alike


# Planning apart from applying


def test_a_plan_writes_nothing_and_is_applied_later():
    plan = plan_import(read_rows(BytesIO(f"{OWN}\n{HENDON}\n".encode())))
    assert not Center.objects.exists()
    apply_plan(plan, actor=None)
    assert only().name == "Hendon"


def test_a_plan_is_not_applied_to_centers_that_have_changed_since():
    plan = plan_import(read_rows(BytesIO(f"{OWN}\n{HENDON}\n".encode())))
    Center.objects.create(name="Mill Hill", postcode="NW7 2DQ")
    with pytest.raises(StalePlanError):
        apply_plan(plan, actor=None)
    assert only().name == "Mill Hill"


def test_a_dry_run_says_the_same_and_changes_nothing(write):
    answer = run(write(OFFICIAL, official()), "--dry-run")
    assert (answer["status"], answer["created"]) == ("checked", 1)
    assert not Center.objects.exists()


def test_an_import_is_in_the_audit_log(write):
    run(write(OFFICIAL, official()))
    entry = AuditLog.objects.get(action="centers.imported")
    assert json.loads(entry.details or "")["created"] == 1


# Files that are none

UNCLOSED = (
    b"code,name,postcode,latitude,longitude,address,town\n"
    b'C1,One,IG3 9UZ,51.56,0.11,"12 High St\n'
    b"C2,Two,IG3 9UZ,51.56,0.12,x,y\n"
    b"C3,Three,IG3 9UZ,51.56,0.13,x,y\n"
)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"%PDF-1.7\n", "PDF"),
        (f"{OWN}\n{HENDON}\n\0".encode(), "NUL"),
        (f"{OWN}\n{HENDON}\n".encode() + b"x" * 100_000, "64 KiB"),
        (b"x" * 2_000_000, "64 KiB"),
        (b"name,town\nHendon,London\n", "first line"),
        (f"{OWN}\n{HENDON}\x81\xff\n".encode("latin-1"), "Line 2 can't be read as UTF-8 or"),
        (f'{OWN}\n"{HENDON}\n'.encode() + b"x,y\n" * 50_000, "Line 2 opens a quote"),
        (UNCLOSED, "Line 2 opens a quote"),
        (UNCLOSED.decode().encode("utf-16"), "Line 2 opens a quote"),
        (f"{OWN}\n{HENDON}\n483,Luton\n".encode(), "Line 3 has 2 fields where the first has 7"),
        (f"{OWN}\n{HENDON},\n".encode(), "Line 2 has 8 fields where the first has 7"),
        (f"{OWN}\n".encode() + b",a,b,,,,\n" * 20_001, "more than 20,000 rows"),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence_and_changes_nothing(tmp_path, content, words):
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError) as caught:
        call_command("import_centers", str(path), stdout=StringIO())
    assert caught.value.returncode == 1
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not Center.objects.exists()


def test_the_summary_names_each_row_that_was_not_taken_as_it_is(write):
    run(write(OFFICIAL, official()))
    Center.objects.update(town="Colindale")
    out = StringIO()
    rows = [official(), official("", code="7")]
    with pytest.raises(SystemExit):
        call_command("import_centers", write(OFFICIAL, *rows), stdout=out)
    assert "0 created, 0 changed, 1 unchanged, 0 skipped, 1 rejected." in out.getvalue()
    assert "line 3: '' rejected, it has no name" in out.getvalue()
    assert "line 2: 'Hendon (London)' keeps staff's town" in out.getvalue()


# Centres that come back under a new code

RETURNED = "999,Hendon,NW9 5TZ,51.6,-0.25,,London"


@pytest.fixture
def hendon(write):
    run(write(OWN, HENDON))
    return only()


@pytest.mark.parametrize(
    "row",
    [
        RETURNED,
        "999,Colindale,NW9 5TZ,51.6,-0.25,,London",
        "999,Hendon (London),NW9 9AA,51.61,-0.25,,London",
        "999,HENDON,NW9 9AA,51.6,-0.265,,London",
    ],
)
def test_a_centre_under_a_new_code_at_the_same_place_is_named(write, hendon, row):
    answer = run(write(OWN, row), "--dry-run")
    assert counts(answer) == (1, 0, 0)
    assert answer["duplicates"] == [
        {
            "row": 2, "name": row.split(",")[1], "code": "999", "merged": False,
            "center": hendon.pk, "center_name": "Hendon", "center_code": "482",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    "row",
    [
        "999,Hendon,NW9 9AA,51.62,-0.25,,London",
        "999,Colindale,NW9 9AA,51.601,-0.25,,London",
        "999,Hendon LGV,NW9 5TZ,51.6,-0.25,,London",
    ],
)
def test_a_centre_farther_off_of_another_name_or_for_lorries_is_another(write, hendon, row):
    assert run(write(OWN, row))["duplicates"] == []
    assert Center.objects.count() == 2


def test_a_centre_that_the_list_names_too_is_no_duplicate(write, hendon):
    assert run(write(OWN, HENDON, RETURNED))["duplicates"] == []


def test_without_merging_both_stay_and_the_summary_says_so(write, hendon):
    out = StringIO()
    call_command("import_centers", write(OWN, RETURNED), stdout=out)
    assert "line 2: 'Hendon' may be stored already (--merge if it is): Hendon (482)" in (
        out.getvalue()
    )
    assert Center.objects.count() == 2


def test_merging_gives_the_stored_centre_the_new_code_and_keeps_what_hangs_on_it(write, hendon):
    CenterAlias.objects.create(center=hendon, alias="Aerodrome Road", folded="aerodrome road")
    row = "999,Hendon (Grahame Park),NW9 5TZ,51.6,-0.25,,London"
    answer = run(write(OWN, row), "--merge")
    assert counts(answer) == (0, 1, 0)
    assert answer["duplicates"][0]["merged"]
    assert (only().pk, only().code, only().name) == (hendon.pk, "999", "Hendon (Grahame Park)")
    directory = Directory.read()
    for name in ("999", "482", "Hendon", "Aerodrome Road"):
        assert directory.find(name).center_id == hendon.pk
    entry = AuditLog.objects.get(action="center.merged")
    assert json.loads(entry.details or "") == {"was": "482", "now": "999"}
    assert (entry.subject_type, entry.subject_id) == ("centers.center", str(hendon.pk))


def test_a_merged_centre_that_had_closed_is_open_again_even_if_staff_closed_it(write, hendon):
    Center.objects.update(is_active=False, town="Colindale")
    run(write(OWN, RETURNED), "--merge")
    assert (only().code, only().is_active, only().town) == ("999", True, "Colindale")


def test_the_same_list_again_has_nothing_to_merge(write, hendon):
    path = write(OWN, RETURNED)
    run(path, "--merge")
    answer = run(path, "--merge")
    assert (counts(answer), answer["duplicates"]) == ((0, 0, 1), [])


def test_a_dry_run_of_merging_changes_nothing(write, hendon):
    assert run(write(OWN, RETURNED), "--merge", "--dry-run")["duplicates"][0]["merged"]
    assert (only().code, CenterAlias.objects.count()) == ("482", 0)


def test_two_rows_do_not_both_become_one_centre(write, hendon):
    answer = run(write(OWN, RETURNED, "998,Hendon,NW9 5TZ,51.6001,-0.25,,London"), "--merge")
    assert [each["row"] for each in answer["duplicates"]] == [2]
    assert (answer["exit"], Center.objects.count()) == (0, 2)
