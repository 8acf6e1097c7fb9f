"""What `make dev` starts: every change is seen, by the process that it concerns, without a start by hand."""

import re
import shutil
import signal
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil

from tests.supervisor.conftest import PROJECT_ROOT, InstallationOnDisk

PATIENCE_SECONDS = 90.0  # a start under load; each change is usually seen within five seconds
PROGRAM = ("annotations", "engine", "patentsearch", "sample", "search", "static", "supervisor", "templates", "workers")


def copy_of_the_program(target: Path) -> Path:
    """A checkout that may be changed."""
    for name in PROGRAM:
        shutil.copytree(PROJECT_ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT_ROOT / "manage.py", target)
    return target


def page(port: int, path: str) -> str:
    """What the web server sends, whatever the status; nothing where it does not answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        return error.read().decode()
    except OSError:
        return ""


def comes_to_hold(port: int, path: str, words: str) -> bool:
    """Whether the page holds these words in time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while words not in page(port, path):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def await_beat(installation: InstallationOnDisk) -> None:
    """Come back when beat itself runs, not only what starts it again."""

    def is_beat(process: psutil.Process) -> bool:
        try:
            words = process.cmdline()
        except psutil.Error:
            return False
        return "beat" in words and "supervisor.reload" not in words

    deadline = time.monotonic() + PATIENCE_SECONDS
    while not any(is_beat(process) for process in installation.processes()):
        assert time.monotonic() < deadline
        time.sleep(0.1)


NEW_PAGE = """
from django.http import HttpResponse
urlpatterns += [path("changed/", login_not_required(lambda request: HttpResponse("changed-code")))]
"""


def test_code_templates_and_static_files_are_read_anew_and_ctrl_c_ends_all(
    installation: InstallationOnDisk, tmp_path: Path
) -> None:
    project = copy_of_the_program(tmp_path)
    running = installation.up("--reload", project=project, PATENTSEARCH_DEBUG="true", PATENTSEARCH_ROLES="web,beat")
    running.line_with("runs at", PATIENCE_SECONDS)
    assert comes_to_hold(installation.port, "/static/absent.css", "DEBUG = True")  # Django's page of what went wrong
    login = page(installation.port, "/login/")

    change(project / "templates" / "registration" / "login.html", "<h1>", "<h1>changed-template ")
    assert "changed-template" not in login
    assert comes_to_hold(installation.port, "/login/", "changed-template")
    [stylesheet, *_] = re.findall(r'href="(/static/[^"]+\.css)"', login)
    style = project / stylesheet.removeprefix("/")
    style.write_text(style.read_text(encoding="utf-8") + "\n.changed-style {}\n", encoding="utf-8")
    assert comes_to_hold(installation.port, stylesheet, ".changed-style")

    await_beat(installation)
    urls = project / "patentsearch" / "urls.py"
    urls.write_text(urls.read_text(encoding="utf-8") + NEW_PAGE, encoding="utf-8")
    for role in ("web", "beat"):
        running.line_with(f"{role} | patentsearch/urls.py changed", PATIENCE_SECONDS)
    assert comes_to_hold(installation.port, "/changed/", "changed-code")

    models = project / "search" / "models" / "__init__.py"
    change(models, "import", "imprt")  # half written: what imports it ends
    for role in ("web", "beat"):
        running.line_with(f"{role} | SyntaxError", PATIENCE_SECONDS)
    change(models, "imprt", "import")
    assert comes_to_hold(installation.port, "/changed/", "changed-code")

    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(30) == 0
    assert installation.processes() == []


def test_the_program_under_reload_dies_with_a_killed_supervisor(installation: InstallationOnDisk) -> None:
    running = installation.up("--reload", PATENTSEARCH_ROLES="beat")
    await_beat(installation)
    running.process.send_signal(signal.SIGKILL)
    running.process.wait(10)
    assert installation.gone_within(15), installation.processes()
