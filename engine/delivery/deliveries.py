"""Open a delivery and read its documents one by one. No other package opens archives.

Nothing is ever unpacked to a name: entries are read as streams, and their names are labels.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from engine.delivery.containers import (
    Container,
    FolderContainer,
    FoundFile,
    files_below,
    open_regular_file,
    storable,
)
from engine.delivery.documents import (
    DocumentFiles,
    DocumentMember,
    IgnoredMember,
    Layout,
    LazyFiles,
    LooseDocument,
    lay_out,
    names_beside,
)
from engine.delivery.limits import ArchiveLimits
from engine.delivery.names import NameKind, kind_of, shown_name
from engine.delivery.tars import TarContainer, inflated, is_tar
from engine.delivery.zips import ZipContainer
from engine.errors import DeliveryError, DocumentError
from engine.patents.publication import Note

# With more XML files than this in one folder with images, the owners of the images are not searched for.
_MOST_SIBLINGS = 8
_TYPE_WORDS = {"zip": "a zip", "gzip": "a tar.gz", "tar": "a tar", "xml": "XML or HTML text", "": "not a known archive"}
_ACCEPTED = "Give a ZIP, TAR or TAR.GZ of patent documents, a patent XML, or a folder of these."


@dataclass(slots=True)
class _Opened:
    """An open container with its layout. level: how many archives it lies in."""

    container: Container
    layout: Layout
    level: int


class Delivery:
    """An open delivery; a context manager. open_delivery makes it."""

    def __init__(self, root: Container, level: int, limits: ArchiveLimits) -> None:
        self._limits = limits
        self._root = _Opened(root, lay_out(root), level)
        # The inner batch that was used last, by member name, so that its list of entries is read once.
        self._batch: tuple[str, _Opened] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the delivery. The files of its documents cannot be read afterwards."""
        self._batch = None
        self._root.container.close()

    def has_documents(self) -> bool:
        """Whether at least one member may be a document."""
        return bool(self._root.layout.archives or self._root.layout.loose)

    def members(self) -> Iterator[DocumentMember | IgnoredMember]:
        """Every member in the container's order, images of documents and folders left out. Names are unique."""
        yield from self._members_of(self._root, "")

    def read(self, member_name: str) -> DocumentFiles:
        """The document of this member. Any process that opened the same delivery can read any member.

        Raises: DocumentError when the member is not a usable document or not in the delivery.
        """
        try:
            opened, name = self._locate(self._root, member_name)
            if name in opened.layout.loose:
                return self._read_loose(opened.container, opened.layout.loose[name], member_name)
            return self._read_archive(opened, name, member_name)
        except DeliveryError as error:
            raise DocumentError(member_name, error.code, error.detail) from error

    def _members_of(self, opened: _Opened, prefix: str) -> Iterator[DocumentMember | IgnoredMember]:
        for member in opened.layout.members:
            named = replace(member, name=prefix + member.name)
            batch = None
            if member.name in opened.layout.archives and opened.level + 1 < self._limits.max_depth:
                batch = self._batch_in(opened, member.name)
            if batch is None:
                yield named
                continue
            try:
                yield from self._members_of(batch, f"{named.name}/")
            finally:
                batch.container.close()

    def _batch_in(self, opened: _Opened, name: str) -> _Opened | None:
        """Open an inner archive that holds several documents. None when it holds one document or cannot be opened.

        An archive that cannot be opened stays a member, so that reading it reports the reason.
        """
        try:
            inner = self._open_inner(opened, name)
        except DeliveryError:
            return None
        if inner.layout.archives or len(inner.layout.loose) > 1:
            return inner
        inner.container.close()
        return None

    def _open_inner(self, opened: _Opened, name: str) -> _Opened:
        stream = opened.container.stream(name, self._limits.max_entry_bytes)
        container = _open_archive(stream, name, self._limits)
        try:
            return _Opened(container, lay_out(container), opened.level + 1)
        except BaseException:
            container.close()
            raise

    def _locate(self, opened: _Opened, name: str) -> tuple[_Opened, str]:
        """The container that holds the member, and its name there. Raises: DeliveryError."""
        if name in opened.layout.loose or name in opened.layout.archives:
            return opened, name
        parts = name.split("/")
        for count in range(1, len(parts)):
            prefix = "/".join(parts[:count])
            if prefix in opened.layout.archives and opened.level + 1 < self._limits.max_depth:
                return self._locate(self._batch_named(opened, prefix), "/".join(parts[count:]))
        raise DeliveryError("no-such-member", f'The delivery has no document "{shown_name(name)}".')

    def _batch_named(self, opened: _Opened, name: str) -> _Opened:
        if opened is not self._root:
            return self._open_inner(opened, name)
        if self._batch is None or self._batch[0] != name:
            # The previous batch stays open: documents read from it may still be in use.
            self._batch = name, self._open_inner(opened, name)
        return self._batch[1]

    def _read_archive(self, opened: _Opened, name: str, member: str) -> DocumentFiles:
        """The one document of an inner archive. Raises: DeliveryError, DocumentError."""
        if opened.level + 1 > self._limits.max_depth:
            raise DeliveryError("too-deep", f"Archives may nest {self._limits.max_depth} levels deep at most.")
        inner = self._open_inner(opened, name)
        layout = inner.layout
        if not layout.loose and layout.archives:
            raise DeliveryError(
                "too-deep",
                "The archive holds further archives, too deeply nested. Unpack the outermost and give its folder.",
            )
        if not layout.loose:
            raise DeliveryError("no-xml", "The archive holds no patent XML. Add the XML, or leave the archive out.")
        if len(layout.loose) > 1:
            raise DeliveryError(
                "several-documents",
                f"The archive holds {len(layout.loose)} XML files instead of one. Pack one patent per archive.",
            )
        (document,) = layout.loose.values()
        files = self._read_loose(inner.container, document, member)
        strays = tuple(entry.reason for entry in layout.members if isinstance(entry, IgnoredMember) and entry.stray)
        nested = tuple(
            Note("archive-ignored", f'"{shown_name(archive)}" lies beside the XML and was not opened.')
            for archive in layout.archives
        )
        return replace(files, notes=opened.layout.archives[name].notes + files.notes + strays + nested)

    def _read_loose(self, container: Container, document: LooseDocument, member: str) -> DocumentFiles:
        xml = container.read(document.xml_name, self._limits.max_xml_bytes)
        self._require_own_images(container, document, xml)

        def read_file(name: str) -> bytes:
            try:
                return container.read(name, self._limits.max_entry_bytes)
            except DeliveryError as error:
                raise DocumentError(member, error.code, error.detail) from error

        files = LazyFiles(names_beside(document.xml_name, document.image_names), read_file)
        entries = {document.xml_name, *document.image_names}
        notes = tuple(note for entry in container.entries if entry.name in entries for note in entry.notes)
        xml_name = document.xml_name.replace("\\", "/").rpartition("/")[2]
        return DocumentFiles(member, xml_name, xml, files, notes)

    def _require_own_images(self, container: Container, document: LooseDocument, xml: bytes) -> None:
        """Raise DeliveryError when another XML of the folder names an image of this document too."""
        if not document.siblings or not document.image_names:
            return
        remedy = "Put each document with its images into a folder of its own."
        if len(document.siblings) > _MOST_SIBLINGS:
            raise DeliveryError("shared-folder", f"Many XML files lie in one folder with images. {remedy}")
        lasts = (name.replace("\\", "/").rpartition("/")[2] for name in document.image_names)
        own = [last for last in lasts if _mentions(xml, last)]
        for sibling in document.siblings:
            try:
                other = container.read(sibling, self._limits.max_xml_bytes)
            except DeliveryError:
                continue  # a sibling that cannot be read is skipped here; reading it as a document reports the fault
            shared = next((name for name in own if _mentions(other, name)), None)
            if shared is not None:
                raise DeliveryError(
                    "shared-folder",
                    f'"{shown_name(shared)}" belongs to "{shown_name(sibling)}" in the same folder too. {remedy}',
                )


