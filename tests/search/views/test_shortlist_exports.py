"""Shortlists taken away: what the files say, and how they are sent."""

from __future__ import annotations

import csv
import io

import pypdfium2
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from search.models import Figure, Shortlist
from search.services.shortlists import entry_keep
from tests.factories import publication_make, user_make


@pytest.fixture
def shortlist(db: None) -> Shortlist:
    publication_make()
    publication_make("US20240000001A1", title="=cmd|' /C calc'!A0", sheets=1, applicant="+Evil Inc.")
    owner = user_make("owner")
    row = Shortlist.objects.create(owner=owner, name="rotors", note="For claim 1.")
    for figure, relevance in zip(Figure.objects.order_by("pk"), ("A", "X", "Y"), strict=True):
        entry, _ = entry_keep(user=owner, shortlist=row, figure=figure, relevance=relevance)
        entry.pins.create(left=1000, top=1000, width=2000, height=2000, note=f"the {relevance} pin", author=owner)
        entry.note = f"@note {relevance}"
        entry.save()
    return row


@pytest.fixture
def as_owner(shortlist: Shortlist) -> Client:
    client = Client()
    client.force_login(User.objects.get(username="owner"))
    return client


@pytest.mark.parametrize(("name", "suffix"), [("pdf", "pdf"), ("csv", "csv"), ("numbers", "txt")])
def test_a_file_is_ours_by_name_and_kept_by_no_cache(
    as_owner: Client, shortlist: Shortlist, name: str, suffix: str
) -> None:
    answer = as_owner.get(reverse(f"search:shortlist-{name}", args=[shortlist.pk]))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="shortlist-{shortlist.pk}.{suffix}"'
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_the_table_has_a_row_an_entry_and_no_formula(as_owner: Client, shortlist: Shortlist) -> None:
    data = as_owner.get(reverse("search:shortlist-csv", args=[shortlist.pk])).content
    assert data.startswith(b"\xef\xbb\xbf") and b"\r\n" in data
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert [row["publication"] for row in rows] == ["EP1234567A1", "EP1234567A1", "US20240000001A1"]
    assert [row["relevance"] for row in rows] == ["A", "X", "Y"]
    assert rows[2]["title"] == "'=cmd|' /C calc'!A0" and rows[2]["applicants"] == "'+Evil Inc."
    assert rows[0]["note"] == "'@note A" and rows[0]["pins"] == "1: the A pin"
    assert "paragraph [0001]: FIG. 1 shows the pump 10 from the side." in rows[0]["passages"]
    assert not [cell for row in rows for cell in row.values() if cell[:1] in "=+-@\t\r" and cell]


def test_the_numbers_stand_each_once_in_the_lists_order(as_owner: Client, shortlist: Shortlist) -> None:
    answer = as_owner.get(reverse("search:shortlist-numbers", args=[shortlist.pk]))
    assert answer.content == b"EP1234567A1\nUS20240000001A1\n"


def test_the_report_reads_back_with_figures_notes_pins_passages_and_citations(
    as_owner: Client, shortlist: Shortlist
) -> None:
    data = as_owner.get(reverse("search:shortlist-pdf", args=[shortlist.pk])).content
    pdf = pypdfium2.PdfDocument(data)
    text = "\n".join(page.get_textpage().get_text_range() for page in pdf)
    for part in ("rotors", "For claim 1.", "EP 1234567 A1, FIG. 2", "@note Y", "the X pin", "claim 1", "F04C 2/08"):
        assert part in text
    assert "EP 1234567 A1 (PUMPWERKE GMBH) 2 May 2024 (02.05.2024)" in " ".join(text.split())
    assert [mark.get_title() for mark in pdf.get_toc()][-1] == "Citations"
    assert pdf.get_metadata_dict()["Title"] == "rotors" and pdf.get_metadata_dict()["Author"] == "owner"
    drawn = [one for page in pdf for one in page.get_objects() if one.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]
    assert len(drawn) == 3
    assert as_owner.get(reverse("search:shortlist-pdf", args=[shortlist.pk])).content == data


def test_an_empty_list_is_a_report_that_says_so(as_owner: Client, shortlist: Shortlist) -> None:
    shortlist.entries.all().delete()
    pdf = pypdfium2.PdfDocument(as_owner.get(reverse("search:shortlist-pdf", args=[shortlist.pk])).content)
    assert len(pdf) == 1 and "The shortlist is empty" in pdf[0].get_textpage().get_text_range()
