"""How a variable's text becomes a setting."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from patentsearch.environment import Environment
from patentsearch.outside import bucket_storage


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
    with pytest.raises(ImproperlyConfigured, match=f"PATENTSEARCH_X='{text}' must be one of"):
        Environment().flag("PATENTSEARCH_X", default=False)


@pytest.mark.parametrize("text", ["eighty", "0", "-1", "8e3", "²", ""])
def test_a_number_out_of_bounds_or_none_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("PATENTSEARCH_X", text)
    with pytest.raises(ImproperlyConfigured, match=r"PATENTSEARCH_X=.* must be a whole number of at least 1"):
        Environment().whole("PATENTSEARCH_X", default=0, least=1)


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
