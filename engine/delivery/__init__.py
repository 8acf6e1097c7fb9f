"""Deliveries of patent documents: the one package that opens archives."""

from engine.delivery.deliveries import Delivery, open_delivery
from engine.delivery.documents import DocumentFiles, DocumentMember, IgnoredMember
from engine.delivery.limits import ArchiveLimits
from engine.delivery.names import shown_name
from engine.delivery.packing import pack_folder
from engine.errors import DeliveryError, DocumentError

__all__ = [
    "ArchiveLimits",
    "Delivery",
    "DeliveryError",
    "DocumentError",
    "DocumentFiles",
    "DocumentMember",
    "IgnoredMember",
    "open_delivery",
    "pack_folder",
    "shown_name",
]
