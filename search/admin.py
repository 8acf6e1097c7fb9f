"""Read-only admin pages. Only services write rows, so nothing can be changed here.

Queries are left out: their drawings may be unpublished applications, which only their owner may see.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from search.models import Batch, Document, IndexVersion, Publication, Sheet

if TYPE_CHECKING:
    TypedModelAdmin = admin.ModelAdmin[Any]
else:
    TypedModelAdmin = admin.ModelAdmin


class ReadOnlyAdmin(TypedModelAdmin):
    """An admin page without permission to add, change or delete."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    list_display = ("file_name", "received_at", "received_by", "state", "verdict", "error_code")
    list_filter = ("state", "verdict")
    list_select_related = ("received_by",)
    search_fields = ("file_name", "sha256")


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    list_display = ("member", "batch", "stage", "state", "attempts", "lease_until", "worker", "error_code")
    list_filter = ("state", "stage", "verdict")
    list_select_related = ("batch",)
    search_fields = ("member", "publication__reference")


@admin.register(Publication)
class PublicationAdmin(ReadOnlyAdmin):
    list_display = ("reference", "title", "date", "language", "repaired", "stored_at", "retired_at")
    list_filter = ("repaired", "country", "language")
    search_fields = ("reference", "application_number", "family_key")


@admin.register(Sheet)
class SheetAdmin(ReadOnlyAdmin):
    list_display = ("publication", "file_name", "page", "missing", "blank", "rotation", "reader_key")
    list_filter = ("missing", "blank", "rotation")
    list_select_related = ("publication",)
    search_fields = ("publication__reference", "file_name", "original_sha256")


@admin.register(IndexVersion)
class IndexVersionAdmin(ReadOnlyAdmin):
    list_display = ("encoder_key", "modality", "kind", "state", "figure_count", "created_at", "activated_at")
    list_filter = ("state", "modality")
