"""Visual encoders over a checkpoint that the tests make, and over the packaged weights (slow)."""

from __future__ import annotations

import os
import pickle
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.encoders.preprocessing import squared, stretched, trimmed
from engine.errors import EncoderError, WeightsMissing
from tests.lazily import lazily

if TYPE_CHECKING:
    import open_clip
    import torch

    from engine.encoders import factory, weights
else:
    open_clip = lazily("open_clip")
    torch = lazily("torch")
    factory = lazily("engine.encoders.factory")
    weights = lazily("engine.encoders.weights")


def drawing(height: int, width: int, seed: int = 0) -> NDArray[np.uint8]:
    image = np.full((height, width), 255, dtype=np.uint8)
    generator = np.random.default_rng(seed)
    for _ in range(12):
        top, left = int(generator.integers(5, height - 25)), int(generator.integers(5, width - 25))
        image[top, left : left + 20] = 0
        image[top : top + 20, left] = 0
    return image


DRAWINGS = [drawing(90 + 30 * i, 200 - 5 * i, i) for i in range(20)]  # more than one batch


def test_a_clip_checkpoint_gives_the_vectors_that_open_clip_itself_gives(tiny_clip: Path) -> None:
    encoder = factory.visual_encoder(f"open_clip/tiny-clip/{tiny_clip / 'clip.safetensors'}")
    vectors = encoder.encode(DRAWINGS)
    model = open_clip.create_model("tiny-clip", load_weights=False).eval()
    model.load_state_dict(weights.load_state(tiny_clip / "clip.pt"))
    mean, std = (
        np.array(values)[:, None, None] for values in (open_clip.OPENAI_DATASET_MEAN, open_clip.OPENAI_DATASET_STD)
    )
    for image, vector in zip(DRAWINGS, vectors, strict=True):
        square = squared(trimmed(image), 32, margin_share=0.04)
        pixels = torch.from_numpy((square[None] / 255 - mean) / std).float()[None]
        with torch.inference_mode():
            expected = model.encode_image(pixels, normalize=True)[0].numpy()
        assert np.allclose(vector, expected, atol=1e-5)
    assert encoder.dim == 24
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_every_way_to_store_a_checkpoint_gives_the_same_vectors(tiny_clip: Path) -> None:
    first, *others = (
        factory.visual_encoder(f"open_clip/tiny-clip/{tiny_clip / name}")
        for name in ("clip.safetensors", "clip.pt", "nested.pt")
    )
    for other in others:
        assert np.array_equal(first.encode(DRAWINGS[:2]), other.encode(DRAWINGS[:2]))


def test_the_key_names_model_weights_and_preprocessing(tiny_clip: Path) -> None:
    path = tiny_clip / "clip.safetensors"
    assert (
        factory.visual_encoder(f"open_clip/tiny-clip/{path}").key
        == f"open_clip/tiny-clip@{weights.sha256_of(path)[:12]}+trim-pad32"
    )


def test_an_image_gets_the_same_vector_alone_and_in_a_batch(tiny_clip: Path) -> None:
    encoder = factory.visual_encoder(f"open_clip/tiny-clip/{tiny_clip / 'clip.pt'}")
    together = encoder.encode(DRAWINGS)
    for image, vector in zip(DRAWINGS, together, strict=True):
        assert np.allclose(encoder.encode([image])[0], vector, atol=1e-5)
    assert encoder.encode([]).shape == (0, 24)


def test_the_position_of_an_unusable_image_is_named_across_batches(tiny_clip: Path) -> None:
    encoder = factory.visual_encoder(f"open_clip/tiny-clip/{tiny_clip / 'clip.pt'}")
    wrongs: list[Any] = [np.zeros((0, 5), np.uint8), np.zeros((5, 5, 3), np.uint8), np.zeros((5, 5), np.float32)]
    for wrong in wrongs:
        with pytest.raises(EncoderError) as caught:
            encoder.encode([*DRAWINGS[:18], wrong, wrong])
        assert caught.value.position == 18


def test_a_checkpoint_of_another_architecture_is_refused(tiny_clip: Path) -> None:
    with pytest.raises(WeightsMissing, match="not a checkpoint of ViT-S-32"):
        factory.visual_encoder(f"open_clip/ViT-S-32/{tiny_clip / 'clip.safetensors'}")


def test_a_named_model_whose_weights_are_out_of_reach_raises_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.encoders.visual.open_clip_file", lambda repository: None)
    with pytest.raises(WeightsMissing, match=r"vit_base_patch32_clip_224.openai .*name its file"):
        factory.visual_encoder("open_clip/ViT-B-32/openai")
    with pytest.raises(WeightsMissing, match="openai"):
        factory.visual_encoder("open_clip/ViT-B-32/no-such-tag")
    with pytest.raises(WeightsMissing, match="there is no file"):
        factory.visual_encoder(f"open_clip/ViT-B-32/{tmp_path / 'absent.pt'}")
    with pytest.raises(WeightsMissing, match="only efficientnet-lite/0"):
        factory.visual_encoder("efficientnet-lite/7")


