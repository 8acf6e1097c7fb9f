"""The text of a publication: paragraphs, sentences and part names."""

from __future__ import annotations

from django.db import models

from search.models.publications import Publication


class Paragraph(models.Model):
    """A paragraph of the abstract or description, or a claim.

    figure_references, emphasised: spans as [start, end, value], in characters of the text.
    """

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="paragraphs")
    position = models.PositiveIntegerField()
    section = models.CharField(max_length=12)
    number = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=2, blank=True)
    text = models.TextField()
    heading = models.BooleanField(default=False)
    figure_references = models.JSONField(default=list, blank=True)
    emphasised = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["publication", "position"]
        constraints = [models.UniqueConstraint(fields=["publication", "position"], name="paragraph_once")]

    def __str__(self) -> str:
        return f"[{self.number}] {self.text[:60]}"


class Sentence(models.Model):
    """A sentence: characters [start, end) of a paragraph. mentions: [text, start, end, kind] within the sentence."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="sentences")
    paragraph = models.ForeignKey(Paragraph, on_delete=models.CASCADE, related_name="sentences")
    position = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    mentions = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["publication", "position"]
        constraints = [models.UniqueConstraint(fields=["publication", "position"], name="sentence_once")]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        return self.paragraph.text[self.start : self.end]


class PartName(models.Model):
    """The name that the text gives to the part marked by a reference numeral."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="part_names")
    numeral = models.CharField(max_length=20)
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ["numeral"]
        constraints = [models.UniqueConstraint(fields=["publication", "numeral"], name="part_name_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.numeral}"
