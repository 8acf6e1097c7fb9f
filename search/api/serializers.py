"""Requests of the API: types and sizes of their fields. The services check the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from rest_framework import serializers

from engine.ranking.fusion import Fusion
from search.filters import FILTERS, Filter, filters_read
from search.filters.kinds import BatchKey, DateLimit, LinkedText
from search.forms import LARGEST_IMAGE_BYTES, LARGEST_XML_BYTES
from search.models import Figure, QueryModality
from search.numbers import LARGEST_KEY
from search.question import LONGEST_TEXT, MOST_EXAMPLES, MOST_HITS, USUAL_HITS, Picture, Question, question_ranked_by
from search.selectors.figures import figure_by_reference
from search.services.queries import QuestionWithFiles


def _figure_id() -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=LARGEST_KEY)


class FiltersSerializer(serializers.Serializer[Any]):
    """Filters of hits, one field for each of `search.filters`. Of several values between commas one must match."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {name: _filter_field(one) for name, one in FILTERS.items()} | super().get_fields()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        _, faults = filters_read(filters_as_written(attrs))
        if faults:
            raise serializers.ValidationError({name: [detail] for name, detail in faults.items()})
        return attrs


class QuestionSerializer(FiltersSerializer):
    """A query: images, figures, text, or all of them. JSON cannot carry the files."""

    image = serializers.FileField(required=False, allow_empty_file=True, help_text="A drawing; send it as multipart.")
    patent_xml = serializers.FileField(
        required=False, allow_empty_file=True, help_text="The patent that the image is from: links its text."
    )
    figure = serializers.CharField(
        required=False, max_length=80, help_text='A figure\'s id, "EP1234567A1/3a" or "EP1234567A1#2".'
    )
    publication = serializers.CharField(required=False, max_length=25, help_text="All figures of this publication.")
    like = serializers.ListField(child=_figure_id(), required=False, max_length=MOST_EXAMPLES)
    unlike = serializers.ListField(child=_figure_id(), required=False, max_length=MOST_EXAMPLES)
    text = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_TEXT)
    modality = serializers.ChoiceField(choices=QueryModality.choices, default=QueryModality.AVERAGE)
    weight = serializers.IntegerField(
        required=False, min_value=0, max_value=100, help_text="The drawing's share in percent, instead of a modality."
    )
    top = serializers.IntegerField(min_value=1, max_value=MOST_HITS, default=USUAL_HITS)
    include_family = serializers.BooleanField(
        default=False, help_text="Also hits of the query's own publications and their families."
    )

    def validate_image(self, upload: UploadedFile[bytes]) -> UploadedFile[bytes]:
        return _no_larger(upload, LARGEST_IMAGE_BYTES)

    def validate_patent_xml(self, upload: UploadedFile[bytes]) -> UploadedFile[bytes]:
        return _no_larger(upload, LARGEST_XML_BYTES)

    def validate_figure(self, reference: str) -> Figure:
        figure = figure_by_reference(reference)
        if figure is None:
            raise serializers.ValidationError(f"Figure “{reference}” was not found in the collection.")
        return figure

    def question_with_files(self) -> QuestionWithFiles:
        """Return the question and its files. Call it on valid data."""
        data = self.validated_data
        image, patent_xml, figure = data.get("image"), data.get("patent_xml"), data.get("figure")
        question = Question(
            examples=() if figure is None else (Picture("figure", str(figure.pk)),),
            publications=(data["publication"].upper(),) if data.get("publication") else (),
            liked=tuple(Picture("figure", str(pk)) for pk in data.get("like", ())),
            disliked=tuple(Picture("figure", str(pk)) for pk in data.get("unlike", ())),
            text=data.get("text", "").strip(),
            filters=filters_read(filters_as_written(data))[0],
            include_family=data["include_family"],
            top=data["top"],
        )
        question = question_ranked_by(question, data["modality"])
        if "weight" in data:
            question = replace(question, by=Fusion.WEIGHTED, weight=data["weight"])
        return QuestionWithFiles(
            question=question,
            image=None if image is None else image.read(),
            image_name="" if image is None else image.name,
            patent_xml=None if patent_xml is None else patent_xml.read(),
        )


class PublicationFilterSerializer(serializers.Serializer[Any]):
    """Filters of the list of publications."""

    reference = serializers.CharField(required=False, max_length=25, help_text="Part of the publication number.")
    applicant = serializers.CharField(required=False, max_length=200, help_text="Part of the name.")
    ipc = serializers.CharField(required=False, max_length=40, help_text="The start of an IPC symbol.")
    cpc = serializers.CharField(required=False, max_length=40, help_text="The start of a CPC symbol.")


class DeliverySerializer(serializers.Serializer[Any]):
    """An EPO delivery: a zip or tar of documents, a document zip, or a patent XML."""

    delivery = serializers.FileField()


class TokenRequestSerializer(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False, write_only=True)


def filters_as_written(data: dict[str, Any]) -> dict[str, str]:
    """Return the filters of a request as an address spells them."""
    return {name: "1" if data[name] is True else str(data[name]) for name in FILTERS if data.get(name)}


def _filter_field(one: Filter) -> serializers.Field[Any, Any, Any, Any]:
    match one.kind:
        case DateLimit():
            return serializers.DateField(required=False)
        case BatchKey():
            return serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_KEY)
        case LinkedText():
            return serializers.BooleanField(required=False, help_text=one.help)
    return serializers.CharField(required=False, max_length=one.longest, help_text=one.help)


def _no_larger(upload: UploadedFile[bytes], most_bytes: int) -> UploadedFile[bytes]:
    if (upload.size or 0) > most_bytes:
        raise serializers.ValidationError(f"The file has {upload.size:,} bytes; send one of at most {most_bytes:,}.")
    return upload
