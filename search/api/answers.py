"""Answers of the API. Boxes are [left, top, width, height] in pixels of the sheet as stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.reverse import reverse

from search.models import Batch, Classification, Figure, Paragraph, PartName, Party, Publication, Query, Reading, Sheet
from search.selectors.batches import BatchProgress, progress_of
from search.selectors.figures import FigurePage


class NoteSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    detail = serializers.CharField()


class LinkSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(source="sentence.text")
    numerals = serializers.ListField(child=serializers.CharField())
    reason = serializers.CharField()


class HitSerializer(serializers.Serializer[Any]):
    """A figure found; higher scores are better. visual and text are cosine similarities, null where a side lacks."""

    rank = serializers.IntegerField(source="ranked.rank", min_value=1)
    figure = serializers.IntegerField(source="figure.pk")
    label = serializers.CharField(source="figure.label", allow_blank=True)  # type: ignore[assignment]  # the answer's name
    publication = serializers.CharField(source="figure.sheet.publication.reference")
    title = serializers.CharField(source="figure.sheet.publication.title", allow_blank=True)
    score = serializers.FloatField(source="ranked.score")
    visual = serializers.FloatField(source="ranked.visual", allow_null=True)
    text = serializers.FloatField(source="ranked.text", allow_null=True)
    sentences = LinkSerializer(source="links", many=True)


class AnswerSerializer(serializers.Serializer[Any]):
    """An answered query with the models and index versions that answered it."""

    query = serializers.UUIDField(source="query.pk")
    address = serializers.CharField(help_text="The page of the workbench with this question.")
    modality = serializers.CharField()
    encoder_keys = serializers.DictField(source="query.encoder_keys", child=serializers.CharField())
    index_version = serializers.DictField(source="query.index_versions", child=serializers.IntegerField())
    notes = NoteSerializer(source="query.notes", many=True)
    milliseconds = serializers.DictField(source="query.milliseconds", child=serializers.FloatField())
    hits = HitSerializer(many=True)


class WaitingSerializer(serializers.Serializer[Any]):
    """A query that is not answered yet; ask again at `location`."""

    query = serializers.UUIDField(source="pk")
    state = serializers.CharField()
    location = serializers.SerializerMethodField()

    @extend_schema_field(OpenApiTypes.URI)
    def get_location(self, query: Query) -> str:
        return reverse("api:query", kwargs={"query_id": query.pk}, request=self.context["request"])


class TokenSerializer(serializers.Serializer[Any]):
    token = serializers.CharField()


class ClassificationSerializer(serializers.ModelSerializer[Classification]):
    class Meta:
        model = Classification
        fields = ("scheme", "symbol")


class PartySerializer(serializers.ModelSerializer[Party]):
    class Meta:
        model = Party
        fields = ("role", "name", "country")


class PartNameSerializer(serializers.ModelSerializer[PartName]):
    class Meta:
        model = PartName
        fields = ("numeral", "name")


class ParagraphSerializer(serializers.ModelSerializer[Paragraph]):
    class Meta:
        model = Paragraph
        fields = ("section", "number", "language", "heading", "text")


class FigureSerializer(serializers.ModelSerializer[Figure]):
    """A figure with the addresses of its images."""

    url = serializers.HyperlinkedIdentityField("api:figure", lookup_url_kwarg="figure_id")
    image = serializers.HyperlinkedIdentityField("search:figure-file", lookup_url_kwarg="figure_id")
    thumbnail = serializers.HyperlinkedIdentityField("search:thumbnail-file", lookup_url_kwarg="figure_id")

    class Meta:
        model = Figure
        fields = ("id", "url", "label", "image", "thumbnail")


class SheetSerializer(serializers.ModelSerializer[Sheet]):
    """A sheet; `image` is null if no delivery contained it."""

    image = serializers.SerializerMethodField()
    notes = NoteSerializer(many=True)

    class Meta:
        model = Sheet
        fields = ("id", "file_name", "page", "missing", "width_px", "height_px", "rotation", "image", "notes")

    def get_image(self, sheet: Sheet) -> str | None:
        request: Request = self.context["request"]
        return None if sheet.missing else reverse("search:sheet-file", kwargs={"sheet_id": sheet.pk}, request=request)


class SheetWithFiguresSerializer(SheetSerializer):
    figures = FigureSerializer(many=True)

    class Meta(SheetSerializer.Meta):
        fields = (*SheetSerializer.Meta.fields, "figures")  # type: ignore[assignment]


class PublicationSummarySerializer(serializers.ModelSerializer[Publication]):
    url = serializers.HyperlinkedIdentityField("api:publication", lookup_field="reference")
    title = serializers.CharField()
    figure_count = serializers.IntegerField()

    class Meta:
        model = Publication
        fields = ("reference", "url", "country", "doc_number", "kind_code", "date", "language", "title", "figure_count")


class TitleSerializer(serializers.Serializer[Any]):
    language = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True)


class PublicationSerializer(serializers.ModelSerializer[Publication]):
    """A publication with everything that is known of it."""

    links = serializers.HyperlinkedIdentityField("api:links", lookup_field="reference")
    title = serializers.CharField()
    titles = TitleSerializer(many=True)
    notes = NoteSerializer(many=True)
    classifications = ClassificationSerializer(many=True)
    parties = PartySerializer(many=True)
    part_names = PartNameSerializer(many=True)
    paragraphs = ParagraphSerializer(many=True)
    sheets = SheetWithFiguresSerializer(many=True)

    class Meta:
        model = Publication
        fields = (
            "reference", "links", "country", "doc_number", "kind_code", "date", "language", "title", "titles",
            "application_number", "application_date", "family_key", "priorities", "citations", "related",
            "dtd_version", "repaired", "notes", "unlinked_in_text", "unlinked_on_sheet", "classifications", "parties",
            "part_names", "sheets", "paragraphs",
        )  # fmt: skip


class NumeralSerializer(serializers.Serializer[Any]):
    """A reference numeral as it was settled, and as it was seen."""

    text = serializers.CharField()
    seen = serializers.CharField()
    box = serializers.ListField(child=serializers.IntegerField(), min_length=4, max_length=4)
    confidence = serializers.FloatField()
    settled_by = serializers.CharField(allow_blank=True)


class FigureOnSheetSerializer(serializers.Serializer[Any]):
    figure = serializers.IntegerField()
    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]


class SpannedLinkSerializer(LinkSerializer):
    """Spans are [start, end] of the mentions, in characters of the sentence."""

    spans = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))


class FigureLinkSerializer(SpannedLinkSerializer):
    text = serializers.CharField()
    figure = serializers.IntegerField()


class SheetLinksSerializer(serializers.Serializer[Any]):
    file = serializers.CharField()
    page = serializers.IntegerField()
    missing = serializers.BooleanField()
    rotation = serializers.IntegerField()
    figures = FigureOnSheetSerializer(many=True)
    numerals = NumeralSerializer(many=True)
    sentences = FigureLinkSerializer(many=True)


class LinksSerializer(serializers.Serializer[Any]):
    """Numerals and linked sentences of a publication, by sheet."""

    publication = serializers.CharField()
    sheets = SheetLinksSerializer(many=True)
    unlinked_in_text = serializers.ListField(child=serializers.CharField())
    unlinked_on_sheet = serializers.ListField(child=serializers.CharField())


@dataclass(frozen=True, slots=True)
class NamedNumeral:
    """A numeral of a figure with what the text calls the part."""

    reading: Reading
    part: str

    @property
    def box(self) -> list[int]:
        return [self.reading.left, self.reading.top, self.reading.width, self.reading.height]


class NamedNumeralSerializer(NumeralSerializer):
    """A numeral with what the text calls the part."""

    text = serializers.CharField(source="reading.text")
    seen = serializers.CharField(source="reading.seen")
    confidence = serializers.FloatField(source="reading.confidence")
    settled_by = serializers.CharField(source="reading.settled_by", allow_blank=True)
    part = serializers.CharField(allow_blank=True)


class FigurePageSerializer(FigureSerializer):
    """A figure with its sheet, its numerals and the sentences that explain them."""

    publication = serializers.CharField(source="sheet.publication.reference")
    title = serializers.CharField(source="sheet.publication.title")
    box = serializers.SerializerMethodField()
    sheet = SheetSerializer()
    numerals = serializers.SerializerMethodField()
    sentences = serializers.SerializerMethodField()
    previous = serializers.SerializerMethodField()
    following = serializers.SerializerMethodField()

    class Meta(FigureSerializer.Meta):
        fields = (  # type: ignore[assignment]
            *FigureSerializer.Meta.fields, "publication", "title", "rotation", "box", "sheet", "numerals", "sentences",
            "previous", "following",
        )  # fmt: skip

    @property
    def _page(self) -> FigurePage:
        page: FigurePage = self.context["page"]
        return page

    def get_box(self, figure: Figure) -> list[int]:
        return [figure.left, figure.top, figure.width, figure.height]

    @extend_schema_field(NamedNumeralSerializer(many=True))
    def get_numerals(self, figure: Figure) -> Any:
        numerals = [NamedNumeral(reading, name) for reading, name in self._page.numerals]
        return NamedNumeralSerializer(numerals, many=True).data

    @extend_schema_field(SpannedLinkSerializer(many=True))
    def get_sentences(self, figure: Figure) -> Any:
        return SpannedLinkSerializer([sentence.link for sentence in self._page.sentences], many=True).data

    def get_previous(self, figure: Figure) -> int | None:
        return self._page.previous.pk if self._page.previous else None

    def get_following(self, figure: Figure) -> int | None:
        return self._page.following.pk if self._page.following else None


class BatchProgressSerializer(serializers.Serializer[BatchProgress]):
    """Documents of a delivery; accepted + warned + rejected + open = documents."""

    documents = serializers.IntegerField(source="count")
    accepted = serializers.IntegerField()
    warned = serializers.IntegerField()
    rejected = serializers.IntegerField()
    open = serializers.IntegerField()


class BatchSerializer(serializers.ModelSerializer[Batch]):
    """A delivery and its progress."""

    url = serializers.HyperlinkedIdentityField("api:batch", lookup_url_kwarg="batch_id")
    received_by = serializers.CharField(source="received_by.username", default=None, allow_null=True)
    progress = serializers.SerializerMethodField()

    class Meta:
        model = Batch
        fields = (
            "id", "url", "file_name", "size_bytes", "received_at", "received_by", "state", "verdict", "error_code",
            "error_detail", "unpacked_at", "finished_at", "progress",
        )  # fmt: skip

    @extend_schema_field(BatchProgressSerializer)
    def get_progress(self, batch: Batch) -> Any:
        return BatchProgressSerializer(progress_of(batch)).data


class RejectedSerializer(NoteSerializer):
    member = serializers.CharField()


class IgnoredSerializer(RejectedSerializer):
    stray = serializers.BooleanField()


class ReportSerializer(serializers.Serializer[Any]):
    """The result of a delivery."""

    batch = serializers.IntegerField()
    publications = serializers.IntegerField()
    sheets = serializers.IntegerField()
    figures = serializers.IntegerField()
    warned = serializers.IntegerField()
    documents = serializers.DictField(child=serializers.CharField(allow_blank=True))
    rejected = RejectedSerializer(many=True)
    ignored = IgnoredSerializer(many=True)
    seconds = serializers.DictField(child=serializers.FloatField())


class BatchWithReportSerializer(BatchSerializer):
    report = ReportSerializer()

    class Meta(BatchSerializer.Meta):
        fields = (*BatchSerializer.Meta.fields, "report")  # type: ignore[assignment]
