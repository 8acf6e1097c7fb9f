"""Publications, their classes and their parties."""

from __future__ import annotations

from django.db import models

from engine.patents.offices import espacenet_address, register_address


class Publication(models.Model):
    """A published patent document, identified by country, number and kind code."""

    country = models.CharField(max_length=2)
    doc_number = models.CharField(max_length=20)
    kind_code = models.CharField(max_length=3)
    reference = models.CharField(max_length=25, unique=True)
    language = models.CharField(max_length=2, blank=True)
    date = models.DateField(null=True, blank=True, db_index=True)
    titles = models.JSONField(default=list, help_text="language, text; the document's own language first.")
    application_number = models.CharField(max_length=40, blank=True, db_index=True)
    application_date = models.DateField(null=True, blank=True)
    family_key = models.CharField(
        max_length=60, blank=True, db_index=True, help_text="Publications with the same key are one simple family."
    )
    priorities = models.JSONField(default=list, blank=True)
    citations = models.JSONField(default=list, blank=True)
    related = models.JSONField(default=list, blank=True, help_text="Publications and applications it is related to.")
    dtd_version = models.CharField(max_length=60, blank=True)
    xml_sha256 = models.CharField(max_length=64)
    repaired = models.BooleanField(default=False)
    notes = models.JSONField(default=list, blank=True)
    unlinked_in_text = models.JSONField(default=list, blank=True, help_text="Numerals in the text but on no sheet.")
    unlinked_on_sheet = models.JSONField(default=list, blank=True, help_text="Numerals on a sheet but not in the text.")
    stored_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["reference"]
        constraints = [models.UniqueConstraint(fields=["country", "doc_number", "kind_code"], name="publication_once")]

    def __str__(self) -> str:
        return self.reference

    @property
    def title(self) -> str:
        """The English title, or else the first one."""
        english = [title["text"] for title in self.titles if title["language"] == "en"]
        return english[0] if english else (self.titles[0]["text"] if self.titles else "")

    @property
    def espacenet(self) -> str:
        """The publication's address in Espacenet."""
        return espacenet_address(self.country, self.doc_number, self.kind_code)

    @property
    def register(self) -> str | None:
        """The publication's address in the European Patent Register; None if the Register does not cover it."""
        return register_address(self.country, self.doc_number)


class Classification(models.Model):
    """A class of a publication. scheme: IPC or CPC; symbol: as written, like "F04C 2/08"."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="classifications")
    scheme = models.CharField(max_length=4)
    symbol = models.CharField(max_length=40)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["publication", "scheme", "symbol"], name="classification_once")]
        indexes = [models.Index(fields=["symbol"], name="classification_prefix", opclasses=["varchar_pattern_ops"])]

    def __str__(self) -> str:
        return f"{self.scheme} {self.symbol}"


class Party(models.Model):
    """An applicant, inventor or other party of a publication. country: as in the XML, may be empty."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="parties")
    role = models.CharField(max_length=20)
    name = models.TextField()
    country = models.CharField(max_length=10, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "parties"

    def __str__(self) -> str:
        return self.name
