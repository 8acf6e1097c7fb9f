"""Settings that safety stands on."""

import re
import tomllib

import pytest
from celery import current_app
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from kombu.transport.redis import Channel


def test_a_page_without_login_leads_to_the_login(client: Client) -> None:
    answer = client.get("/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/")


def test_every_answer_carries_the_strict_policy(client: Client) -> None:
    policy = client.get("/")["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["default-src"] == "'none'"
    assert {directives[name] for name in ("script-src", "style-src", "connect-src", "font-src", "form-action")} == {
        "'self'"
    }
    assert directives["img-src"] == "'self' blob:"
    assert {directives[name] for name in ("frame-ancestors", "base-uri")} == {"'none'"}
    assert "unsafe" not in policy


def test_a_killed_task_is_neither_lost_nor_started_twice() -> None:
    conf = current_app.conf
    assert conf.task_acks_late and conf.task_reject_on_worker_lost and conf.worker_prefetch_multiplier == 1
    options = conf.broker_transport_options
    assert options["visibility_timeout"] >= 10 * conf.task_time_limit
    assert options["unacked_restore_interval"] * options["unacked_restore_throttle"] <= 5
    # kombu takes options by these names alone, and ignores others silently
    assert options.keys() <= set(Channel.from_transport_options)
    assert list(conf.accept_content) == ["json"]


@pytest.mark.django_db
def test_the_models_and_the_migrations_agree() -> None:
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


def test_waiting_for_locks_and_statements_is_bounded() -> None:
    assert settings.DATABASES["default"]["OPTIONS"]["options"] == "-c statement_timeout=30s -c lock_timeout=5s"
    assert settings.DATABASES["default"]["CONN_HEALTH_CHECKS"] is True


def test_the_version_is_one_everywhere() -> None:
    version = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert settings.SPECTACULAR_SETTINGS["VERSION"] == version
    changelog = (settings.BASE_DIR / "CHANGELOG.md").read_text("utf-8")
    assert re.findall(r"^## (\d.*)$", changelog, re.M)[0].split()[0] == version
