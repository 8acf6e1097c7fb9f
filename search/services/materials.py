"""What people bring to ask with."""

from __future__ import annotations

from django.contrib.auth.models import User

from search.files import file_keep, private_storage
from search.models import Material, MaterialKind


def material_keep(*, owner: User, kind: MaterialKind, data: bytes, name: str) -> Material:
    material = Material(owner=owner, kind=kind, name=name)
    material.file = file_keep(data, folder=f"materials/{material.pk}", suffix=".bin", storage=private_storage())
    material.save()
    return material
