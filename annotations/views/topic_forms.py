"""Forms of topic sets, topics and runs. The services check the values further."""

from __future__ import annotations

import re
import secrets
from typing import Any

from django import forms

from annotations.models import System
from annotations.selectors.draws import LARGEST_SEED, MOST_TOPICS, Draw
from annotations.selectors.exports import FORMATS
from annotations.services.imports import LARGEST_RUN_BYTES
from annotations.services.runs import (
    DEEPEST,
    DEFAULT_DEPTH,
    MOST_WEIGHTS,
    PAPER_SYSTEMS,
    UNWEIGHTED_SYSTEMS,
    Plan,
)
from annotations.services.topics import LONGEST_NAME, LONGEST_PROSE, LONGEST_TITLE
from annotations.views.problems import add_problem
from engine.errors import Problem
from search.filters import filters_checked, filters_written
from search.question import LONGEST_TEXT

SEEDS_OFFERED = 10**6
_NAMES = {"trec": "TREC", "csv": "CSV", "json": "JSON"}


class TopicSetForm(forms.Form):
    """Name and note of a topic set."""

    name = forms.CharField(
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter a name for the topic set."},
    )
    note = forms.CharField(
        max_length=LONGEST_PROSE, required=False, label="Note", widget=forms.Textarea(attrs={"rows": 2})
    )


class DrawForm(TopicSetForm):
    """Settings of a random draw. The filters of search.filters are sent with the form."""

    topics = forms.IntegerField(label="Figures to draw", min_value=1, max_value=MOST_TOPICS, initial=20)
    seed = forms.IntegerField(
        label="Seed",
        min_value=0,
        max_value=LARGEST_SEED,
        help_text="The same seed draws the same figures.",
    )
    reserve = forms.IntegerField(
        label="Publications to reserve",
        min_value=0,
        max_value=10**6,
        initial=0,
        help_text="Held out of every run; only their figures are drawn. 0: none.",
    )
    one_each = forms.BooleanField(label="At most one figure of a publication", required=False, initial=True)

    @staticmethod
    def fresh() -> DrawForm:
        """Return an empty form with a random seed."""
        return DrawForm(initial={"seed": secrets.randbelow(SEEDS_OFFERED)})

    def __init__(self, *args: Any, named: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = named  # not needed for a preview
        self.filters: dict[str, str] = {}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.filters = _filters(self)
        return cleaned

    def draw(self) -> Draw:
        """Return the draw of a valid form."""
        data = self.cleaned_data
        return Draw(
            seed=data["seed"],
            topic_count=data["topics"],
            reserved_count=data["reserve"],
            one_per_publication=data["one_each"],
            filters=self.filters,
        )


class TopicForm(forms.Form):
    """A topic to add: a figure by its number, or an uploaded drawing."""

    figure = forms.CharField(
        required=False,
        label="Figure of the collection",
        widget=forms.TextInput(attrs={"placeholder": "EP1234567A1/3", "autocomplete": "off", "spellcheck": "false"}),
    )
    drawing = forms.FileField(
        required=False,
        label="Or upload a drawing",
        allow_empty_file=True,  # image decoding gives a better message
        widget=forms.FileInput(attrs={"accept": "image/*,.tif,.tiff"}),
        help_text="It is stored with the topic set. Only you and the assessors of its sessions can see it.",
    )
    title = forms.CharField(required=False, max_length=LONGEST_TITLE, help_text="A few words for lists and tables.")
    need = forms.CharField(
        required=False,
        max_length=LONGEST_PROSE,
        label="What is looked for",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For assessors: what makes a drawing relevant. It is not part of the query.",
    )
    text = forms.CharField(
        required=False,
        max_length=LONGEST_TEXT,
        label="Text to search with",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Added to the drawing, as an examiner may type it.",
    )


class PlanForm(forms.Form):
    """Settings of the runs to make. The filters of search.filters are sent with the form."""

    systems = forms.MultipleChoiceField(
        required=False,
        choices=[(system.value, system.label) for system in UNWEIGHTED_SYSTEMS],
        initial=[system.value for system in PAPER_SYSTEMS],
        widget=forms.CheckboxSelectMultiple,
    )
    weights = forms.CharField(
        required=False,
        max_length=200,
        label="Weighted sums",
        widget=forms.TextInput(attrs={"placeholder": "30, 70", "autocomplete": "off", "inputmode": "numeric"}),
        help_text="The drawing’s share in percent, from 1 to 99. Separate several with commas.",
    )
    depth = forms.IntegerField(
        min_value=1, max_value=DEEPEST, initial=DEFAULT_DEPTH, help_text="Figures kept of each topic."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters: dict[str, str] = {}

    def clean_weights(self) -> list[int]:
        written = re.split(r"[\s,;%]+", self.cleaned_data["weights"])
        parts = [part for part in written if part]
        if len(parts) > MOST_WEIGHTS or not all(re.fullmatch("[0-9]{1,2}", part) for part in parts):
            detail = f"Enter up to {MOST_WEIGHTS} whole numbers from 1 to 99, separated by commas."
            raise forms.ValidationError(detail, code="weights")
        return [int(part) for part in parts]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.filters = _filters(self)
        return cleaned

    def plan(self) -> Plan:
        """Return the plan of a valid form."""
        data = self.cleaned_data
        systems = tuple(System(name) for name in data["systems"])
        return Plan(systems=systems, weights=tuple(data["weights"]), depth=data["depth"], filters=self.filters)


class RunFileForm(forms.Form):
    """A run file of another system."""

    file = forms.FileField(label="Run file", error_messages={"empty": "The file is empty. Choose the run file again."})
    format = forms.ChoiceField(choices=[(name, _NAMES[name]) for name in FORMATS])
    name = forms.CharField(
        required=False,
        max_length=60,
        help_text="If empty, the tag in the file.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_RUN_BYTES:
            raise forms.ValidationError(
                f"The file has {file.size / 2**20:.0f} MB; at most {LARGEST_RUN_BYTES >> 20} MB are accepted. "
                "Shorten its ranked lists.",
                code="too-large",
            )
        return file


def _filters(form: forms.Form) -> dict[str, str]:
    """Return the filters that were sent with a form; an invalid filter becomes an error of the form."""
    try:
        return filters_checked(filters_written(form.data))  # type: ignore[arg-type]  # a QueryDict, since it was posted
    except Problem as problem:
        add_problem(form, problem)
        return {}
