"""Topic sets and runs in the browser: drawn, run and followed; put together by hand, undone by a key."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django import Settings

from annotations.models import Run, TopicSet
from annotations.services.answering import run_process
from annotations.services.topics import NewTopic, topic_add, topic_set_make
from engine.imaging import encode_png
from search.models import Figure
from tests.annotation_collection import collection_make, use_stand_ins
from tests.browser.conftest import NewPage, SoundInBothSchemes
from tests.factories import drawing_make

pytestmark = pytest.mark.browser

PNG = encode_png(drawing_make(9))


@pytest.fixture(autouse=True)
def figures(
    transactional_db: None, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> list[Figure]:
    """48 figures of 24 publications."""
    use_stand_ins(settings, tmp_path, monkeypatch)
    return collection_make(publications=24)


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    page.wait_for_selector("html[data-attached]")
    return page


def answer_waiting_runs() -> None:
    """Do what a query worker does once they are enqueued."""
    for run_id in Run.objects.order_by("pk").values_list("pk", flat=True):
        run_process(run_id=run_id)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_twenty_figures_are_drawn_and_the_four_systems_of_the_paper_run(
    administrator: User, new_page: NewPage, complaints: list[str], scripts: bool
) -> None:
    page = new_page(administrator, scripts=scripts)
    page.goto("/topics/")
    page.get_by_label("Seed").fill("7")
    page.locator("button[value=preview]").click()
    expect(page.locator(".drawn-figures li")).to_have_count(20)
    previewed = [(text or "").split()[1] for text in page.locator(".drawn-figures li").all_text_contents()]
    page.get_by_label("Name", exact=True).fill("Twenty")
    page.locator("button[value=draw]").click()
    expect(page.locator(".topics .hit")).to_have_count(20)
    assert page.locator(".topics .hit-head bdi").all_text_contents() == previewed
    page.get_by_role("button", name="Run the four systems of the paper").click()
    expect(page.locator(".runs tbody tr")).to_have_count(4)
    expect(page.locator(".runs progress")).to_have_count(4)
    answer_waiting_runs()  # the page asks again by itself, with scripts and without
    expect(page.locator(".runs .state-accept, .runs .state-accept-with-warning")).to_have_count(4)
    page.get_by_role("link", name="avg", exact=True).click()
    expect(page.locator(".run-body .mosaic .hit")).to_have_count(46)  # all but the topic's own publication
    run = Run.objects.get(name="avg")
    if scripts:
        page.wait_for_selector("html[data-attached]")
        page.keyboard.press("j")
    else:
        page.get_by_role("link", name="Next ›").click()
    expect(page.locator("#topic-title")).to_have_text("Topic 2")
    best = run.lists.get(topic__number=2).figure_ids[0]
    expect(page.locator(".run-body .mosaic .hit-picture").first).to_have_attribute("href", f"/figures/{best}/")
    assert complaints == []


def test_a_set_is_put_together_by_hand_and_what_was_taken_out_comes_back_by_a_key(
    administrator: User, new_page: NewPage, complaints: list[str]
) -> None:
    page = opened(new_page(administrator), "/topics/")
    page.keyboard.press("n")
    page.keyboard.type("By hand")
    page.keyboard.press("Enter")
    page.wait_for_url("**/topics/*/")
    page.get_by_label("Figure of the collection").fill("EP1000003A1/1")
    page.get_by_label("Title", exact=True).fill("Rotor")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#topic-1")).to_contain_text("EP1000003A1")
    page.get_by_label("Or upload a drawing").set_input_files(
        {"name": "drawing.png", "mimeType": "image/png", "buffer": PNG}
    )
    page.get_by_role("button", name="Add", exact=True).click()
    drawing = page.locator("#topic-2 img")
    expect(drawing).to_have_js_property("complete", True)
    assert drawing.evaluate("image => image.naturalWidth") == 240
    page.get_by_label("Or upload a drawing").set_input_files(
        {"name": "drawing.png", "mimeType": "image/png", "buffer": b"none"}
    )
    page.get_by_label("What is looked for").last.fill("Not lost.")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".topic-add .fault")).to_be_visible()
    expect(page.get_by_label("What is looked for").last).to_have_value("Not lost.")
    complaints.clear()  # the refusal's status
    topic_set = TopicSet.objects.get()
    opened(page, f"/topics/{topic_set.pk}/")
    page.locator("#topic-1 summary").click()
    page.get_by_role("button", name="Delete topic 1").click()
    expect(page.locator("#topic-1")).to_have_count(0)
    page.wait_for_selector("html[data-attached]")
    page.keyboard.press("z")
    expect(page.locator("#topic-1")).to_contain_text("Rotor")
    assert complaints == []


def test_a_figure_becomes_a_topic_from_its_page(administrator: User, new_page: NewPage, figures: list[Figure]) -> None:
    topic_set = topic_set_make(name="Pumps", made_by=administrator)
    page = opened(new_page(administrator), f"/figures/{figures[0].pk}/")
    page.get_by_role("link", name="Use as topic").click()
    page.get_by_role("button", name="Add to Pumps").click()
    expect(page.locator("#topic-1")).to_contain_text("EP1000000A1")
    assert topic_set.topics.get().figure_id == figures[0].pk


def test_a_set_with_all_of_it_open_and_runs_in_every_state_are_sound(
    administrator: User,
    figures: list[Figure],
    new_page: NewPage,
    sound_in_both_schemes: SoundInBothSchemes,
    complaints: list[str],
) -> None:
    topic_set = topic_set_make(name="Pumps", made_by=administrator, note="Of 2024.")
    for new in (NewTopic(figure=figures[0], title="Rotor", need="Rotors.", text="a rotor"), NewTopic(image=PNG)):
        topic_add(topic_set=topic_set, new=new)
    page = opened(new_page(administrator, width=1024), f"/topics/{topic_set.pk}/")
    for summary in page.locator("main summary").all():
        summary.click()
    sound_in_both_schemes(page, "topic-set-open")
    opened(page, f"/topics/{topic_set.pk}/runs/")
    page.get_by_label("Weighted sums").fill("30")
    page.locator("main summary").click()
    expect(page.locator("#filter-total strong").first).to_be_visible()
    page.get_by_role("button", name="Create runs").click()
    expect(page.locator(".runs tbody tr")).to_have_count(5)
    sound_in_both_schemes(page, "runs-waiting")
    answer_waiting_runs()
    Run.objects.filter(name="text").update(state="rejected", error_code="models-changed", error_detail="Make it again.")
    expect(page.locator(".runs .state-reject")).to_be_visible()
    sound_in_both_schemes(page, "runs-done")
    opened(page, f"/runs/{Run.objects.get(name='avg').pk}/")
    page.keyboard.press("i")
    sound_in_both_schemes(page, "run-decided")
    assert complaints == []