def open_delivery(path: Path, limits: ArchiveLimits = ArchiveLimits(), *, given_name: str = "") -> Delivery:  # noqa: B008
    """Open a delivery: a zip, tar or tar.gz of one or more documents, a single XML, or a folder of these.

    given_name is the name under which the file arrived, where it is stored under another; its ending must fit the
    content. Raises: DeliveryError(code, detail) when the whole delivery is refused.
    """
    name = given_name or storable(path.name)
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise DeliveryError("unreadable", f'"{shown_name(name)}" cannot be read: {error.strerror}.') from error
    if stat.S_ISDIR(mode):
        delivery = Delivery(FolderContainer(files_below(path), limits), 0, limits)
    elif stat.S_ISREG(mode):
        delivery = _open_file(path, name, limits)
    else:
        raise DeliveryError("unreadable", f'"{shown_name(name)}" is neither a file nor a folder.')
    if not delivery.has_documents():
        delivery.close()
        raise DeliveryError("nothing-to-ingest", f"The delivery holds no patent document. {_ACCEPTED}")
    return delivery


def _open_file(path: Path, name: str, limits: ArchiveLimits) -> Delivery:
    stream = open_regular_file(path.resolve(), name)
    if _type_of_name(name) == "xml" or (not _type_of_name(name) and _type_of_content(stream) == "xml"):
        stream.close()
        return Delivery(FolderContainer(_xml_and_images(path, name), limits), 0, limits)
    container = _open_archive(stream, name, limits)
    try:
        return Delivery(container, 1, limits)
    except BaseException:
        container.close()
        raise


