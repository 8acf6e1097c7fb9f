"""Addresses of topics, runs, sessions and evaluation."""

from __future__ import annotations

from django.urls import URLPattern, path

from annotations.views import agreement, disagreements, judging, judgments, runs, sessions, topics

app_name = "annotations"
urlpatterns: list[URLPattern] = [
    path("topics/", topics.topic_set_list, name="topic-sets"),
    path("topics/<int:topic_set_id>/", topics.topic_set, name="topic-set"),
    path("topics/<int:topic_set_id>/delete/", topics.delete_topic_set, name="delete-topic-set"),
    path("topics/<int:topic_set_id>/topics/", topics.add_topic, name="add-topic"),
    path("topics/<int:topic_set_id>/topics/<int:number>/", topics.topic, name="topic"),
    path("topics/<int:topic_set_id>/topics/<int:number>/image/", topics.topic_image, name="topic-image"),
    path("topics/<int:topic_set_id>/runs/", runs.run_list, name="runs"),
    path("topics/<int:topic_set_id>/runs/import/", runs.import_run, name="import-run"),
    path("topics/document-numbers/", runs.document_numbers, name="document-numbers"),
    path("runs/<int:run_id>/", runs.run, name="run"),
    path("runs/<int:run_id>/retry/", runs.retry_run, name="retry-run"),
    path("runs/<int:run_id>/again/", runs.make_again, name="make-again"),
    path("runs/<int:run_id>/delete/", runs.delete_run, name="delete-run"),
    path("runs/<int:run_id>/file/", runs.run_as_file, name="run-file"),
    path("sessions/", sessions.session_list, name="sessions"),
    path("sessions/new/", sessions.new_session, name="new-session"),
    path("sessions/<int:session_id>/", sessions.session, name="session"),
    path("sessions/<int:session_id>/assessors/", sessions.add_assessor, name="add-assessor"),
    path(
        "sessions/<int:session_id>/assessors/<int:assignment_id>/withdraw/",
        sessions.withdraw_assessor,
        name="withdraw-assessor",
    ),
    path("sessions/<int:session_id>/close/", sessions.close_session, name="close-session"),
    path("sessions/<int:session_id>/reopen/", sessions.reopen_session, name="reopen-session"),
    path("sessions/<int:session_id>/delete/", sessions.delete_session, name="delete-session"),
    path("sessions/<int:session_id>/agreement/", agreement.agreement, name="agreement"),
    path("sessions/<int:session_id>/disagreements/", disagreements.disagreements, name="disagreements"),
    path("sessions/<int:session_id>/rulings/<int:candidate_id>/", disagreements.rule, name="rule"),
    path("sessions/<int:session_id>/rulings/undo/", disagreements.undo_ruling, name="undo-ruling"),
    path("sessions/<int:session_id>/judge/", judging.judge, name="judge"),
    path("sessions/<int:session_id>/review/", judging.review, name="review"),
    path("sessions/<int:session_id>/showings/", judgments.judging_state, name="judging-state"),
    path("sessions/<int:session_id>/showings/<int:position>/judgments/", judgments.judge_showing, name="judge-showing"),
    path("sessions/<int:session_id>/showings/<int:position>/place/", judgments.keep_place, name="keep-place"),
    path("sessions/<int:session_id>/undo/", judgments.undo_judgment, name="undo-judgment"),
]
