"""Sentence templates of patents in English, German and French, with articles, cases and verbs.

A template has slots: {a.The}, {b.dat}, {c.de}; the letter stands for a part, the word for its grammatical form.
"""

from __future__ import annotations

from collections.abc import Mapping

from sample.kinds.model import Term

LANGUAGES = ("en", "de", "fr")

_GERMAN = {
    "nom": {"m": "der", "f": "die", "n": "das"},
    "dat": {"m": "dem", "f": "der", "n": "dem"},
    "acc": {"m": "den", "f": "die", "n": "das"},
    "ein": {"m": "ein", "f": "eine", "n": "ein"},
    "eind": {"m": "einem", "f": "einer", "n": "einem"},
    "eina": {"m": "einen", "f": "eine", "n": "ein"},
}
_FRENCH = {
    "le": {"m": "le ", "f": "la ", "l": "l'"},
    "de": {"m": "du ", "f": "de la ", "l": "de l'"},
    "à": {"m": "au ", "f": "à la ", "l": "à l'"},
    "un": {"m": "un ", "f": "une ", "l": ""},
    "d'un": {"m": "d'un ", "f": "d'une ", "l": ""},
}
_VOWELS = "aeéèêiouyh"


def phrase(term: Term, form: str, language: str) -> str:
    """A noun with its article: "the wheel", "dem Rad", "de la roue". A form with a capital starts a sentence.

    "bare" is the noun alone. An unknown form raises KeyError.
    """
    lower = form[0].lower() + form[1:]
    word = term.word(language)
    if lower == "bare":
        text = word
    elif language == "en":
        article = {"the": "the", "a": "an" if word[0] in "aeiou" else "a"}[lower]
        text = f"{article} {word}"
    elif language == "de":
        text = f"{_GERMAN[lower][term.de_gender]} {word}"
        if lower in ("nom", "acc", "dat") and " " in word:
            text = f"{_GERMAN[lower][term.de_gender]} {_weak(word, lower, term.de_gender)}"
        elif lower == "eind" and " " in word:
            text = f"{_GERMAN[lower][term.de_gender]} {_weak(word, 'dat', term.de_gender)}"
        elif lower == "eina" and " " in word:
            text = f"{_GERMAN[lower][term.de_gender]} {_weak(word, 'acc', term.de_gender, mixed=True)}"
    else:
        table = _FRENCH[lower]
        elided = word[0].lower() in _VOWELS and table["l"]
        text = f"{table['l'] if elided else table[term.fr_gender]}{word}"
    return text[0].upper() + text[1:] if form[0].isupper() else text


def _weak(word: str, case: str, gender: str, *, mixed: bool = False) -> str:
    """ "erster Lüfter" after a definite article: "erste Lüfter", "ersten Lüfter"."""
    adjective, noun = word.split(" ", 1)
    stem = adjective.removesuffix("er").removesuffix("es") if gender != "f" else adjective.removesuffix("e")
    if case == "dat" or (case == "acc" and gender == "m"):
        return f"{stem}en {noun}"
    return f"{adjective} {noun}" if mixed else f"{stem}e {noun}"


