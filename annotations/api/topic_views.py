"""Topic sets, topics and runs, for administrators."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.pagination import PageNumberPagination
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api import answers, requests
from annotations.api.asking import (
    FILE_ANSWERS,
    AdministratorsView,
    FileView,
    checked,
    created,
    current_user,
    deleted,
    paged,
    run_or_404,
    topic_or_404,
    topic_set_or_404,
)
from annotations.models import RankedList, Run, Topic, TopicSet
from annotations.queue import enqueue_unless_finished
from annotations.selectors.document_numbers import numbers_of_figures
from annotations.selectors.exports import run_file
from annotations.selectors.runs import run_row, runs_listed
from annotations.selectors.topics import may_see_drawings, topic_set_page, topic_sets_listed
from annotations.services.imports import run_import
from annotations.services.runs import run_again, run_delete, run_retry, runs_make
from annotations.services.topics import (
    topic_add,
    topic_delete,
    topic_describe,
    topic_set_delete,
    topic_set_describe,
    topic_set_draw,
    topic_set_make,
)
from annotations.views.exported import file_to_take_away
from search.api.errors import errors
from search.api.parsers import StrictJSONParser


class TopicSetListView(AdministratorsView):
    """Topic sets."""

    parser_classes = [StrictJSONParser]
    pagination_class = PageNumberPagination

    @extend_schema(operation_id="topic_sets", responses={200: answers.ListedTopicSetSerializer(many=True), **errors()})
    def get(self, request: Request) -> Response:
        """All topic sets, newest first, a page at a time."""
        return paged(self, request, topic_sets_listed(), answers.ListedTopicSetSerializer)

    @extend_schema(
        operation_id="topic_set_make",
        request=requests.TopicSetSerializer,
        responses={201: answers.TopicSetAnswerSerializer, **errors(400, 413, 415)},
    )
    def post(self, request: Request) -> Response:
        """Make an empty set, or draw one at random."""
        sent = checked(requests.TopicSetSerializer, request.data)
        named = {name: sent.validated_data[name] for name in ("name", "note")}
        draw = sent.draw_wanted()
        if draw is None:
            made = topic_set_make(made_by=current_user(request), **named)
        else:
            made = topic_set_draw(made_by=current_user(request), draw=draw, **named)
        return created(_topic_set_data(request, made))


class TopicSetView(AdministratorsView):
    """One topic set."""

    parser_classes = [StrictJSONParser]

    @extend_schema(operation_id="topic_set", responses={200: answers.TopicSetAnswerSerializer, **errors()})
    def get(self, request: Request, topic_set_id: int) -> Response:
        """A topic set with its topics."""
        return Response(_topic_set_data(request, topic_set_or_404(topic_set_id)))

    @extend_schema(
        operation_id="topic_set_describe",
        request=requests.TopicSetChangeSerializer,
        responses={200: answers.TopicSetAnswerSerializer, **errors(400, 413, 415)},
    )
    def patch(self, request: Request, topic_set_id: int) -> Response:
        """Change name and note, which may change at any time."""
        topic_set = topic_set_or_404(topic_set_id)
        data = checked(requests.TopicSetChangeSerializer, request.data).validated_data
        return Response(_topic_set_data(request, topic_set_describe(topic_set=topic_set, **data)))

    @extend_schema(operation_id="topic_set_delete", responses={204: None, **errors(400)})
    def delete(self, request: Request, topic_set_id: int) -> Response:
        """Delete a set with its topics and their uploaded drawings; refused once something was made of them."""
        topic_set_delete(topic_set=topic_set_or_404(topic_set_id))
        return deleted()


class TopicListView(AdministratorsView):
    """The topics of a set."""

    parser_classes = [StrictJSONParser, MultiPartParser]

    @extend_schema(
        operation_id="topic_add",
        request={
            "application/json": requests.TopicSerializer,
            "multipart/form-data": requests.TopicSerializer,
        },
        responses={201: answers.TopicAnswerSerializer, **errors(400, 413, 415)},
    )
    def post(self, request: Request, topic_set_id: int) -> Response:
        """Add a topic at the end: a figure, or a drawing that is uploaded."""
        topic_set = topic_set_or_404(topic_set_id)
        sent = checked(requests.TopicSerializer, request.data)
        return created(_topic_data(request, topic_add(topic_set=topic_set, new=sent.topic())))


class TopicView(AdministratorsView):
    """One topic of a set."""

    parser_classes = [StrictJSONParser]

    @extend_schema(operation_id="topic", responses={200: answers.TopicAnswerSerializer, **errors()})
    def get(self, request: Request, topic_set_id: int, number: int) -> Response:
        """A topic by its number in the set."""
        return Response(_topic_data(request, topic_or_404(topic_set_or_404(topic_set_id), number)))

    @extend_schema(
        operation_id="topic_describe",
        request=requests.TopicChangeSerializer,
        responses={200: answers.TopicAnswerSerializer, **errors(400, 413, 415)},
    )
    def patch(self, request: Request, topic_set_id: int, number: int) -> Response:
        """Change title and need; refused once something was made of the topics, for assessors judge by the need."""
        topic = topic_or_404(topic_set_or_404(topic_set_id), number)
        data = checked(requests.TopicChangeSerializer, request.data).validated_data
        return Response(_topic_data(request, topic_describe(topic=topic, **data)))

    @extend_schema(operation_id="topic_delete", responses={204: None, **errors(400)})
    def delete(self, request: Request, topic_set_id: int, number: int) -> Response:
        """Take a topic out, with its uploaded drawing; the others keep their numbers. Refused as a change is."""
        topic_delete(topic=topic_or_404(topic_set_or_404(topic_set_id), number))
        return deleted()


class RunListView(AdministratorsView):
    """The runs of a topic set."""

    parser_classes = [StrictJSONParser]

    @extend_schema(operation_id="runs", responses={200: answers.RunSerializer(many=True), **errors()})
    def get(self, request: Request, topic_set_id: int) -> Response:
        """All runs of a set, oldest first."""
        return Response(answers.run_data(request, runs_listed(topic_set_or_404(topic_set_id))))

    @extend_schema(
        operation_id="runs_make",
        request=requests.PlanSerializer,
        responses={202: answers.RunSerializer(many=True), **errors(400, 413, 415)},
    )
    def post(self, request: Request, topic_set_id: int) -> Response:
        """Make one run for each system and weight. A run that would find the same as an earlier one is that one."""
        topic_set = topic_set_or_404(topic_set_id)
        sent = checked(requests.PlanSerializer, request.data)
        runs = runs_make(topic_set=topic_set, plan=sent.plan(), made_by=current_user(request))
        for run in runs:
            enqueue_unless_finished(run)
        wanted = {run.pk for run in runs}
        rows = [row for row in runs_listed(topic_set) if row.run.pk in wanted]
        return Response(answers.run_data(request, rows), status=202)


class RunImportView(AdministratorsView):
    """Runs of other systems."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="run_import",
        request={"multipart/form-data": requests.RunFileSerializer},
        responses={201: answers.RunSerializer, **errors(400, 413, 415)},
    )
    def post(self, request: Request, topic_set_id: int) -> Response:
        """Import a run from a TREC, CSV or JSON file; the same file under the same name again is the same run."""
        topic_set = topic_set_or_404(topic_set_id)
        data = checked(requests.RunFileSerializer, request.data).validated_data
        run = run_import(
            topic_set=topic_set,
            name=data["name"],
            data=data["file"].read(),
            file_format=data["format"],
            imported_by=current_user(request),
        )
        return created(answers.run_data(request, [run_row(run)])[0])