class Canary:
    """Unpickling this makes a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.folder),)


@pytest.mark.parametrize("case", ["pickle", "header-bomb", "short", "empty", "text"])
def test_hostile_weights_are_refused_and_run_nothing(tmp_path: Path, case: str) -> None:
    canary = tmp_path / "canary"
    contents = {
        "pickle": pickle.dumps(Canary(canary), 2),
        "header-bomb": struct.pack("<Q", 1 << 62) + b"{}",
        "short": struct.pack("<Q", 70)
        + b'{"w":{"dtype":"F32","shape":[1000],"data_offsets":[0,4000]}}'.ljust(70)
        + b"\0" * 100,
        "empty": b"",
        "text": b"<html>sign in</html>",
    }[case]
    for suffix in (".pt", ".safetensors"):
        path = tmp_path / f"model{suffix}"
        path.write_bytes(contents)
        with pytest.raises(WeightsMissing):
            weights.load_state(path)
    assert not canary.exists()


def test_weights_other_than_the_pinned_are_refused_naming_both(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    path.write_bytes(b"changed")
    with pytest.raises(WeightsMissing, match=f"{weights.sha256_of(path)}.*{'0' * 64}"):
        weights.verify(path, "0" * 64)


def test_a_torn_file_in_the_hubs_cache_is_refused(tmp_path: Path) -> None:
    blob = tmp_path / ("ab" * 32)
    blob.write_bytes(b"half a download")
    link = tmp_path / "model.safetensors"
    link.symlink_to(blob)
    with pytest.raises(WeightsMissing, match="fetch the file again"):
        weights.verified_hash(link)


def test_thin_lines_survive_the_reduction_and_proportions_are_kept() -> None:
    image = np.full((3000, 1000), 255, dtype=np.uint8)
    image[:, 500] = 0
    square = squared(image, 224)
    assert square.shape == (224, 224)
    assert (square.min(axis=1) < 255).all()  # the line is grey, and whole
    assert (square[:, :70] == 255).all()
    assert (square[:, 154:] == 255).all()


def test_trimming_takes_the_margin_alone_and_leaves_a_blank_sheet_be() -> None:
    image = np.full((100, 80), 255, dtype=np.uint8)
    assert trimmed(image).shape == (100, 80)
    image[10, 20] = image[59, 49] = 0
    assert trimmed(image).shape == (50, 30)


def test_stretching_fills_the_square() -> None:
    image = np.full((300, 100), 255, dtype=np.uint8)
    image[0], image[-1], image[:, 0], image[:, -1] = 0, 0, 0, 0
    square = stretched(image, 50)
    assert (np.concatenate([square[0], square[-1], square[:, 0], square[:, -1]]) < 255).all()


def machine(kind: int) -> NDArray[np.uint8]:
    """A drawing unlike those of the other kinds: rings, a grid, boxes of a flow chart, a graph, hatching."""
    image = np.full((600, 400), 255, dtype=np.uint8)
    for i in range(1, 7):
        if kind == 0:
            cv2.circle(image, (200, 300), 28 * i, 0, 2)
        elif kind == 1:
            cv2.line(image, (60 * i, 20), (60 * i, 580), 0, 2)
            cv2.line(image, (20, 90 * i), (380, 90 * i), 0, 2)
        elif kind == 2:
            cv2.rectangle(image, (100, 90 * i - 60), (300, 90 * i - 10), 0, 2)
            cv2.line(image, (200, 90 * i - 10), (200, 90 * i + 30), 0, 2)
        elif kind == 3:
            cv2.line(image, (40, 560), (370, 560 - 85 * i), 0, 2)
        else:
            for j in range(10):
                cv2.line(image, (40 * j, 90 * i), (40 * j + 30, 90 * i - 60), 0, 2)
    return image


@pytest.mark.slow
def test_the_packaged_weights_find_a_drawing_scanned_again() -> None:
    encoder = factory.visual_encoder("efficientnet-lite/0")
    assert encoder.key == "efficientnet-lite/0@579344248a93+stretch224-b4gem-b10gem-b14avg"
    assert encoder.dim == 40 + 112 + 192
    collection = encoder.encode([machine(kind) for kind in range(5)])
    # A little off, with thicker lines, at another resolution.
    again = [cv2.erode(np.roll(machine(kind), 9, axis=1), np.ones((2, 2), np.uint8)) for kind in range(5)]
    queries = encoder.encode([cv2.resize(image, None, fx=1.4, fy=1.4) for image in again])
    assert (queries @ collection.T).argmax(axis=1).tolist() == list(range(5))
