"""What an archive may hold before it is refused."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Limits of one delivery; each is a setting of the application.

    max_depth counts archives in archives: 2 is a batch that holds document archives. A folder on disk counts as none.
    max_ratio is bytes out per byte in, asked of entries over 1 MiB only: small ones may be as empty as they like.
    """

    max_entries: int = 20_000
    max_depth: int = 2
    max_entry_bytes: int = 64 * MEBIBYTE
    max_total_bytes: int = 2048 * MEBIBYTE
    max_ratio: int = 150
    max_name_bytes: int = 512
    max_xml_bytes: int = 64 * MEBIBYTE
