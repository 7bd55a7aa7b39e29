"""Centres as a list that `import_centers` reads, and that no spreadsheet executes."""

import csv
import io
from collections.abc import Iterable

from audit.export import inert
from centers.importing.files import OWN_FIELDS
from centers.models import Center

TEXTS = frozenset(OWN_FIELDS) - {"latitude", "longitude"}


def centers_as_csv(centers: Iterable[Center]) -> str:
    """One line for each centre after a header, coordinates in degrees of WGS 84."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(OWN_FIELDS)
    for center in centers:
        writer.writerow([_cell(center, name) for name in OWN_FIELDS])
    return out.getvalue()


def _cell(center: Center, name: str) -> str:
    """A coordinate may begin with a minus sign, and is a number: that runs nothing."""
    value = getattr(center, name)
    return inert(value) if name in TEXTS else "" if value is None else str(value)
