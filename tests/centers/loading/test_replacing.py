"""Loading published lists of postcodes, through the command that operators use."""

import gzip
import json
import zipfile
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from audit.models import AuditLog
from centers.files import BLOCK_BYTES
from centers.loading import replacing
from centers.loading.replacing import load_postcodes
from centers.models import Postcode, PostcodeArea

pytestmark = pytest.mark.django_db

HEADER = "postcode,latitude,longitude"
OLD_ONS = "pcd,pcd2,pcds,dointr,doterm,lat,long,oa21"
NEW_ONS = "pcd7,pcd8,pcds,dointr,doterm,lat,long,icb23cd"


@pytest.fixture
def write(tmp_path):
    """Write a file of some lines and answer its path."""

    def write(*lines: str, name: str = "list.csv", end: str = "\n") -> Path:
        path = tmp_path / name
        path.write_bytes("".join(line + end for line in lines).encode())
        return path

    return write


def load(path: Path, *options: str) -> dict:
    """What the command answers as JSON, whatever its exit code."""
    out = StringIO()
    code: object = 0
    try:
        call_command("load_postcodes", str(path), "--json", *options, stdout=out)
    except SystemExit as exit_:
        code = exit_.code
    return json.loads(out.getvalue()) | {"exit": code}


def refusal(path: Path, *options: str) -> str:
    """The sentence with which the command refuses a file as a whole."""
    with pytest.raises(CommandError) as caught:
        call_command("load_postcodes", str(path), *options, stdout=StringIO())
    assert caught.value.returncode == 1
    return str(caught.value)


def stored() -> dict[str, tuple]:
    """Every stored postcode with its place and end."""
    rows = Postcode.objects.values_list("postcode", "latitude", "longitude", "ended")
    return {row[0]: row[1:] for row in rows}


def test_a_plain_list_is_loaded(write):
    answer = load(write(HEADER, "IG3 9UZ,51.56,0.11", "AB10 1AA,57.1,-2.09"))
    assert (answer["exit"], answer["accepted"], answer["added"]) == (0, 2, 2)
    assert stored() == {"IG3 9UZ": (51.56, 0.11, None), "AB10 1AA": (57.1, -2.09, None)}


def test_a_gzipped_list_is_loaded(tmp_path):
    path = tmp_path / "list.csv.gz"
    path.write_bytes(gzip.compress(f"{HEADER}\nIG3 9UZ,51.56,0.11\n".encode()))
    load(path)
    assert stored() == {"IG3 9UZ": (51.56, 0.11, None)}


@pytest.mark.parametrize(
    "lines",
    [
        [HEADER, "ig39uz,51.56,0.11"],
        ["\ufeff" + HEADER, '"IG3 9UZ","51.56","0.11"'],
        ["longitude,note,postcode,latitude", "0.11,x,IG3  9UZ,51.56"],
        [HEADER, "", "IG3 9UZ,51.56,0.11", ""],
    ],
)
def test_spelling_quotes_order_of_columns_and_blank_lines_do_not_matter(write, lines):
    load(write(*lines))
    assert stored() == {"IG3 9UZ": (51.56, 0.11, None)}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_list_is_read_as_excel_saves_it(tmp_path, encoding, delimiter):
    path = tmp_path / "list.csv"
    text = "postcode,latitude,longitude,note\r\nIG3 9UZ,51.56,0.11,café\r\n"
    path.write_bytes(text.replace(",", delimiter).encode(encoding))
    load(path)
    assert stored() == {"IG3 9UZ": (51.56, 0.11, None)}


