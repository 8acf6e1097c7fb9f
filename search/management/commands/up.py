"""manage.py up: run all processes in the foreground until Ctrl-C."""

from __future__ import annotations

import os
import secrets
from argparse import ArgumentParser
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from search.management.schema import migrate_where_needed
from supervisor.children import Installation
from supervisor.errors import SupervisorError
from supervisor.up import Supervisor, print_line

ADMINISTRATOR = "admin"


class Command(BaseCommand):
    help = "Run everything on this machine: PostgreSQL, Valkey, the workers, beat and the web server."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reload", action="store_true", help="start again when code changes, for development")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["reload"] and find_spec("watchfiles") is None:
            raise CommandError("--reload needs the package watchfiles, which `make dev` installs")
        installation = Installation(
            home=settings.HOME,
            host=settings.WEB_HOST,
            port=settings.WEB_PORT,
            web_processes=settings.WEB_PROCESSES,
            web_threads=settings.WEB_THREADS,
            batch_workers=settings.BATCH_WORKERS,
            model_threads=settings.MODEL_THREADS,
            own_postgres=not settings.DATABASE_URL,
            own_valkey=not settings.BROKER_URL,
            with_sample=settings.LOAD_SAMPLE,
            reload=options["reload"],
            roles=frozenset(settings.ROLES),
        )
        try:
            Supervisor(installation, print_line).run(prepare, lambda: greeting(installation))
        except SupervisorError as error:
            raise CommandError(str(error)) from error


def prepare() -> bool:
    """Migrate the database and create the first administrator. Returns whether the sample must still be loaded."""
    try:
        if migrate_where_needed():
            print_line("up | the database is up to date")
        first_administrator()
    finally:
        connection.close()  # the supervisor needs no database connection from here on
    return not settings.HOME.sample_loaded.exists()


@transaction.atomic
def first_administrator() -> None:
    """Create the account `admin` if there is no administrator. Its random password is stored in the home (0600)."""
    if User.objects.filter(is_superuser=True).exists():
        return
    password = secrets.token_urlsafe(12)
    descriptor = os.open(settings.HOME.admin_password, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{password}\n")
    User.objects.create_superuser(ADMINISTRATOR, password=password)


def greeting(installation: Installation) -> list[str]:
    """Return the lines that say where it runs and how to log in. The password is only in those of the first start."""
    kept = installation.home.admin_password
    lines = [f"Patent image search runs at {installation.address}"]
    if not kept.exists():
        return [*lines, "Log in with your account. Ctrl-C stops it."]
    if installation.home.sample_loaded.exists():
        return [*lines, f"Log in as {ADMINISTRATOR}; the first password is in {kept}. Ctrl-C stops it."]
    password = kept.read_text(encoding="ascii").strip()
    return [*lines, f"Log in as {ADMINISTRATOR} with the password {password} (also in {kept}). Ctrl-C stops it."]
