"""Call EasyOCR's english_g2 network directly: many small crops of text in, strings with confidences out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from easyocr.config import recognition_models
from easyocr.model.vgg_model import Model
from numpy.typing import NDArray

from engine.numerals.weights import RECOGNISER_FILE, load_state
from engine.sheets.reading import GrayImage

CROP_HEIGHT_PX = 64  # the height english_g2 was trained at
# A batch ends where padding would cost more than another call: crops in a batch differ by a quarter in width.
WIDTH_SPREAD = 1.25
MAX_BATCH_PIXELS = 64 * 64 * 100

CHARACTERS: str = recognition_models["gen2"]["english_g2"]["characters"]
# Characters that hatching is often read as, and that never occur in numerals, labels or words of a drawing.
_NEVER = "!#$*;<>?@[\\]^_`{|}~€"


@dataclass(frozen=True, slots=True)
class Recognition:
    """The text of one crop. positions: the centre of each character as a fraction of the crop's width."""

    text: str
    confidence: float
    positions: tuple[float, ...]


@contextmanager
def torch_threads(count: int) -> Iterator[None]:
    """Limit torch's threads within the block, and restore the previous number afterwards."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


class Recogniser:
    """english_g2 on one device, with a limited number of threads."""

    def __init__(self, folder: Path, device: str, threads: int) -> None:
        self.device = device
        self.threads = threads
        model = Model(input_channel=1, output_channel=256, hidden_size=256, num_class=len(CHARACTERS) + 1)
        model.load_state_dict(load_state(folder, RECOGNISER_FILE, device))
        # Channels last saves a third of the time on a CPU.
        self._model = model.to(device, memory_format=torch.channels_last).eval()
        self._never = torch.tensor([CHARACTERS.index(c) + 1 for c in _NEVER if c in CHARACTERS], device=device)

    def read(self, crops: Sequence[GrayImage]) -> list[Recognition]:
        """Recognise crops, in input order. Crops are (height, width) uint8 of any size, dark on light."""
        scaled = [_to_height(crop) for crop in crops]
        order = sorted(range(len(scaled)), key=lambda i: scaled[i].shape[1])
        results: dict[int, Recognition] = {}
        with torch_threads(self.threads), torch.inference_mode():
            for batch in _batches(order, scaled):
                probabilities = self._probabilities([scaled[i] for i in batch])
                for row, i in zip(probabilities, batch, strict=True):
                    results[i] = _decode(row, used=scaled[i].shape[1] / scaled[batch[-1]].shape[1])
        return [results[i] for i in range(len(scaled))]

    def _probabilities(self, crops: Sequence[GrayImage]) -> NDArray[np.float32]:
        """The network's output (len(crops), steps, classes) float32; class 0 is CTC's blank."""
        width = crops[-1].shape[1]
        # EasyOCR pads with the crop's last column; here that is always paper, so 255 is the same.
        page = np.full((len(crops), 1, CROP_HEIGHT_PX, width), 255, np.uint8)
        for i, crop in enumerate(crops):
            page[i, 0, :, : crop.shape[1]] = crop
        images = torch.from_numpy(page).to(self.device).float().div_(127.5).sub_(1.0)
        images = images.contiguous(memory_format=torch.channels_last)
        logits = self._model(images, None)
        logits[:, :, self._never] = -torch.inf
        result: NDArray[np.float32] = torch.softmax(logits.float(), dim=2).cpu().numpy()
        return result


def _to_height(crop: GrayImage) -> GrayImage:
    """The crop scaled to the network's height, with its proportions, at least 16 px wide."""
    width = max(16, round(crop.shape[1] * CROP_HEIGHT_PX / crop.shape[0]))
    shrinks = crop.shape[0] > CROP_HEIGHT_PX
    resized: GrayImage = cv2.resize(
        crop, (width, CROP_HEIGHT_PX), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    )
    return resized


def _batches(order: Sequence[int], crops: Sequence[GrayImage]) -> Iterator[list[int]]:
    """Split `order` (ascending width) into batches of similar width and limited size."""
    batch: list[int] = []
    for i in order:
        width = crops[i].shape[1]
        too_wide = batch and width > max(crops[batch[0]].shape[1] * WIDTH_SPREAD, 48)
        if batch and (too_wide or (len(batch) + 1) * width * CROP_HEIGHT_PX > MAX_BATCH_PIXELS):
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def _decode(probabilities: NDArray[np.float32], used: float) -> Recognition:
    """Greedy CTC: repeats merged, blanks dropped. `used` is the share of the steps that is not padding."""
    best = probabilities.argmax(axis=1)
    values = probabilities[np.arange(len(best)), best]
    starts = np.flatnonzero((best != 0) & (best != np.concatenate(([0], best[:-1]))))
    text = "".join(CHARACTERS[best[s] - 1] for s in starts)
    lit = values[best != 0]
    # EasyOCR's custom_mean: lenient with long texts, strict with short ones.
    confidence = float(lit.prod() ** (2.0 / np.sqrt(len(lit)))) if len(lit) else 0.0
    steps = max(1.0, len(best) * used)
    return Recognition(text, confidence, tuple(float(min(1.0, (s + 0.5) / steps)) for s in starts))
