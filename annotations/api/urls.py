"""Addresses of the REST API of annotation and evaluation."""

from __future__ import annotations

from rest_framework.routers import SimpleRouter

from annotations.api import fits, judgments, qrels, rulings, runs, scores, sessions, topics

app_name = "annotations-api"
TOPIC_SET = "topic-sets/<key:topic_set_id>"
SESSION = "sessions/<key:session_id>"
router = SimpleRouter(use_regex_path=False)
router.register("topic-sets", topics.TopicSetViewSet, "topic-set")
router.register(f"{TOPIC_SET}/topics", topics.TopicViewSet, "topic")
router.register(f"{TOPIC_SET}/runs", runs.RunsViewSet, "topic-set-run")
router.register(f"{TOPIC_SET}/pools", sessions.PoolsViewSet, "topic-set-pool")
router.register(f"{TOPIC_SET}/sessions", sessions.SessionMakeViewSet, "topic-set-session")
router.register(f"{TOPIC_SET}/snapshots", qrels.SnapshotsViewSet, "topic-set-snapshot")
router.register(f"{TOPIC_SET}/fits", fits.FitsViewSet, "topic-set-fit")
router.register(TOPIC_SET, scores.ScoreViewSet, "evaluation")
router.register("runs", runs.RunViewSet, "run")
router.register("sessions", sessions.SessionViewSet, "session")
router.register(SESSION, judgments.JudgingViewSet, "judging")
router.register(SESSION, rulings.RulingViewSet, "adjudication")
router.register("snapshots", qrels.SnapshotViewSet, "snapshot")
router.register("fits", fits.FitViewSet, "fit")
urlpatterns = router.urls
