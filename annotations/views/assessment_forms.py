"""Forms of what is said of a candidate, by an assessor or an adjudicator."""

from __future__ import annotations

from django import forms

from annotations.models import GRADES
from annotations.services.assessments import LONGEST_REASON, Assessed, Region
from search.numbers import whole_number

_GRADE_CHOICES = [(str(grade), name) for grade, name in GRADES]


def _grade() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(choices=_GRADE_CHOICES, coerce=int, required=False, empty_value=None)


class AssessmentForm(forms.Form):
    """A grade, or that it cannot be judged. base: client_id of the event that is replaced."""

    client_id = forms.UUIDField()
    base = forms.UUIDField(required=False)
    grade = _grade()
    cannot_judge = forms.BooleanField(required=False)
    looks = _grade()
    works = _grade()
    reason = forms.CharField(required=False, max_length=LONGEST_REASON)

    @property
    def assessed(self) -> Assessed:
        """What a valid form says."""
        names = ("grade", "cannot_judge", "looks", "works", "reason", "region", "seconds")
        return Assessed(**{name: self.cleaned_data[name] for name in names if name in self.cleaned_data})


class JudgmentForm(AssessmentForm):
    """A judgment. client_id: optional, since a page without scripts makes none. region: four numbers, or none."""

    client_id = forms.UUIDField(required=False)
    region = forms.Field(required=False, widget=forms.MultipleHiddenInput)
    seconds = forms.FloatField(required=False, min_value=0)

    def clean_region(self) -> Region | None:
        written: list[str] = self.cleaned_data["region"] or []
        if not any(written):
            return None
        edges = [whole_number(edge) for edge in written]
        match edges:
            case [int(left), int(top), int(width), int(height)]:
                return left, top, width, height
        raise forms.ValidationError("A region is four whole numbers: left, top, width and height.")
