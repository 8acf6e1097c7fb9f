"""Parse settings for outside services: STORAGES entries for folders and S3 buckets, and devices of torch."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured


def local_storage(folder: Path) -> dict[str, Any]:
    """The STORAGES entry of a private folder whose files have no URL."""
    return {
        "BACKEND": "search.files.DurableFileSystemStorage",
        "OPTIONS": {"location": str(folder), "base_url": None, "directory_permissions_mode": 0o700},
    }


def bucket_storage(url: str) -> dict[str, Any]:
    """The STORAGES entry of `s3://[key:secret@]bucket[/prefix][?endpoint=URL&region=NAME]`.

    Without key and secret, boto3's default sources of credentials are used. Objects are private and never overwritten
    (files are named by their content). Raises: ImproperlyConfigured on another scheme or without a bucket."""
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.hostname:
        raise ImproperlyConfigured("STORAGE_URL must look like s3://bucket/prefix?endpoint=https://host&region=name")
    choices = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if unknown := choices.keys() - {"endpoint", "region"}:
        raise ImproperlyConfigured(
            f"STORAGE_URL accepts only endpoint and region as options, not {', '.join(sorted(unknown))}"
        )
    # The bucket is after the last "@"; urlsplit().hostname would change its case.
    options: dict[str, Any] = {
        "bucket_name": parts.netloc.rpartition("@")[2],
        "location": parts.path.strip("/"),
        "endpoint_url": choices.get("endpoint"),
        "region_name": choices.get("region"),
        "default_acl": None,
        "querystring_auth": True,
        "file_overwrite": False,
    }
    if parts.username and parts.password:
        options |= {"access_key": unquote(parts.username), "secret_key": unquote(parts.password)}
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


def database(url: str) -> dict[str, Any]:
    """The DATABASES entry of `postgres://user:password@host:port/name`. Raises: ImproperlyConfigured without a name."""
    entry: dict[str, Any] = environ.Env.db_url_config(url)
    if not entry.get("NAME"):
        raise ImproperlyConfigured("the name of the database is missing")
    return entry


def broker(url: str) -> None:
    """Check `redis://host:port/number`, and the path of `redis+socket://`. Raises: ImproperlyConfigured."""
    parts = urlsplit(url)
    if parts.scheme == "redis+socket":
        if not parts.path.startswith("/"):
            raise ImproperlyConfigured("redis+socket:// must be followed by the absolute path of the socket")
    elif not parts.hostname:
        raise ImproperlyConfigured("the host is missing")
    elif not re.fullmatch(r"/?[0-9]*", parts.path):
        raise ImproperlyConfigured("the part after the last / must be the number of the database")


DEVICE_TYPES = ("cpu", "cuda", "mps", "xpu")


def device_fault(text: str) -> str:
    """Return what is wrong with the name of a torch device, or "". Its presence is checked when a model loads."""
    if re.fullmatch(rf"({'|'.join(DEVICE_TYPES)})(:[0-9]{{1,3}})?", text):
        return ""
    return f"must be one of {', '.join(DEVICE_TYPES)}, with a number where there are several: cuda:1"
