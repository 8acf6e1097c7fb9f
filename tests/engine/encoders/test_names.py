"""Names of encoders, what "auto" stands for, and that resolving a name imports no model library."""

import subprocess
import sys
from pathlib import Path

import pytest

from engine.encoders import names
from engine.encoders.names import resolve_sentences, resolve_visual, sentence_folder
from engine.errors import WeightsMissing
from engine.registry import EncoderName

PROJECT_ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("open_clip/ViT-B-32/openai", EncoderName("open_clip", "ViT-B-32", "openai")),
        ("open_clip/ViT-B-32//srv/a b.pt", EncoderName("open_clip", "ViT-B-32", "", Path("/srv/a b.pt"))),
        ("open_clip/ViT-B-32/openai//srv/a.pt", EncoderName("open_clip", "ViT-B-32", "openai", Path("/srv/a.pt"))),
        ("efficientnet-lite/0", EncoderName("efficientnet-lite", "0")),
        ("sentence-transformers/all-MiniLM-L6-v2", EncoderName("sentence-transformers", "all-MiniLM-L6-v2")),
        ("sentence-transformers//srv/mpnet", EncoderName("sentence-transformers", path=Path("/srv/mpnet"))),
    ],
)
def test_a_name_is_taken_apart(name: str, expected: EncoderName) -> None:
    assert EncoderName.parse(name) == expected


@pytest.mark.parametrize(
    "name",
    ["", "clip", "open_clip", "open_clip/ViT-B-32", "efficientnet-lite", "open_clip//x", "sentence-transformers/"],
)
def test_what_names_no_encoder_is_refused_with_the_forms_that_do(name: str) -> None:
    with pytest.raises(ValueError, match="use auto"):
        EncoderName.parse(name)


def test_a_name_of_the_other_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="not a visual encoder"):
        resolve_visual("sentence-transformers/all-MiniLM-L6-v2")
    with pytest.raises(ValueError, match="not a sentence encoder"):
        resolve_sentences("efficientnet-lite/0")


def test_auto_is_clip_when_its_weights_are_cached_and_the_packaged_model_when_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "open_clip_file", lambda repository: None)
    assert resolve_visual("auto") == "efficientnet-lite/0"
    monkeypatch.setattr(names, "open_clip_file", lambda repository: tmp_path)
    assert resolve_visual("auto") == "open_clip/ViT-B-32/openai"
    assert resolve_sentences("auto") == "sentence-transformers/all-MiniLM-L6-v2"


def test_an_explicit_name_is_never_replaced() -> None:
    assert resolve_visual("open_clip/ViT-L-14/openai") == "open_clip/ViT-L-14/openai"


def test_a_sentence_model_out_of_reach_is_named_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match="no-such-model"):
        sentence_folder(EncoderName.parse("sentence-transformers/no-such-model"))
    with pytest.raises(WeightsMissing, match=r"modules\.json"):
        sentence_folder(EncoderName.parse(f"sentence-transformers/{tmp_path}"))


def test_a_file_in_the_hubs_cache_is_found_without_a_network(tmp_path: Path) -> None:
    script = (
        "from engine.encoders.names import resolve_visual\n"
        "import sys\n"
        "print(resolve_visual('auto'), 'torch' in sys.modules, 'transformers' in sys.modules)\n"
    )

    def answer() -> str:
        environment = {"HF_HOME": str(tmp_path), "PATH": "/usr/bin", "HF_HUB_OFFLINE": "1"}
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=PROJECT_ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    assert answer() == "efficientnet-lite/0 False False"
    repository = tmp_path / "hub" / "models--timm--vit_base_patch32_clip_224.openai"
    (repository / "snapshots" / "c0ffee").mkdir(parents=True)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("c0ffee")
    (repository / "snapshots" / "c0ffee" / "open_clip_model.safetensors").write_bytes(b"weights")
    assert answer() == "open_clip/ViT-B-32/openai False False"