VERBS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "en": {
        "connected": ("{a.The} is connected to {b.the}.", "{a.The} and {b.the} are connected to each other."),
        "fixed": ("{a.The} is fixed to {b.the} by screws.", "{a.The} is mounted on {b.the}."),
        "held": ("{a.The} is held in {b.the}.", "{b.The} receives {a.the}."),
        "hinged": ("{a.The} is hinged to {b.the}.", "{a.The} is pivotably arranged on {b.the}."),
        "drives": ("{a.The} drives {b.the}.", "{b.The} is driven by {a.the}."),
        "raises": ("{a.The} raises and lowers {b.the}.",),
        "supports": ("{a.The} supports {b.the}.", "{b.The} rests on {a.the}."),
        "surrounds": ("{a.The} surrounds {b.the}.", "{b.The} is surrounded by {a.the}."),
        "covers": ("{a.The} covers {b.the}.", "{b.The} is arranged below {a.the}."),
        "contains": ("{a.The} contains {b.the}.", "{b.The} is accommodated in {a.the}."),
        "seals": ("{a.The} seals {b.the} against the outside.",),
        "presses": ("{a.The} presses against {b.the}.",),
        "supplies": ("{a.The} supplies {b.the}.", "{b.The} is supplied by {a.the}."),
        "follows": ("{a.The} follows {b.the}.", "{b.The} is followed by {a.the}."),
        "exceeds": ("{a.The} exceeds {b.the} for a short time.",),
        "reaches": ("{a.The} finally reaches {b.the}.",),
        "touches": ("{a.The} passes through {b.the}.",),
        "bounds": ("{a.The} bounds {b.the}.",),
        "guides": ("{a.The} guides {b.the}.", "{b.The} is guided by {a.the}."),
    },
    "de": {
        "connected": ("{a.Nom} ist mit {b.dat} verbunden.", "{a.Nom} steht mit {b.dat} in Verbindung."),
        "fixed": ("{a.Nom} ist an {b.dat} befestigt.", "{a.Nom} ist auf {b.dat} montiert."),
        "held": ("{a.Nom} ist in {b.dat} gehalten.", "{b.Nom} nimmt {a.acc} auf."),
        "hinged": ("{a.Nom} ist an {b.dat} angelenkt.", "{a.Nom} ist schwenkbar an {b.dat} angeordnet."),
        "drives": ("{a.Nom} treibt {b.acc} an.", "{b.Nom} wird von {a.dat} angetrieben."),
        "raises": ("{a.Nom} hebt und senkt {b.acc}.",),
        "supports": ("{a.Nom} trägt {b.acc}.", "{b.Nom} stützt sich auf {a.dat} ab."),
        "surrounds": ("{a.Nom} umgibt {b.acc}.", "{b.Nom} ist von {a.dat} umgeben."),
        "covers": ("{a.Nom} deckt {b.acc} ab.", "{b.Nom} liegt unter {a.dat}."),
        "contains": ("{a.Nom} enthält {b.acc}.", "{b.Nom} ist in {a.dat} untergebracht."),
        "seals": ("{a.Nom} dichtet {b.acc} nach außen ab.",),
        "presses": ("{a.Nom} drückt gegen {b.acc}.",),
        "supplies": ("{a.Nom} versorgt {b.acc}.", "{b.Nom} wird von {a.dat} versorgt."),
        "follows": ("{a.Nom} folgt auf {b.acc}.", "Auf {b.acc} folgt {a.nom}."),
        "exceeds": ("{a.Nom} übersteigt {b.acc} kurzzeitig.",),
        "reaches": ("{a.Nom} erreicht schließlich {b.acc}.",),
        "touches": ("{a.Nom} verläuft durch {b.acc}.",),
        "bounds": ("{a.Nom} begrenzt {b.acc}.",),
        "guides": ("{a.Nom} führt {b.acc}.", "{b.Nom} wird von {a.dat} geführt."),
    },
    "fr": {
        "connected": ("{a.Le} communique avec {b.le}.", "{a.Le} coopère avec {b.le}."),
        "fixed": ("On fixe {a.le} par des vis sur {b.le}.", "{b.Le} porte {a.le}."),
        "held": ("{b.Le} reçoit {a.le}.", "{b.Le} maintient {a.le}."),
        "hinged": ("{a.Le} pivote par rapport {b.à}.", "{a.Le} peut tourner autour {b.de}."),
        "drives": ("{a.Le} entraîne {b.le}.",),
        "raises": ("{a.Le} lève et abaisse {b.le}.",),
        "supports": ("{a.Le} supporte {b.le}.", "{b.Le} repose sur {a.le}."),
        "surrounds": ("{a.Le} entoure {b.le}.",),
        "covers": ("{a.Le} recouvre {b.le}.", "{b.Le} se trouve sous {a.le}."),
        "contains": ("{a.Le} contient {b.le}.", "{a.Le} renferme {b.le}."),
        "seals": ("{a.Le} assure l'étanchéité {b.de}.",),
        "presses": ("{a.Le} appuie contre {b.le}.",),
        "supplies": ("{a.Le} alimente {b.le}.",),
        "follows": ("{a.Le} suit {b.le}.", "{b.Le} précède {a.le}."),
        "exceeds": ("{a.Le} dépasse {b.le} pendant un court instant.",),
        "reaches": ("{a.Le} atteint enfin {b.le}.",),
        "touches": ("{a.Le} passe par {b.le}.",),
        "bounds": ("{a.Le} délimite {b.le}.",),
        "guides": ("{a.Le} guide {b.le}.",),
    },
}
"""Language → relation between two parts → sentences."""

