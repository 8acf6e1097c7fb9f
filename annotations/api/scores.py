"""What runs score by frozen qrels: scored on request, shown as a table, and compared topic by topic."""

from __future__ import annotations

import json
from typing import Any

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.base import AdministratorsViewSet, checked, finished_runs_of, key_field, operation, topic_set_of
from annotations.api.qrels import snapshot_of
from annotations.options import (
    MOST_K,
    MOST_RUNS,
    UNITS,
    Scoring,
    TableOptions,
    options_of,
    required_snapshot,
    scoring_of,
    table_or_scoring,
)
from annotations.selectors.score_files import score_table_as_json
from annotations.selectors.scores import ScoreTable
from annotations.selectors.topic_lists import TopicDifference, topic_differences
from annotations.services.scores import scores_complete
from engine.errors import Problem

BUDGET_SECONDS = 1.0  # of scoring within one request


class ScoringSerializer(serializers.Serializer[Scoring]):
    """So many runs of so many are scored. While they are not all, POST to `scores/` with the same query goes on."""

    done = serializers.IntegerField()
    count = serializers.IntegerField()


class TopicDifferenceSerializer(serializers.Serializer[TopicDifference]):
    """What two runs scored for a topic. outcome: of the first: won, lost or tied."""

    topic = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    one = serializers.FloatField()
    other = serializers.FloatField()
    difference = serializers.FloatField()
    outcome = serializers.CharField()


class ComparisonSerializer(serializers.Serializer[Any]):
    """Two runs topic by topic, what the first wins most at first. table: as `table` gives it, of these two."""

    measure = serializers.CharField()
    topics = TopicDifferenceSerializer(many=True)
    table = serializers.DictField()


class TableQuerySerializer(serializers.Serializer[Any]):
    """What a table of runs is made of; by default the newest qrels, every finished run, as the paper measures."""

    snapshot = key_field(required=False)
    run = serializers.ListField(child=key_field(), required=False, max_length=MOST_RUNS)
    unit = serializers.ChoiceField(choices=UNITS, required=False)
    k = serializers.IntegerField(min_value=1, max_value=MOST_K, required=False)
    measure = serializers.CharField(max_length=40, required=False)


class PairQuerySerializer(TableQuerySerializer):
    """Two runs of a table."""

    one = key_field()
    other = key_field()


class ScoreViewSet(AdministratorsViewSet):
    """Scores of the runs of a topic set."""

    @operation("scores", ScoringSerializer, query=TableQuerySerializer, also=(400, 409))
    @action(detail=False)
    def scores(self, request: Request, topic_set_id: int) -> Response:
        """How many runs of the table are scored."""
        return self.answer(ScoringSerializer, scoring_of(self._options()))

    @operation("score", {200: ScoringSerializer, 202: ScoringSerializer}, query=TableQuerySerializer, also=(400, 409))
    @scores.mapping.post
    def score(self, request: Request, topic_set_id: int) -> Response:
        """Score runs for about a second: 200 once all are scored, 202 while some are left: send it again."""
        options = self._options()
        scores_complete(
            snapshot=required_snapshot(options),
            runs=options.runs,
            options=options.options,
            budget_seconds=BUDGET_SECONDS,
        )
        return self._progress(scoring_of(options))

    @operation("table", {200: dict[str, Any], 202: ScoringSerializer}, query=TableQuerySerializer, also=(400, 409))
    @action(detail=False)
    def table(self, request: Request, topic_set_id: int) -> Response:
        """What runs score by frozen qrels, with intervals, bounds and comparisons, and all that it came from.

        `from` is the least grade that is relevant. 202 while runs are not scored: POST to `scores/` has them scored.
        """
        options = self._options()
        found = table_or_scoring(options)
        return self._progress(found) if isinstance(found, Scoring) else Response(_table(options, found))

    @operation(
        "comparison", {200: ComparisonSerializer, 202: ScoringSerializer}, query=PairQuerySerializer, also=(400, 409)
    )
    @action(detail=False)
    def comparison(self, request: Request, topic_set_id: int) -> Response:
        """Where one run wins over the other, with the significance of the difference. 202 as for `table`."""
        topic_set = topic_set_of(topic_set_id)
        data = checked(PairQuerySerializer, request.query_params).validated_data
        if data["one"] == data["other"]:
            raise Problem("same-run", "A run compared with itself differs nowhere; choose another one beside it.")
        runs = finished_runs_of(topic_set, [data["one"], data["other"]])
        options = self._options().with_runs(tuple(runs))
        found = table_or_scoring(options)
        if isinstance(found, Scoring):
            return self._progress(found)
        titles = {str(number): title for number, title in topic_set.topics.values_list("number", "title")}
        differences = topic_differences(found.scored[0], found.scored[1], found.measure, titles)
        compared = {"measure": found.measure, "topics": differences, "table": _table(options, found)}
        return self.answer(ComparisonSerializer, compared)

    def _options(self) -> TableOptions:
        """Return what a table is made of. Raises: Problem, also where nothing is there yet."""
        checked(TableQuerySerializer, self.request.query_params)
        options = options_of(topic_set_of(self.kwargs["topic_set_id"]), self.request.query_params)
        required_snapshot(options)
        return options

    def _progress(self, scoring: Scoring) -> Response:
        return self.answer(ScoringSerializer, scoring, 200 if scoring.is_complete else 202)


def _table(options: TableOptions, table: ScoreTable) -> dict[str, Any]:
    written: dict[str, Any] = json.loads(score_table_as_json(table, snapshot_of(required_snapshot(options).pk)))
    return written
