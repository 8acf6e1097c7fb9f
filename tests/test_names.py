"""A public class name stands once in an application, so that a reader who searches for it finds one definition."""

import ast
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXEMPT = frozenset({"Command", "Meta", "Migration"})


def classes_by_name(folder: Path) -> dict[str, list[str]]:
    """Public class name → the places of its definitions below the folder."""
    places = defaultdict(list)
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and node.name not in EXEMPT:
                places[node.name].append(f"{path.relative_to(folder)}:{node.lineno}")
    return places


def repeated(folder: Path) -> dict[str, list[str]]:
    """The names that are defined more than once."""
    return {name: places for name, places in classes_by_name(folder).items() if len(places) > 1}


@pytest.mark.parametrize("application", ["search", "annotations", "engine", "supervisor", "sample"])
def test_a_public_class_name_stands_once_in_an_application(application: str) -> None:
    assert classes_by_name(ROOT / application), "there is no class to look at"
    assert repeated(ROOT / application) == {}


def test_repeated_names_are_found_and_private_and_framework_names_are_not(tmp_path: Path) -> None:
    (tmp_path / "rooms").mkdir()
    (tmp_path / "one.py").write_text("class Part:\n    class Meta: ...\nclass _Own: ...\n")
    (tmp_path / "rooms" / "two.py").write_text("class Other: ...\nclass Part: ...\nclass _Own: ...\nclass Meta: ...\n")
    assert repeated(tmp_path) == {"Part": ["one.py:1", "rooms/two.py:2"]}