LISTS: Mapping[str, tuple[str, ...]] = {
    "en": (
        "{a.The}, {b.the} and {c.the} form a unit that can be replaced as a whole.",
        "Between {a.the} and {b.the} lies {c.the}.",
        "{a.The} is shown together with {b.the}, {c.the} being partly cut away.",
    ),
    "de": (
        "{a.Nom}, {b.nom} und {c.nom} bilden eine Einheit, die als Ganzes ausgetauscht werden kann.",
        "Zwischen {a.dat} und {b.dat} liegt {c.nom}.",
        "Man erkennt ferner {a.acc}, {b.acc} sowie {c.acc}.",
    ),
    "fr": (
        "{a.Le}, {b.le} et {c.le} forment un ensemble interchangeable.",
        "Entre {a.le} et {b.le} se trouve {c.le}.",
        "On distingue en outre {a.le}, {b.le} ainsi que {c.le}.",
    ),
}
"""Sentences about three parts."""

DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "en": (
        "{a.The} has a thickness of # mm.",
        "Preferably, {a.the} is # mm wide and made of steel.",
        "The play of {a.the} amounts to at most # % of its length.",
        "{a.The} withstands a pressure of # bar at # °C.",
        "{a.The} is inclined at an angle of approx. #°, e.g. with respect to the horizontal.",
    ),
    "de": (
        "{a.Nom} hat eine Dicke von # mm.",
        "Vorzugsweise besteht {a.nom} aus Stahl und ist # mm breit.",
        "Das Spiel an {a.dat} beträgt höchstens # % der Länge.",
        "{a.Nom} hält einem Druck von # bar bei # °C stand.",
        "{a.Nom} ist um ca. #° geneigt, z. B. gegenüber der Waagerechten.",
    ),
    "fr": (
        "{a.Le} a une épaisseur de # mm.",
        "De préférence, {a.le} mesure # mm de large.",
        "Le jeu {a.de} est inférieur à # % de la longueur.",
        "{a.Le} résiste à une pression de # bar à # °C.",
        "L'inclinaison {a.de} est d'environ #°.",
    ),
}
"""Sentences with a dimension; # becomes a number that may also be a reference numeral."""

REMARKS: Mapping[str, tuple[str, ...]] = {
    "en": (
        "In practice, # to # cycles per minute have proved advantageous for {a.the}.",
        "Tests with {a.the} were made in 1998 and 2004.",
        "A further development of {a.the} is defined in claim #.",
        "As to {a.the}, a deviation of # % is harmless.",
    ),
    "de": (
        "In der Praxis haben sich # bis # Zyklen pro Minute für {a.acc} bewährt.",
        "Versuche mit {a.dat} wurden 1998 und 2004 durchgeführt.",
        "Eine Weiterbildung ist in Anspruch # angegeben und betrifft {a.acc}.",
        "Bei {a.dat} ist eine Abweichung von # % unschädlich.",
    ),
    "fr": (
        "En pratique, # à # cycles par minute conviennent pour {a.le}.",
        "Des essais avec {a.le} ont eu lieu en 1998 et en 2004.",
        "Un mode de réalisation {a.de} est défini dans la revendication #.",
        "Pour {a.le}, un écart de # % est sans importance.",
    ),
}
"""As DIMENSIONS, but also suitable for steps, curves and signals."""

TEXTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "field": "The invention relates to {a.a}, in particular to {a.a} with {b.a}.",
        "art": "{a.A} of this kind has been known since 1987.",
        "cited": "From @cite it is known to provide {a.a} with # identical elements.",
        "object": "It is an object of the invention to improve {a.a} such that {b.the} costs 5 % less.",
        "drawings": "The invention is explained below with reference to the drawings, in which:",
        "caption": "@fig {show} {a.a} in {view};",
        "caption_variant": "@fig {show} a variant with {v.a} in {view};",
        "intro": "@fig {show} {a.the} in {view}.",
        "intro_with": "@fig {show} {a.a} which has {b.a} and {c.a}.",
        "as_shown": "As can be seen in @fig, {a.the} lies next to {b.the}.",
        "variant": "In the variant according to @fig, {v.a} is provided.",
        "variant_other": "Otherwise, this variant corresponds to that of @fig, so that {a.the} is the same.",
        "formula": "The load on {a.the} results from",
        "formula_after": "where F is the force and A is the area of # mm².",
        "numbered": "Paragraphs [0002] to [0004] apply accordingly to {a.the}.",
        "closing": "The invention is not limited to the embodiments shown.",
        "claim": "{a.A}, comprising {b.a} and {c.a}, characterised in that {d.the} is arranged on {e.the}.",
        "dependent": "{a.A} according to claim @claim, characterised in that {b.the} is adjustable.",
        "abstract": "{a.A} has {b.a} and {c.a}. It is simple to make and saves about 5 % of energy.",
        "headings": "TECHNICAL FIELD|BACKGROUND ART|BRIEF DESCRIPTION OF THE DRAWINGS|DETAILED DESCRIPTION",
        "figures_intro": "@figs {show} {a.the} from different sides.",
    },
    "de": {
        "field": "Die Erfindung betrifft {a.eina}, insbesondere {a.eina} mit {b.eind}.",
        "art": "Seit 1987 ist {a.ein} dieser Art bekannt.",
        "cited": "Aus der @cite ist bekannt, {a.acc} mit # gleichen Elementen zu versehen.",
        "object": "Aufgabe der Erfindung ist es, {a.acc} so zu verbessern, dass {b.nom} 5 % weniger kostet.",
        "drawings": "Die Erfindung wird nachfolgend anhand der Zeichnungen erläutert. Es zeigen:",
        "caption": "@fig {a.eina} in {view};",
        "caption_variant": "@fig eine Variante mit {v.eind} in {view};",
        "intro": "@fig {show} {a.acc} in {view}.",
        "intro_with": "@fig {show} {a.eina} mit {b.eind} und {c.eind}.",
        "as_shown": "Wie in @fig zu sehen ist, liegt {a.nom} neben {b.dat}.",
        "variant": "Bei der Variante nach @fig ist {v.ein} vorgesehen.",
        "variant_other": "Im Übrigen entspricht diese Variante der nach @fig, sodass {a.nom} gleich bleibt.",
        "formula": "Die Belastung an {a.dat} ergibt sich aus",
        "formula_after": "wobei F die Kraft und A die Fläche von # mm² ist.",
        "numbered": "Die Absätze [0002] bis [0004] gelten sinngemäß für {a.acc}.",
        "closing": "Die Erfindung ist nicht auf die gezeigten Ausführungsbeispiele beschränkt.",
        "claim": "{a.Bare} mit {b.eind} und mit {c.eind}, dadurch gekennzeichnet, dass {d.nom} an {e.dat} sitzt.",
        "dependent": "{a.Bare} nach Anspruch @claim, dadurch gekennzeichnet, dass {b.nom} verstellbar ist.",
        "abstract": "{a.Ein} weist {b.eina} und {c.eina} auf. Der Aufbau ist einfach und spart etwa 5 % Energie.",
        "headings": "TECHNISCHES GEBIET|STAND DER TECHNIK|KURZE BESCHREIBUNG DER ZEICHNUNGEN|AUSFÜHRUNGSBEISPIELE",
        "figures_intro": "@figs {show} {a.acc} von verschiedenen Seiten.",
    },
    "fr": {
        "field": "L'invention concerne {a.un}, en particulier {a.un} avec {b.un}.",
        "art": "On connaît depuis 1987 {a.un} de ce type.",
        "cited": "Le document @cite décrit {a.un} avec # éléments identiques.",
        "object": "Le but de l'invention est d'améliorer {a.le} de sorte que {b.le} coûte 5 % de moins.",
        "drawings": "L'invention est expliquée ci-après à l'aide des dessins, dans lesquels :",
        "caption": "la @fig {show} {a.un} {view} ;",
        "caption_variant": "la @fig {show} une variante avec {v.un} {view} ;",
        "intro": "La @fig {show} {a.le} {view}.",
        "intro_with": "La @fig {show} {a.un} avec {b.un} et {c.un}.",
        "as_shown": "Comme on le voit à la @fig, {a.le} est à côté {b.de}.",
        "variant": "Dans la variante selon la @fig, on prévoit {v.un}.",
        "variant_other": "Pour le reste, cette variante correspond à celle de la @fig, et {a.le} reste identique.",
        "formula": "La charge {a.de} résulte de",
        "formula_after": "où F est la force et A est la surface de # mm².",
        "numbered": "Les paragraphes [0002] à [0004] valent aussi pour {a.le}.",
        "closing": "L'invention n'est pas limitée aux modes de réalisation représentés.",
        "claim": "{a.Bare} comprenant {b.un} et {c.un}, caractérisé en ce que {d.le} se trouve sur {e.le}.",
        "dependent": "{a.Bare} selon la revendication @claim, caractérisé en ce que {b.le} est réglable.",
        "abstract": "{a.Un} présente {b.un} et {c.un}. La structure est simple et économise environ 5 % d'énergie.",
        "headings": "DOMAINE TECHNIQUE|ÉTAT DE LA TECHNIQUE|BRÈVE DESCRIPTION DES DESSINS|DESCRIPTION DÉTAILLÉE",
        "figures_intro": "Les @figs {show} {a.le} sous différents angles.",
    },
}

