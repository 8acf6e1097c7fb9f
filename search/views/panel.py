"""The query panel's view of a question, with the address of each change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.contrib.auth.models import User

from search.models import Figure, Material
from search.question import GROUPS, MOST_HITS, Picture, Question, question_as_query
from search.selectors.figures import figures_to_show

ROLES = {"examples": "searched with", "liked": "more like this", "disliked": "less like this"}
MORE = 50  # hits that "show more" adds
GROUP_NAMES = dict(zip(GROUPS, ("publications", "families", "single figures"), strict=True))


@dataclass(frozen=True, slots=True)
class PictureShown:
    """A picture of the question with its name, and the questions that turn, mirror and drop it, as query strings."""

    picture: Picture
    role: str
    name: str
    figure: Figure | None
    turned: str
    mirrored: str
    dropped: str
    whole: str

    @property
    def is_example(self) -> bool:
        return self.role == ROLES["examples"]


@dataclass(frozen=True, slots=True)
class Panel:
    """A question as the panel shows it; without_…, more and narrowed are query strings."""

    question: Question
    address: str
    pictures: tuple[PictureShown, ...]
    passage: Material | None
    patent_xml: Material | None
    without_passage: str
    without_patent_xml: str
    without_publications: tuple[tuple[str, str], ...]
    without_feedback: str
    more: str
    narrowed: str

    @property
    def has_feedback(self) -> bool:
        return bool(self.question.liked or self.question.disliked)

    @property
    def groups(self) -> tuple[str, ...]:
        """What the best figure may be shown of."""
        return GROUPS

    @property
    def grouped_by(self) -> str:
        """What is shown once each."""
        return GROUP_NAMES[self.question.group]

    @property
    def search(self) -> str:
        """Only what is looked for, for addresses that rank it otherwise."""
        return question_as_query(self.question, ranking=False)

    @property
    def ranking(self) -> str:
        """Only what ranks, for addresses that name the query itself."""
        return self.question.ranking.address

    @property
    def hidden_fields(self) -> list[tuple[str, str]]:
        """What the form carries along unseen, so that sending it keeps the pictures."""
        question = self.question
        fields: list[tuple[str, str]] = [(picture.source, picture.token) for picture in question.examples]
        fields += [("publication", reference) for reference in question.publications]
        fields += [("like", picture.token) for picture in question.liked]
        fields += [("unlike", picture.token) for picture in question.disliked]
        named = (("passage", question.passage), ("patent_xml", question.patent_xml))
        return fields + [(name, value) for name, value in named if value]


def panel_of(question: Question, owner: User) -> Panel:
    """The panel of one question."""
    return panels_of([question], owner)[0]


def panels_of(questions: Sequence[Question], owner: User) -> list[Panel]:
    """Return the panels of several questions. Takes two database queries: for their figures and their materials."""
    keys = {key for question in questions for key in (question.passage, question.patent_xml) if key}
    pictures = [picture for one in questions for picture in (*one.examples, *one.liked, *one.disliked)]
    keys |= {picture.key for picture in pictures if picture.source == "image"}
    materials = {str(row.pk): row for row in Material.objects.filter(owner=owner, pk__in=keys)} if keys else {}
    figure_ids = [int(picture.key) for picture in pictures if picture.source == "figure"]
    figures = figures_to_show().in_bulk(figure_ids) if figure_ids else {}
    return [_panel(question, figures, materials) for question in questions]


def _panel(question: Question, figures: dict[int, Figure], materials: dict[str, Material]) -> Panel:
    return Panel(
        question=question,
        address=question.address,
        pictures=tuple(_shown(question, figures, materials)),
        passage=materials.get(question.passage),
        patent_xml=materials.get(question.patent_xml),
        without_passage=replace(question, passage="").address,
        without_patent_xml=replace(question, patent_xml="").address,
        without_publications=tuple(
            (
                one,
                replace(question, publications=tuple(other for other in question.publications if other != one)).address,
            )
            for one in question.publications
        ),
        without_feedback=replace(question, liked=(), disliked=()).address,
        more=replace(question, top=min(question.top + MORE, MOST_HITS)).address,
        narrowed=Question(filters=question.filters, include_family=question.include_family).address,
    )


def _shown(question: Question, figures: dict[int, Figure], materials: dict[str, Material]) -> Iterator[PictureShown]:
    for place, role in ROLES.items():
        pictures: tuple[Picture, ...] = getattr(question, place)
        for at, picture in enumerate(pictures):

            def with_picture(*new: Picture, place: str = place, at: int = at) -> str:
                return _replaced(question, place, at, new).address

            figure = figures.get(int(picture.key)) if picture.source == "figure" else None
            yield PictureShown(
                picture=picture,
                role=role,
                name=_name(picture, figure, materials),
                figure=figure,
                turned=with_picture(picture.turned()),
                mirrored=with_picture(picture.flipped()),
                dropped=with_picture(),
                whole=with_picture(replace(picture, region=None)),
            )


def _replaced(question: Question, place: str, at: int, new: tuple[Picture, ...]) -> Question:
    pictures: tuple[Picture, ...] = getattr(question, place)
    changed = (*pictures[:at], *new, *pictures[at + 1 :])
    if place == "examples":
        return replace(question, examples=changed)
    return replace(question, liked=changed) if place == "liked" else replace(question, disliked=changed)


def _name(picture: Picture, figure: Figure | None, materials: dict[str, Material]) -> str:
    if figure is not None:
        name = f"{figure} of {figure.sheet.publication.reference}"
    elif picture.source == "image" and picture.key in materials:
        name = materials[picture.key].name or "your drawing"
    else:
        name = "a deleted drawing"
    return f"part of {name}" if picture.region else name
