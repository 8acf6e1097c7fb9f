"""Addresses of the REST API of annotation and evaluation."""

from __future__ import annotations

from django.urls import path

from annotations.api import adjudication_views, evaluation_views, session_views, topic_views

app_name = "annotations-api"
TOPIC_SET = "topic-sets/<key:topic_set_id>"
SESSION = "sessions/<key:session_id>"
urlpatterns = [
    path("topic-sets/", topic_views.TopicSetListView.as_view(), name="topic-sets"),
    path(f"{TOPIC_SET}/", topic_views.TopicSetView.as_view(), name="topic-set"),
    path(f"{TOPIC_SET}/topics/", topic_views.TopicListView.as_view(), name="topics"),
    path(f"{TOPIC_SET}/topics/<int:number>/", topic_views.TopicView.as_view(), name="topic"),
    path(f"{TOPIC_SET}/runs/", topic_views.RunListView.as_view(), name="runs"),
    path(f"{TOPIC_SET}/runs/import/", topic_views.RunImportView.as_view(), name="run-import"),
    path(f"{TOPIC_SET}/pools/", session_views.PoolListView.as_view(), name="pools"),
    path(f"{TOPIC_SET}/sessions/", session_views.SessionMakeView.as_view(), name="session-make"),
    path(f"{TOPIC_SET}/snapshots/", evaluation_views.SnapshotListView.as_view(), name="snapshots"),
    path(f"{TOPIC_SET}/snapshots/import/", evaluation_views.SnapshotImportView.as_view(), name="snapshot-import"),
    path(f"{TOPIC_SET}/table/", evaluation_views.TableView.as_view(), name="table"),
    path(f"{TOPIC_SET}/comparison/", evaluation_views.ComparisonView.as_view(), name="comparison"),
    path(f"{TOPIC_SET}/fits/", evaluation_views.FitListView.as_view(), name="fits"),
    path("runs/<key:run_id>/", topic_views.RunView.as_view(), name="run"),
    path("runs/<key:run_id>/retry/", topic_views.RunRetryView.as_view(), name="run-retry"),
    path("runs/<key:run_id>/again/", topic_views.RunAgainView.as_view(), name="run-again"),
    path("runs/<key:run_id>/topics/<int:number>/", topic_views.RankedListView.as_view(), name="ranked-list"),
    path("runs/<key:run_id>/file/", topic_views.RunFileView.as_view(), name="run-file"),
    path("sessions/", session_views.SessionListView.as_view(), name="sessions"),
    path(f"{SESSION}/", session_views.SessionView.as_view(), name="session"),
    path(f"{SESSION}/assessors/", session_views.AssessorListView.as_view(), name="assessors"),
    path(f"{SESSION}/assessors/<str:username>/", session_views.AssessorView.as_view(), name="assessor"),
    path(f"{SESSION}/close/", session_views.SessionCloseView.as_view(), name="session-close"),
    path(f"{SESSION}/reopen/", session_views.SessionReopenView.as_view(), name="session-reopen"),
    path(f"{SESSION}/judgments/", session_views.StateView.as_view(), name="judgments"),
    path(f"{SESSION}/next/", session_views.NextShowingView.as_view(), name="next-showing"),
    path(f"{SESSION}/showings/<int:position>/", session_views.ShowingView.as_view(), name="showing"),
    path(f"{SESSION}/showings/<int:position>/judgments/", session_views.JudgmentView.as_view(), name="judge"),
    path(f"{SESSION}/undo/", session_views.UndoView.as_view(), name="undo-judgment"),
    path(f"{SESSION}/agreement/", adjudication_views.AgreementView.as_view(), name="agreement"),
    path(f"{SESSION}/disagreements/", adjudication_views.DisagreementView.as_view(), name="disagreements"),
    path(f"{SESSION}/rulings/<key:candidate_id>/", adjudication_views.RulingView.as_view(), name="rule"),
    path(f"{SESSION}/rulings/undo/", adjudication_views.RulingUndoView.as_view(), name="undo-ruling"),
    path("snapshots/<key:snapshot_id>/", evaluation_views.SnapshotView.as_view(), name="snapshot"),
    path("snapshots/<key:snapshot_id>/file/", evaluation_views.SnapshotFileView.as_view(), name="snapshot-file"),
    path("fits/<key:fit_id>/", evaluation_views.FitView.as_view(), name="fit"),
    path("fits/<key:fit_id>/retry/", evaluation_views.FitRetryView.as_view(), name="fit-retry"),
    path("fits/<key:fit_id>/promote/", evaluation_views.FitPromoteView.as_view(), name="fit-promote"),
    path("fits/<key:fit_id>/withdraw/", evaluation_views.FitWithdrawView.as_view(), name="fit-withdraw"),
]
