"""What makes a session: the pool it is over, who judges, and how."""

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
    """A pool there is, or a new one of runs to a depth; enough for a preview. `topic_set` has finished runs."""

    pool = forms.ChoiceField(
        label="Pool",
        widget=forms.RadioSelect,
        initial=NEW_POOL,
        error_messages={"invalid_choice": "Choose one of the pools below, or a new one."},
    )
    runs = forms.ModelMultipleChoiceField(
        Run.objects.none(),
        label="Runs",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": "One of the runs is gone or not finished; choose among those below.",
            "invalid_pk_value": "One of the runs is gone or not finished; choose among those below.",
        },
    )
    depth = forms.IntegerField(
        label="Depth",
        min_value=1,
        max_value=DEEPEST,
        initial=USUAL_DEPTH,
        help_text="Of each run, so many figures of each topic are judged.",
    )
    only_unjudged = forms.BooleanField(
        label="Only what no session has judged yet, or is to judge",
        required=False,
        help_text="For runs that came later: what is known already is left out.",
    )
    assessors = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label="Assessors",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose who judges.",
            "invalid_choice": "One of the assessors cannot log in any more; choose among those below.",
            "invalid_pk_value": "One of the assessors cannot log in any more; choose among those below.",
        },
    )
    overlap_percent = forms.IntegerField(
        label="Judged by everybody (%)",
        min_value=0,
        max_value=100,
        initial=100,
        help_text="The rest is dealt out evenly, by whole topics. Agreement is measured on what is shared.",
    )
    repeat_percent = forms.IntegerField(
        label="Shown twice (%)",
        min_value=0,
        max_value=50,
        initial=10,
        help_text="To tell how constant each assessor is. Nobody sees which they are.",
    )
    seed = forms.IntegerField(
        label="Seed",
        min_value=0,
        max_value=LARGEST_SEED,
        help_text="Decides what is dealt to whom and in which order. The same seed deals the same.",
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
            self.add_error("runs", "Choose at least one run.")
        return data

    @property
    def chosen_pool(self) -> Pool | None:
        """The pool there is; None for a new one. Of a form whose pool is valid."""
        return self.pools.get(self.cleaned_data["pool"])


class SessionForm(PoolForm):
    name = forms.CharField(
        label="Name",
        max_length=120,
        error_messages={
            "required": "Give the session a name.",
            "max_length": "The name has %(show_value)d characters; shorten it to %(limit_value)d or fewer.",
        },
    )
    asks_facets = forms.BooleanField(
        label="Ask also whether it looks alike and whether it works alike",
        required=False,
    )
    instructions = forms.CharField(
        label="Instructions for the assessors",
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="They see it before the first pair, and whenever they ask for it.",
    )

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    @property
    def options(self) -> SessionOptions:
        """Of a valid form."""
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
