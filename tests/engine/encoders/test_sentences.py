"""Sentence encoders over a model that the tests make, and over the packaged weights (slow)."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine.encoders.names import sentence_folder
from engine.errors import EncoderError, WeightsMissing
from engine.registry import EncoderName
from tests.lazily import lazily

if TYPE_CHECKING:
    import sentence_transformers
    import torch
    import transformers
    from sentence_transformers.sentence_transformer import modules

    from engine.encoders import factory
else:
    sentence_transformers = lazily("sentence_transformers")
    torch = lazily("torch")
    transformers = lazily("transformers")
    modules = lazily("sentence_transformers.sentence_transformer.modules")
    factory = lazily("engine.encoders.factory")

WORDS = ["wheel", "loader", "gear", "pump", "shaft", "the", "drives", "a", "housing", "101", "12", "##a"]
SENTENCES = [" ".join(WORDS[(i * 5 + j) % len(WORDS)] for j in range(1 + i % 9)) for i in range(70)]


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers folder of a two-layer BERT with random weights."""
    folder = tmp_path_factory.mktemp("sentences")
    (folder / "bert").mkdir()
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    (folder / "vocab.txt").write_text("\n".join(vocabulary))
    torch.manual_seed(3)
    transformers.BertModel(
        transformers.BertConfig(
            vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32
        )
    ).save_pretrained(folder / "bert")
    transformers.BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder / "bert")
    transformer = modules.Transformer(str(folder / "bert"))
    sentence_transformers.SentenceTransformer(modules=[transformer, modules.Pooling(16)]).save(str(folder / "model"))
    return folder / "model"


def test_vectors_are_unit_long_in_input_order_whatever_the_batch(tiny_model: Path) -> None:
    encoder = factory.sentence_encoder(f"sentence-transformers/{tiny_model}")
    vectors = encoder.encode(SENTENCES)
    assert vectors.shape == (70, encoder.dim) == (70, 16)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    for position in (0, 8, 33, 69):
        assert np.allclose(encoder.encode([SENTENCES[position]])[0], vectors[position], atol=1e-5)
    assert encoder.encode([]).shape == (0, 16)


def test_the_vectors_are_those_of_sentence_transformers_itself(tiny_model: Path) -> None:
    expected = sentence_transformers.SentenceTransformer(str(tiny_model)).encode(
        SENTENCES[:9], normalize_embeddings=True
    )
    found = factory.sentence_encoder(f"sentence-transformers/{tiny_model}").encode(SENTENCES[:9])
    assert np.allclose(found, expected, atol=1e-5)


def test_the_position_of_an_empty_sentence_is_named(tiny_model: Path) -> None:
    with pytest.raises(EncoderError) as caught:
        factory.sentence_encoder(f"sentence-transformers/{tiny_model}").encode(["wheel", " \n", ""])
    assert caught.value.position == 1


def test_a_folder_without_safetensors_is_refused(tiny_model: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_model, tmp_path / "m")
    (tmp_path / "m" / "model.safetensors").unlink()
    (tmp_path / "m" / "pytorch_model.bin").write_bytes(b"a pickle")
    with pytest.raises(WeightsMissing, match=r"no model\.safetensors"):
        factory.sentence_encoder(f"sentence-transformers/{tmp_path / 'm'}")


def test_a_changed_packaged_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packaged = sentence_folder(EncoderName.parse("sentence-transformers/all-MiniLM-L6-v2"))
    changed = tmp_path / "model"
    shutil.copytree(packaged, changed)
    tokenizer = changed / "tokenizer.json"
    tokenizer.write_text(tokenizer.read_text(encoding="utf-8") + " ", encoding="utf-8")
    monkeypatch.setattr("engine.encoders.sentences.sentence_folder", lambda name: changed)
    with pytest.raises(WeightsMissing, match=r"tokenizer\.json"):
        factory.sentence_encoder("sentence-transformers/all-MiniLM-L6-v2")


@pytest.mark.slow
def test_the_packaged_weights_know_that_a_wheel_loader_is_a_vehicle() -> None:
    encoder = factory.sentence_encoder("auto")
    assert encoder.key == "sentence-transformers/all-MiniLM-L6-v2@53aa51172d14+fp32"
    query, near, far = encoder.encode(
        ["a wheel loader lifts earth with its bucket", "the excavator digs soil", "the voltage of the diode drops"]
    )
    assert query @ near > query @ far + 0.2
