"""Forms of the pages; the API's serializers ask the same of the same fields."""

from __future__ import annotations

from typing import Any

from django import forms

from search.models import QueryModality
from search.services.queries import LONGEST_TEXT, MOST_HITS, Question

LARGEST_IMAGE_BYTES = 20 * 2**20
LARGEST_XML_BYTES = 64 * 2**20


class QueryForm(forms.Form):
    """A question. Every field may be empty; that something must be asked is the service's rule."""

    image = forms.FileField(required=False, label="Drawing", allow_empty_file=True)
    patent_xml = forms.FileField(
        required=False,
        label="Its patent XML",
        allow_empty_file=True,
        help_text="Optional: the drawing’s numerals are read, and the sentences that mention them are searched with.",
    )
    text = forms.CharField(required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 5}))
    modality = forms.ChoiceField(
        choices=QueryModality.choices,
        initial=QueryModality.AVERAGE,
        required=False,
        label="Rank by",
        widget=forms.RadioSelect,
    )
    top = forms.IntegerField(min_value=1, max_value=MOST_HITS, initial=50, required=False, label="Hits")
    include_family = forms.BooleanField(required=False, label="Own publication and family too")
    ipc = forms.CharField(required=False, max_length=40, label="IPC")
    cpc = forms.CharField(required=False, max_length=40, label="CPC")
    date_from = forms.DateField(required=False, label="Published from", widget=forms.DateInput(attrs={"type": "date"}))
    date_to = forms.DateField(required=False, label="Published to", widget=forms.DateInput(attrs={"type": "date"}))
    applicant = forms.CharField(required=False, max_length=200)
    kind = forms.CharField(required=False, max_length=3, label="Kind code")
    language = forms.CharField(required=False, max_length=2)
    has_text = forms.BooleanField(required=False, label="With linked text only")

    SWITCHES = ("has_text", "include_family")
    FILTERS = ("ipc", "cpc", "date_from", "date_to", "applicant", "kind", "language", "has_text")

    @property
    def filter_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FILTERS if name not in self.SWITCHES]

    @property
    def switch_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.SWITCHES]

    @property
    def filters_used(self) -> bool:
        """Whether any filter or switch was given, or is at fault, so that the page shows them."""
        names = {*self.FILTERS, *self.SWITCHES}
        return self.is_bound and any(self[name].value() or name in self.errors for name in names)

    def clean_image(self) -> Any:
        return _no_larger(self.cleaned_data["image"], LARGEST_IMAGE_BYTES)

    def clean_patent_xml(self) -> Any:
        return _no_larger(self.cleaned_data["patent_xml"], LARGEST_XML_BYTES)

    def question(self) -> Question:
        """What is asked, in the service's words; call it on a valid form."""
        data = self.cleaned_data
        filters = {name: data[name] for name in self.FILTERS if data.get(name)}
        return Question(
            image=data["image"].read() if data["image"] is not None else None,
            image_name=data["image"].name if data["image"] is not None else "",
            patent_xml=data["patent_xml"].read() if data["patent_xml"] is not None else None,
            text=data["text"],
            modality=QueryModality(data["modality"] or QueryModality.AVERAGE),
            top=data["top"] or 50,
            filters={name: value if value is True else str(value) for name, value in filters.items()},
            include_family=data["include_family"],
        )


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


def _no_larger(upload: Any, most_bytes: int) -> Any:
    if upload is not None and upload.size > most_bytes:
        raise forms.ValidationError(f"The file has {upload.size:,} bytes; at most {most_bytes:,} are taken.")
    return upload
