"""Addresses of topics, runs, sessions and evaluation."""

from __future__ import annotations

from django.urls import URLPattern, path

from annotations.views import judging, judgments

app_name = "annotations"
urlpatterns: list[URLPattern] = [
    path("sessions/<int:session_id>/judge/", judging.judge, name="judge"),
    path("sessions/<int:session_id>/review/", judging.review, name="review"),
    path("sessions/<int:session_id>/showings/", judgments.judging_state, name="judging-state"),
    path("sessions/<int:session_id>/showings/<int:position>/judgments/", judgments.judge_showing, name="judge-showing"),
    path("sessions/<int:session_id>/showings/<int:position>/place/", judgments.keep_place, name="keep-place"),
    path("sessions/<int:session_id>/undo/", judgments.undo_judgment, name="undo-judgment"),
]
