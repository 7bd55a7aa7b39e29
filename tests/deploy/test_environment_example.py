"""The example of an environment file explains every variable, and fits what reads it."""

import re

from django.conf import settings

from dvsa_alerts.environment import SCHEMA, Environment, read_environment

FILES = [settings.BASE_DIR / "deploy" / f"{name}.example" for name in ("environment", "owner")]
LINES = [line for file in FILES for line in file.read_text().splitlines()]
ASSIGNED = re.compile(r"^(# )?([A-Z][A-Z_]+)=(.*)$")


def variables() -> dict[str, str]:
    """Name and value of each line that sets one, commented out or not."""
    found = map(ASSIGNED.match, LINES)
    return {match[2]: match[3] for match in found if match}


def filled(values: dict[str, str]) -> Environment:
    """As an operator fills it in."""
    return read_environment(values | {"SECRET_KEY": "x" * 50, "VAPID_PRIVATE_KEY": "x" * 43})


def test_it_names_exactly_what_is_read():
    assert set(variables()) == {each.name for each in SCHEMA.values()}


def test_each_variable_is_explained_above_it():
    for number, line in enumerate(LINES):
        match = ASSIGNED.match(line)
        if match and match[2] != "WEB_THREADS":
            assert LINES[number - 1].startswith("# "), f"{match[2]} is not explained"


def test_what_is_commented_out_shows_the_default():
    shown = filled(variables())
    optional = {m[2] for m in map(ASSIGNED.match, LINES) if m and m[1]}
    default = filled({name: value for name, value in variables().items() if name not in optional})
    assert default == shown


def test_the_example_is_fit_for_a_server():
    read = filled(variables())
    assert not read.debug
    assert read.site_url.startswith("https://")
    assert read.database["OPTIONS"] == {"connect_timeout": 5, "tcp_user_timeout": 30000}
