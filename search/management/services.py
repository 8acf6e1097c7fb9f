"""The base of commands: embedded services and a worker, started if they do not run already."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import current_app
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from search.management.schema import migrate_where_needed
from supervisor.children import THREAD_VARIABLES
from supervisor.embedded import EmbeddedServices
from supervisor.errors import SupervisorError
from supervisor.processes import Command, end, open_log, start

WORKER_START_SECONDS = 90.0


class ServiceCommand(BaseCommand):
    """A command that starts the embedded services if they do not run, and prints a line of JSON at the end with --json.

    Subclasses implement `run`, which prints text for people and returns the object for --json.
    """

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        services = EmbeddedServices(settings.HOME, postgres=not settings.DATABASE_URL, valkey=not settings.BROKER_URL)
        try:
            with services:
                migrate_where_needed()
                result = self.run(**options)
        except SupervisorError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False, default=str))
        fault = self.fault(result)
        if fault:
            raise CommandError(fault)

    def run(self, **options: Any) -> dict[str, Any]:
        raise NotImplementedError

    def fault(self, result: dict[str, Any]) -> str:
        """Return why the command failed, or "". A failure makes the exit status 1."""
        return ""

    def say(self, line: str) -> None:
        """Print a line for people on standard error; standard output is kept for JSON."""
        self.stderr.write(line, ending="\n")


def command_line_user() -> User:
    """Return the account that owns what commands create. It cannot log in."""
    user, created = User.objects.get_or_create(username="command-line", defaults={"is_active": False})
    if created:
        user.set_unusable_password()
        user.save()
    return user


@contextmanager
def worker_for(queue: str) -> Iterator[None]:
    """Make sure that a worker serves a queue during the block: start one unless one runs already."""
    if _queue_is_served(queue):
        yield
        return
    arguments = [
        sys.executable, "-m", "celery", "--quiet", "-A", "patentsearch", "worker", "--queues", queue,
        "--concurrency", "1", "--hostname", f"{queue}-{os.getpid()}@%h", "--without-gossip", "--without-mingle",
    ]  # fmt: skip
    bounded = {name: str(settings.MODEL_THREADS) for name in THREAD_VARIABLES}
    path = settings.HOME.logs / f"{queue}-command.log"
    with open_log(path) as log:
        process = start(Command(arguments, environment=os.environ | bounded, folder=settings.BASE_DIR), output=log)
    try:
        _await_worker(queue, process, str(path))
        yield
    finally:
        end(process, ((signal.SIGTERM, 20.0), (signal.SIGQUIT, 5.0)))


def _queue_is_served(queue: str) -> bool:
    served = current_app.control.inspect(timeout=1.0).active_queues() or {}
    return any(found["name"] == queue for queues in served.values() for found in queues)


def _await_worker(queue: str, process: subprocess.Popen[bytes], log: str) -> None:
    deadline = time.monotonic() + WORKER_START_SECONDS
    while not _queue_is_served(queue):
        if process.poll() is not None or time.monotonic() > deadline:
            raise CommandError(f"The worker for the queue {queue!r} did not start. See its log: {log}")
        time.sleep(0.2)
