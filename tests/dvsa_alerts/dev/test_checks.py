"""How tests and checks are called."""

import pytest

from dvsa_alerts.dev import checks


def test_the_deployment_check_sees_a_site_on_https_without_debug():
    settings = checks.deployed({"DEBUG": "true", "SITE_URL": "http://127.0.0.1:8000"})
    assert settings["DEBUG"] == "false"
    assert settings["SITE_URL"].startswith("https://")


@pytest.mark.parametrize("words", [["-n", "4"], ["-n4"], ["--numprocesses=4"], ["--pdb"]])
def test_the_callers_choice_of_processes_is_kept(words):
    assert checks.pytest_words(words) == words


def test_tests_run_on_two_processes_by_default():
    assert checks.pytest_words(["-x", "tests/slots"]) == ["-n", "2", "-x", "tests/slots"]
