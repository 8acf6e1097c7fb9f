"""Wrong settings, the whole way: what each process says, and that none of them does anything."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.registry import INDEX_KINDS, READERS, SENTENCE_ENCODERS, VISUAL_ENCODERS, encoder_forms
from supervisor.children import ROLE_NAMES

PROJECT_ROOT = Path(__file__).resolve().parents[2]
NOWHERE = "redis://127.0.0.1:1/0"
CHECK = ("manage.py", "check", "--tag", "settings")  # without the other checks, which import every page


def run(home: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A process of the project on an empty home, with no service in reach."""
    kept = {name: value for name, value in os.environ.items() if name.split("_")[0] not in ("PATENTSEARCH", "DATABASE")}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=PROJECT_ROOT,
        env=kept | {"PATENTSEARCH_HOME": str(home), "BROKER_URL": NOWHERE} | variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


WRONG = {
    "PATENTSEARCH_NUMERAL_READER": ("compnents", READERS),
    "PATENTSEARCH_VISUAL_ENCODER": ("clip", encoder_forms(VISUAL_ENCODERS)),
    "PATENTSEARCH_SENTENCE_ENCODER": ("all-MiniLM-L6-v2", encoder_forms(SENTENCE_ENCODERS)),
    "PATENTSEARCH_INDEX_KIND": ("flt", INDEX_KINDS),
    "PATENTSEARCH_ROLES": ("wbe", ROLE_NAMES),
    "PATENTSEARCH_MODEL_DEVICE": ("gpu", ("cpu", "cuda", "mps", "xpu")),
    "PATENTSEARCH_LOG_LEVEL": ("loud", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")),
    "PATENTSEARCH_HOST": ("http://x", ("127.0.0.1",)),
    "PATENTSEARCH_ALLOWED_HOSTS": ("https://x", ("search.example.org",)),
    "PATENTSEARCH_CSRF_TRUSTED_ORIGINS": ("x", ("https://",)),
    "DATABASE_URL": ("mysql://h/name", ("postgres", "postgresql")),
    "BROKER_URL": ("amqp://h", ("redis", "rediss")),
    "STORAGE_URL": ("https://bucket", ("s3",)),
    "PATENTSEARCH_SAMPLE": ("maybe", ("true", "false")),
    "PATENTSEARCH_DEBUG": ("maybe", ("true", "false")),
    "PATENTSEARCH_HTTPS": ("maybe", ("true", "false")),
    "PATENTSEARCH_PORT": ("65536", ("1 to 65535",)),
    "PATENTSEARCH_WEB_PROCESSES": ("0", ("1 to 256",)),
    "PATENTSEARCH_WEB_THREADS": ("0", ("1 to 1024",)),
    "PATENTSEARCH_BATCH_WORKERS": ("0", ("1 to 256",)),
    "PATENTSEARCH_MODEL_THREADS": ("0", ("1 to 1024",)),
    "PATENTSEARCH_QUERY_RETENTION_DAYS": ("0", ("1 to 36500",)),
    "PATENTSEARCH_QUERY_TIMEOUT_SECONDS": ("0", ("1 to 3600",)),
    "PATENTSEARCH_STATEMENT_TIMEOUT_SECONDS": ("-1", ("0 to 2147483",)),
    "PATENTSEARCH_LOCK_TIMEOUT_SECONDS": ("-1", ("0 to 2147483",)),
}


def test_check_lists_every_wrong_setting_at_once_with_what_is_allowed(tmp_path: Path) -> None:
    done = run(tmp_path, "manage.py", "check", **{name: value for name, (value, _) in WRONG.items()})
    assert done.returncode == 1
    lines = [line for line in done.stderr.splitlines() if "search.E001" in line]
    assert len(lines) == len(WRONG)
    for name, (value, allowed) in WRONG.items():
        [line] = [line for line in lines if f" {name}='{value}' " in line]
        assert all(word in line.partition("' ")[2] for word in allowed), line


def test_check_warns_of_a_variable_that_is_no_setting(tmp_path: Path) -> None:
    done = run(tmp_path, *CHECK, PATENTSEARCH_NUMERAL_READRE="easyocr")
    assert done.returncode == 0
    [line] = [line for line in done.stderr.splitlines() if "search.W001" in line]
    assert "PATENTSEARCH_NUMERAL_READRE" in line and "did you mean PATENTSEARCH_NUMERAL_READER?" in line


def test_check_has_nothing_to_say_about_right_settings(tmp_path: Path) -> None:
    model = tmp_path / "model"
    model.mkdir()
    for name in ("modules.json", "model.safetensors"):
        (model / name).touch()
    done = run(
        tmp_path,
        *CHECK,
        PATENTSEARCH_NUMERAL_READER="easyocr",
        PATENTSEARCH_VISUAL_ENCODER="open_clip/ViT-B-32/openai",
        PATENTSEARCH_SENTENCE_ENCODER=f"sentence-transformers/{model}",
        PATENTSEARCH_MODEL_DEVICE="cuda:1",
        PATENTSEARCH_INDEX_KIND="ivfpq",
        PATENTSEARCH_LOG_LEVEL="debug",
        DATABASE_URL="postgres://u:p%40@h:5432/name",
        BROKER_URL="redis://:p@h:6379/0",
        STORAGE_URL="s3://bucket/prefix?endpoint=https://host&region=name",
    )
    assert (done.returncode, "search." in done.stderr) == (0, False), done.stderr


@pytest.mark.slow
def test_local_weights_are_asked_of_hosts_that_load_models_alone(tmp_path: Path) -> None:
    absent = f"sentence-transformers/{tmp_path / 'absent'}"
    for roles, status in (("web,beat", 0), ("query", 1)):
        done = run(tmp_path, *CHECK, PATENTSEARCH_SENTENCE_ENCODER=absent, PATENTSEARCH_ROLES=roles)
        assert done.returncode == status
        assert (str(tmp_path / "absent") in done.stderr) == bool(status)


FIRST_FAULT = "PATENTSEARCH_NUMERAL_READER='compnents' must be one of components, easyocr; did you mean components?"
CELERY = ("-m", "celery", "--quiet", "-A", "patentsearch")
PROCESSES = {
    "up": ("manage.py", "up"),
    "ingest": ("manage.py", "ingest", "absent.zip"),
    "migrate": ("manage.py", "migrate"),
    "worker": (*CELERY, "worker", "--queues", "batch"),
    "beat": (*CELERY, "beat", "--pidfile", ""),
    "asgi": ("-c", "import patentsearch.asgi"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_ends_with_one_line_and_has_done_nothing(tmp_path: Path, name: str) -> None:
    done = run(tmp_path, *PROCESSES[name], PATENTSEARCH_NUMERAL_READER="compnents")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [FIRST_FAULT]
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


def test_the_line_says_how_many_more_are_wrong(tmp_path: Path) -> None:
    wrong = {"PATENTSEARCH_NUMERAL_READER": "compnents", "PATENTSEARCH_PORT": "x", "PATENTSEARCH_INDEX_KIND": "x"}
    done = run(tmp_path, "manage.py", "up", **wrong)
    [line] = done.stderr.splitlines()
    assert done.returncode == 1
    assert line.startswith("PATENTSEARCH_PORT='x' ") and "2 more" in line and "manage.py check" in line


def test_the_web_server_ends_instead_of_trying_for_ever(tmp_path: Path) -> None:
    gunicorn = ("-m", "gunicorn", "patentsearch.wsgi:application", "--no-control-socket", "--log-level", "critical")
    done = run(tmp_path, *gunicorn, "--bind", f"unix:{tmp_path / 'w'}", PATENTSEARCH_NUMERAL_READER="compnents")
    assert done.returncode != 0
    assert done.stderr.splitlines() == [FIRST_FAULT]
