"""What is vendored is what its lock names, and what pages ask for is vendored."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
FOLDERS = {
    "@alpinejs/csp": "alpine-csp",
    "cropperjs": "cropper",
    "dejavu-fonts-ttf": "dejavu",
    "htmx.org": "htmx",
    "openseadragon": "openseadragon",
    "tinykeys": "tinykeys",
    "uplot": "uplot",
}
"""The folder of each package that scripts/vendor lays down."""


def test_every_vendored_file_has_its_checksum_and_there_is_no_other() -> None:
    lines = (VENDOR / "SHA256SUMS").read_text().splitlines()
    listed = {name: digest for digest, name in (line.split("  ") for line in lines)}
    found = {
        str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDOR.glob("*/**/*")
    }
    assert found == listed


def test_the_folders_bear_the_versions_of_the_lock() -> None:
    wanted = json.loads((VENDOR / "package.json").read_text())["dependencies"]
    locked = json.loads((VENDOR / "package-lock.json").read_text())["packages"]
    assert wanted.keys() == FOLDERS.keys()
    for package, folder in FOLDERS.items():
        row = locked[f"node_modules/{package}"]
        assert row["version"] == wanted[package]
        assert row["integrity"].startswith("sha512-")
        assert (VENDOR / f"{folder}-{row['version']}").is_dir()


def test_pages_and_scripts_ask_for_vendored_files_that_are_there_and_for_each_folder() -> None:
    sources = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("static/js/*.js"), *ROOT.glob("static/css/*.css")]
    sources += [path for folder in ("search", "engine") for path in (ROOT / folder).rglob("*.py")]
    written = "".join(source.read_text() for source in sources)
    asked = set(re.findall(r"vendor/([\w.-]+(?:/[\w.-]+)?)", written))
    assert asked
    assert not [name for name in asked if not (VENDOR / name).exists()]
    assert not [path.name for path in VENDOR.iterdir() if path.is_dir() and path.name not in written]