class RunView(AdministratorsView):
    """One run."""

    @extend_schema(operation_id="run", responses={200: answers.RunSerializer, **errors()})
    def get(self, request: Request, run_id: int) -> Response:
        """A run with all that decided it, and how far it is."""
        return Response(answers.run_data(request, [run_row(run_or_404(run_id))])[0])

    @extend_schema(operation_id="run_delete", responses={204: None, **errors(400)})
    def delete(self, request: Request, run_id: int) -> Response:
        """Delete a run with what it found; refused where a pool or a fit was made of it."""
        run_delete(run=run_or_404(run_id))
        return deleted()


class RunRetryView(AdministratorsView):
    """A failed run."""

    @extend_schema(operation_id="run_retry", request=None, responses={202: answers.RunSerializer, **errors()})
    def post(self, request: Request, run_id: int) -> Response:
        """Try a failed run again; any other stays as it is."""
        return _started(request, run_retry(run=run_or_404(run_id)))


class RunAgainView(AdministratorsView):
    """A run of today that is like an earlier one."""

    @extend_schema(operation_id="run_again", request=None, responses={202: answers.RunSerializer, **errors(400)})
    def post(self, request: Request, run_id: int) -> Response:
        """Make a run again over the collection of today. Where it would find the same, it is the run that there is.

        Refused for an imported run, which is made elsewhere.
        """
        return _started(request, run_again(run=run_or_404(run_id), made_by=current_user(request)))


class RankedListView(AdministratorsView):
    """What a run found."""

    @extend_schema(operation_id="ranked_list", responses={200: answers.RankedListSerializer, **errors()})
    def get(self, request: Request, run_id: int, number: int) -> Response:
        """The figures that a run found for a topic, best first."""
        run = run_or_404(run_id)
        topic = topic_or_404(run.topic_set, number)
        ranked = RankedList.objects.filter(run=run, topic=topic).first()
        pairs = list(zip(ranked.figure_ids, ranked.scores, strict=True)) if ranked else []
        documents = numbers_of_figures([figure_id for figure_id, _ in pairs])
        figures = [
            {"rank": rank, "figure": figure_id, "document": documents[figure_id], "score": score}
            for rank, (figure_id, score) in enumerate(pairs, start=1)
        ]
        return Response({"run": run.pk, "topic": topic.number, "figures": figures})


class RunFileView(FileView):
    """A run as a file."""

    @extend_schema(
        operation_id="run_file", parameters=[requests.FileQuerySerializer], responses={**FILE_ANSWERS, **errors(400)}
    )
    def get(self, request: Request, run_id: int) -> HttpResponse:
        """A finished run as TREC, CSV or JSON; the same bytes each time."""
        run = run_or_404(run_id)
        wanted = checked(requests.FileQuerySerializer, request.query_params).validated_data
        return file_to_take_away(run_file(run, wanted["format"]))


def _topic_set_data(request: Request, topic_set: TopicSet) -> dict[str, object]:
    page = topic_set_page(topic_set, current_user(request))
    return dict(answers.TopicSetAnswerSerializer(topic_set, context={"request": request, "page": page}).data)


def _topic_data(request: Request, topic: Topic) -> dict[str, object]:
    context = {"request": request, "may_see_drawings": may_see_drawings(current_user(request), topic.topic_set)}
    return dict(answers.TopicAnswerSerializer(topic, context=context).data)


def _started(request: Request, run: Run) -> Response:
    """202 with a run that waits, or is done already."""
    enqueue_unless_finished(run)
    return Response(answers.run_data(request, [run_row(run)])[0], status=202)
