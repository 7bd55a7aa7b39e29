"""What can be tried of the servers without starting them."""

from pathlib import Path

import pytest

from dvsa_alerts.dev import folders, services, shell


def test_the_newest_postgresql_with_postgis_is_taken():
    found = [
        Path(f"/usr/share/postgresql/{version}/extension/postgis.control")
        for version in (9, 15, 17, 16)
    ]
    assert services.postgres_folders(found)[0] == Path("/usr/lib/postgresql/17/bin")


def test_data_of_a_version_that_is_not_installed_is_refused(tmp_path):
    (tmp_path / "PG_VERSION").write_text("8\n")
    with pytest.raises(shell.RefusedError, match="PostgreSQL 8"):
        services.postgres_binaries(tmp_path)


def test_a_cluster_without_data_is_not_running(tmp_path):
    assert not services.Postgres(tmp_path, tmp_path).running()


def test_a_redis_without_a_socket_is_not_running(tmp_path):
    assert not services.Redis(tmp_path, tmp_path).running()


def test_the_sockets_path_leaves_room_within_107_characters():
    longest = folders.LARGE / f"{services.throw_away_prefix()}12345678" / ".s.PGSQL.5432.lock"
    assert len(str(longest)) < 107
