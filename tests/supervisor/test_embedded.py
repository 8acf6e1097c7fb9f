"""PostgreSQL and Valkey under their keeper."""

import os
import pwd
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from supervisor import postgres
from supervisor.embedded import EmbeddedServices
from supervisor.errors import SupervisorError
from supervisor.home import LONGEST_SOCKET_NAME, LONGEST_SOCKET_PATH_BYTES, Home
from supervisor.postgres import Postgres
from supervisor.processes import end, open_log, start
from tests.supervisor.conftest import PROJECT_ROOT, InstallationOnDisk


def connect(home: Home) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(host=str(home.postgres_sockets), dbname="patentsearch", user="patentsearch", autocommit=True)


def test_rows_outlive_a_restart_and_no_server_outlives_its_last_user(installation: InstallationOnDisk) -> None:
    with EmbeddedServices(installation.home), connect(installation.home) as connection:
        connection.execute("CREATE TABLE kept (number text)")
        connection.execute("INSERT INTO kept VALUES ('EP1234567A1')")
    assert installation.processes() == []
    with EmbeddedServices(installation.home), connect(installation.home) as connection:
        assert connection.execute("SELECT number FROM kept").fetchall() == [("EP1234567A1",)]


def test_a_user_that_is_killed_leaves_no_server(used_installation: InstallationOnDisk) -> None:
    program = (
        "import os, signal, sys; from supervisor.embedded import EmbeddedServices\n"
        "with EmbeddedServices(sys.argv[1], durable=False): os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(used_installation.home.root)], cwd=PROJECT_ROOT, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert used_installation.gone_within(15), used_installation.processes()


def test_two_users_share_one_server_and_the_first_may_leave_first(used_installation: InstallationOnDisk) -> None:
    first, second = (EmbeddedServices(used_installation.home, durable=False) for _ in range(2))
    with second:
        with first, connect(used_installation.home) as connection:
            connection.execute("CREATE TABLE shared_by_both (number text)")
        with connect(used_installation.home) as connection:
            assert connection.execute("SELECT count(*) FROM shared_by_both").fetchall() == [(0,)]
    assert used_installation.processes() == []


def test_a_killed_keeper_is_replaced_and_nothing_committed_is_lost(used_installation: InstallationOnDisk) -> None:
    with EmbeddedServices(used_installation.home, durable=False) as services:
        with connect(used_installation.home) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS figure_count")
        keeper = int((used_installation.home.run / "services.ready").read_text())
        os.kill(keeper, signal.SIGKILL)
        while services.running():
            pass
        services.ensure()
        with connect(used_installation.home) as connection:
            assert connection.execute("SELECT figure_count FROM kept").fetchall() == [(7,)]
    assert used_installation.processes() == []


def test_a_killed_server_is_started_again(used_installation: InstallationOnDisk) -> None:
    with EmbeddedServices(used_installation.home, durable=False):
        pid_file = used_installation.home.postgres / "postmaster.pid"
        before = pid_file.read_text().splitlines()[0]
        os.kill(int(before), signal.SIGKILL)
        after, deadline = before, 200
        while (after == before or not Postgres(used_installation.home).ready(int(after))) and deadline:
            deadline -= 1
            subprocess.run(["sleep", "0.05"], check=True)
            after = (pid_file.read_text().splitlines() or [before])[0] if pid_file.exists() else before
        assert after != before
        with connect(used_installation.home) as connection:
            assert connection.execute("SELECT 1").fetchall() == [(1,)]


def test_what_a_durable_home_acknowledges_is_on_the_disk(used_installation: InstallationOnDisk) -> None:
    with EmbeddedServices(used_installation.home, valkey=False), connect(used_installation.home) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert connection.execute(f"SHOW {setting}").fetchall() == [("on",)], setting


def test_neither_a_half_made_cluster_nor_a_stale_postmaster_pid_is_believed(installation: InstallationOnDisk) -> None:
    installation.home.prepare()
    half_made = installation.home.root / "postgres.new"
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("18\n")
    with EmbeddedServices(installation.home, valkey=False, durable=False):
        assert not half_made.exists()
    # The number of a live process that is no server of ours: this test's own.
    stale = f"{os.getpid()}\n{installation.home.postgres}\n0\n5432\n{installation.home.postgres_sockets}\n\n\nready\n"
    (installation.home.postgres / "postmaster.pid").write_text(stale)
    with EmbeddedServices(installation.home, durable=False), connect(installation.home) as connection:
        assert connection.execute("SELECT 1").fetchall() == [(1,)]


def test_queued_messages_outlive_a_killed_valkey(used_installation: InstallationOnDisk) -> None:
    with EmbeddedServices(used_installation.home, postgres=False) as services:
        queue = redis.Redis(unix_socket_path=str(used_installation.home.valkey_socket))
        queue.rpush("batch", *range(100))
        time.sleep(1.1)  # the log is synced every second
        os.kill(queue.info("server")["process_id"], signal.SIGKILL)
        deadline = time.monotonic() + 20
        while True:
            try:
                assert queue.llen("batch") == 100
                break
            except redis.ConnectionError:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        assert services.running()


def test_a_home_with_a_long_path_keeps_its_sockets_in_a_short_private_folder(tmp_path: Path) -> None:
    home = Home.at(tmp_path / ("deep" * 30))
    assert home.sockets.parent == Path("/tmp")
    assert len(os.fsencode(home.sockets / LONGEST_SOCKET_NAME)) <= LONGEST_SOCKET_PATH_BYTES
    assert home.sockets != Home.at(tmp_path / ("deep" * 31)).sockets
    home.prepare()
    assert home.sockets.stat().st_mode & 0o077 == 0
    home.postgres_sockets.rmdir()
    home.sockets.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to step down")
def test_without_user_namespaces_root_steps_down_to_an_account(
    installation: InstallationOnDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "user_namespaces_allowed", lambda: False)
    installation.home.root.chmod(0o711)
    installation.home.prepare()
    account = pwd.getpwnam(str(postgres.runs_as().account))
    server = Postgres(installation.home, durable=False)
    try:
        command = server.prepare()
    except SupervisorError as error:  # the checkout lies in a private folder, such as /root
        assert f"as the account {account.pw_name}, which cannot reach" in str(error)
        return
    with open_log(installation.home.logs / "postgres.log") as log:
        process = start(command, output=log)
    deadline = time.monotonic() + 20
    while not server.ready(process.pid):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert psutil.Process(process.pid).uids().effective == account.pw_uid
    with connect(installation.home) as connection:
        assert connection.execute("SELECT 1").fetchall() == [(1,)]
    end(process, server.end_steps)
    assert process.returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to step down")
def test_with_no_way_down_from_root_the_line_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_such_account(name: str) -> pwd.struct_passwd:
        raise KeyError(name)

    monkeypatch.setattr(postgres, "user_namespaces_allowed", lambda: False)
    monkeypatch.setattr(pwd, "getpwnam", no_such_account)
    with pytest.raises(SupervisorError, match="run as an ordinary user, or set DATABASE_URL"):
        postgres.runs_as()


def test_a_full_disk_is_refused_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("supervisor.home.LEAST_FREE_BYTES", 2**60)
    with pytest.raises(SupervisorError, match=r"free under .* free \d+ MiB, or set PATENTSEARCH_HOME"):
        Home.at(tmp_path).prepare()


def test_a_secret_is_made_once_and_private(tmp_path: Path) -> None:
    home = Home.at(tmp_path / "home")
    secret = home.secret("secret-key")
    assert home.secret("secret-key") == secret
    assert len(secret) >= 50
    assert (home.root / "secret-key").stat().st_mode & 0o077 == 0
