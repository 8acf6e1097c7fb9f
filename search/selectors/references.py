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
    """The question with all that is written asked for as well: "EP 1 234 567 A1", "EP1234567", "EP1234567A1/3a".

    Several are parted by commas or semicolons. A number without its kind code means every publication of it.
    Raises: Problem, naming the one that the collection lacks.
    """
    if len(written) > LONGEST_WRITTEN:
        raise Problem("publication", "That is no publication number. Write it as EP1234567A1.")
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
                f"The collection has no “{one[:40]}”. Write a publication as EP1234567A1, and one of its figures as "
                "EP1234567A1/3.",
            )
    return replace(question, examples=tuple(dict.fromkeys(pictures)), publications=tuple(dict.fromkeys(references)))


def _references(number: str) -> list[str]:
    """Of the publication of this number, else of all that bear it with some kind code."""
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
    """The figure of that label; of a label that several kinds have, the first publication's."""
    parts = _FIGURE.fullmatch(number)
    references = _references(parts["publication"]) if parts else []
    if parts is None or not references:
        return None
    labelled = figures_to_show().filter(sheet__publication__reference__in=references)
    found = labelled.filter(label__iexact=parts["label"]).order_by("sheet__publication__reference", "pk").first()
    return None if found is None else found.pk
