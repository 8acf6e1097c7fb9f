"""Forms of the pages; the API's serializers ask the same of the same fields."""

from __future__ import annotations

from typing import Any

from django import forms

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
        help_text="A batch zip, a document zip or a TAR, as the office delivers it; several at once if you like.",
        error_messages={"empty": "The file is empty. Choose the delivery as it was downloaded."},
    )
