"""Forms of the shortlists' pages."""

from __future__ import annotations

from django import forms

from engine.sheets.geometry import Box
from search.question import TENTHOUSANDTHS

LONGEST_NOTE = 20_000
LONGEST_PIN_NOTE = 2_000


class NameForm(forms.Form):
    name = forms.CharField(max_length=120)


class DescriptionForm(NameForm):
    """Name and note of a list; started_from: the key of the note that was edited."""

    note = forms.CharField(required=False, max_length=LONGEST_NOTE)
    started_from = forms.CharField(required=False, max_length=16)


class NoteForm(forms.Form):
    """A note; started_from: the key of the note that was edited.

    If somebody else changed it meanwhile: `over` is the key of the note to replace, `both` of the note to put before
    this one, `theirs` discards this one.
    """

    note = forms.CharField(required=False, max_length=LONGEST_NOTE)
    started_from = forms.CharField(required=False, max_length=16)
    over = forms.CharField(required=False, max_length=16)
    both = forms.CharField(required=False, max_length=16)
    theirs = forms.BooleanField(required=False)


class PinForm(forms.Form):
    """A note on a part of a drawing, in percent of it; started_from: the key of the note that was edited."""

    note = forms.CharField(
        max_length=LONGEST_PIN_NOTE,
        error_messages={"required": "Write a note for the pin."},
    )
    left = forms.FloatField(min_value=0, max_value=99.99)
    top = forms.FloatField(min_value=0, max_value=99.99)
    width = forms.FloatField(min_value=0.01, max_value=100)
    height = forms.FloatField(min_value=0.01, max_value=100)
    started_from = forms.CharField(required=False, max_length=16)

    @property
    def box(self) -> Box:
        """The part in ten-thousandths, cut where the drawing ends. Call it on a valid form."""
        left, top, width, height = (round(self.cleaned_data[side] * 100) for side in ("left", "top", "width", "height"))
        left, top = min(left, TENTHOUSANDTHS - 1), min(top, TENTHOUSANDTHS - 1)
        return Box(left, top, max(1, min(width, TENTHOUSANDTHS - left)), max(1, min(height, TENTHOUSANDTHS - top)))

    @property
    def fault(self) -> str:
        """What is wrong, in one line. Call it on an invalid form."""
        note = self.errors.get("note")
        return str(note[0]) if note else "Mark a part of the drawing: left, top, width and height in percent of it."


class ShareForm(forms.Form):
    username = forms.CharField(max_length=150)
    may_edit = forms.ChoiceField(choices=[("", "view"), ("edit", "edit")], required=False)
