"""Titles of sections, classes and subclasses. Those in names.tsv are those of the IPC scheme of WIPO and the
CPC scheme of EPO and USPTO, shortened."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from engine.classes.symbols import levels_of

_TITLES = Path(__file__).with_name("names.tsv")


@dataclass(frozen=True, slots=True)
class ClassName:
    """A symbol, or the start of one, with the titles that say what it holds.

    title: its own, empty where it has none here; named: the nearest symbol at or above it that has a title, "" for
    none; within: short titles above that one, the section first.
    """

    symbol: str
    title: str
    named: str
    within: tuple[str, ...]

    @property
    def described(self) -> str:
        """The symbol with its title, as "F04C – Rotary-piston machines (Mechanical engineering › …)"."""
        if not self.named:
            return self.symbol
        title = self.title or f"in {self.named}, {title_of(self.named)}"
        return f"{self.symbol} – {title}" + (f" ({' › '.join(self.within)})" if self.within else "")

    @property
    def short(self) -> str:
        """The symbol with the first of its titles' subjects."""
        subject = _short(title_of(self.named))
        if not self.named:
            return self.symbol
        return f"{self.symbol} – {subject}" if self.title else f"{self.symbol} – in {self.named}, {subject}"


def title_of(symbol: str) -> str:
    """The title of a section, class or subclass; empty for one that has none here."""
    return _titles().get(symbol, "")


def class_name(symbol: str) -> ClassName:
    """The name of a symbol in the stored spelling, or of the start of one."""
    *above, named = [place for place in levels_of(symbol) if title_of(place)] or [""]
    return ClassName(symbol, title_of(symbol), named, tuple(_short(title_of(place)) for place in above))


def _short(title: str) -> str:
    return title.split(";")[0]


@cache
def _titles() -> dict[str, str]:
    lines = _TITLES.read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {symbol: title for symbol, title in rows}
