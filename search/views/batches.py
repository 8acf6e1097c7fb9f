"""Deliveries: administrators upload them, and see the state of every document."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from search.delivery_uploads import delivery_take
from search.forms import DeliveryForm
from search.http import current_user
from search.models import Batch
from search.queue import enqueue_document
from search.selectors.batches import batch_page, batches_with_progress, is_unfinished, progress_of
from search.services.batches import document_retry

PER_PAGE = 25
DOCUMENTS_PER_PAGE = 200


@require_http_methods(["GET", "HEAD", "POST"])
def batch_list(request: HttpRequest) -> HttpResponse:
    _administrators_only(request)
    form = DeliveryForm(request.POST, request.FILES) if request.method == "POST" else DeliveryForm()
    if request.method == "POST" and form.is_valid():
        taken = [delivery_take(upload, current_user(request)) for upload in form.cleaned_data["deliveries"]]
        _say_what_is_known(request, taken)
        if len(taken) == 1:
            return redirect("search:batch", batch_id=taken[0][0].pk)
        return redirect("search:batches")
    page = Paginator(batches_with_progress(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(one, progress_of(one)) for one in page],
        "open": any(is_unfinished(one) for one in page),
        "form": form,
    }
    template = "search/_batch_list.html" if "fragment" in request.GET else "search/batches.html"
    return render(request, template, context, status=400 if form.errors else 200)


@require_GET
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Show the report of a batch; with `?fragment`, the part of it that changes while it runs."""
    _administrators_only(request)
    found = get_object_or_404(batches_with_progress(), pk=batch_id)
    report = batch_page(found, page=request.GET.get("page"), per_page=DOCUMENTS_PER_PAGE)
    template = "search/_batch_report.html" if "fragment" in request.GET else "search/batch.html"
    return render(request, template, {"report": report, "batch": found, "open": is_unfinished(found)})


@require_POST
def retry(request: HttpRequest, batch_id: int, document_id: int) -> HttpResponse:
    _administrators_only(request)
    found = get_object_or_404(Batch, pk=batch_id)
    document = get_object_or_404(found.documents, pk=document_id)
    enqueue_document(document_retry(document_id=document.pk).pk)
    return redirect("search:batch", batch_id=found.pk)


def _administrators_only(request: HttpRequest) -> None:
    if not (isinstance(request.user, User) and request.user.is_staff):
        raise PermissionDenied


def _say_what_is_known(request: HttpRequest, taken: list[tuple[Batch, bool]]) -> None:
    for batch, created in taken:
        if not created:
            received = f"{batch.received_at:%Y-%m-%d %H:%M}"
            messages.info(request, f"This file was already received on {received} and is not processed again.")
