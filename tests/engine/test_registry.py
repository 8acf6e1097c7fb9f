"""What settings may name, and that every entry leads to something that can be made."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from engine.registry import (
    READERS,
    SENTENCE_ENCODERS,
    VISUAL_ENCODERS,
    EncoderFamily,
    EncoderName,
    encoder_fault,
    encoder_forms,
    maker,
)

PROJECT_ROOT = Path(__file__).resolve().parents[2]


def test_knowing_the_names_imports_neither_arrays_nor_models() -> None:
    script = "import engine.registry, sys; print([name for name in ('numpy', 'torch', 'faiss') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_every_reader_has_a_maker_that_takes_threads_and_a_device(name: str) -> None:
    assert {"threads", "device"} <= inspect.signature(maker(READERS[name])).parameters.keys()


@pytest.mark.slow
@pytest.mark.parametrize("family", [*VISUAL_ENCODERS.values(), *SENTENCE_ENCODERS.values()])
def test_every_encoder_family_has_a_maker_that_takes_a_name_threads_and_a_device(family: EncoderFamily) -> None:
    parameters = inspect.signature(maker(family.made_by)).parameters
    assert next(iter(parameters)) == "name"
    assert {"threads", "device"} <= parameters.keys()


@pytest.mark.parametrize(
    "name", ["auto", "open_clip/ViT-B-32/openai", "open_clip/any/of-its-names", "efficientnet-lite/0"]
)
def test_a_visual_encoder_that_may_exist_has_no_fault(name: str) -> None:
    assert encoder_fault(name, VISUAL_ENCODERS) == ""


@pytest.mark.parametrize("name", ["auto", "sentence-transformers/all-MiniLM-L6-v2", "sentence-transformers/any-other"])
def test_a_sentence_encoder_that_may_exist_has_no_fault(name: str) -> None:
    assert encoder_fault(name, SENTENCE_ENCODERS) == ""


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("atuo", "auto"),
        ("openclip/ViT-B-32/openai", "open_clip"),
        ("efficientnet_lite/0", "efficientnet-lite"),
        ("open_clip/ViT-B-32", ""),
        ("open_clip/ViT-B-32//", ""),
        ("efficientnet-lite/7", ""),
        ("sentence-transformers/all-MiniLM-L6-v2", ""),
        ("", ""),
    ],
)
def test_another_name_gets_the_forms_and_the_nearest_family(name: str, meant: str) -> None:
    fault = encoder_fault(name, VISUAL_ENCODERS)
    assert all(form in fault for form in encoder_forms(VISUAL_ENCODERS))
    assert ("did you mean" in fault) == bool(meant)
    assert f"did you mean {meant}?" in fault or not meant


def test_local_weights_are_looked_for_where_models_are_loaded(tmp_path: Path) -> None:
    weights = tmp_path / "clip.safetensors"
    name = f"open_clip/ViT-B-32/{weights}"
    assert EncoderName.parse(name).path == weights
    assert str(weights) in encoder_fault(name, VISUAL_ENCODERS)
    assert encoder_fault(name, VISUAL_ENCODERS, look=False) == ""
    weights.touch()
    assert encoder_fault(name, VISUAL_ENCODERS) == ""


def test_a_local_folder_holds_a_sentence_model(tmp_path: Path) -> None:
    folder = tmp_path / "mpnet"
    name = f"sentence-transformers/{folder}"
    assert str(folder) in encoder_fault(name, SENTENCE_ENCODERS)
    folder.mkdir()
    (folder / "modules.json").touch()
    fault = encoder_fault(name, SENTENCE_ENCODERS)
    assert "model.safetensors" in fault and "modules.json" not in fault
    (folder / "model.safetensors").touch()
    assert encoder_fault(name, SENTENCE_ENCODERS) == ""
