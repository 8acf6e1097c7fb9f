"""Write the XML of a generated publication by the EPO's ep-patent-document DTD 1.5."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from random import Random
from xml.sax.saxutils import escape, quoteattr

from engine.patents.publication import PublicationNumber, Section
from sample.content import Content, origin_of
from sample.language import LANGUAGES
from sample.sheets import millimetres
from sample.text import CitedPatent, FigureMention, Formula, Piece, Sentence, Sign, TextParagraph

APPLICANTS = (
    ("Muster Maschinenbau AG", "Werkstraße 1", "70001 Musterstadt", "DE"),
    ("Example Engineering Ltd", "1 Sample Road", "Exampleton EX1 2MP", "GB"),
    ("Société Exemple S.A.", "2, rue du Modèle", "69000 Exempleville", "FR"),
    ("Specimen Drives Inc.", "300 Placeholder Avenue", "Springfield", "US"),
    ("Voorbeeld Techniek B.V.", "Proefweg 12", "5600 Voorbeeldstad", "NL"),
    ("見本工業 Mihon Kogyo KK", "1-2-3 Mihon", "Tokyo", "JP"),
)
INVENTORS = (
    "MUSTERMANN, Erika",
    "DOE, Jane",
    "DUPONT, Élodie",
    "NOVÁK, Jan",
    "ROSSI, Maria",
    "ÅBERG, Sören",
    "O'NEIL, Pat",
)
FORMULA_MM = (52, 15)


@dataclass(frozen=True, slots=True)
class Bibliography:
    """The bibliographic data of a generated publication."""

    number: PublicationNumber
    application: str  # in the form of B210
    member: str
    xml_name: str
    titles: Mapping[str, str]
    date: str  # YYYYMMDD
    application_date: str
    priority: tuple[str, str, str]  # number, date, country
    international: tuple[str, str]  # application and publication number of the WO sister, or empty
    ipc: tuple[str, ...]
    applicant: tuple[str, str, str, str]
    inventors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImageFile:
    """A drawing sheet as the XML names it; labels: "3" or "3A,3B"."""

    name: str
    width_px: int
    height_px: int
    labels: str


def bibliography_of(seed: int, position: int, content: Content) -> Bibliography:
    """Bibliographic data with numbers that no office uses: EP9nnnnnn and WO2099nnnnnn (the sister)."""
    origin = origin_of(position)
    serial = (seed % 9) * 100_000 + origin + 1  # so that samples of different seeds can be loaded together
    rng = Random(f"bibliography/{seed}/{origin}")
    year = rng.randint(2003, 2023)
    kind = content.subjects[0].kind
    titles = {language: kind.parts[kind.whole].word(language).upper() for language in LANGUAGES}
    sister, has_sister = position != origin, origin % 5 == 0
    international = (f"EP{year}9{serial % 100_000:05d}", f"WO2099{serial:06d}")
    if sister:
        number, application = PublicationNumber("WO", f"2099{serial:06d}", "A1"), f"EP{year}/9{serial % 100_000:05d}"
        stem = f"WO2099{serial:06d}NWA1"
    else:
        number = PublicationNumber("EP", str(9_000_000 + serial), "A1")
        digits = f"98{serial:06d}"
        application, stem = f"{digits}.{sum(map(int, digits)) % 10}", f"EP{digits}NWA1"
    return Bibliography(
        number=number,
        application=application,
        member=f"DOC/EPNWA1/{stem}.zip",
        xml_name=f"{stem}.xml",
        titles=titles,
        date=f"{year}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}",
        application_date=f"{year - 1}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}",
        priority=(
            f"{year - 2}{rng.randint(100000, 999999)}",
            f"{year - 2}{rng.randint(1, 12):02d}15",
            rng.choice(("DE", "US", "FR")),
        ),
        international=international if has_sister and not sister else ("", ""),
        ipc=kind.ipc,
        applicant=rng.choice(APPLICANTS),
        inventors=tuple(rng.sample(INVENTORS, rng.randint(1, 3))),
    )


def document_xml(
    bibliography: Bibliography,
    language: str,
    paragraphs: Sequence[TextParagraph],
    images: Sequence[ImageFile],
    *,
    rng: Random,
) -> bytes:
    """The publication's XML, UTF-8. Some documents mark reference signs bold, some mark figure references."""
    markup = _Markup(bold=rng.random() < 0.35, figref=rng.random() < 0.5, images=images)
    number = bibliography.number
    version = "1.5.1" if number.country == "EP" else "1.5"  # CPC symbols came with 1.5.1
    dtd = f"ep-patent-document-v{version.replace('.', '-')}"
    root = (
        f'<ep-patent-document id="{number.reference}" file="{bibliography.xml_name}" lang="{language}" '
        f'country="{number.country}" doc-number="{number.doc_number}" kind="{number.kind_code}" '
        f'date-publ="{bibliography.date}" status="n" dtd-version="{dtd}">'
    )
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE ep-patent-document PUBLIC '
        f'"-//EPO//EP PATENT DOCUMENT {version}//EN" "{dtd}.dtd">\n',
        root,
        _sdobi(bibliography, language),
        _abstract(paragraphs, language, markup),
        _description(paragraphs, language, markup),
        _claims(paragraphs, language, markup),
        _drawings(images, language),
        "</ep-patent-document>\n",
    ]
    return "\n".join(parts).replace("\n\n", "\n").encode()


