"""From a postcode to a place: as exact as what is loaded allows."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.db.models import Q

from centers import postcodes
from centers.models import Postcode, PostcodeArea
from centers.postcodes import NotAPostcode, NotInGreatBritain, PostcodeError, UnknownPostcode

__all__ = [
    "NotAPostcode",
    "NotInGreatBritain",
    "Place",
    "PostcodeError",
    "Precision",
    "UnknownPostcode",
    "locate",
    "locate_all",
]


class Precision(models.TextChoices):
    """How near the answer is: a street, some hundred metres, or some miles."""

    EXACT = "exact", "exact"
    SECTOR = "sector", "postcode sector"
    OUTCODE = "outcode", "postcode district"


@dataclass(frozen=True)
class Place:
    """Where a postcode is, in WGS 84 degrees; `ended` is the YYYYMM it went out of use."""

    postcode: str
    latitude: float
    longitude: float
    precision: Precision
    ended: str | None = None


def locate(text: str) -> Place:
    """Find the place of a full postcode ("ig39uz"), a sector ("IG3 9") or an outcode ("IG3").

    A postcode that is not stored, or has no grid reference, is placed by its sector, else by its
    outcode. Raises NotAPostcode, NotInGreatBritain or UnknownPostcode. Two queries at most.
    """
    found = locate_all([text])[text]
    if isinstance(found, PostcodeError):
        raise found
    return found


def locate_all(texts: Iterable[str]) -> dict[str, Place | PostcodeError]:
    """For each text its place, or the error that `locate` would raise; two queries in all."""
    split = {text: _split(text) for text in texts}
    wanted = [parts for parts in split.values() if isinstance(parts, tuple)]
    exact = _read_exact(wanted)
    areas = _read_areas([parts for parts in wanted if not _is_located(exact.get(_name(parts)))])
    return {
        text: parts if isinstance(parts, PostcodeError) else _place(parts, exact, areas)
        for text, parts in split.items()
    }


def _split(text: str) -> tuple[str, str] | PostcodeError:
    try:
        return postcodes.split(text)
    except PostcodeError as error:
        return error


def _name(parts: tuple[str, str]) -> str:
    return " ".join(parts).strip()


def _is_located(postcode: Postcode | None) -> bool:
    return postcode is not None and postcode.latitude is not None


def _read_exact(wanted: list[tuple[str, str]]) -> dict[str, Postcode]:
    names = [_name(parts) for parts in wanted if len(parts[1]) == len("9UZ")]
    return Postcode.objects.in_bulk(names)


def _read_areas(wanted: list[tuple[str, str]]) -> dict[tuple[str, str], PostcodeArea]:
    if not wanted:
        return {}
    outcodes = Q(kind=Precision.OUTCODE, area__in={outward for outward, _ in wanted})
    sectors = Q(kind=Precision.SECTOR, area__in={_name((o, i[:1])) for o, i in wanted if i})
    rows = PostcodeArea.objects.filter(outcodes | sectors)
    return {(row.kind, row.area): row for row in rows}


def _place(
    parts: tuple[str, str],
    exact: dict[str, Postcode],
    areas: dict[tuple[str, str], PostcodeArea],
) -> Place | PostcodeError:
    name = _name(parts)
    known = exact.get(name)
    ended = known.ended if known else None
    if known and known.latitude is not None and known.longitude is not None:
        return Place(name, known.latitude, known.longitude, Precision.EXACT, ended)
    outward, inward = parts
    sector = areas.get((Precision.SECTOR, _name((outward, inward[:1])))) if inward else None
    area = sector or areas.get((Precision.OUTCODE, outward))
    if area is None:
        return UnknownPostcode(name)
    return Place(name, area.latitude, area.longitude, Precision(area.kind), ended)
