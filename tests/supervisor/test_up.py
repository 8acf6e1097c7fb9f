"""manage.py up, started, killed and started again as on a real machine."""

import signal
import socket
import stat
import time
import urllib.error
import urllib.request

import psutil
import psycopg

from supervisor.embedded import EmbeddedServices
from tests.supervisor.conftest import InstallationOnDisk

SECOND_START_SECONDS = 30.0
SECOND_START_CPU_SECONDS = 6.0  # what else runs on the machine is not its fault


def rows_of(installation: InstallationOnDisk, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(
        host=str(installation.home.postgres_sockets), dbname="patentsearch", user="patentsearch"
    ) as connection:
        return connection.execute(statement.encode()).fetchall()


def answers(port: int, seconds: float) -> bool:
    """Whether the web server answers anything at all in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/login/", timeout=5):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            time.sleep(0.1)
    return False


def test_a_killed_supervisor_takes_its_children_along_and_the_next_start_is_quick_and_whole(
    used_installation: InstallationOnDisk,
) -> None:
    first = used_installation.up(PATENTSEARCH_ROLES="web,beat")
    assert f"http://127.0.0.1:{used_installation.port}/" in first.line_with("runs at")
    password = used_installation.home.admin_password.read_text().strip()
    assert password in first.line_with("Log in as admin")
    assert stat.S_IMODE(used_installation.home.admin_password.stat().st_mode) == 0o600
    users = rows_of(used_installation, "SELECT id, username, password FROM auth_user")
    assert [user[1] for user in users] == ["admin"]

    first.process.send_signal(signal.SIGKILL)
    first.process.wait(10)
    second = used_installation.up()
    second.line_with("runs at", SECOND_START_SECONDS)
    spent = psutil.Process(second.process.pid).cpu_times()
    assert spent.user + spent.system + spent.children_user + spent.children_system < SECOND_START_CPU_SECONDS
    assert not any("the database is up to date" in line for line in second.lines)  # nothing was made anew
    assert rows_of(used_installation, "SELECT id, username, password FROM auth_user") == users
    assert used_installation.home.admin_password.read_text().strip() == password

    second.process.send_signal(signal.SIGINT)
    assert second.process.wait(25) == 0
    assert used_installation.processes() == []


def test_a_child_that_dies_is_started_again_and_a_killed_supervisor_leaves_nothing(
    used_installation: InstallationOnDisk,
) -> None:
    running = used_installation.up(PATENTSEARCH_ROLES="web")
    running.line_with("runs at")
    [web] = [
        process
        for process in used_installation.processes()
        if "gunicorn" in " ".join(process.cmdline()) and process.ppid() == running.process.pid
    ]
    web.kill()
    running.line_with("web ended with -9")
    assert answers(used_installation.port, seconds=20)
    running.process.send_signal(signal.SIGKILL)
    running.process.wait(10)
    assert used_installation.gone_within(15), used_installation.processes()


def test_a_taken_port_is_one_line_with_the_remedy(installation: InstallationOnDisk) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", installation.port))
        taken.listen()
        running = installation.up()
        line = running.line_with("is in use")
        assert running.process.wait(20) == 1
    assert f"port {installation.port}" in line
    assert "PATENTSEARCH_PORT=8001 make up" in line
    assert [printed for printed in running.lines if printed] == [line]
    assert not (installation.home.postgres / "PG_VERSION").exists()


def test_a_second_up_is_refused_naming_the_first_and_commands_keep_the_services_when_up_ends(
    used_installation: InstallationOnDisk,
) -> None:
    first = used_installation.up(PATENTSEARCH_ROLES="beat")
    lock = used_installation.home.run / "up.lock"
    while not (used_installation.home.admin_password.exists() and f"process {first.process.pid}" in lock.read_text()):
        time.sleep(0.05)
    second = used_installation.up(PATENTSEARCH_ROLES="beat")
    assert str(first.process.pid) in second.line_with("already running")
    assert second.process.wait(20) == 1
    with EmbeddedServices(used_installation.home) as services:
        first.process.send_signal(signal.SIGINT)
        assert first.process.wait(25) == 0
        assert services.running()
        assert rows_of(used_installation, "SELECT count(*) FROM auth_user") == [(1,)]
    assert used_installation.gone_within(5), used_installation.processes()
