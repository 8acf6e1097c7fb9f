"""Pages of fits: make and view them, and offer their weights in search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotations.models import FusionFit, QrelsSnapshot, Run, System, TopicSet
from annotations.queue import enqueue_unless_finished
from annotations.selectors.fits import FitRow, fit_for_page, fits_listed, topics_of_fit
from annotations.services.fits import fit_delete, fit_promote, fit_request, fit_retry, fit_withdraw, promotion_problem
from annotations.views.evaluation_pages import topic_set_or_404
from annotations.views.plots import Axis, polyline
from annotations.views.problems import add_problem
from annotations.views.roles import administrators_only
from engine.errors import NotFound, Problem
from engine.evaluation.fitting import WEIGHTS
from search.http import current_user
from search.models import WorkState

PLOT_WIDTH, PLOT_HEIGHT = 640, 300
GRADES = ((1, "1, marginally relevant"), (2, "2, relevant"), (3, "3, highly relevant"))
TABLE_STEP = 10  # percent of weight between the columns of the table beside the plot


class FitForm(forms.Form):
    """The qrels to fit to, and the run to compare with."""

    snapshot = forms.ModelChoiceField(
        QrelsSnapshot.objects.none(),
        label="Qrels",
        empty_label=None,
        error_messages={
            "required": "Choose the qrels to fit to.",
            "invalid_choice": "These qrels do not belong to this topic set. Choose among those listed.",
        },
    )
    baseline = forms.ModelChoiceField(
        Run.objects.none(),
        label="Baseline",
        empty_label=None,
        help_text="The run to compare the fitted weight with.",
        error_messages={
            "required": "Choose the run to compare with.",
            "invalid_choice": "This is not a finished run of this topic set. Choose among those listed.",
        },
    )
    relevant_from = forms.TypedChoiceField(
        choices=GRADES,
        coerce=int,
        label="Relevant from grade",
        error_messages={"invalid_choice": "Choose grade 1, 2 or 3."},
    )

    def __init__(self, topic_set: TopicSet, data: Any = None) -> None:
        super().__init__(data)
        snapshots = topic_set.snapshots.defer("content").order_by("-pk")
        runs = topic_set.runs.filter(state=WorkState.DONE).order_by("-pk")
        average = runs.filter(system=System.AVERAGE).first()
        for name, rows in (("snapshot", snapshots), ("baseline", runs)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows
        self.fields["baseline"].initial = average.pk if average is not None else None
        # what is missing before a fit can be made: "snapshots", "runs", or nothing
        self.lacks = "" if runs.exists() else "runs"
        if not snapshots.exists():
            self.lacks = "snapshots"


@dataclass(frozen=True, slots=True)
class Level:
    """A mean that the plot shows as a horizontal line."""

    name: str
    value: float
    y: float
    style: int


@dataclass(frozen=True, slots=True)
class WeightPlot:
    """Mean AP of all topics by weight. folds: x of each fold's weight. weight_x, weight_y: the fitted weight."""

    points: str
    weight_x: float
    weight_y: float
    folds: tuple[float, ...]
    levels: tuple[Level, ...]
    ticks: tuple[tuple[str, float], ...]
    shares: tuple[tuple[str, float], ...]
    columns: tuple[tuple[int, float], ...]
    width: int = PLOT_WIDTH
    height: int = PLOT_HEIGHT

    @classmethod
    def of(cls, fit: FusionFit) -> WeightPlot:
        fitted = fit.fitted
        curve: list[float] = fitted["curve"]
        axis = Axis.around([*curve, fitted["baseline_mean"], fitted["held_out_mean"]])

        def y(value: float) -> float:
            return round((1 - axis.at(value) / 100) * PLOT_HEIGHT, 1)

        levels = (("held-out topics", fitted["held_out_mean"]), (fit.baseline.name, fitted["baseline_mean"]))
        return cls(
            points=polyline(
                ((weight, axis.at(value) / 100) for weight, value in zip(WEIGHTS, curve, strict=True)),
                PLOT_WIDTH,
                PLOT_HEIGHT,
            ),
            weight_x=round(fitted["weight"] * PLOT_WIDTH, 1),
            weight_y=y(curve[WEIGHTS.index(fitted["weight"])]),
            folds=tuple(round(fold["weight"] * PLOT_WIDTH, 1) for fold in fit.folds),
            levels=tuple(Level(name, value, y(value), style) for style, (name, value) in enumerate(levels, start=2)),
            ticks=tuple((tick.text, round((1 - tick.at / 100) * PLOT_HEIGHT, 1)) for tick in axis.ticks),
            shares=tuple((str(percent), percent * PLOT_WIDTH / 100) for percent in range(0, 101, 2 * TABLE_STEP)),
            columns=tuple(
                (round(100 * weight), value)
                for weight, value in zip(WEIGHTS, curve, strict=True)
                if round(100 * weight) % TABLE_STEP == 0
            ),
        )


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def fit_list(request: HttpRequest, topic_set_id: int) -> HttpResponse:
    """List the fits of a topic set; POST makes one."""
    topic_set = topic_set_or_404(topic_set_id)
    if request.method != "POST":
        return _listed(request, topic_set, FitForm(topic_set))
    form = FitForm(topic_set, request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            fit = fit_request(
                snapshot=data["snapshot"],
                baseline=data["baseline"],
                relevant_from=data["relevant_from"],
                requested_by=current_user(request),
            )
        except Problem as problem:
            add_problem(form, problem)
        else:
            enqueue_unless_finished(fit)
            return redirect("annotations:fit", fit_id=fit.pk)
    return _listed(request, topic_set, form, status=400)


@require_GET
@administrators_only
def fit(request: HttpRequest, fit_id: int) -> HttpResponse:
    """Show a fit with its gain, plot and topics; `?fragment` gives only its progress."""
    return _shown(request, _fit_or_404(fit_id))


@require_POST
@administrators_only
def promote_fit(request: HttpRequest, fit_id: int) -> HttpResponse:
    """Offer the weight beside the slider of the search."""
    found = _fit_or_404(fit_id)
    try:
        promoted = fit_promote(fit=found, promoted_by=current_user(request))
    except NotFound:  # the middleware answers 404
        raise
    except Problem as problem:
        return _shown(request, found, fault=problem.detail, status=409)
    offered = promoted.suggestion
    if offered is not None:
        messages.success(request, f"The weight {offered.percent} % is now offered next to the slider in search.")
    return redirect("annotations:fit", fit_id=found.pk)


@require_POST
@administrators_only
def withdraw_fit(request: HttpRequest, fit_id: int) -> HttpResponse:
    """Stop offering the weight in search."""
    found = fit_withdraw(fit=_fit_or_404(fit_id))
    messages.success(request, "The weight is no longer offered in search.")
    return redirect("annotations:fit", fit_id=found.pk)


@require_POST
@administrators_only
def retry_fit(request: HttpRequest, fit_id: int) -> HttpResponse:
    """Retry a failed fit."""
    found = fit_retry(fit=_fit_or_404(fit_id))
    enqueue_unless_finished(found)
    return redirect("annotations:fit", fit_id=found.pk)


@require_POST
@administrators_only
def delete_fit(request: HttpRequest, fit_id: int) -> HttpResponse:
    found = _fit_or_404(fit_id)
    topic_set_id = found.snapshot.topic_set_id
    try:
        fit_delete(fit=found)
    except Problem as problem:
        return _shown(request, found, fault=problem.detail, status=409)
    messages.success(request, f"The fit to {found.snapshot} was deleted; its run stays.")
    return redirect("annotations:fits", topic_set_id=topic_set_id)


def _fit_or_404(fit_id: int) -> FusionFit:
    found = fit_for_page(fit_id)
    if found is None:
        raise Http404
    return found


def _listed(request: HttpRequest, topic_set: TopicSet, form: FitForm, status: int = 200) -> HttpResponse:
    rows = fits_listed(topic_set)
    context = {
        "topic_set": topic_set,
        "place": "fits",
        "rows": rows,
        "form": form,
        "is_running": any(row.is_open for row in rows),
    }
    template = "annotations/_fit_list.html" if "fragment" in request.GET else "annotations/fits.html"
    return render(request, template, context, status=status)


def _shown(request: HttpRequest, found: FusionFit, *, fault: str = "", status: int = 200) -> HttpResponse:
    row = FitRow(found)
    context: dict[str, Any] = {
        "topic_set": found.snapshot.topic_set,
        "place": "fits",
        "row": row,
        "fit": found,
        "problem": fault,
    }
    if row.is_done:
        context |= {
            "plot": WeightPlot.of(found),
            "topics": topics_of_fit(found),
            "comparison": found.fitted["comparison"],
            "flattered": found.fitted["in_sample_gain"] - (found.gain or 0),
            "promotion_problem": promotion_problem(found),
        }
    template = "annotations/_fit_state.html" if "fragment" in request.GET else "annotations/fit.html"
    return render(request, template, context, status=status)
