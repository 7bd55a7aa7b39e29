"""A restore gives back what the backup holds, or refuses in one sentence and changes nothing."""

import os
import random
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from audit.models import SystemConfig
from dvsa_alerts.dev.clock import by_the_real_clock
from dvsa_alerts.operations.backups import files
from dvsa_alerts.operations.backups.backup import make_backup
from dvsa_alerts.operations.backups.encryption import Recipient
from dvsa_alerts.operations.backups.erasures import FILE as ERASURES
from dvsa_alerts.operations.backups.files import BadBackup, check_dump, read_backup
from dvsa_alerts.operations.backups.restore import restore
from dvsa_alerts.operations.backups.table_sums import own_tables, table_sums
from tests import databases
from tests.dvsa_alerts.conftest import WORKER


@pytest.fixture(scope="module")
def backup(tmp_path_factory, town_database, django_db_blocker) -> Path:
    """A backup of the town, which no test changes, and users 3 and 5 erased since and long ago."""
    folder = tmp_path_factory.mktemp("backups")
    with django_db_blocker.unblock(), databases.used_here(town_database):
        made = make_backup(folder)
    now = datetime.now(UTC).isoformat()
    (folder / ERASURES).write_text(
        f'{{"user": 3, "at": "{now}"}}\n{{"user": 999, "at": "{now}"}}\n'
        f'{{"user": 5, "at": "2020-01-01T00:00:00+00:00"}}\n{{"user": 4, "a'
    )
    return made.path


@pytest.fixture(scope="module")
def restored(backup, django_db_blocker):
    """What restoring it answers, and the database's name as `.database`."""
    name = f"restored_{WORKER}"
    databases.recreate(name)
    with django_db_blocker.unblock(), databases.used_here(name, role="app_owner"):
        yield restore(backup)
    databases.drop(name)


@pytest.fixture
def ask():
    """Asks the restored database one question."""

    def one(query):
        with databases.owner_connection(f"restored_{WORKER}") as connection:
            return connection.execute(query).fetchone()[0]

    return one


@pytest.fixture
def refused(run_on, empty_database):
    """Asks for a restore that is refused with the database left empty; the one sentence."""

    def refuse(file):
        ended = run_on(empty_database, "restore", str(file))
        assert (ended.code, ended.out) == (1, "")
        assert "\n" not in ended.error
        assert tables_of(empty_database) == 0
        return ended.error

    return refuse


def tables_of(database):
    with databases.owner_connection(database) as connection:
        rows = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename <> 'spatial_ref_sys'"
        )
        return rows.fetchone()[0]


def test_counts_and_chain_are_those_of_the_manifest(restored, backup, ask):
    manifest = read_backup(backup).manifest
    assert restored.rows == sum(table["rows"] for table in manifest["tables"].values())
    assert ask("SELECT count(*) FROM drivingtestslots") == 12
    assert str(restored.head) == manifest["audit_head"] != "0:"


def test_the_schema_and_everybodys_rights_are_as_they_were(restored, town_database):
    assert schema_of(f"restored_{WORKER}") == schema_of(town_database)


def schema_of(database):
    """As pg_dump says it, rights included; lists in conditions are worded again each time."""
    with databases.owner_connection(database) as connection:
        host = connection.info.host
    words = ["pg_dump", "--schema-only", "--schema=public", "-h", host, "-U", "app_owner", database]
    text = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    lines = [line for line in text.splitlines() if not line.startswith("\\")]
    return sorted(line.partition("ARRAY[")[0].rstrip("( ,") for line in lines)


def test_sending_is_off_afterwards(restored, ask):
    assert ask("SELECT value FROM systemconfig WHERE key = 'alerts.sending'") == "false"


def test_users_erased_since_are_erased_again_and_the_log_still_holds(restored, run_on, ask):
    assert restored.settled.erased == [3]
    left = "SELECT array_agg(user_id ORDER BY user_id) FROM users WHERE user_id < 1000"
    assert ask(left) == [1, 2, 4, 5, 6, 7, 8]
    assert run_on(f"restored_{WORKER}", "verify_audit", "--json").answer["broken"] is None


def test_numbers_of_the_lost_time_are_not_given_again(restored, ask):
    new = "INSERT INTO users (email, password_hash) VALUES ('new@example.org', 'x')"
    assert ask(f"{new} RETURNING user_id") > 1_000_000


def test_lists_can_estimate_at_once(restored, ask):
    assert ask("SELECT reltuples FROM pg_class WHERE relname = 'users'") > 0


def test_what_a_source_lists_first_is_not_announced(restored, ask):
    assert ask("SELECT count(*) FROM slots_sourcebaseline") == 0


def test_a_dry_run_does_it_all_and_leaves_the_database_empty(backup, run_on, empty_database):
    answer = run_on(empty_database, "restore", str(backup), "--json", "--dry-run").answer
    assert answer["status"] == "checked"
    assert answer["tables"] == read_backup(backup).manifest["tables"]
    assert tables_of(empty_database) == 0


def test_a_database_that_is_not_empty_is_refused(backup, town_database, run_on):
    before = tables_of(town_database)
    said = run_on(town_database, "restore", str(backup)).error
    assert said.endswith(f"The database {town_database} is not empty: restore into a new one.")
    assert tables_of(town_database) == before


