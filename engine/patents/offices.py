"""Links to a publication at the offices: Espacenet for all, the European Patent Register for European ones."""

from __future__ import annotations

from urllib.parse import quote

ESPACENET = "https://worldwide.espacenet.com/patent/search?q=pn%3D"
OFFICE_NAMES = {
    "AT": "Austria", "AU": "Australia", "BE": "Belgium", "BR": "Brazil", "CA": "Canada", "CH": "Switzerland",
    "CN": "China", "CZ": "Czechia", "DD": "German Democratic Republic", "DE": "Germany", "DK": "Denmark",
    "EA": "Eurasian Patent Office", "EM": "European Union Intellectual Property Office",
    "EP": "European Patent Office", "ES": "Spain", "FI": "Finland", "FR": "France", "GB": "United Kingdom",
    "HU": "Hungary", "IB": "WIPO", "IE": "Ireland", "IL": "Israel", "IN": "India", "IT": "Italy", "JP": "Japan",
    "KR": "Republic of Korea", "LU": "Luxembourg", "MX": "Mexico", "NL": "Netherlands", "NO": "Norway",
    "NZ": "New Zealand", "PL": "Poland", "PT": "Portugal", "RU": "Russian Federation", "SE": "Sweden",
    "SG": "Singapore", "SU": "Soviet Union", "TR": "Türkiye", "TW": "Taiwan", "US": "United States of America",
    "WO": "WIPO, international (PCT)", "ZA": "South Africa",
}  # fmt: skip
"""Names of common offices and states by WIPO ST.3 code."""
REGISTER = "https://register.epo.org/smartSearch?searchMode=smart&query=pn%3D"


def espacenet_address(country: str, doc_number: str, kind_code: str) -> str:
    """The Espacenet link of a publication, by number and kind code."""
    return f"{ESPACENET}{quote(country + doc_number + kind_code, safe='')}"


def register_address(country: str, doc_number: str) -> str | None:
    """The Register link of a European publication; None for other offices.

    The Register is searched by publication number without a kind code: A and B publications are one application.
    """
    return f"{REGISTER}{quote(country + doc_number, safe='')}" if country == "EP" else None
