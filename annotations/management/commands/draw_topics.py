"""manage.py draw_topics: make a topic set of random figures; the same seed gives the same figures."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from annotations.management.finding import user_found
from annotations.selectors.document_numbers import numbers_of_figures
from annotations.selectors.draws import Draw
from annotations.services.topics import topic_set_draw
from engine.errors import Problem
from search.filters import FILTERS, filters_checked
from search.management.services import ServiceCommand


class Command(ServiceCommand):
    help = (
        "Make a topic set of random figures. --reserve: take them from publications that are then held out of every "
        "run."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("name", help="name of the topic set")
        parser.add_argument("--seed", type=int, required=True)
        parser.add_argument("--topics", type=int, default=20, metavar="N")
        parser.add_argument("--reserve", type=int, default=0, metavar="N", help="number of publications to hold out")
        parser.add_argument("--several", action="store_true", help="allow several figures of one publication")
        parser.add_argument("--note", default="")
        parser.add_argument(
            "--by", default="", metavar="USER", help="user name of the owner; by default the command-line user"
        )
        for name in FILTERS:
            parser.add_argument(f"--{name.replace('_', '-')}", default="", metavar="F")

    def run(self, **options: Any) -> dict[str, Any]:
        try:
            draw = Draw(
                seed=options["seed"],
                topic_count=options["topics"],
                reserved_count=options["reserve"],
                one_per_publication=not options["several"],
                filters=filters_checked({name: options[name] for name in FILTERS}),
            )
            topic_set = topic_set_draw(
                name=options["name"], note=options["note"], draw=draw, made_by=user_found(options["by"])
            )
        except Problem as problem:
            raise CommandError(problem.detail) from problem
        figures = dict(topic_set.topics.order_by("number").values_list("number", "figure"))
        numbers = numbers_of_figures([pk for pk in figures.values() if pk is not None])
        topics = [{"number": number, "figure": numbers[pk]} for number, pk in figures.items() if pk is not None]
        reserved = list(topic_set.reserved.order_by("reference").values_list("reference", flat=True))
        self.say(f"topic set {topic_set.pk} {topic_set}: {len(topics)} topics, {len(reserved)} publications reserved")
        return {
            "topic_set": topic_set.name,
            "id": topic_set.pk,
            "seed": topic_set.seed,
            "topics": topics,
            "reserved": reserved,
        }
