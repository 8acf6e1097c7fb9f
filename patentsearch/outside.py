"""Settings of the storages, and those that an outside service's URL turns into."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def local_storage(folder: Path) -> dict[str, Any]:
    """The STORAGES entry of a private folder; nothing in it has an address of its own."""
    return {
        "BACKEND": "search.files.DurableFileSystemStorage",
        "OPTIONS": {"location": str(folder), "base_url": None, "directory_permissions_mode": 0o700},
    }


def bucket_storage(url: str) -> dict[str, Any]:
    """The STORAGES entry of `s3://[key:secret@]bucket[/prefix][?endpoint=URL&region=NAME]`.

    Without key and secret, boto3's own sources of credentials apply. Objects are private and never overwritten in
    place (files are named by their content). Raises: ImproperlyConfigured on another scheme or without a bucket."""
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.hostname:
        raise ImproperlyConfigured("STORAGE_URL must look like s3://bucket/prefix?endpoint=https://host&region=name")
    choices = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if unknown := choices.keys() - {"endpoint", "region"}:
        raise ImproperlyConfigured(f"STORAGE_URL knows endpoint and region only, not {', '.join(sorted(unknown))}")
    # The bucket stands after the last "@"; urlsplit().hostname would change its case.
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
