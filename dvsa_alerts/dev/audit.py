"""What the program is made of, and whether any of it is known to be vulnerable."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from .shell import ROOT, RefusedError, call, last_lines, quietly, say

# Tools that nothing else needs: an environment of their own, by a lock of their own.
TOOLS = ROOT / ".venv-audit"
LOCK = ROOT / "requirements-audit.txt"
LOCKS = ("requirements.txt", "requirements-dev.txt")
SBOM = "sbom.json"
UNREACHED = "NOT ASKED: no database of vulnerabilities could be reached."


def audit(words: Sequence[str]) -> int:
    """audit              sbom.json, and known vulnerabilities in what is locked: fails on any,
    and says so where no database of them can be reached
    """
    try:
        _install()
    except RefusedError as error:
        say(f"{error}\n{UNREACHED}")
        return 0
    _write_sbom(ROOT / SBOM)
    return max(_ask(ROOT / name) for name in LOCKS)


def _install() -> None:
    made = TOOLS / "made-from"
    wanted = LOCK.read_text()
    if made.exists() and made.read_text() == wanted:
        return
    quietly((sys.executable, "-m", "venv", "--clear", TOOLS))
    python = TOOLS / "bin" / "python"
    quietly((python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", LOCK))
    made.write_text(wanted)


def _write_sbom(file: Path) -> None:
    """CycloneDX, of what runs the site."""
    tool = TOOLS / "bin" / "cyclonedx-py"
    options = ("--pyproject", ROOT / "pyproject.toml", "--output-reproducible")
    quietly((tool, "requirements", *options, "-o", file, ROOT / LOCKS[0]))
    say(f"{file.name}: {len(json.loads(file.read_text())['components'])} components")


def _ask(lock: Path) -> int:
    """1 for a known vulnerability; 0 also where nobody could be asked."""
    report = TOOLS / f"{lock.stem}.json"
    report.unlink(missing_ok=True)
    tool, options = TOOLS / "bin" / "pip-audit", ("--disable-pip", "--require-hashes")
    asked = call((tool, *options, "--format", "json", "--output", report, "-r", lock))
    if not report.exists():
        say(f"{last_lines(asked.stdout, 3)}\n{lock.name}: {UNREACHED}")
        return 0
    found = [*known(report.read_text())]
    say("\n".join([f"{lock.name}: {len(found)} known vulnerabilities", *found]))
    return 1 if found else 0


def known(report: str) -> Iterator[str]:
    """A line for each vulnerability in a report of pip-audit: what it is in, and what fixes it."""
    for each in json.loads(report)["dependencies"]:
        for hole in each.get("vulns", ()):
            fixed = ", ".join(hole["fix_versions"]) or "no version yet"
            yield f"  {each['name']} {each['version']}: {hole['id']}, fixed in {fixed}"
