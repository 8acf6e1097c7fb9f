"""The pins and their page."""

import json
import re
from pathlib import Path

import pytest

PROJECT_ROOT = Path(__file__).resolve().parent.parent


def names(path: str) -> set[str]:
    lines = (PROJECT_ROOT / path).read_text(encoding="utf-8").splitlines()
    found = {re.split(r"[\[=<>~! ]", line)[0] for line in lines if line and not line.startswith(("#", "-"))}
    return {name.lower().replace("_", "-") for name in found}


@pytest.mark.parametrize("path", ["requirements.in", "requirements-dev.in"])
def test_every_direct_dependency_has_its_line(path: str) -> None:
    page = (PROJECT_ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    described = {name.lower().replace("_", "-") for name in re.findall(r"`([\w-]+)`", page)}
    assert names(path) - described == set()


def test_every_direct_dependency_is_locked() -> None:
    assert names("requirements.in") - names("requirements.txt") == set()
    assert names("requirements-dev.in") - names("requirements-dev.txt") == set()


@pytest.mark.parametrize("path", ["requirements.txt", "requirements-dev.txt"])
def test_every_package_is_pinned_and_no_index_is_named(path: str) -> None:
    lines = (PROJECT_ROOT / path).read_text(encoding="utf-8").splitlines()
    pins = [line.split(" #")[0].strip() for line in lines if line and not line.startswith("#")]
    assert [pin for pin in pins if not re.fullmatch(r"[\w.-]+==[\w.]+", pin)] == []


def test_every_tool_of_the_front_end_is_pinned_locked_and_described_and_no_registry_is_named() -> None:
    page = (PROJECT_ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    wanted = json.loads((PROJECT_ROOT / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((PROJECT_ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    tools = wanted["devDependencies"]
    assert "dependencies" not in wanted
    assert [name for name, version in tools.items() if not re.fullmatch(r"[\d.]+", version)] == []
    assert {name: lock[f"node_modules/{name}"]["version"] for name in tools} == tools
    assert [name for name in tools if f"`{name}`" not in page] == []
    assert [
        path for path, package in lock.items() if path and ("resolved" in package or "integrity" not in package)
    ] == []