class _Markup:
    """Turns pieces of sentences into XML."""

    def __init__(self, *, bold: bool, figref: bool, images: Sequence[ImageFile]) -> None:
        self.bold = bold
        self.figref = figref
        self.sheet_of = {
            label: f"f{i:04d}" for i, image in enumerate(images, start=1) for label in image.labels.split(",")
        }
        self.citations = count(1)

    def paragraph(self, paragraph: TextParagraph) -> str:
        return " ".join(self.sentence(sentence) for sentence in paragraph.sentences)

    def sentence(self, sentence: Sentence) -> str:
        return "".join(self.piece(piece) for piece in sentence.pieces)

    def piece(self, piece: Piece) -> str:
        if isinstance(piece, str):
            return escape(piece)
        if isinstance(piece, Sign):
            return f"<b>{escape(piece.text)}</b>" if self.bold else escape(piece.text)
        if isinstance(piece, FigureMention):
            sheets = " ".join(dict.fromkeys(self.sheet_of[label] for label in piece.labels))
            return f'<figref idref="{sheets}">{escape(piece.text)}</figref>' if self.figref else escape(piece.text)
        if isinstance(piece, CitedPatent):
            number = next(self.citations)
            return f'<patcit id="pcit{number:04d}" dnum="{piece.reference}"><text>{escape(piece.text)}</text></patcit>'
        return _formula(piece)


def _formula(formula: Formula) -> str:
    width, height = FORMULA_MM
    return (
        f'<maths id="math{formula.number:04d}" num="({formula.number})"><img id="ib{formula.number:04d}" '
        f'file="imgb{formula.number:04d}.tif" wi="{width}" he="{height}" img-content="math" img-format="tif"/></maths>'
    )


