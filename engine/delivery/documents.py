"""Which entries of a container make which document, and the files of one document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.delivery.containers import Container, Entry
from engine.delivery.names import ARCHIVE_SUFFIXES, NameKind, folder_of, kind_of, matching_key, shown_name
from engine.errors import DeliveryError
from engine.patents.publication import Note


@dataclass(frozen=True, slots=True)
class DocumentMember:
    """A member that looks like a document; Delivery.read tells whether it is one. name is its identity.

    notes are those of the member's name alone; Delivery.read repeats them among the document's.
    """

    name: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class IgnoredMember:
    """A member that is not read. stray: it does not belong in a delivery, and the report warns of it."""

    name: str
    reason: Note
    stray: bool


@dataclass(frozen=True, slots=True)
class LooseDocument:
    """An XML that lies in the container outside any inner archive. siblings: other documents in its folder."""

    xml_name: str
    image_names: tuple[str, ...]
    siblings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """What a container holds. members are in its order; archives and loose are keyed by member name."""

    members: tuple[DocumentMember | IgnoredMember, ...]
    archives: Mapping[str, Entry]
    loose: Mapping[str, LooseDocument]


@dataclass(frozen=True, slots=True)
class DocumentFiles:
    """One document as delivered: its XML and its other files by their names beside it.

    files reads a file from the open Delivery each time it is looked up, without a cache; a broken one raises
    DocumentError.
    """

    member: str
    xml_name: str
    xml: bytes
    files: Mapping[str, bytes]
    notes: tuple[Note, ...] = ()

    def find(self, file_name: str) -> tuple[str, tuple[Note, ...]] | None:
        """The document's file that the XML calls `file_name`, with notes; None when the delivery lacks it.

        Looked up among the document's own names alone: exactly, then as the one file of this name in a folder of the
        document, then regardless of case. A path out of the document or a URL is thus never followed.
        """
        if file_name in self.files:
            return file_name, ()
        if "/" in file_name or "\\" in file_name:
            return None
        inside = [name for name in self.files if name.rpartition("/")[2] == file_name]
        if len(inside) == 1:
            return inside[0], ()
        wanted = matching_key(file_name)
        alike = [name for name in self.files if matching_key(name.rpartition("/")[2]) == wanted]
        if len(alike) != 1:
            return None
        text = f'The XML names "{shown_name(file_name)}"; the delivery has it as "{shown_name(alike[0])}".'
        return alike[0], (Note("file-name-case", text),)


class LazyFiles(Mapping[str, bytes]):
    """Files read on demand: name beside the XML → name in the container."""

    def __init__(self, names: Mapping[str, str], read: Callable[[str], bytes]) -> None:
        self._names = names
        self._read = read

    def __getitem__(self, name: str) -> bytes:
        return self._read(self._names[name])

    def __contains__(self, name: object) -> bool:
        # Mapping's default would read the whole file.
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def lay_out(container: Container) -> Layout:
    """Sort the entries into documents and the rest. Raises: DeliveryError when a name is both file and folder."""
    kinds = {entry.name: kind_of(entry.name) for entry in container.entries}
    archives = {entry.name: entry for entry in container.entries if kinds[entry.name] is NameKind.ARCHIVE}
    _require_no_file_as_folder(container.entries, archives)
    xml_names = [name for name, kind in kinds.items() if kind is NameKind.XML]
    image_names = [name for name, kind in kinds.items() if kind is NameKind.IMAGE]
    homes = _homes(image_names, xml_names, single=len(xml_names) == 1 and not archives)
    by_folder: dict[str, list[str]] = {}
    for name in xml_names:
        by_folder.setdefault(folder_of(name), []).append(name)
    images_of: dict[str, list[str]] = {}
    for image, home in homes.items():
        images_of.setdefault(home, []).append(image)
    loose = {}
    for folder, names in by_folder.items():
        for name in names:
            siblings = tuple(other for other in names if other != name)
            loose[name] = LooseDocument(name, tuple(images_of.get(folder, ())), siblings)
    members: list[DocumentMember | IgnoredMember] = []
    for entry in container.entries:
        if entry.name in archives or entry.name in loose:
            members.append(DocumentMember(entry.name, entry.notes))
        elif entry.name not in homes:
            members.append(_ignored(entry.name, kinds[entry.name]))
    members.extend(IgnoredMember(name, reason, True) for name, reason in container.ignored)
    return Layout(tuple(members), archives, loose)


def names_beside(xml_name: str, image_names: Sequence[str]) -> dict[str, str]:
    """Name as seen from the XML's folder → name in the container."""
    folder = folder_of(xml_name)
    prefix_length = len(folder) + 1 if folder else 0
    beside = {}
    for name in image_names:
        own = name[prefix_length:] if not folder or name.replace("\\", "/").startswith(f"{folder}/") else name
        beside[own.replace("\\", "/")] = name
    return beside


def _homes(image_names: Sequence[str], xml_names: Sequence[str], *, single: bool) -> dict[str, str]:
    """Image → the folder of the documents it belongs to: the nearest above it that holds an XML.

    With a single document in the whole container every image is its own, in whatever folder.
    """
    folders = {folder_of(name) for name in xml_names}
    if single:
        return dict.fromkeys(image_names, next(iter(folders)))
    homes = {}
    for name in image_names:
        folder = folder_of(name)
        while folder and folder not in folders:
            folder = folder.rpartition("/")[0]
        if folder in folders:
            homes[name] = folder
    return homes


def _ignored(name: str, kind: NameKind) -> IgnoredMember:
    shown = shown_name(name)
    if kind is NameKind.COMPANION:
        return IgnoredMember(name, Note("companion", f'"{shown}" is not needed; it was left out.'), False)
    if kind is NameKind.IMAGE:
        return IgnoredMember(
            name, Note("no-xml-beside", f'"{shown}" is an image without a patent XML; it was ignored.'), True
        )
    return IgnoredMember(name, Note("stray", f'"{shown}" does not belong in a delivery; it was ignored.'), True)


def _require_no_file_as_folder(entries: Sequence[Entry], archives: Mapping[str, Entry]) -> None:
    """Raise DeliveryError when an archive "a.zip" stands beside an entry "a.zip/b": two members would share a name."""
    suspects = Counter(
        name for name in (entry.name.lower() for entry in entries) if any(f"{end}/" in name for end in ARCHIVE_SUFFIXES)
    )
    if not suspects:
        return
    lowered = {name.lower() for name in archives}
    for name in suspects:
        parts = name.split("/")
        if any("/".join(parts[:count]) in lowered for count in range(1, len(parts))):
            raise DeliveryError(
                "unsafe-name", f'"{shown_name(name)}" has a file in place of its folder. Rename one of them.'
            )
