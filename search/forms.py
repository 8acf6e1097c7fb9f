"""Forms of the pages. The API's serializers have the same rules for the same fields."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms

from search.question import TENTHOUSANDTHS, Picture

LARGEST_IMAGE_BYTES = 20 * 2**20
LARGEST_XML_BYTES = 64 * 2**20


class DeliveryField(forms.FileField):
    """One or several files."""

    widget = type("DeliveryInput", (forms.ClearableFileInput,), {"allow_multiple_selected": True})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        chosen = data if isinstance(data, list | tuple) and data else [data or None]
        return [super(DeliveryField, self).clean(one, initial) for one in chosen]


class DeliveryForm(forms.Form):
    deliveries = DeliveryField(
        label="Deliveries",
        help_text="Zip or TAR files as delivered by the office. You can choose several.",
        error_messages={"empty": "The file is empty. Choose the delivery as it was downloaded."},
    )


class SearchNameForm(forms.Form):
    """The name of a saved search, on one line."""

    name = forms.CharField(
        max_length=120,
        error_messages={
            "required": "Enter a name for the search.",
            "max_length": "The name has %(show_value)d characters; shorten it to %(limit_value)d or fewer.",
        },
    )

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    @property
    def fault(self) -> str:
        """What is wrong with the name."""
        return " ".join(str(error) for error in self.errors.get("name", []))


class CropForm(forms.Form):
    """A part of a picture in percent of it, how far it is turned clockwise, and whether it is mirrored."""

    left = forms.FloatField(min_value=0, max_value=99.99, label="Left (%)")
    top = forms.FloatField(min_value=0, max_value=99.99, label="Top (%)")
    width = forms.FloatField(min_value=0.1, max_value=100, label="Width (%)")
    height = forms.FloatField(min_value=0.1, max_value=100, label="Height (%)")
    turn = forms.TypedChoiceField(
        choices=[(0, "0°"), (90, "90°"), (180, "180°"), (270, "270°")], coerce=int, required=False, empty_value=None
    )
    mirrored = forms.BooleanField(required=False, label="Mirrored left to right")

    @staticmethod
    def initial_of(picture: Picture) -> dict[str, Any]:
        """Return the initial values: the part that is marked already, else all of the picture."""
        region = picture.region or (0, 0, TENTHOUSANDTHS, TENTHOUSANDTHS)
        sides = zip(("left", "top", "width", "height"), region, strict=True)
        return {name: part / 100 for name, part in sides} | {"turn": picture.turn, "mirrored": picture.mirrored}

    def picture(self, whole: Picture) -> Picture:
        """Return the marked part of `whole`. Call it on a valid form."""
        data = self.cleaned_data
        left, top = round(data["left"] * 100), round(data["top"] * 100)
        width = max(1, min(round(data["width"] * 100), TENTHOUSANDTHS - left))
        height = max(1, min(round(data["height"] * 100), TENTHOUSANDTHS - top))
        region = (left, top, width, height)
        is_whole = region == (0, 0, TENTHOUSANDTHS, TENTHOUSANDTHS)
        return replace(whole, region=None if is_whole else region, turn=data["turn"] or 0, mirrored=data["mirrored"])
