"""A backup is one whole file, as of one moment, that says what is in it."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from dvsa_alerts.operations.backups.files import read_backup
from tests import databases


@pytest.fixture
def back_up(run_on, town_database, tmp_path):
    """Makes a backup of the town; the command's answer."""
    return lambda *options: (
        run_on(town_database, "backup", str(tmp_path), "--json", *options).answer
    )


def test_the_manifest_says_what_the_database_holds(back_up, town_database):
    manifest = back_up()["manifest"]
    with databases.owner_connection(town_database) as connection:
        for table in ("users", "drivingtestslots", "auditlogs", "alerts_reach"):
            rows = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            assert manifest["tables"][table]["rows"] == rows, table
        head = connection.execute(
            "SELECT chain_no || ':' || hash FROM auditlogs ORDER BY chain_no DESC LIMIT 1"
        ).fetchone()[0]
    assert (manifest["audit_head"], manifest["format"]) == (head, 1)
    assert "slots.0001_initial" in manifest["migrations"]


def test_what_lives_for_a_moment_is_left_out(back_up, town_database):
    with databases.owner_connection(town_database) as connection:
        connection.execute(
            "INSERT INTO slots_ratewindow VALUES ('search/192.0.2.77', now(), 1)"
            " ON CONFLICT DO NOTHING"
        )
    answer = back_up()
    script = subprocess.run(
        ["tar", "xfO", answer["file"], "database.dump"], capture_output=True, check=True
    )
    sql = subprocess.run(
        ["pg_restore", "--file=-"], input=script.stdout, capture_output=True, check=True
    ).stdout
    assert b"192.0.2.77" not in sql
    assert b"learner3@example.org" in sql
    assert "slots_ratewindow" in answer["manifest"]["left_empty"]


def test_other_programs_can_check_the_file(back_up, tmp_path):
    answer = back_up()
    subprocess.run(["tar", "xf", answer["file"]], cwd=tmp_path, check=True)
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=tmp_path, check=True)


def test_it_is_of_one_moment_while_the_database_is_written(back_up, town_database):
    """Two tables that are always written together agree in the dump and in the manifest."""
    over = threading.Event()

    def write() -> None:
        with psycopg.connect(databases.owner_connection(town_database).info.dsn) as connection:
            number = 0
            while not over.is_set():
                number += 1
                connection.execute("INSERT INTO systemconfig (key) VALUES (%s)", [f"k{number}"])
                connection.execute("INSERT INTO auditlogs (action) VALUES ('together')")
                connection.commit()

    with databases.owner_connection(town_database) as connection:
        before = difference(connection)
        writer = threading.Thread(target=write)
        writer.start()
        try:
            answer = back_up()
        finally:
            over.set()
            writer.join()
        connection.execute("DELETE FROM systemconfig WHERE key ~ '^k[0-9]'")
    tables = answer["manifest"]["tables"]
    assert tables["systemconfig"]["rows"] - tables["auditlogs"]["rows"] == before
    assert rows_in_dump(answer["file"], "auditlogs") == tables["auditlogs"]["rows"]


def rows_in_dump(file, table):
    dump = subprocess.run(["tar", "xfO", file, "database.dump"], capture_output=True, check=True)
    words = ["pg_restore", "--data-only", f"--table={table}", "--file=-"]
    sql = subprocess.run(words, input=dump.stdout, capture_output=True, check=True).stdout
    return sql.partition(b" FROM stdin;\n")[2].partition(b"\n\\.\n")[0].count(b"\n") + 1


def difference(connection):
    counts = "SELECT (SELECT count(*) FROM systemconfig) - (SELECT count(*) FROM auditlogs)"
    return connection.execute(counts).fetchone()[0]


