"""Secrets may come as files, so that they stand in no process's environment."""

import os

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured

from dvsa_alerts.environment import read_environment


def read(**given: str):
    env = environ.Env()
    env.ENVIRON = {
        name: value for name, value in os.environ.items() if name != "SECRET_KEY"
    } | given
    return read_environment(env)


def test_a_file_that_is_named(tmp_path):
    (tmp_path / "key").write_text("from a file\n")
    assert read(SECRET_KEY_FILE=str(tmp_path / "key")).secret_key == "from a file"


def test_a_credential_of_systemds(tmp_path):
    (tmp_path / "SECRET_KEY").write_text("a credential")
    assert read(CREDENTIALS_DIRECTORY=str(tmp_path)).secret_key == "a credential"


def test_what_is_said_itself_counts_for_more(tmp_path):
    (tmp_path / "SECRET_KEY").write_text("a credential")
    given = {"CREDENTIALS_DIRECTORY": str(tmp_path), "SECRET_KEY": "said"}
    assert read(**given).secret_key == "said"


def test_a_file_that_is_not_there_stops_the_start_with_its_name():
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY_FILE"):
        read(SECRET_KEY_FILE="/nowhere")


def test_what_is_no_secret_is_read_from_no_file(tmp_path):
    (tmp_path / "name").write_text("Other")
    assert read(SECRET_KEY="x", SITE_NAME_FILE=str(tmp_path / "name")).site_name != "Other"


def test_the_longest_that_a_statement_may_take_is_a_number():
    with pytest.raises(ImproperlyConfigured, match="STATEMENT_SECONDS"):
        read(SECRET_KEY="x", STATEMENT_SECONDS="soon")
