"""Word lists that classify numbers in patent text, in English, German and French.

The lists hold closed word classes (articles, prepositions, units) and set phrases ("according to claim 1");
nouns are learned from each publication instead.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FIGURE_WORDS = (
    r"figures?|figs?|figg|f\s?i\s?g\s?s?|figur(?:en)?|abbildung(?:en)?|abb|abbn|zeichnung(?:en)?|drawings?|planches?|pl"
)
"""Words that a figure label follows; "drawing 3" and "planche 2" are old or French forms."""

PLURAL_FIGURE_WORDS = frozenset(
    {"figures", "figs", "figg", "figuren", "abbildungen", "abbn", "zeichnungen", "drawings", "planches"}
)

# A number after one of these is never a reference sign: it numbers claims, examples, documents or formulas.
HARD_HEADS = _words(
    """
    claim claims anspruch ansprüche ansprüchen anspruchs patentanspruch patentansprüche patentansprüchen
    revendication revendications tabelle tabellen tableau tableaux tab pages seite seiten pg pgs pp col spalte
    spalten zeile zeilen ligne lignes paragraph paragraphs para paras absatz abs alinéa example examples beispiel
    beispiele beispielen exemple exemples embodiment embodiments ausführungsbeispiel ausführungsform
    ausführungsbeispiele ausführungsformen réalisation formula formulas formulae formel formeln formule formules
    equation equations eq eqs gleichung gleichungen équation équations chapter chapitre kapitel patent patents
    patentschrift publication publications ser serial nos nr nrn number numbers nummer nummern numéro numéros n° nº
    id doc druckschrift iso din iec astm ieee rfc jis aisi sae ansi etsi rev revision vol issue edition appendix
    annex anhang annexe since years jahr année seq lemma theorem proposition corollary chem experiment experiments
    experimental versuch schema comparative citation citations ref refs literature examiner windows usb chromosome
    chromosomes exon exons residue residues january february april june july august september october november
    december jan feb apr jun jul aug sept sep oct nov dec januar februar märz mai juni juli oktober dezember janvier
    février avril juin juillet août septembre octobre novembre décembre compound compounds verbindung verbindungen
    composé composés
    """
)

# The same, but these name parts too ("control section 70", "rotary table 12"): a reference only without an article or
# another word of the name before it ("in section 4", "Table 2").
CITED_OR_PART = _words(
    """
    table tables page column columns line lines section sections document documents expression expressions
    version versions volume article scheme note rule reference abschnitt dokument artikel regel band colonne colonnes
    """
)

# "Soft heads": a number after one is often a count ("step 1", "type 2"), but flow charts use them for signs too:
# accepted only when the numbers after the word look like signs.
SOFT_HEADS = _words(
    """
    step steps schritt schritte schritten étape étapes type types typ level levels stage stages phase phases class
    classes klasse category mode modes case cases sample samples test tests item items point points condition conditions
    group groups grade grades option options variant variants day days week weeks period periods generation cycle cycles
    run runs layer-number aspect aspects factor factors index order position positions lot batch series zone-number
    modification modifications method methods comparison solution solutions
    invention problem score rank round times time size value values
    """
)

ORDINALS = _words(
    """
    first second third fourth fifth sixth next last final following preceding previous same other comparative inventive
    erste ersten erster zweite zweiten zweiter dritte dritten nächste nächsten letzte letzten premier première deuxième
    second seconde troisième dernière dernier
    """
)
"""Words before a soft head that make its number a count: "second step 2"."""

# Words that announce a sign: "denoted by reference numeral 12".
SIGN_WORDS = _words(
    """
    numeral numerals sign signs bezugszeichen bezugsziffer bezugsziffern bezugszahl bezugszahlen bezugsnummer repère
    repères repere reperes
    """
)

# Quantities: a number below 100 directly after one is its value.
MEASURE_WORDS = _words(
    """
    temperature pressure length width height depth thickness diameter radius weight mass density speed velocity
    frequency voltage current power amount content concentration ratio percentage rate temperatur druck länge breite
    höhe tiefe dicke durchmesser gewicht masse geschwindigkeit frequenz spannung strom menge gehalt anteil température
    pression longueur largeur hauteur profondeur épaisseur diamètre poids vitesse fréquence tension quantité teneur
    """
)
AMOUNT_WORDS = _words(
    """
    total average maximum minimum approximately about roughly nearly least most than above below under over exceeding
    etwa ca circa mindestens höchstens environ moins plus
    """
)
"""Words that make any number directly after them an amount."""

_ENGLISH_STOP = """
    a an the this that these those each every any some no all both either neither another other others such same said
    its their his her our your it they he she we you which who whose what one ones two three four five six seven eight
    nine ten several many much more most least few less
    and or but nor so yet if then than as while when where wherein whereby because since until unless although though
    whether of in on at by to from with without within into onto upon over under above below between among through
    throughout across along around about against during before after behind beside besides beyond near toward towards
    via per for off out up down like not only also too very just even still already again further thus therefore hence
    however moreover furthermore additionally respectively preferably generally typically here there herein thereof
    thereto therein therefrom hereinafter e.g i.e cf etc approximately roughly nearly
    is are was were be been being am has have had having do does did done can could may might must shall should will
    would comprise comprises comprised comprising include includes included including contain contains contained
    containing consist consists consisting provide provides provided providing receive receives received receiving
    forming show shows shown showing illustrate illustrates illustrated illustrating depict depicts depicted
    depicting denote denotes denoted denoting designate designates designated designating describe describes described
    describing represents represented representing indicate indicates indicated indicating use uses used using
    utilize utilizes utilizing make makes made making allow allows allowing enable enables enabling cause causes causing
    perform performs performed performing connects engages
    extends moves rotates supports sends
    transmits executes generates
    determine determines obtain obtains detects give gives given
    giving take takes taken taking get gets getting become becomes remain remains lie lies lying see refer refers
    referred referring go goes come comes coming called
    namely correspond corresponds corresponding surrounds surrounding
    equal equals let say e ie eg
