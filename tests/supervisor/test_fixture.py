"""The fixtures that give every test a database and a broker."""

import pytest
from celery import current_app
from django.conf import settings
from django.contrib.auth.models import User

from supervisor.embedded import EmbeddedServices


@pytest.mark.django_db
def test_rows_are_kept_in_postgres() -> None:
    User.objects.create_user("examiner")
    assert User.objects.get().username == "examiner"
    assert settings.DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql"


def test_the_broker_answers(embedded_services: EmbeddedServices) -> None:
    with current_app.connection_for_write() as connection:
        connection.ensure_connection(max_retries=1)
        assert connection.transport.driver_type == "redis"