def test_a_backup_that_was_cut_short_is_refused(backup, refused, tmp_path):
    file = tmp_path / backup.name
    file.write_bytes(backup.read_bytes()[: backup.stat().st_size // 2])
    assert "cut short" in refused(file)


def test_a_backup_of_which_one_byte_was_changed_is_refused(backup, refused, tmp_path):
    file = tmp_path / backup.name
    file.write_bytes(changed(backup.read_bytes(), 20_000))
    assert "was changed: database.dump is not what was written" in refused(file)


def changed(data, place):
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def test_a_change_or_a_cut_anywhere_is_found(backup, tmp_path):
    """Each byte of what frames the dump, and some of the dump's own; every kind of cut."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 - pytest shows it when the test fails
    rng = random.Random(seed)
    data, read = backup.read_bytes(), read_backup(backup)
    end = read.start + read.size
    file = tmp_path / "damaged.tar"
    framing = [*range(read.start), *range(end, len(data))]
    for place in [*rng.sample(framing, 400), *rng.sample(range(read.start, end), 20)]:
        assert is_refused(file, changed(data, place)), f"seed {seed}: byte {place}"
    for length in [0, 1, 511, 512, end, len(data) - 1, *rng.sample(range(len(data)), 50)]:
        assert is_refused(file, data[:length]), f"seed {seed}: {length} bytes"
    assert is_refused(file, data + b"\0")
    assert not is_refused(file, data)


def is_refused(file, data):
    file.write_bytes(data)
    try:
        check_dump(read_backup(file), progress=lambda count: None)
    except BadBackup:
        return True
    return False


def rewritten(backup, folder, **facts):
    """A whole backup, every checksum in order, whose manifest says something else."""
    read = read_backup(backup)
    manifest = {name: read.manifest[name] for name in read.manifest if name != "dump"} | facts
    file = folder / backup.name
    with files.new_file(file) as output:
        writer = files.BackupWriter(output, read.manifest["dump"]["name"])
        for data in files.dump_bytes(read):
            writer.write_dump(data)
        writer.finish(manifest)
    return file


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"format": 2}, "has format 2, and this program reads 1"),
        ({"postgresql": 99}, "of PostgreSQL 99, later than this server's"),
        ({"migrations": ["slots.0001_initial"]}, "only this program has the migration"),
        ({"audit_head": f"6:{'0' * 64}"}, "does not hold: the chain doesn't hold the known head"),
    ],
)
def test_a_backup_of_another_version_is_refused(backup, refused, tmp_path, facts, said):
    assert said in refused(rewritten(backup, tmp_path, **facts))


def test_a_later_schema_is_refused_by_the_migration_it_has(backup, refused, tmp_path):
    later = [*read_backup(backup).manifest["migrations"], "slots.9999_later"]
    said = refused(rewritten(backup, tmp_path, migrations=later))
    assert "only the backup has the migration slots.9999_later" in said


def test_rows_that_differ_from_the_manifest_leave_the_database_empty(backup, refused, tmp_path):
    tables = read_backup(backup).manifest["tables"]
    tables["users"]["checksum"] = "1"
    said = refused(rewritten(backup, tmp_path, tables=tables))
    assert "users is not what the manifest says" in said


def test_a_file_that_is_no_backup_is_refused(refused, tmp_path):
    file = tmp_path / "slots.csv"
    file.write_text("center,test_type,date,time\n" * 100)
    assert "not a whole backup" in refused(file)


@pytest.fixture
def encrypted(town_database, tmp_path, django_db_blocker):
    """Makes a backup of the town for someone's eyes."""

    def make(key):
        with django_db_blocker.unblock(), databases.used_here(town_database):
            return str(make_backup(tmp_path, recipient=Recipient(key)).path)

    return make


@pytest.mark.skipif(not shutil.which("age"), reason="age is not installed")
def test_a_backup_encrypted_with_age_is_restored_with_its_key_and_refused_without(
    encrypted, refused, run_on, empty_database, tmp_path
):
    key = tmp_path / "key.txt"
    subprocess.run(["age-keygen", "-o", str(key)], capture_output=True, check=True)
    file = encrypted(key.read_text().partition("public key: ")[2].split()[0])
    assert "say --identity" in refused(file)
    ended = run_on(empty_database, "restore", file, "--json", "--identity", str(key))
    assert ended.answer["status"] == "restored"


@pytest.fixture
def gnupg_key(tmp_path, monkeypatch):
    """Whose key there is; GnuPG looks for it in a folder of this test's own."""
    home = tmp_path / "gnupg"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(home))
    new = ["gpg", "--batch", "--passphrase", "", "--quick-gen-key", "backup@example.org"]
    # The program gives GnuPG no more of its environment than it needs: it goes by the real clock,
    # and takes no key that was made later than now.
    env = by_the_real_clock(os.environ)
    subprocess.run([*new, "rsa2048", "encr"], capture_output=True, check=True, env=env)
    return "backup@example.org"


def test_a_backup_encrypted_with_gnupg_is_restored_with_its_key_and_refused_without(
    encrypted, refused, run_on, empty_database, gnupg_key
):
    file = encrypted(gnupg_key)
    with pytest.MonkeyPatch.context() as elsewhere:
        elsewhere.setenv("GNUPGHOME", "/nonexistent")
        assert "Nothing was restored: gpg: " in refused(file)
    assert run_on(empty_database, "restore", file, "--json").answer["status"] == "restored"


def test_sums_see_a_row_that_changed_and_not_the_order_of_rows(db):
    SystemConfig.objects.create(pk=1, key="a", value="1")
    SystemConfig.objects.create(pk=2, key="b", value="2")
    both = sums()
    SystemConfig.objects.filter(pk=2).update(value="3")
    assert sums() != both
    SystemConfig.objects.all().delete()
    SystemConfig.objects.create(pk=2, key="b", value="2")
    SystemConfig.objects.create(pk=1, key="a", value="1")
    assert sums() == both


def sums():
    return table_sums(own_tables())["systemconfig"]