"""
_GERMAN_STOP = """
    der die das den dem des ein eine einen einem einer eines dieser diese dieses diesem diesen jener jene jenes jeder
    jede jedes jedem jeden welcher welche welches welchem welchen alle allen aller beide beiden beider kein keine keinen
    mehrere mehreren mehrerer einige einigen zwei drei vier fünf sechs sieben acht neun zehn
    und oder aber sowie als wie wenn dass daß ob weil da damit wobei wodurch woran worin indem während bis bzw
    in im an am auf aus bei beim mit nach von vom vor zu zum zur über unter durch für gegen ohne um zwischen neben
    hinter entlang gemäß gem laut je pro ab seit nicht nur auch noch schon sehr dann dort hier so somit also jedoch
    ist sind war waren wird werden wurde wurden worden sein hat haben hatte kann können muss müssen soll sollen
    es er sie man sich seine seiner seinem ihr ihre ihrer ihrem deren dessen umfasst umfaßt aufweist aufweisen weist
    enthält zeigt bildet bilden dient dienen etwa ca circa mindestens höchstens vgl siehe ebenfalls jeweils genannte
    genannten besagte besagten
"""
_FRENCH_STOP = """
    le la les un une ce cet cette ces chaque chacun chacune tout toute tous toutes plusieurs autre autres même mêmes
    ledit ladite lesdits lesdites son sa ses leur leurs deux trois quatre cinq six sept huit neuf dix
    et ou mais donc or ni car que qui dont où si comme lorsque quand puis ainsi alors aussi
    dans sur sous par pour avec sans vers entre chez depuis jusque jusqu selon contre pendant après derrière
    est sont était étaient être été a ont avait avoir peut peuvent doit doivent comprend comprennent comprenant comporte
    comportent comportant présente présentent forme forment reçoit montre représente ne pas plus moins très environ
    il elle ils elles on se nous vous l s n qu voir cf notamment savoir lequel laquelle lesquels lesquelles au aux
"""

STOP_WORDS: dict[str, frozenset[str]] = {
    "en": _words(_ENGLISH_STOP),
    "de": _words(_GERMAN_STOP),
    "fr": _words(_FRENCH_STOP),
}
"""Words that are never in a part's name and end it on the left, by language."""

FRENCH_CONNECTORS = frozenset({"de", "d", "du", "des", "à", "en"})
"""Inside a French name ("élément de liaison"), never at its edge."""

BEFORE_COUNT = _words("and or to than by about between und oder bis als etwa et ou à environ entre x up only just")
"""Words that make the number after them an amount when no sign precedes them ("between 0.1 mm and 1")."""

AFTER_SIGN = _words(
    """
    is are was were has have may can and or to of in on at by from with for as which that is, then includes comprises
    shows denotes designates represents indicates performs receives determines provides also when where while if
    through via into within is bezeichnet ist sind und oder in im an zu mit von der die das wird werden dargestellt et
    ou est sont du de des dans sur par pour avec qui désigne through using between while are
    """
)
"""Words after a number that show it is not a count: "at 12 is shown", but "12 passengers"."""

_UNITS = (
    r"%|‰|°\s?[CFK]?|º\s?[CFK]?|℃|K|mol\s?%|wt\.?\s?%|vol\.?\s?%|at\.?\s?%|ppm|ppb|percent|per\s?cent|Prozent|pour\s?cent"
    r"|degrees?|degs?|Grad|degrés?|(?:k|M|m|µ|μ|n|c|d|h|G)?(?:m|g|l|L|s|A|V|W|N|J|Pa|Hz|F|H|Ω|mol|M|eV|bit|B|S|T|Gy|bar)"
    r"(?:[²³]|\d|\s?/\s?[A-Za-zµ]+\d?)?|mm[²³23]|[µμ]m|nm|inch(?:es)?|feet|foot|ft|mils?|lbs?|oz|psi|rpm|min|mins|sec"
    r"|secs|hrs?|h|kg|kgf|kJ|kWh?|dB[mA]?|Ohms?|ohms?|[VA]DC|[VA]AC|[KMGT]i?[Bb](?:ps|it)?|bits?|bytes?|pixels?|px|dpi"
    r"|fps|Torr|mbar|atm|U/min|seconds?|minutes?|hours?|days?|weeks?|months?|years?|Sekunden?|Minuten?|Stunden?|Tagen?"
    r"|Jahren?|secondes?|heures?|jours?|mois|ans|millimet(?:er|re)s?|centimet(?:er|re)s?|met(?:er|re)s?|microns?"
    r"|micromet(?:er|re)s?|nanomet(?:er|re)s?|grams?|kilograms?|lit(?:er|re)s?|volts?|amperes?|amps?|watts?|newtons?"
    r"|times|fold|mal|fois|parts\s+by|equivalents?|moles?|carbon\s+atoms|cycles|layers\s+of|decibels?|VAC|VDC"
)
UNITS = _UNITS
"""Units as alternatives of a regular expression, which make the number before them a quantity."""
