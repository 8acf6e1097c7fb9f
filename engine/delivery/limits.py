"""Limits beyond which an archive is refused."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Limits of one delivery; each is a setting of the application.

    max_depth counts archives in archives: 2 is a batch that holds document archives. A folder on disk counts as none.
    max_ratio: unpacked bytes per packed byte, checked only for entries over 1 MiB.
    """

    max_entries: int = 20_000
    max_depth: int = 2
    max_entry_bytes: int = 64 * MEBIBYTE
    max_total_bytes: int = 2048 * MEBIBYTE
    max_ratio: int = 150
    max_name_bytes: int = 512
    max_xml_bytes: int = 64 * MEBIBYTE
