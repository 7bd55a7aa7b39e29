"""`load_bundled_data`: what a new installation starts with."""

from typing import Any

from audit.management.reporting import ReportingCommand
from centers.bundled import load_bundled
from centers.files import BadFile


class Command(ReportingCommand):
    """Load the bundled data."""

    help = (
        "Loads the bundled postcode sectors, outcodes and test centres "
        "where there are none yet; changes nothing otherwise."
    )
    example = "example:\n  manage.py load_bundled_data"
    refusals = (BadFile,)

    def answer(self, **options: Any) -> tuple[dict[str, Any], list[str], bool]:
        """Load what is missing and say how much it was."""
        loaded = load_bundled()
        said = f"{loaded.areas:,} postcode sectors and outcodes, {loaded.centers:,} test centres."
        nothing = "Nothing to do: there are postcode sectors and test centres already."
        answer = {"areas": loaded.areas, "centers": loaded.centers}
        return answer, [said if loaded.areas or loaded.centers else nothing], False