def test_a_cell_that_goes_on_beyond_a_block_is_read(tmp_path):
    path = tmp_path / "list.csv"
    rows = [f'"IG3 9UZ",51.5,0.1,"{n}\nmore"' for n in range(2 * BLOCK_BYTES // 30)]
    path.write_text("\n".join(["postcode,latitude,longitude,note", *rows, "M1 1AE,53.4,-2.2,x"]))
    answer = load(path)
    assert (answer["accepted"], answer["rejected"]) == (2, len(rows) - 1)
    assert set(stored()) == {"IG3 9UZ", "M1 1AE"}


def test_an_unclosed_quote_in_an_archive_is_named_with_its_member(tmp_path):
    good = '"IG3 9UZ",10,546000,187000,"","","","","",""\r\n'
    path = code_point(tmp_path / "codepo_gb.zip", ig=good + good.replace('UZ"', "UA"), m=good)
    assert "Data/CSV/ig.csv: Line 2" in refusal(path)
    assert stored() == {}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_may_end_as_on_windows(write, end):
    load(write(HEADER, "IG3 9UZ,51.56,0.11", "ig39ua,51.5,0.1", "IG3 9UB,51.5,0.1", end=end))
    assert len(stored()) == 3


@pytest.mark.parametrize("header", [OLD_ONS, NEW_ONS])
def test_both_headers_of_the_ons_directory_are_read(write, header):
    load(
        write(
            header,
            '"IG39UZ","IG3  9UZ","IG3 9UZ","198001","",51.56,0.11,"E00"',
            '"AB1 0AA","AB1  0AA","AB1 0AA","198001","199606",57.10,-2.24,"S00"',
            '"IG3 9ZZ","IG3  9ZZ","IG3 9ZZ","198001","",99.999999,0.000000,"E00"',
        )
    )
    assert stored() == {
        "IG3 9UZ": (51.56, 0.11, None),
        "AB1 0AA": (57.10, -2.24, "199606"),
        "IG3 9ZZ": (None, None, None),
    }


def code_point(path: Path, **members: str) -> Path:
    """A zip laid out as Code-Point Open is."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Doc/licence.txt", "read me")
        for name, text in members.items():
            archive.writestr(f"Data/CSV/{name}.csv", text)
    return path


def test_code_point_open_is_converted_from_the_national_grid(tmp_path):
    # Ordnance Survey's own worked example: Caister water tower, from "A guide to coordinate
    # systems in Great Britain", annex C, and St Mary's, Scilly, from its OSTN15 test points.
    rest = '"E92000001","","","","E07000093","E05012936"'
    path = code_point(
        tmp_path / "codepo_gb.zip",
        nr=f'"NR30 5TA",10,651410,313177,{rest}\r\n"NR305TB",90,0,0,{rest}\r\n',
        tr=f'"TR21 0AA",10,91492,11319,{rest}\r\n',
    )
    load(path)
    assert stored()["NR30 5TA"][:2] == pytest.approx((52.657978, 1.716038), abs=0.0001)
    assert stored()["TR21 0AA"][:2] == pytest.approx((49.922264, -6.299778), abs=0.0001)
    assert stored()["NR30 5TB"] == (None, None, None)


def test_postgis_converts_a_grid_reference_to_the_same_place(tmp_path):
    load(code_point(tmp_path / "codepo_gb.zip", ig='"IG3 9UZ",10,546000,187000,"","","","","",""'))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_Y(p), ST_X(p) FROM ST_Transform("
            "ST_SetSRID(ST_MakePoint(546000, 187000), 27700), 4326) AS p"
        )
        assert stored()["IG3 9UZ"][:2] == pytest.approx(cursor.fetchone(), abs=0.000002)


def test_a_rejected_row_of_an_archive_names_its_member_and_line(tmp_path):
    good = '"IG3 9UZ",10,546000,187000,"","","","","",""\r\n'
    bad = '"IG3 9UA",10,here,187000,"","","","","",""\r\n'
    far = '"IG3 9UD",10,0,9000000,"","","","","",""\r\n'
    answer = load(code_point(tmp_path / "codepo_gb.zip", ig=good + bad + far))
    assert [(row["row"], row["reason"]) for row in answer["rejected_rows"]] == [
        ("Data/CSV/ig.csv:2", "latitude or longitude is not a number"),
        ("Data/CSV/ig.csv:3", "its coordinates lie outside Great Britain"),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("hello,51.5,0.1", "not a postcode"),
        ("IG3 9UA,48.9,0.1", "its coordinates lie outside Great Britain"),
        ("IG3 9UA,61.1,0.1", "its coordinates lie outside Great Britain"),
        ("IG3 9UA,51.5,2.1", "its coordinates lie outside Great Britain"),
        ("IG3 9UA,51.5,-9.1", "its coordinates lie outside Great Britain"),
        ("IG3 9UA,0.1,51.5", "its coordinates lie outside Great Britain"),
        ("IG3 9UA,nan,0.1", "its coordinates lie outside Great Britain"),
        ("IG3 9UA,51.5,", "latitude or longitude is not a number"),
        ("IG3 9UA,north,0.1", "latitude or longitude is not a number"),
        ("IG3 9UZ,51.56,0.11", "it comes twice in the file"),
        ("ig39uz,51.56,0.11", "it comes twice in the file"),
    ],
)
def test_a_bad_row_is_rejected_with_its_line_and_the_others_are_loaded(write, row, reason):
    answer = load(write(HEADER, "IG3 9UZ,51.56,0.11", row, "IG3 9UB,51.5,0.1"))
    assert (answer["exit"], answer["rejected"], answer["reasons"]) == (3, 1, {reason: 1})
    assert answer["rejected_rows"][0]["row"] == 3
    assert set(stored()) == {"IG3 9UZ", "IG3 9UB"}


@pytest.mark.parametrize(
    "row", ["BT1 5GS,54.6,-5.9", "BT1 5GS,,", "JE2 3AB,49.2,-2.1", "BF1 2AU,51.5,0.1"]
)
def test_a_postcode_outside_great_britain_is_skipped_and_nothing_is_wrong(write, row):
    answer = load(write(HEADER, "IG3 9UZ,51.56,0.11", row))
    assert (answer["exit"], answer["rejected"], answer["skipped"]) == (0, 0, 1)
    assert stored() == {"IG3 9UZ": (51.56, 0.11, None)}


def test_a_file_whose_path_cannot_be_followed_is_refused_in_a_sentence():
    with pytest.raises(CommandError, match="The file can't be read"):
        call_command("load_postcodes", "long" * 1000)


def test_a_date_of_ending_that_is_none_is_rejected(write):
    answer = load(write(OLD_ONS, "x,x,IG3 9UZ,198001,soon,51.5,0.1,x", "x,x,IG3 9UA,1,,51.5,0.1,x"))
    assert answer["reasons"] == {"the date of its end is not YYYYMM": 1}


def test_the_summary_lists_a_few_rejected_rows_and_counts_the_rest(write):
    out = StringIO()
    rows = [f"nonsense {number},51.5,0.1" for number in range(50)]
    with pytest.raises(SystemExit) as caught:
        call_command("load_postcodes", write(HEADER, "IG3 9UZ,51.5,0.1", *rows), stdout=out)
    assert caught.value.code == 3
    assert "50 rows rejected (not a postcode: 50)" in out.getvalue()
    assert "line 3: 'nonsense 0', not a postcode" in out.getvalue()
    assert "… and 30 more" in out.getvalue()


def test_a_second_load_replaces_the_first_and_counts_the_differences(write):
    load(write(HEADER, "IG3 9UZ,51.56,0.11", "IG3 9UA,51.5,0.1", "IG3 9UB,51.5,0.1"))
    answer = load(write(HEADER, "IG3 9UZ,51.56,0.11", "IG3 9UA,51.6,0.1", "IG3 9UD,51.5,0.1"))
    assert [answer[name] for name in ("added", "changed", "removed")] == [1, 1, 1]
    assert set(stored()) == {"IG3 9UZ", "IG3 9UA", "IG3 9UD"}
    assert stored()["IG3 9UA"] == (51.6, 0.1, None)


def test_the_same_file_again_changes_nothing(write):
    path = write(OLD_ONS, "x,x,IG3 9UZ,1,199606,51.5,0.1,x", "x,x,IG3 9UA,1,,99.999999,0,x")
    load(path)
    assert [load(path)[name] for name in ("added", "changed", "removed")] == [0, 0, 0]


def test_a_postcode_that_comes_twice_in_a_second_load_is_rejected(write):
    load(write(HEADER, "IG3 9UB,51.5,0.1"))
    answer = load(write(HEADER, "IG3 9UZ,51.56,0.11", "IG3 9UZ,51.5,0.1"))
    assert answer["reasons"] == {"it comes twice in the file": 1}
    assert stored() == {"IG3 9UZ": (51.56, 0.11, None)}


def test_sectors_and_outcodes_stay(write):
    PostcodeArea.objects.create(kind="outcode", area="IG3", latitude=51.5, longitude=0.1)
    load(write(HEADER, "AB10 1AA,57.1,-2.09"))
    assert PostcodeArea.objects.count() == 1


def test_a_dry_run_answers_the_same_and_changes_nothing(write):
    path = write(HEADER, "IG3 9UZ,51.56,0.11", "IG3 9UZ,51.5,0.1", "hello,1,1")
    answer = load(path, "--dry-run")
    assert (answer["exit"], answer["accepted"], answer["rejected"]) == (3, 1, 2)
    assert stored() == {}


def test_a_load_is_in_the_audit_log(write):
    load(write(HEADER, "IG3 9UZ,51.56,0.11"))
    entry = AuditLog.objects.get(action="postcodes.loaded")
    assert json.loads(entry.details or "")["accepted"] == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF"),
        (
            b'postcode,latitude,longitude,note\nIG3 9UZ,51.56,0.1,"x\nM1 1AE,53.48,-2.23,y\n',
            "Line 2",
        ),
        (b'postcode,latitude,longitude\nIG3 9UZ,51.56,0.1\n"M1 1AE,53.4,-2.2\n', "Line 3 opens"),
        (b'postcode\tlatitude\tlongitude\nIG3 9UZ\t51.5\t"0.1\n', "Line 2 opens a quote"),
        (b"postcode,latitude,longitude\nIG3 9UZ,51.56,0.11\nM1 1AE,53.4\n", "Line 3 has 2 fields"),
        (b"postcode,latitude,longitude\nIG3 9UZ,51.56,0.11,x\n", "Line 2 has 4 fields"),
        (b"\x7fELF\x02\x01\x01\0\0\0", "NUL"),
        (b"postcode,latitude,longitude\nIG3 9UZ,51.5,0.1\nIG3\0 9UA,51.5,0.1\n", "NUL"),
        (b"postcode,latitude,longitude\nIG3 9UZ,51.5,0.1\n" + b"x" * 400_000, "64 KiB"),
        (b"name,postcode\nHendon,NW9 5TZ\n", "first line"),
        (b"postcode,latitude,longitude\n", "no postcode"),
        (b"postcode,latitude,longitude\nhello,1,1\n", "line 2, not a postcode"),
        (gzip.compress(b"postcode,latitude,longitude\n" * 99, mtime=0)[:40], "can't be read"),
        (b"\x1f\x8bnonsense", "can't be read"),
        (b"PK\x03\x04nonsense", "zip"),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence_and_changes_nothing(tmp_path, write, content, words):
    load(write(HEADER, "AB10 1AA,57.1,-2.09", name="before.csv"))
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    said = refusal(path)
    assert words in said
    assert "\n" not in said
    assert set(stored()) == {"AB10 1AA"}


def test_a_missing_file_is_refused(tmp_path):
    assert "no such file" in refusal(tmp_path / "nowhere.csv")


def test_a_folder_is_refused(tmp_path):
    assert "is a directory" in refusal(tmp_path)


def test_a_zip_of_something_else_is_refused(tmp_path):
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("photo.jpg", "x")
    assert "Code-Point Open" in refusal(path)


def test_a_line_without_end_is_refused_without_being_read_to_its_end(tmp_path):
    path = tmp_path / "endless.csv"
    with path.open("wb") as file:
        file.write(b"postcode,latitude,longitude\n")
        file.write(b"x" * 300_000)
        file.truncate(2**40)  # a terabyte of nothing, which takes no room on the disk
    assert "64 KiB" in refusal(path)


def test_a_refusal_is_one_json_object_too(write):
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("load_postcodes", str(write("a,b")), "--json", stdout=out)
    assert json.loads(out.getvalue())["status"] == "refused"


def test_a_list_that_would_remove_most_postcodes_is_refused_unless_forced(write, monkeypatch):
    monkeypatch.setattr(replacing, "SUSPICIOUS_FROM", 3)
    load(write(HEADER, "IG3 9UZ,51.5,0.1", "IG3 9UA,51.5,0.1", "IG3 9UB,51.5,0.1"))
    small = write(HEADER, "IG3 9UZ,51.5,0.1", name="small.csv")
    assert "--force" in refusal(small)
    assert len(stored()) == 3
    assert load(small, "--force")["removed"] == 2


@pytest.mark.django_db(transaction=True)
def test_readers_see_the_old_postcodes_until_the_new_ones_are_complete(write):
    load_postcodes(write(HEADER, "AB10 1AA,57.1,-2.09"), actor=None)
    reader = connections.create_connection("default")
    seen = []

    def look(position: int) -> None:
        with reader.cursor() as cursor:
            cursor.execute("SELECT postcode FROM centers_postcode")
            seen.append(cursor.fetchall())

    try:
        load_postcodes(write(HEADER, "IG3 9UZ,51.56,0.11"), actor=None, progress=look)
    finally:
        reader.close()
    assert seen == [[("AB10 1AA",)]]
    assert set(stored()) == {"IG3 9UZ"}


def assert_key() -> None:
    """The table refuses a postcode that it has."""
    with pytest.raises(IntegrityError), transaction.atomic():
        Postcode.objects.bulk_create([Postcode(postcode="ZE1 0AA"), Postcode(postcode="ZE1 0AA")])


def test_the_first_load_leaves_the_primary_key_in_place(write):
    load(write(HEADER, "IG3 9UZ,51.56,0.11", "IG3 9UZ,51.5,0.1"))
    assert stored() == {"IG3 9UZ": (51.56, 0.11, None)}
    assert_key()


def test_a_first_load_that_is_refused_leaves_the_primary_key_in_place(write):
    refusal(write(HEADER, "hello,1,1"))
    assert_key()


def test_the_application_cannot_take_the_key_from_a_table_with_rows(write):
    load(write(HEADER, "IG3 9UZ,51.56,0.11"))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT centers_postcode_without_key()")
    assert_key()