def _sdobi(b: Bibliography, language: str) -> str:
    priority_number, priority_date, priority_country = b.priority
    ipcr = "".join(
        f'<classification-ipcr sequence="{i}"><text>{_padded(symbol)}20060101A{"FL"[i > 1]}I{b.date}BHEP        </text>'
        "</classification-ipcr>"
        for i, symbol in enumerate(b.ipc, start=1)
    )
    cpc = "".join(
        f'<classification-cpc sequence="{i}"><text>{_padded(symbol)}20130101 {"FL"[i > 1]}I{b.date}BHEP        </text>'
        "</classification-cpc>"
        for i, symbol in enumerate(b.ipc, start=1)
    )
    with_cpc = b.number.country == "EP"
    b520 = f"<B520EP><classifications-cpc>{cpc}</classifications-cpc></B520EP>" if with_cpc else ""
    titles = "".join(f"<B541>{key}</B541><B542>{escape(b.titles[key])}</B542>" for key in ("de", "en", "fr"))
    name, street, city, country = b.applicant
    applicant = f"<B711><snm>{escape(name)}</snm>{_address(street, city, country)}</B711>"
    inventors = "".join(
        f"<B721><snm>{escape(inventor)}</snm>{_address(street, city, country)}</B721>" for inventor in b.inventors
    )
    international, b800 = b.international, ""
    if international[0]:
        b800 = (
            f"<B860><B861><dnum><anum>{international[0]}</anum></dnum><date>{b.application_date}</date></B861>"
            f"<B862>{language}</B862></B860><B870><B871><dnum><pnum>{international[1]}</pnum></dnum>"
            f"<date>{b.date}</date></B871></B870>"
        )
    return (
        f'<SDOBI lang="{language}"><B100><B110>{b.number.doc_number}</B110><B130>{b.number.kind_code}</B130>'
        f"<B140><date>{b.date}</date></B140><B190>{b.number.country}</B190></B100>"
        f"<B200><B210>{b.application}</B210><B220><date>{b.application_date}</date></B220>"
        f"<B250>{language}</B250><B260>{language}</B260></B200>"
        f"<B300><B310>{priority_number}</B310><B320><date>{priority_date}</date></B320>"
        f"<B330><ctry>{priority_country}</ctry></B330></B300>"
        f"<B400><B430><date>{b.date}</date></B430></B400>"
        f"<B500><B510EP>{ipcr}</B510EP>{b520}"
        f"<B540>{titles}</B540></B500><B700><B710>{applicant}</B710><B720>{inventors}</B720></B700>"
        f"<B800><B840><ctry>DE</ctry><ctry>FR</ctry><ctry>GB</ctry></B840>{b800}</B800></SDOBI>"
    )


def _padded(symbol: str) -> str:
    """ "F04C 2/08" in the fixed columns of ST.8: "F04C   2/08        "."""
    subclass, group = symbol.split(" ")
    main, sub = group.split("/")
    return f"{subclass}{main:>4}/{sub:<10}"


def _address(street: str, city: str, country: str) -> str:
    return f"<adr><str>{escape(street)}</str><city>{escape(city)}</city><ctry>{country}</ctry></adr>"


def _abstract(paragraphs: Sequence[TextParagraph], language: str, markup: _Markup) -> str:
    texts = [markup.paragraph(p) for p in paragraphs if p.section is Section.ABSTRACT]
    body = "".join(f'<p id="pa{i:02d}" num="{i:04d}">{text}</p>' for i, text in enumerate(texts, start=1))
    return f'<abstract id="abst" lang="{language}">{body}</abstract>'


def _description(paragraphs: Sequence[TextParagraph], language: str, markup: _Markup) -> str:
    lines = []
    headings = count(1)
    for paragraph in (p for p in paragraphs if p.section is Section.DESCRIPTION):
        text = markup.paragraph(paragraph)
        if paragraph.heading:
            lines.append(f'<heading id="h{next(headings):04d}">{text}</heading>')
        else:
            lines.append(f'<p id="p{paragraph.number}" num="{paragraph.number}">{text}</p>')
    body = "\n".join(lines)
    return f'<description id="desc" lang="{language}">\n{body}\n</description>'


def _claims(paragraphs: Sequence[TextParagraph], language: str, markup: _Markup) -> str:
    lines = []
    for paragraph in (p for p in paragraphs if p.section is Section.CLAIM):
        number = int(paragraph.number)
        text = f"{number}. {markup.paragraph(paragraph)}"
        lines.append(
            f'<claim id="c-{language}-01-{number:04d}" num="{number:04d}"><claim-text>{text}</claim-text></claim>'
        )
    body = "\n".join(lines)
    return f'<claims id="claims01" lang="{language}">\n{body}\n</claims>'


def _drawings(images: Sequence[ImageFile], language: str) -> str:
    lines = [
        f'<figure id="f{i:04d}" num={quoteattr(image.labels)}><img id="if{i:04d}" file="{image.name}" '
        f'wi="{millimetres(image.width_px)}" he="{millimetres(image.height_px)}" img-content="drawing" '
        'img-format="tif"/></figure>'
        for i, image in enumerate(images, start=1)
    ]
    body = "\n".join(lines)
    return f'<drawings id="draw" lang="{language}">\n{body}\n</drawings>'
