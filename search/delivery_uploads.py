"""Deliveries that are uploaded, on a page or by the API."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile

from search.models import Batch
from search.queue import enqueue_batch
from search.services.batches import batch_receive


def delivery_take(upload: UploadedFile[bytes], received_by: User) -> tuple[Batch, bool]:
    """Receive an uploaded delivery and enqueue it; return its batch, and whether it is new."""
    with tempfile.NamedTemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR, prefix="delivery-") as file:
        for chunk in upload.chunks():
            file.write(chunk)
        file.flush()
        batch, created = batch_receive(path=Path(file.name), file_name=upload.name or "", received_by=received_by)
    enqueue_batch(batch)
    return batch, created
