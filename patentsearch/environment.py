"""Read and check environment variables by type. No other module turns a setting's text into a value."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from patentsearch.hosts import origin_fault, pattern_fault

PREFIX = "PATENTSEARCH_"
TRUE_WORDS = frozenset(environ.Env.BOOLEAN_TRUE_STRINGS)
FALSE_WORDS = frozenset({"false", "off", "no", "n", "0"})
LARGEST_WHOLE = 2_147_483_647
CLOSE_WORD, CLOSE_NAME = 0.6, 0.9
"""Minimum similarity (difflib) of a value or variable name to a valid one for "did you mean"."""


@dataclass(frozen=True, slots=True)
class SettingFault:
    """An invalid value of a variable. given: the value without passwords. detail: what is allowed."""

    variable: str
    given: str
    detail: str

    def __str__(self) -> str:
        return f"{self.variable}={self.given!r} {self.detail}"


class Environment:
    """Reads variables by type. An empty variable counts as unset.

    An invalid value is added to `faults` and the default is returned, so that reading the settings once finds all
    faults; processes stop at start when there is one (`patentsearch.start`). names: every variable that was read.
    """

    def __init__(self) -> None:
        self._env = environ.Env()
        self.names: set[str] = set()
        self.faults: list[SettingFault] = []

    def text(self, name: str, *, default: str = "") -> str:
        """The variable's text, or `default`."""
        self.names.add(name)
        return str(self._env.str(name, default="")).strip() or default

    def whole(self, name: str, *, default: int, least: int = 0, most: int = LARGEST_WHOLE) -> int:
        """A whole number from `least` to `most`."""
        raw = self.text(name, default=str(default))
        if re.fullmatch(r"-?[0-9]{1,18}", raw) and least <= int(raw) <= most:
            return int(raw)
        allowed = f"of at least {least}" if most == LARGEST_WHOLE else f"from {least} to {most}"
        self._note(name, raw, f"must be a whole number {allowed}")
        return default

    def flag(self, name: str, *, default: bool) -> bool:
        """Yes or no."""
        raw = self.text(name, default=str(default)).lower()
        if raw not in TRUE_WORDS | FALSE_WORDS:
            self._note(name, raw, "must be one of true, false, on, off, yes, no, 1, 0")
            return default
        return raw in TRUE_WORDS

    def words(self, name: str, *, default: tuple[str, ...] = ()) -> list[str]:
        """The comma-separated parts, without blanks around them."""
        raw = self.text(name, default=",".join(default))
        return [word.strip() for word in raw.split(",") if word.strip()]

    def path(self, name: str, *, default: Path) -> Path:
        """An absolute path; `~` is the home of the account."""
        return Path(self.text(name, default=str(default))).expanduser().absolute()

    def choice(self, name: str, choices: Collection[str], *, default: str, fold: Callable[[str], str] = str) -> str:
        """One of `choices`. fold: normalises the spelling, for example str.upper."""
        return fold(self.checked(name, lambda word: _choice_fault(fold(word), choices), default=default))

    def some_of(self, name: str, choices: Collection[str], *, default: tuple[str, ...]) -> list[str]:
        """Comma-separated parts, at least one, each of them one of `choices`."""
        return self._checked_words(name, lambda word: _choice_fault(word, choices), default, least=1)

    def host_patterns(self, name: str, *, default: tuple[str, ...] = ()) -> list[str]:
        """Comma-separated names of hosts; `.example.org` includes those below it, `*` is every name."""
        return self._checked_words(name, pattern_fault, default)

    def origins(self, name: str) -> list[str]:
        """Comma-separated origins, such as https://search.example.org."""
        return self._checked_words(name, origin_fault, ())

    def checked(self, name: str, fault: Callable[[str], str], *, default: str) -> str:
        """Text that passes a check. fault: returns what is wrong and what is allowed, or ""."""
        raw = self.text(name, default=default)
        if why := fault(raw):
            self._note(name, raw, why)
            return default
        return raw

    def url(
        self,
        name: str,
        schemes: Collection[str],
        *,
        form: str,
        parse: Callable[[str], Any] = urlsplit,
        separator: str | None = None,
    ) -> str:
        """The URL of an external service, or "" when unset.

        form: the expected form, for messages. parse: raises ValueError or ImproperlyConfigured for an invalid URL.
        separator: between several URLs, when more than one is allowed.
        """

        def fault(raw: str) -> str:
            urls = raw.split(separator) if separator else [raw]
            return next((why for url in urls if (why := _url_fault(url, schemes, form, parse))), "")

        return self.checked(name, lambda raw: fault(raw) if raw else "", default="")

    def misspelt(self, given: Iterable[str], *, internal: Collection[str] = ()) -> list[str]:
        """A message for each variable that looks like a misspelt setting, with the nearest setting.

        internal: variables with the same prefix that processes pass to each other.
        """
        lines = []
        for name in sorted(set(given) - self.names - set(internal)):
            if name.startswith(PREFIX):
                rests = [known.removeprefix(PREFIX) for known in self.names if known.startswith(PREFIX)]
                near = [PREFIX + rest for rest in get_close_matches(name.removeprefix(PREFIX), rests, 1, CLOSE_WORD)]
            else:
                near = get_close_matches(name, self.names, 1, CLOSE_NAME)
            if near or name.startswith(PREFIX):
                hint = f"did you mean {near[0]}?" if near else "README.md lists the settings"
                lines.append(f"{name} is not a setting and is ignored; {hint}")
        return lines

    def _checked_words(
        self, name: str, fault: Callable[[str], str], default: tuple[str, ...], *, least: int = 0
    ) -> list[str]:
        words = self.words(name, default=default)
        if len(words) < least:
            self._note(name, self.text(name), f"names none; {fault('')}")
            return list(default)
        wrong = [(word, why) for word in words if (why := fault(word))]
        for word, why in wrong:
            self._note(name, word, why)
        return list(default) if wrong else words

    def _note(self, name: str, given: str, detail: str) -> None:
        self.faults.append(SettingFault(name, without_password(given), detail))


def without_password(url: str) -> str:
    """The URL with *** in place of the password, for messages."""
    return re.sub(r"(://[^:/?#]*):.*@", r"\1:***@", url)


def _choice_fault(word: str, choices: Collection[str]) -> str:
    if word in choices:
        return ""
    near = get_close_matches(word, choices, 1, CLOSE_WORD)
    return f"must be one of {', '.join(choices)}" + (f"; did you mean {near[0]}?" if near else "")


def _url_fault(raw: str, schemes: Collection[str], form: str, parse: Callable[[str], Any]) -> str:
    like = f"must look like {form}"
    scheme, separator, rest = raw.partition("://")
    if not separator or not rest or scheme not in schemes:
        near = get_close_matches(scheme.lower(), schemes, 1, CLOSE_WORD)
        hint = f"; did you mean {near[0]}://?" if near and near[0] != scheme else ""
        return f"{like}; its scheme is one of {', '.join(schemes)}{hint}"
    try:
        port = urlsplit(raw).port
        parse(raw)
    except ImproperlyConfigured as error:
        return f"{like}: {error}"
    except ValueError:
        port = 0
    whole = "the port is a number from 1 to 65535, and special characters of a password are written as %40"
    return f"{like}; {whole}" if port == 0 else ""
