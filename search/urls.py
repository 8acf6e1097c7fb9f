"""Addresses of the pages, and of the files behind them."""

from __future__ import annotations

from django.urls import path, re_path

from search.views import batches, figures, files, health, materials, publications, queries, shortlists

app_name = "search"
urlpatterns = [
    path("", queries.workbench, name="query"),
    path("queries/<uuid:query_id>/", queries.answer, name="answer"),
    path("figures/<int:figure_id>/", figures.figure, name="figure"),
    path("figures/<int:figure_id>/keep/", shortlists.keep, name="keep"),
    path("figures/<int:figure_id>/unkeep/", shortlists.unkeep, name="unkeep"),
    path("shortlists/undo/", shortlists.undo_keep, name="undo-keep"),
    path("figures/seen/", figures.seen, name="seen"),
    path("sheets/<int:sheet_id>/turn/", figures.turn, name="turn"),
    path("materials/", materials.upload, name="upload"),
    path("materials/<uuid:material_id>/pages/", materials.pages, name="material-pages"),
    path("materials/<uuid:material_id>/pages/<int:number>.png", materials.page, name="material-page"),
    re_path(r"^pictures/(?P<source>image|figure)/(?P<token>[0-9a-z~-]{1,80})\.png$", materials.picture, name="picture"),
    path("crop/", materials.crop, name="crop"),
    path("publications/", publications.publication_list, name="publications"),
    path("publications/<str:reference>/", publications.publication, name="publication"),
    path("batches/", batches.batch_list, name="batches"),
    path("batches/<int:batch_id>/", batches.batch, name="batch"),
    path("batches/<int:batch_id>/documents/<int:document_id>/retry/", batches.retry, name="retry"),
    path("files/sheets/<int:sheet_id>.png", files.sheet, name="sheet-file"),
    path("files/previews/<int:sheet_id>.png", files.preview, name="preview-file"),
    path("files/figures/<int:figure_id>.png", files.figure, name="figure-file"),
    path("files/thumbnails/<int:figure_id>.png", files.thumbnail, name="thumbnail-file"),
    path("healthz", health.healthz, name="health"),
]
