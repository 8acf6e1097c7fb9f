"""Uploads of a question: uploading, choosing pages of a document, marking a part, and the pictures of them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from engine.errors import ImageError, Problem
from engine.imaging import encode_png, thumbnail
from engine.sheets.reading import GrayImage
from search.forms import LARGEST_IMAGE_BYTES, LARGEST_XML_BYTES, CropForm
from search.http import current_user, is_fragment
from search.models import Material, MaterialKind
from search.numbers import whole_number
from search.question import (
    Picture,
    Question,
    is_material_key,
    picture_from_token,
    question_from_query,
)
from search.selectors.figures import figures_to_show
from search.services.materials import THUMBNAIL_DPI, material_page, material_receive, page_pixels
from search.services.pictures import picture_pixels
from search.views.files import COLLECTION_CACHE, FILE_POLICY, PRIVATE_CACHE
from search.views.query_panel import fault_page, question_of_form, redirect_to

MOST_FILES = 20
MOST_PAGES = 99_999  # of one document
LARGEST_SIZE_PX = 2400
THUMBNAIL_PX = 240


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Keep the files of a form and lead to its question with them; pages of a document are chosen first."""
    files = [file for name in request.FILES for file in request.FILES.getlist(name)]
    user, in_place = current_user(request), is_fragment(request)
    question, fault = question_of_form(request.POST, user)
    if fault:
        return fault_page(request, question, fault)
    if not files and not question.is_empty:
        return redirect_to(_address_of(question, ()), in_place=in_place)  # Enter presses the form's first button
    if not files or len(files) > MOST_FILES:
        fault = f"Choose a drawing, a document or a patent XML; at most {MOST_FILES} at once."
        return fault_page(request, question, fault)
    try:
        taken = [_take(file, user) for file in files]
    except Problem as problem:
        return fault_page(request, question, problem.detail, status=problem.status)
    images = [Picture("image", str(one.pk)) for one in taken if one.kind == MaterialKind.IMAGE]
    question = replace(question, examples=(*question.examples, *images))
    for xml in (one for one in taken if one.kind == MaterialKind.PATENT_XML):
        question = replace(question, patent_xml=str(xml.pk))
    documents = [str(one.pk) for one in taken if one.kind == MaterialKind.DOCUMENT]
    return redirect_to(_address_of(question, documents), in_place=in_place)


@require_http_methods(["GET", "HEAD", "POST"])
def pages(request: HttpRequest, material_id: uuid.UUID) -> HttpResponse:
    """Choose pages of a document, which become pictures of the question.

    `then` names further documents, whose pages are chosen next.
    """
    document = _document(material_id, current_user(request))
    sent = request.POST if request.method == "POST" else request.GET
    question, then, fault = Question(), [key for key in sent.getlist("then") if is_material_key(key)][:MOST_FILES], ""
    try:
        question = question_from_query(QueryDict(sent.get("question", "")))
        if request.method == "POST":
            pictures = _chosen(document, request.POST.getlist("page"))
            question = replace(question, examples=(*question.examples, *pictures))
            return redirect(_address_of(question, then))
    except Problem as problem:
        fault = problem.detail
    context = {
        "document": document,
        "pages": range(1, document.page_count + 1),
        "question": question.address,
        "then": then,
        "fault": fault,
    }
    return render(request, "search/pages.html", context, status=400 if fault else 200)


@require_GET
def page(request: HttpRequest, material_id: uuid.UUID, number: int) -> HttpResponseBase:
    """Return a small picture of a page."""
    document = _document(material_id, current_user(request))
    try:
        pixels = page_pixels(document, number, dpi=THUMBNAIL_DPI)
    except ImageError as error:
        raise Http404 from error
    return _png(thumbnail(pixels, THUMBNAIL_PX), PRIVATE_CACHE)


@require_GET
def picture(request: HttpRequest, source: Literal["image", "figure"], token: str) -> HttpResponseBase:
    """Any picture that a question may name, cut, turned and mirrored; `size` is the longer side at most, in pixels."""
    try:
        wanted = picture_from_token(source, token)
        if source == "figure":
            get_object_or_404(figures_to_show(), pk=int(wanted.key))
        pixels = picture_pixels(wanted, owner=current_user(request))
    except Problem as error:
        raise Http404 from error
    size_px = whole_number(request.GET.get("size", ""), least=16, most=LARGEST_SIZE_PX)
    if size_px is not None:
        pixels = thumbnail(pixels, size_px)
    return _png(pixels, COLLECTION_CACHE if source == "figure" else PRIVATE_CACHE)


