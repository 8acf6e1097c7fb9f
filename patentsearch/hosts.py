"""What is wrong with the name of a host, of hosts that browsers may ask, or of an origin: "" where nothing is."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

_HOST_NAME = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9_-]{1,63}(?<!-))*\.?")


def is_host(text: str) -> bool:
    """Whether it is an IPv4 address, an IPv6 address with or without brackets, or a name."""
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    if ":" in bare or re.fullmatch(r"[0-9.]+", bare):
        try:
            ip_address(bare)
        except ValueError:
            return False
        return True
    return bare == text and bool(_HOST_NAME.fullmatch(text))


def host_fault(text: str) -> str:
    """For an address to listen on."""
    return (
        ""
        if is_host(text)
        else "must be an address or a name of this machine, such as 127.0.0.1, 0.0.0.0, :: or a name"
    )


def pattern_fault(text: str) -> str:
    """For one entry of ALLOWED_HOSTS."""
    bare = text.removeprefix(".")
    if text == "*" or (is_host(bare) and (":" not in bare or bare.startswith("["))):
        return ""
    return "must be a name without scheme and port, such as search.example.org, .example.org, 10.0.0.7, [::1] or *"


def origin_fault(text: str) -> str:
    """For one entry of CSRF_TRUSTED_ORIGINS."""
    why = "must look like https://search.example.org or http://host:port, without a path"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return why
    host = (parts.hostname or "").removeprefix("*.")
    whole = parts.scheme in ("http", "https") and is_host(host) and port != 0
    return "" if whole and not (parts.path or parts.query or parts.fragment or parts.username) else why
