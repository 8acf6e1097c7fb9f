"""Forms of sessions: pool, assessors and options."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.contrib.auth.models import User

from annotations.models import Pool, Run, TopicSet
from annotations.selectors.pools import runs_to_pool
from annotations.selectors.sessions import assessors_to_choose
from annotations.services.pools import DEEPEST, USUAL_DEPTH
from annotations.services.sessions import LARGEST_SEED, SessionOptions

NEW_POOL = "new"


class PoolForm(forms.Form):
    """An existing pool, or runs and a depth for a new one, with the options that a preview needs."""

    pool = forms.ChoiceField(
        label="Pool",
        widget=forms.RadioSelect,
        initial=NEW_POOL,
        error_messages={
            "invalid_choice": "This pool does not exist in the topic set. Choose one of the pools below, or a new one."
        },
    )
    runs = forms.ModelMultipleChoiceField(
        Run.objects.none(),
        label="Runs",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": "One of the runs was deleted or is not finished. Choose among those below.",
            "invalid_pk_value": "One of the runs was deleted or is not finished. Choose among those below.",
        },
    )
    depth = forms.IntegerField(
        label="Depth",
        min_value=1,
        max_value=DEEPEST,
        initial=USUAL_DEPTH,
        help_text="How many figures of each run are judged for each topic.",
    )
    only_unjudged = forms.BooleanField(
        label="Only figures that no session has judged or is judging",
        required=False,
        help_text="For later runs: figures that are judged already are left out.",
    )
    assessors = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label="Assessors",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose at least one assessor.",
            "invalid_choice": "One of the assessors can no longer log in. Choose among those below.",
            "invalid_pk_value": "One of the assessors can no longer log in. Choose among those below.",
        },
    )
    overlap_percent = forms.IntegerField(
        label="Judged by every assessor (%)",
        min_value=0,
        max_value=100,
        initial=100,
        help_text="The rest is divided evenly, by whole topics. Agreement is measured on the shared figures.",
    )
    repeat_percent = forms.IntegerField(
        label="Shown twice (%)",
        min_value=0,
        max_value=50,
        initial=10,
        help_text="Measures self-agreement. Assessors do not see which figures are repeated.",
    )
    seed = forms.IntegerField(
        label="Seed",
        min_value=0,
        max_value=LARGEST_SEED,
        help_text="Determines who judges what, and in which order. The same seed gives the same result.",
    )

    def __init__(self, *args: Any, topic_set: TopicSet, pools: list[Pool], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        runs = runs_to_pool(topic_set)
        self.pools = {str(pool.pk): pool for pool in pools}
        pool, chosen, assessors = self.fields["pool"], self.fields["runs"], self.fields["assessors"]
        assert isinstance(pool, forms.ChoiceField) and isinstance(chosen, forms.ModelMultipleChoiceField)
        assert isinstance(assessors, forms.ModelMultipleChoiceField)
        pool.choices = [(NEW_POOL, "A new pool"), *((key, one.name) for key, one in self.pools.items())]
        chosen.queryset = topic_set.runs.filter(pk__in=[run.pk for run in runs])
        assessors.queryset = assessors_to_choose()
        self.initial.setdefault("runs", [run.pk for run in runs])
        self.initial.setdefault("seed", secrets.randbelow(LARGEST_SEED))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("pool") == NEW_POOL and "runs" in data and not data["runs"]:
            self.add_error("runs", forms.ValidationError("Choose at least one run.", code="required"))
        return data

    @property
    def chosen_pool(self) -> Pool | None:
        """Return the chosen existing pool; None for a new one. The form's pool must be valid."""
        return self.pools.get(self.cleaned_data["pool"])


class SessionForm(PoolForm):
    name = forms.CharField(
        label="Name",
        max_length=120,
        error_messages={
            "required": "Enter a name for the session.",
            "max_length": "The name has %(show_value)d characters; shorten it to %(limit_value)d or fewer.",
        },
    )
    asks_facets = forms.BooleanField(
        label="Also ask how far it looks alike and works alike",
        required=False,
    )
    instructions = forms.CharField(
        label="Instructions for the assessors",
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Shown before the first pair, and at any time on request.",
    )

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    @property
    def options(self) -> SessionOptions:
        """Options of a valid form."""
        data = self.cleaned_data
        return SessionOptions(
            overlap_percent=data["overlap_percent"],
            repeat_percent=data["repeat_percent"],
            asks_facets=data["asks_facets"],
            instructions=data["instructions"],
        )


class AssessorForm(forms.Form):
    assessor = forms.ModelChoiceField(User.objects.none(), label="Assessor")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["assessor"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = assessors_to_choose()