VIEWS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "side": "a side view", "front": "a front view", "top": "a plan view", "section": "a sectional view",
        "exploded": "an exploded view", "detail": "an enlarged detail", "flow": "a flow chart", "graph": "a graph",
        "bars": "a bar chart", "loop": "a characteristic diagram", "block": "a block diagram",
        "circuit": "a circuit diagram", "cross": "a cross-section", "iso": "a perspective view",
    },
    "de": {
        "side": "einer Seitenansicht", "front": "einer Vorderansicht", "top": "einer Draufsicht",
        "section": "einer Schnittansicht", "exploded": "einer Explosionsdarstellung", "detail": "einer Detailansicht",
        "flow": "einem Ablaufdiagramm", "graph": "einem Diagramm", "bars": "einem Balkendiagramm",
        "loop": "einem Kennliniendiagramm", "block": "einem Blockschaltbild", "circuit": "einem Schaltbild",
        "cross": "einem Querschnitt", "iso": "einer perspektivischen Ansicht",
    },
    "fr": {
        "side": "en vue de côté", "front": "en vue de face", "top": "en vue de dessus", "section": "en coupe",
        "exploded": "en vue éclatée", "detail": "en vue de détail", "flow": "sous forme d'organigramme",
        "graph": "sous forme de graphique", "bars": "sous forme d'histogramme", "loop": "sous forme de caractéristique",
        "block": "sous forme de schéma fonctionnel", "circuit": "sous forme de schéma électrique",
        "cross": "en coupe transversale", "iso": "en perspective",
    },
}  # fmt: skip

SHOW: Mapping[str, tuple[str, str]] = {"en": ("shows", "show"), "de": ("zeigt", "zeigen"), "fr": ("montre", "montrent")}
"""Singular and plural."""

FIGURE_WORDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "en": (("FIG. ", "FIGS. "), ("Fig. ", "Figs. "), ("Figure ", "Figures ")),
    "de": (("Fig. ", "Fig. "), ("Figur ", "Figuren "), ("Abb. ", "Abb. ")),
    "fr": (("figure ", "figures "), ("Fig. ", "Fig. ")),
}
"""One figure, several figures."""

RANGE_WORDS: Mapping[str, tuple[str, str]] = {"en": (" to ", " and "), "de": (" bis ", " und "), "fr": (" à ", " et ")}
"""Between the ends of a range, and between two."""

ANSWERS: Mapping[str, tuple[str, str]] = {"en": ("YES", "NO"), "de": ("JA", "NEIN"), "fr": ("OUI", "NON")}
