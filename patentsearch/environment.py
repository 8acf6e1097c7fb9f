"""Typed reads of environment variables: the one place where a setting's text becomes a value."""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = frozenset(environ.Env.BOOLEAN_TRUE_STRINGS)
FALSE_WORDS = frozenset({"false", "off", "no", "n", "0"})


class Environment:
    """Reads variables by type. An empty variable counts as unset. `names` holds every name that was asked for, so that
    a test can hold docker-compose.yml true."""

    def __init__(self) -> None:
        self._env = environ.Env()
        self.names: set[str] = set()

    def text(self, name: str, *, default: str = "") -> str:
        """The variable's text, or `default`."""
        self.names.add(name)
        return str(self._env.str(name, default="")).strip() or default

    def whole(self, name: str, *, default: int, least: int = 0) -> int:
        """A whole number of at least `least`. Raises: ImproperlyConfigured naming the variable and what it holds."""
        raw = self.text(name, default=str(default))
        if not raw.lstrip("-").isdecimal() or int(raw) < least:
            raise ImproperlyConfigured(f"{name}={raw!r} must be a whole number of at least {least}")
        return int(raw)

    def flag(self, name: str, *, default: bool) -> bool:
        """Yes or no. Raises: ImproperlyConfigured on any other word."""
        raw = self.text(name, default=str(default)).lower()
        if raw not in TRUE_WORDS | FALSE_WORDS:
            raise ImproperlyConfigured(f"{name}={raw!r} must be one of true, false, on, off, yes, no, 1, 0")
        return raw in TRUE_WORDS

    def words(self, name: str, *, default: tuple[str, ...] = ()) -> list[str]:
        """The comma-separated parts, without blanks around them."""
        raw = self.text(name, default=",".join(default))
        return [word.strip() for word in raw.split(",") if word.strip()]

    def path(self, name: str, *, default: Path) -> Path:
        """An absolute path; `~` is the home of the account."""
        return Path(self.text(name, default=str(default))).expanduser().absolute()
