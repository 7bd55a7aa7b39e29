"""In which nation a centre is, and how it comes to be known."""

import zipfile
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from centers.importing.changes import apply_plan, plan_import
from centers.importing.files import Row
from centers.loading.replacing import load_postcodes
from centers.models import Center, Postcode
from centers.nations import Nation
from centers.placing import fill_nations
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db
OLD = "pcds,doterm,ctry,lat,long"
NEW = "pcds,doterm,ctry25cd,lat,long"
BERWICK = "TD15 1AA"


def make_center(postcode: str, **fields: object) -> Center:
    return Center.objects.create(name=postcode, postcode=postcode, **fields)


def write(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


@pytest.mark.parametrize("header", [OLD, NEW])
def test_the_directorys_country_decides_where_an_area_reaches_over_a_border(
    tmp_path: Path, header: str
) -> None:
    center = make_center(BERWICK)
    assert center.nations == {Nation.ENGLAND, Nation.SCOTLAND}
    rows = (f"{BERWICK},,E92000001,55.77,-2.0", "EH1 1AA,,S92000003,55.95,-3.19")
    load_postcodes(write(tmp_path / "onspd.csv", header, *rows), actor=None)
    center.refresh_from_db()
    assert center.nation == "ENG"
    assert center.nations == {Nation.ENGLAND}


def test_code_point_opens_country_is_read(tmp_path: Path) -> None:
    path = tmp_path / "codepo_gb.zip"
    with zipfile.ZipFile(path, "w") as archive:
        line = "CF101AA,10,318000,176000,W92000004,,,,W06000015,W05000864\n"
        archive.writestr("Data/CSV/cf.csv", line)
    load_postcodes(path, actor=None)
    assert Postcode.objects.get().nation == "WLS"


def test_a_second_load_changes_a_nation_alone(tmp_path: Path) -> None:
    for country, nation in (("E92000001", "ENG"), ("S92000003", "SCT"), ("M83000003", None)):
        loaded = load_postcodes(
            write(tmp_path / "list.csv", OLD, f"{BERWICK},,{country},55.77,-2.0"), actor=None
        )
        assert loaded.added + loaded.changed == 1
        assert Postcode.objects.get().nation == nation


def test_a_list_without_countries_leaves_the_area_to_decide(tmp_path: Path) -> None:
    center, border = make_center("EH1 1AA"), make_center(BERWICK, nation="ENG")
    load_postcodes(
        write(tmp_path / "own.csv", "postcode,latitude,longitude", "EH1 1AA,55.95,-3.19"),
        actor=None,
    )
    center.refresh_from_db()
    border.refresh_from_db()
    assert (center.nation, border.nation) == ("SCT", None)


def test_an_import_says_it_of_new_and_moved_centres() -> None:
    moved = make_center("IG3 9UZ", code="7", nation="ENG")
    place = {"latitude": "55.9", "longitude": "-3.2"}
    rows = [
        Row(2, "Leith", "6", "EH6 5AA", **place),
        Row(3, "IG3 9UZ", "7", "CF10 1AA", **place),
    ]
    apply_plan(plan_import(rows, overwrite=True), actor=None)
    moved.refresh_from_db()
    assert (Center.objects.get(code="6").nation, moved.nation) == ("SCT", "WLS")


def test_staff_who_move_a_centre_move_its_nation() -> None:
    center = make_center("IG3 9UZ", latitude=51.5, longitude=0.1, nation="ENG")
    form = {"name": "Leith", "postcode": "EH6 5AA", "latitude": "55.9", "longitude": "-3.2"}
    page = signed_in(make_staff("center_manager"))
    page.post(f"/admin/centers/center/{center.pk}/change/", form | {"is_active": "on"})
    center.refresh_from_db()
    assert center.nation == "SCT"


def test_filling_again_changes_nothing() -> None:
    make_center("EH1 1AA")
    assert (fill_nations(), fill_nations()) == (1, 0)


def test_the_database_knows_three_nations() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_center("BT1 1AA", nation="NIR")
