"""Fits that several people ask for at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connections
from pytest_django import Settings

from annotations.services.fits import fit_request
from tests.annotation_collection import use_stand_ins
from tests.annotation_fits import judged_make


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_get_one_fit(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_stand_ins(settings, tmp_path, monkeypatch)
    judged = judged_make()

    def ask(_: int) -> int:
        try:
            return fit_request(snapshot=judged.snapshot, baseline=judged.average, requested_by=judged.staff).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as people:
        assert len(set(people.map(ask, range(4)))) == 1
