"""How a variable's text becomes a setting."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from patentsearch.environment import Environment
from patentsearch.hosts import host_fault, origin_fault, pattern_fault
from patentsearch.outside import broker, bucket_storage, database, device_fault


def the_fault(env: Environment) -> str:
    """The one fault that was noted."""
    [fault] = env.faults
    return str(fault)


def test_unset_and_empty_variables_take_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PATENTSEARCH_X", raising=False)
    env = Environment()
    for _ in range(2):
        assert env.text("PATENTSEARCH_X", default="auto") == "auto"
        assert env.whole("PATENTSEARCH_X", default=8000) == 8000
        assert env.flag("PATENTSEARCH_X", default=True) is True
        assert env.words("PATENTSEARCH_X", default=("web", "beat")) == ["web", "beat"]
        assert env.path("PATENTSEARCH_X", default=Path("/var")) == Path("/var")
        monkeypatch.setenv("PATENTSEARCH_X", "")
    assert env.names == {"PATENTSEARCH_X"}


@pytest.mark.parametrize(("text", "value"), [("true", True), ("On", True), ("1", True), ("no", False), ("0", False)])
def test_a_flag_is_read_from_the_usual_words(monkeypatch: pytest.MonkeyPatch, text: str, value: bool) -> None:
    monkeypatch.setenv("PATENTSEARCH_X", text)
    assert Environment().flag("PATENTSEARCH_X", default=not value) is value


@pytest.mark.parametrize("text", ["maybe", "-", "tru"])
def test_another_word_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("PATENTSEARCH_X", text)
    env = Environment()
    env.flag("PATENTSEARCH_X", default=False)
    assert the_fault(env).startswith(f"PATENTSEARCH_X='{text}' must be one of")


@pytest.mark.parametrize("text", ["eighty", "0", "-1", "--1", "8e3", "²", "9" * 5000, ""])
def test_a_number_out_of_bounds_or_none_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("PATENTSEARCH_X", text)
    env = Environment()
    env.whole("PATENTSEARCH_X", default=0, least=1)
    assert re.fullmatch(r"PATENTSEARCH_X=.* must be a whole number of at least 1", the_fault(env))


@pytest.mark.parametrize(("text", "right"), [("1", True), ("65535", True), ("65536", False), ("0", False)])
def test_a_number_with_two_bounds_names_both(monkeypatch: pytest.MonkeyPatch, text: str, right: bool) -> None:
    monkeypatch.setenv("PATENTSEARCH_X", text)
    env = Environment()
    value = env.whole("PATENTSEARCH_X", default=8000, least=1, most=65535)
    assert value == (int(text) if right else 8000)
    assert [str(fault) for fault in env.faults] == (
        [] if right else [f"PATENTSEARCH_X='{text}' must be a whole number from 1 to 65535"]
    )


def test_a_choice_names_what_is_allowed_and_what_was_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATENTSEARCH_X", "compnents")
    env = Environment()
    assert env.choice("PATENTSEARCH_X", ("components", "easyocr"), default="components") == "components"
    assert the_fault(env) == ("PATENTSEARCH_X='compnents' must be one of components, easyocr; did you mean components?")
    monkeypatch.setenv("PATENTSEARCH_X", "Easyocr")
    folded = Environment()
    assert folded.choice("PATENTSEARCH_X", ("components", "easyocr"), default="", fold=str.lower) == "easyocr"
    assert folded.faults == []


def test_every_wrong_word_of_a_list_is_named_and_an_empty_list_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATENTSEARCH_X", "web,qery,bach")
    env = Environment()
    assert env.some_of("PATENTSEARCH_X", ("web", "query", "batch"), default=("web",)) == ["web"]
    assert [(fault.given, fault.detail.rpartition("did you mean ")[2]) for fault in env.faults] == [
        ("qery", "query?"),
        ("bach", "batch?"),
    ]
    monkeypatch.setenv("PATENTSEARCH_X", ",")
    none = Environment()
    none.some_of("PATENTSEARCH_X", ("web", "query"), default=("web",))
    assert "web, query" in the_fault(none)


URL_FORM = "redis://:password@host:6379/0"


@pytest.mark.parametrize("text", ["redis://:p@h:6379/0", "rediss://h", "redis+socket:///run/v.sock?virtual_host=1"])
def test_a_broker_that_may_exist_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("BROKER_URL", text)
    env = Environment()
    schemes = ("redis", "rediss", "redis+socket")
    assert env.url("BROKER_URL", schemes, form=URL_FORM, parse=broker, separator=";") == text
    assert env.faults == []


@pytest.mark.parametrize(
    "text",
    [
        *("h:6379", "redis://", "redi://:secret@h", "amqp://:secret@h", "redis://:secret@h:port"),
        *("redis://:secret@h:0/1", "redis://:secret@h/first", "redis://:se/cret@h/0", "redis+socket://run"),
        "redis://h;redis://:secret@h:99999",
    ],
)
def test_another_url_is_refused_with_what_it_looks_like_and_without_its_password(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("BROKER_URL", text)
    env = Environment()
    schemes = ("redis", "rediss", "redis+socket")
    assert env.url("BROKER_URL", schemes, form=URL_FORM, parse=broker, separator=";") == ""
    assert the_fault(env).startswith("BROKER_URL='") and URL_FORM in the_fault(env)
    assert "secret" not in the_fault(env) and "se/cret" not in the_fault(env)
    assert ("did you mean redis://" in the_fault(env)) == text.startswith("redi://")


@pytest.mark.parametrize("text", ["postgres://u:p@h:5432/name", "postgresql:///name", "psql://u@/name?host=/run/pg"])
def test_a_database_that_may_exist_is_taken(text: str) -> None:
    assert database(text)["NAME"] == "name"


def test_a_database_without_a_name_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="name of the database"):
        database("postgres://u:p@h:5432")


@pytest.mark.parametrize(
    ("fault", "right", "wrong"),
    [
        (
            host_fault,
            ["127.0.0.1", "0.0.0.0", "::", "[::1]", "localhost", "search.office.example"],
            ["1.2.3", "300.1.1.1", "http://x", "a b", "h:80", "-a", "[x]", ":::"],
        ),
        (
            pattern_fault,
            ["*", ".office.example", "search", "10.0.0.7", "[::1]"],
            ["https://x", "x:80", "*.office.example", "::1", "a/b", "."],
        ),
        (
            origin_fault,
            ["https://x", "http://x:8000", "https://*.office.example", "http://[::1]:80"],
            ["x", "https://", "ftp://x", "https://x/", "https://x:port", "https://x:0", "https://u:p@x", "//x"],
        ),
        (device_fault, ["cpu", "cuda", "cuda:1", "mps", "xpu:0"], ["gpu", "cuda:", "cuda:x", "CPU", ""]),
    ],
)
def test_hosts_origins_and_devices(fault: Callable[[str], str], right: list[str], wrong: list[str]) -> None:
    assert [text for text in right if fault(text)] == []
    assert [text for text in wrong if not fault(text)] == []


def test_a_variable_that_is_no_setting_is_named_with_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    env = Environment()
    for name in ("PATENTSEARCH_NUMERAL_READER", "PATENTSEARCH_PORT", "DATABASE_URL"):
        env.text(name)
    given = [
        *("PATENTSEARCH_NUMERAL_READRE", "PATENTSEARCH_COLOUR", "DATABSE_URL"),
        *("PATENTSEARCH_PORT", "PATENTSEARCH_CHILD_OF", "PATH", "TEST_DATABASE_URL"),
    ]
    lines = env.misspelt(given, internal=["PATENTSEARCH_CHILD_OF"])
    assert [line.split()[0] for line in lines] == ["DATABSE_URL", "PATENTSEARCH_COLOUR", "PATENTSEARCH_NUMERAL_READRE"]
    assert "DATABASE_URL?" in lines[0] and "README.md" in lines[1] and "PATENTSEARCH_NUMERAL_READER?" in lines[2]


def test_words_lose_the_blanks_around_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATENTSEARCH_X", " search.office.example , 10.0.0.7,")
    assert Environment().words("PATENTSEARCH_X") == ["search.office.example", "10.0.0.7"]


def test_a_bucket_has_its_name_prefix_and_place() -> None:
    options = bucket_storage("s3://Key:se%2Fcret@sheets/batch/one?endpoint=https://files.office.example&region=eu-1")[
        "OPTIONS"
    ]
    assert (options["bucket_name"], options["location"]) == ("sheets", "batch/one")
    assert (options["access_key"], options["secret_key"]) == ("Key", "se/cret")
    assert (options["endpoint_url"], options["region_name"]) == ("https://files.office.example", "eu-1")
    assert options["default_acl"] is None


@pytest.mark.parametrize("url", ["https://bucket", "s3://", "bucket", "s3://bucket?acl=public-read"])
def test_what_is_no_bucket_is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="STORAGE_URL"):
        bucket_storage(url)