@require_GET
def crop(request: HttpRequest) -> HttpResponse:
    """Mark a part of a picture; a valid mark leads to the question with that part instead of the whole."""
    source, _, token = request.GET.get("picture", "").partition(":")
    if source not in ("image", "figure"):
        fault = "The address does not name a picture. Choose “Part” at a hit."
        return render(request, "search/not_taken.html", {"fault": fault}, status=400)
    try:
        marked = picture_from_token("image" if source == "image" else "figure", token)
        question = question_from_query(QueryDict(request.GET.get("question", "")))
        pixels = picture_pixels(replace(marked, region=None, turn=0, mirrored=False), owner=current_user(request))
    except Problem as error:
        raise Http404 from error
    form = CropForm(request.GET if "width" in request.GET else None, initial=CropForm.initial_of(marked))
    if form.is_valid():
        part = form.picture(marked)
        return redirect(f"{reverse('search:query')}?{_with_part(question, marked, part).address}")
    height, width = pixels.shape
    context: dict[str, object] = {
        "form": form,
        "marked": marked,
        "whole": replace(marked, region=None, turn=0, mirrored=False),
        "width": width,
        "height": height,
        "picture": f"{source}:{marked.token}",
        "question": question.address,
    }
    return render(request, "search/crop.html", context, status=400 if form.is_bound else 200)


def _address_of(question: Question, documents: Sequence[str]) -> str:
    """Return the address of the question, or of the first document's pages if pages are to be chosen."""
    if not documents:
        return f"{reverse('search:query')}?{question.address}"
    query = QueryDict(mutable=True)
    query["question"] = question.address
    query.setlist("then", list(documents[1:]))
    return f"{reverse('search:material-pages', args=[documents[0]])}?{query.urlencode()}"


def _chosen(document: Material, pages: Sequence[str]) -> tuple[Picture, ...]:
    """Pictures of the pages, at most MOST_FILES. Raises Problem or ImageError."""
    wanted = dict.fromkeys(number for page in pages if (number := whole_number(page, most=MOST_PAGES)) is not None)
    if not wanted:
        raise Problem("page", "Select pages, or choose “Search with this page” below one.")
    if len(wanted) > MOST_FILES:
        raise Problem("page", f"Select at most {MOST_FILES} pages.")
    return tuple(Picture("image", str(material_page(document=document, page=page).pk)) for page in wanted)


def _with_part(question: Question, whole: Picture, part: Picture) -> Question:
    """Replace the picture by its part; if it is not a picture of the question, ask with the part alone."""
    if whole in question.examples:
        return replace(question, examples=tuple(part if one == whole else one for one in question.examples))
    return replace(
        question, examples=(part,), liked=(), disliked=(), publications=(), text="", passage="", patent_xml=""
    )


def _take(file: UploadedFile[bytes], owner: User) -> Material:
    """Keep a file as a Material. Raises Problem, which names the file and says what to do."""
    name, size = file.name or "", file.size or 0
    largest = LARGEST_XML_BYTES
    try:
        data = file.read(largest + 1)
        if not data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            largest = LARGEST_IMAGE_BYTES
        if size > largest:
            raise Problem(
                "too-large",
                f"The file has {size / 2**20:.1f} MB; the limit is {largest >> 20} MB. Save it with fewer "
                "pixels, or only the page that is needed.",
            )
        return material_receive(owner=owner, data=data, name=name)
    except Problem as problem:
        detail = f"“{name[:60]}” was not accepted. {problem.detail}" if name else problem.detail
        raise Problem(problem.code, detail, problem.status) from problem


def _document(material_id: uuid.UUID, owner: User) -> Material:
    return get_object_or_404(Material.objects.filter(owner=owner, kind=MaterialKind.DOCUMENT), pk=material_id)


def _png(pixels: GrayImage, cache: str) -> HttpResponse:
    response = HttpResponse(encode_png(pixels), content_type="image/png")
    response["Cache-Control"] = cache
    response["Content-Security-Policy"] = FILE_POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
