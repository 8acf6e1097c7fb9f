"""Publications and figures by their numbers as people write them."""

from __future__ import annotations

import re
from dataclasses import replace

from engine.errors import Problem
from search.models import Publication
from search.question import Picture, Question
from search.selectors.figures import figures_to_show
from search.selectors.publications import publications_to_show

_BETWEEN = re.compile(r"[;,\n]+")
_FIGURE = re.compile(r"(?P<publication>.+)/(?:FIG(?:URE)?\.?)?(?P<label>[0-9A-Z]{1,8})")
LONGEST_WRITTEN = 400


def question_with_written(question: Question, written: str) -> Question:
    """Add what is written to the question: "EP 1 234 567 A1", "EP1234567", "EP1234567A1/3a".

    Several are separated by commas or semicolons. A number without its kind code means all its publications.
    Raises Problem, naming the one that was not found.
    """
    if len(written) > LONGEST_WRITTEN:
        raise Problem(
            "publication",
            f"The publication number is longer than {LONGEST_WRITTEN} characters. Write it as EP1234567A1.",
        )
    references, pictures = list(question.publications), list(question.examples)
    for one in filter(None, (part.strip() for part in _BETWEEN.split(written.replace("\0", "")))):
        number = "".join(one.split()).upper()
        found = _references(number)
        figure = None if found else _figure(number)
        if figure is not None:
            pictures.append(Picture("figure", str(figure)))
        elif found:
            references += found
        else:
            raise Problem(
                "publication-gone",
                f"“{one[:40]}” was not found in the collection. Write a publication as EP1234567A1, and "
                "one of its figures as EP1234567A1/3.",
            )
    return replace(question, examples=tuple(dict.fromkeys(pictures)), publications=tuple(dict.fromkeys(references)))


def _references(number: str) -> list[str]:
    """Return the publication of this number, else all publications that have it with some kind code."""
    plain = number.replace("/", "").replace("-", "").replace(".", "")  # US 2019/0003215 A1
    if not plain.isascii() or not plain.isalnum():
        return []
    shown = publications_to_show()
    exact = shown.filter(reference=plain[:25]).values_list("reference", flat=True)
    bare = Publication.objects.none()
    if plain[:2].isalpha() and plain[2:].isdecimal():
        bare = shown.filter(country=plain[:2], doc_number=plain[2:22])
    return list(exact) or list(bare.order_by("reference").values_list("reference", flat=True))


def _figure(number: str) -> int | None:
    """Return the figure of a publication and label; of several publications, the first one's."""
    parts = _FIGURE.fullmatch(number)
    references = _references(parts["publication"]) if parts else []
    if parts is None or not references:
        return None
    labelled = figures_to_show().filter(sheet__publication__reference__in=references)
    found = labelled.filter(label__iexact=parts["label"]).order_by("sheet__publication__reference", "pk").first()
    return None if found is None else found.pk
