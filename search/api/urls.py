"""Addresses of the REST API."""

from __future__ import annotations

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from search.api import views

app_name = "api"
urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("token/", views.TokenView.as_view(), name="token"),
    path("search/", views.SearchView.as_view(), name="search"),
    path("queries/<uuid:query_id>/", views.QueryView.as_view(), name="query"),
    path("publications/", views.PublicationListView.as_view(), name="publications"),
    path("publications/<str:reference>/", views.PublicationView.as_view(), name="publication"),
    path("publications/<str:reference>/links/", views.LinksView.as_view(), name="links"),
    path("figures/<key:figure_id>/", views.FigureView.as_view(), name="figure"),
    path("batches/", views.BatchListView.as_view(), name="batches"),
    path("batches/<key:batch_id>/", views.BatchView.as_view(), name="batch"),
]
