"""How a step that fails is shown."""

import pytest

from dvsa_alerts.dev import shell


def test_a_failed_step_shows_the_last_of_what_it_said():
    with pytest.raises(shell.RefusedError, match="no room"):
        shell.quietly(("sh", "-c", "echo no room >&2; exit 3"))