def test_a_full_disk_is_said_and_leaves_no_file(tmp_path, town_database):
    limited = ["prlimit", "--fsize=20000", sys.executable, "manage.py", "backup", str(tmp_path)]
    environment = os.environ | {
        "DATABASE_URL": databases.url_of(town_database, "app"), "DATABASE_OWNER_URL": "",
    }  # fmt: skip
    ended = subprocess.run(
        limited, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr == f"CommandError: Nothing was backed up: {tmp_path}: File too large.\n"
    assert not list(tmp_path.glob("*.tar")) + list(tmp_path.glob(".*.part"))


def test_what_a_killed_backup_left_is_never_taken_for_one_and_goes(back_up, tmp_path):
    left = tmp_path / ".slot-alerts-20260101T000000.000000Z.tar.part"
    left.write_bytes(b"half")
    back_up()
    assert not left.exists()
    assert len(list(tmp_path.glob("*.tar"))) == 1


def test_a_folder_that_is_not_there_is_refused_in_a_sentence(run_on, tmp_path, town_database):
    ended = run_on(town_database, "backup", str(tmp_path / "absent"))
    assert (ended.code, ended.error) == (
        1, f"Nothing was backed up: {tmp_path}/absent: No such file or directory."
    )  # fmt: skip


def test_only_the_owner_of_the_folder_can_read_it(back_up):
    answer = back_up()
    assert os.stat(answer["file"]).st_mode & 0o777 == 0o600


@pytest.mark.skipif(not shutil.which("age"), reason="age is not installed")
def test_encrypted_with_age_only_the_key_opens_it(back_up, tmp_path):
    key = tmp_path / "key.txt"
    subprocess.run(["age-keygen", "-o", str(key)], capture_output=True, check=True)
    public = key.read_text().partition("public key: ")[2].split()[0]
    answer = back_up("--encrypt-to", public)
    assert answer["manifest"]["dump"]["name"] == "database.dump.age"
    whole = (tmp_path / answer["file"]).read_bytes()
    assert b"PGDMP" not in whole
    read = read_backup(tmp_path / answer["file"])
    dump = whole[read.start : read.start + read.size]
    opened = subprocess.run(
        ["age", "-d", "-i", str(key)], input=dump, capture_output=True, check=True
    )
    assert opened.stdout.startswith(b"PGDMP")


def test_a_key_that_nobody_has_is_refused(run_on, tmp_path, town_database):
    ended = run_on(town_database, "backup", str(tmp_path), "--encrypt-to", "nobody@example.org")
    assert ended.code == 1
    assert ended.error.startswith("Nothing was backed up: gpg: ")
    assert not list(tmp_path.glob("*.tar"))


@pytest.mark.skipif(not shutil.which("age"), reason="age is not installed")
def test_what_age_says_of_a_key_is_said_again(run_on, tmp_path, town_database):
    ended = run_on(town_database, "backup", str(tmp_path), "--encrypt-to", "age1none")
    assert "age1none" in ended.error
    assert "report unexpected" not in ended.error


def copier(folder, script):
    """A program of the operator's."""
    program = folder / "copy"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return str(program)


def test_each_is_copied_to_a_second_place(back_up, settings, tmp_path):
    (tmp_path / "second").mkdir()
    settings.BACKUP_COPY_COMMAND = copier(tmp_path, f'cp "$1" {tmp_path}/second/')
    made = back_up()["file"]
    copied = {path.name for path in (tmp_path / "second").iterdir()}
    assert copied == {os.path.basename(made), "erased-users.jsonl"}
    assert (tmp_path / "second" / os.path.basename(made)).read_bytes() == Path(made).read_bytes()


def test_a_second_place_that_is_away_fails_the_command_and_the_backup_stays(
    run_on, settings, tmp_path, town_database
):
    settings.BACKUP_COPY_COMMAND = copier(tmp_path, "echo the bucket is away >&2; exit 1")
    ended = run_on(town_database, "backup", str(tmp_path))
    assert ended.code == 1
    assert ended.error.endswith(".tar is made, but not copied: the bucket is away.")
    assert len(list(tmp_path.glob("*.tar"))) == 1


def test_older_ones_go_once_the_new_one_is_whole(back_up, tmp_path):
    made = [back_up()["file"] for _ in range(3)]
    (tmp_path / "slot-alerts-a copy.tar").touch()
    answer = back_up("--keep", "2")
    assert answer["removed"] == [os.path.basename(path) for path in made[:2]]
    left = sorted(map(str, tmp_path.glob("slot-alerts-2*.tar")))
    assert left == [made[2], answer["file"]]
    assert (tmp_path / "slot-alerts-a copy.tar").exists()


def test_none_goes_when_the_new_one_fails(back_up, run_on, town_database, tmp_path):
    file = back_up()["file"]
    ran = run_on(town_database, "backup", str(tmp_path), "--keep", "1", "--encrypt-to", "age1none")
    assert ran.code == 1
    assert list(map(str, tmp_path.glob("*.tar"))) == [file]


@pytest.mark.parametrize("number", ["0", "-1", "all"])
def test_at_least_one_is_kept(number, tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "backup", str(tmp_path), "--keep", number],
        cwd=settings.BASE_DIR, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, "1 or more" in done.stderr) == (2, True)
