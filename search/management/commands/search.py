"""manage.py search: run a query from the command line."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from engine.errors import Problem
from search.api.answers import AnswerSerializer
from search.filters import FILTERS, filters_checked
from search.management.services import ServiceCommand, command_line_user, worker_for
from search.models import Query, QueryModality
from search.question import USUAL_HITS, Picture, Question, question_ranked_by
from search.queue import enqueue_query, wait_until_finished
from search.selectors.figures import figure_by_reference
from search.selectors.hits import answer_of
from search.services.queries import QuestionWithFiles, query_ask_with_files

PATIENCE_SECONDS = 120.0


class Command(ServiceCommand):
    help = "Search with a drawing, a figure of the collection, a text, or a drawing and a text."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        drawing = parser.add_mutually_exclusive_group()
        drawing.add_argument("--image", type=Path, metavar="FILE")
        drawing.add_argument("--figure", metavar="REF", help="a figure's key, or EP1234567A1/3a, or EP1234567A1#2")
        parser.add_argument(
            "--xml",
            type=Path,
            metavar="FILE",
            help="the patent XML of the image; its linked sentences are searched too",
        )
        parser.add_argument("--text", default="", metavar="T")
        parser.add_argument("--modality", choices=QueryModality.values, default=QueryModality.AVERAGE.value)
        parser.add_argument("--top", type=int, default=USUAL_HITS)
        parser.add_argument(
            "--include-family", action="store_true", help="also find the figure's own publication and its family"
        )
        for name in FILTERS:
            parser.add_argument(f"--{name.replace('_', '-')}", default="", metavar="F")

    def run(self, **options: Any) -> dict[str, Any]:
        started = time.perf_counter()
        query = self._create_query(options)
        try:
            with worker_for("query"):
                enqueue_query(query)
                query = wait_until_finished(query, seconds=PATIENCE_SECONDS)
            if query.state != "done":
                raise CommandError(
                    query.error_detail or f"No answer within {PATIENCE_SECONDS:.0f} s. See the log of the query worker."
                )
            answer: dict[str, Any] = dict(AnswerSerializer(answer_of(query)).data)
        finally:
            query.delete()
        answer["milliseconds"]["total"] = round((time.perf_counter() - started) * 1000, 1)
        if not options["json"]:
            self._print(answer)
        return answer

    def _create_query(self, options: dict[str, Any]) -> Query:
        figure = None
        if options["figure"]:
            figure = figure_by_reference(options["figure"])
            if figure is None:
                raise CommandError(
                    f"Figure {options['figure']} is not in the collection. "
                    "List the keys of figures: manage.py links PUBLICATION --json"
                )
        try:
            filters = filters_checked({name: options[name] for name in FILTERS})
        except Problem as problem:
            raise CommandError(f"--{problem.code.replace('_', '-')}: {problem.detail}") from problem
        question = Question(
            examples=() if figure is None else (Picture("figure", str(figure.pk)),),
            text=options["text"].strip(),
            filters=filters,
            include_family=options["include_family"],
            top=options["top"],
        )
        sent = QuestionWithFiles(
            question=question_ranked_by(question, options["modality"]),
            image=_read(options["image"]),
            image_name=options["image"].name if options["image"] else "",
            patent_xml=_read(options["xml"]),
        )
        try:
            return query_ask_with_files(owner=command_line_user(), sent=sent)
        except Problem as problem:
            raise CommandError(problem.detail) from problem

    def _print(self, answer: dict[str, Any]) -> None:
        for hit in answer["hits"]:
            label = f"FIG. {hit['label']}" if hit["label"] else "–"
            sides = " ".join(f"{side}={hit[side]:.3f}" for side in ("visual", "text") if hit[side] is not None)
            self.stdout.write(
                f"{hit['rank']:3}  {hit['score']:.3f}  {hit['publication']:18} {label:10} {sides}  {hit['title'][:60]}"
            )


def _read(path: Path | None) -> bytes | None:
    if path is None:
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}") from error
