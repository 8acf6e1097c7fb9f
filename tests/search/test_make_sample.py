"""manage.py make_sample: its last line is JSON, and invalid options are errors."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command


def test_make_sample_writes_a_batch_and_returns_its_path(tmp_path: Path) -> None:
    out = io.StringIO()
    call_command("make_sample", str(tmp_path), "--documents", "1", "--max-sheets", "1", "--json", stdout=out)
    summary = json.loads(out.getvalue().splitlines()[-1])
    assert (summary["documents"], summary["sheets"]) == (1, 1)
    assert Path(summary["batch"]).stat().st_size > 1000
    assert Path(summary["truth"]).parent == tmp_path


def test_make_sample_refuses_no_documents(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="documents"):
        call_command("make_sample", str(tmp_path), "--documents", "0")