def _xml_and_images(path: Path, name: str) -> Iterator[FoundFile]:
    """The files of a delivery that is a single XML: the XML under its name, and the images in its folder."""
    own = path.stat()
    yield FoundFile(name if kind_of(name) is NameKind.XML else f"{name}.xml", path.resolve(), own.st_mode, own.st_size)
    for item in sorted(os.scandir(path.parent), key=lambda item: item.name):
        if kind_of(item.name) is NameKind.IMAGE and item.is_file(follow_symlinks=False):
            status = item.stat(follow_symlinks=False)
            yield FoundFile(storable(item.name), Path(item.path), status.st_mode, status.st_size)


def _open_archive(stream: BinaryIO, name: str, limits: ArchiveLimits) -> Container:
    """Open the archive in the stream, which the container then owns. On DeliveryError the stream is closed."""
    try:
        content, promised = _type_of_content(stream), _type_of_name(name)
        if content == "empty":
            raise DeliveryError("empty-file", f'"{shown_name(name)}" is empty (0 bytes). Copy or download it again.')
        if content not in ("zip", "gzip", "tar") or (promised and promised != content):
            found = _TYPE_WORDS.get(content, _TYPE_WORDS[""])
            mismatch = (
                f", though its name ends like {_TYPE_WORDS[promised]}" if promised and promised != content else ""
            )
            raise DeliveryError("not-an-archive", f'"{shown_name(name)}" is {found}{mismatch}. {_ACCEPTED}')
        if content == "zip":
            return ZipContainer(stream, limits)
        if content == "tar":
            return TarContainer(stream, limits)
        unpacked = inflated(stream, limits)
    except BaseException:
        stream.close()
        raise
    stream.close()
    try:
        if not is_tar(unpacked):
            raise DeliveryError("not-an-archive", f'"{shown_name(name)}" is gzipped, but holds no tar. {_ACCEPTED}')
        return TarContainer(unpacked, limits)
    except BaseException:
        unpacked.close()
        raise


def _type_of_name(name: str) -> str:
    """The type that the file name's ending stands for, "" for none."""
    endings = {".zip": "zip", ".tar.gz": "gzip", ".tgz": "gzip", ".tar": "tar", ".xml": "xml"}
    return next((kind for ending, kind in endings.items() if name.lower().endswith(ending)), "")


def _type_of_content(stream: BinaryIO) -> str:
    """ "zip", "gzip", "tar", "xml", "empty", or "" for anything else, by the first bytes."""
    stream.seek(0)
    head = stream.read(64)
    stream.seek(0)
    if not head:
        return "empty"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if is_tar(stream):
        return "tar"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return "xml" if text.startswith((b"<", b"\xff\xfe<", b"\xfe\xff\0<", b"\0<")) else ""


def _mentions(xml: bytes, file_name: str) -> bool:
    """Whether the XML holds the name, in UTF-8 or UTF-16."""
    return file_name.encode() in xml or file_name.encode("utf-16-le") in xml or file_name.encode("utf-16-be") in xml
