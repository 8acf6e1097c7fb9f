"""The generated batch: reproducible, like a real delivery, with a ground truth that fits pixels and text."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lxml import etree
from numpy.typing import NDArray
from PIL import Image

from sample import SampleDocument, sample_document, write_sample
from sample.content import content_of, has_family, origin_of
from sample.kinds import KINDS
from sample.language import VERBS, VIEWS

SEED = 3
POSITIONS = range(14)


@pytest.fixture(scope="module")
def documents() -> list[SampleDocument]:
    return [sample_document(SEED, position) for position in POSITIONS]


def pixels_of(document: SampleDocument, name: str) -> NDArray[np.bool_]:
    """(height, width) bool, true is ink."""
    return ~np.asarray(Image.open(io.BytesIO(document.files[name])))


def sheets_of(documents: list[SampleDocument]) -> list[tuple[SampleDocument, dict[str, Any]]]:
    return [(document, sheet) for document in documents for sheet in document.truth["sheets"]]


@pytest.mark.slow
def test_a_seed_gives_the_same_bytes_every_time_and_for_any_number_of_workers(tmp_path: Path) -> None:
    one = write_sample(tmp_path / "one", documents=4, seed=SEED, max_sheets_per_document=2)
    two = write_sample(tmp_path / "two", documents=4, seed=SEED, max_sheets_per_document=2, workers=2)
    for name in ("batch", "truth", "groups_family", "groups_class"):
        assert getattr(one, name).read_bytes() == getattr(two, name).read_bytes()


def test_samples_of_different_seeds_can_be_loaded_side_by_side() -> None:
    numbers = [sample_document(seed, position, max_sheets=1).publication for seed in (1, 2) for position in (0, 2)]
    assert len(set(numbers)) == 4


def test_a_batch_is_laid_out_as_a_weekly_delivery(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    summary = write_sample(
        tmp_path, documents=3, seed=SEED, max_sheets_per_document=2, progress=lambda *done: seen.append(done)
    )
    truths = [json.loads(line) for line in summary.truth.read_text("utf-8").splitlines()]
    with zipfile.ZipFile(summary.batch) as batch:
        assert batch.namelist() == [*(truth["member"] for truth in truths), "index.xml"]
        for truth in truths:
            with zipfile.ZipFile(io.BytesIO(batch.read(truth["member"]))) as archive:
                names = set(archive.namelist())
            assert {truth["xml"], "TOC.xml", *(sheet["file"] for sheet in truth["sheets"]), *truth["formulas"]} == names
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert summary.sheets == sum(len(truth["sheets"]) for truth in truths)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "batch.zip",
        "groups_class.json",
        "groups_family.json",
        "truth.jsonl",
    ]


@pytest.mark.slow
def test_sheets_are_bilevel_group_4_at_300_dpi(documents: list[SampleDocument]) -> None:
    for document, sheet in sheets_of(documents):
        image = Image.open(io.BytesIO(document.files[sheet["file"]]))
        assert (image.mode, image.info["compression"], image.info["dpi"]) == ("1", "group4", (300, 300))
        assert image.size == (sheet["width"], sheet["height"])


def test_every_box_of_the_truth_holds_ink_and_stands_clear_of_the_other_numerals(
    documents: list[SampleDocument],
) -> None:
    checked = 0
    for document, sheet in sheets_of(documents):
        ink = pixels_of(document, sheet["file"])
        boxes = [n["box"] for figure in sheet["figures"] for n in figure["numerals"]]
        boxes += [figure["label_box"] for figure in sheet["figures"]]
        taken = np.zeros(ink.shape, np.uint8)
        for left, top, width, height in boxes:
            inside = ink[top : top + height, left : left + width]
            assert inside.shape == (height, width), "a box leaves its sheet"
            assert 0.04 < inside.mean() < 0.8
            taken[top : top + height, left : left + width] += 1
            checked += 1
        assert taken.max() <= 1
    assert checked > 150


def test_numeral_boxes_are_tight_on_clean_sheets(documents: list[SampleDocument]) -> None:
    checked = 0
    for document, sheet in sheets_of(documents):
        if sheet["wear"] != "clean":
            continue
        ink = pixels_of(document, sheet["file"])
        for figure in sheet["figures"]:
            for left, top, width, height in (numeral["box"] for numeral in figure["numerals"]):
                inside = ink[top : top + height, left : left + width]
                assert inside[0].any() and inside[-1].any() and inside[:, 0].any() and inside[:, -1].any()
                checked += 1
    assert checked > 50


def test_a_sideways_sheet_turned_by_its_rotation_has_wide_figure_labels(documents: list[SampleDocument]) -> None:
    turned = 0
    for _, sheet in sheets_of(documents):
        for figure in sheet["figures"]:
            _, _, width, height = figure["label_box"]
            assert (height > width) == (sheet["rotation"] in (90, 270))
            turned += sheet["rotation"] in (90, 270)
    assert turned >= 3


def test_the_xml_holds_the_sentences_of_the_truth_in_order(documents: list[SampleDocument]) -> None:
    for document in documents:
        root = etree.fromstring(document.xml)
        for element in root.iter("maths"):
            element.text, kept = None, element.tail
            for child in list(element):
                element.remove(child)
            element.tail = kept
        texts = {
            ("description", p.get("num")): "".join(map(str, p.itertext())) for p in root.iterfind("description/p")
        } | {
            ("claim", str(int(c.get("num", "0")))): "".join(map(str, c.itertext())).split(". ", 1)[1]
            for c in root.iterfind("claims/claim")
        }
        joined: dict[tuple[str, str | None], list[str]] = {}
        for sentence in document.truth["sentences"]:
            joined.setdefault((sentence["section"], sentence["paragraph"]), []).append(sentence["text"])
        assert {key: " ".join(value) for key, value in joined.items()} == texts


def test_links_follow_from_the_numerals_that_are_drawn_and_the_labels_that_are_named(
    documents: list[SampleDocument],
) -> None:
    reasons: set[str] = set()
    for document in documents:
        figures = {
            f["label"]: {n["text"] for n in f["numerals"]} for s in document.truth["sheets"] for f in s["figures"]
        }
        for sentence in document.truth["sentences"]:
            for start, end, value in sentence["numerals"]:
                assert sentence["text"][start:end] == value
            for start, end, labels in sentence["figures"]:
                assert any(label in sentence["text"][start:end] for label in labels)
            for link in sentence["links"]:
                reasons.add(link["reason"])
                if link["reason"] == "numeral":
                    assert link["numerals"] and set(link["numerals"]) <= figures[link["figure"]]
            linked = {link["figure"] for link in sentence["links"] if link["reason"] == "numeral"}
            said = {value for _, _, value in sentence["numerals"]}
            assert linked == {label for label, drawn in figures.items() if drawn & said}
    assert reasons == {"numeral", "label"}


def test_the_text_holds_numbers_that_are_reference_signs_elsewhere(documents: list[SampleDocument]) -> None:
    traps = 0
    for document in documents:
        drawn = {n["text"] for s in document.truth["sheets"] for f in s["figures"] for n in f["numerals"]}
        for sentence in document.truth["sentences"]:
            outside = list(sentence["text"])
            for start, end, _ in (*sentence["numerals"], *sentence["figures"]):
                outside[start:end] = " " * (end - start)
            traps += bool(set("".join(outside).replace(",", " ").replace("°", " ").split()) & drawn)
    assert traps > 20


def test_sister_publications_show_the_same_object_and_are_otherwise_drawn_anew() -> None:
    first, sister = sample_document(SEED, 0), sample_document(SEED, 2)
    assert (first.publication.country, sister.publication.country) == ("EP", "WO")
    assert first.truth["family"] == sister.truth["family"]

    def objects(document: SampleDocument) -> set[tuple[str, str, int]]:
        return {(f["object"], f["view"], f["variant"]) for s in document.truth["sheets"] for f in s["figures"]}

    assert objects(first) & objects(sister)
    assert first.files["imgf0001.tif"] != sister.files["imgf0001.tif"]
    assert f"<pnum>WO{sister.publication.doc_number}</pnum>" in first.xml.decode()


def test_families_in_the_groups_file_have_two_members_even_at_the_end_of_a_batch(tmp_path: Path) -> None:
    for documents in (1, 3, 6):
        summary = write_sample(tmp_path, documents=documents, seed=SEED, max_sheets_per_document=1)
        families = list(json.loads(summary.groups_family.read_text()).values())
        assert all(families.count(family) == 2 for family in families)
        assert len(families) == sum(has_family(position, documents) for position in range(documents))
        assert len(json.loads(summary.groups_class.read_text())) == documents


def test_one_round_of_originals_shows_every_kind() -> None:
    originals = [position for position in range(40) if origin_of(position) == position][: len(KINDS)]
    assert {content_of(SEED, position).subjects[0].kind.key for position in originals} == {kind.key for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_a_kind_draws_the_parts_it_names_and_relates(kind: Any) -> None:
    measures = {name: (low + high) / 2 for name, (low, high) in kind.ranges.items()}
    marked: set[str] = set()
    for view in kind.views:
        assert all(view in VIEWS[language] for language in VIEWS)
        marked |= kind.draw(measures, view, False).marks.keys()
    variant = kind.draw(measures, kind.views[0], True)
    assert kind.variant_part in variant.marks
    plain = kind.draw(measures, kind.views[0], False)
    assert repr(variant.items) != repr(plain.items)
    marked |= variant.marks.keys()
    assert marked <= set(kind.parts), "a mark without a name"
    assert set(kind.parts) - marked == {kind.whole}, "a named part that no view shows"
    for relation in kind.relations:
        a, verb, b = relation.split()
        assert {a, b} <= set(kind.parts) and all(verb in VERBS[language] for language in VERBS)


def test_the_xml_is_valid_by_the_offices_dtd(shared: Path, documents: list[SampleDocument]) -> None:
    dtd = etree.DTD(str(shared / "corpus" / "dtd" / "ep-patent-document-v1-5.dtd"))
    for document in documents:
        root = etree.fromstring(document.xml)
        for cpc in root.findall("SDOBI/B500/B520EP"):  # declared from DTD 1.5.1 on, which differs in this only
            parent = cpc.getparent()
            assert parent is not None
            parent.remove(cpc)
        assert dtd.validate(root), str(dtd.error_log)


def test_counts_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="documents"):
        write_sample(tmp_path, documents=0, seed=1)
    with pytest.raises(ValueError, match="position"):
        sample_document(1, -1)
