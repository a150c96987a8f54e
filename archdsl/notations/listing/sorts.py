"""Words that change what a layer is: `transposed convolution`, `pooling, type=avg`; and words that change nothing.

A word right before the name of a layer says what sort it is of. One that is neither known to change the layer nor known
to be harmless is an error, since a sort that is not known would be taken for the plain one.
"""

from __future__ import annotations

import re
from functools import lru_cache

from archdsl.notations.listing.entry import FAMILIES, ListedLayer
from archdsl.notations.listing.line import Head, Item, is_a
from archdsl.notations.listing.parts import Unclear, place_of
from archdsl.notations.listing.spelled import number_of
from archdsl.notations.listing.trade import is_structure, is_trade
from archdsl.syntax.tree import Token

HINT = "remove the word if it changes nothing; if it does, convert the rest, and write this layer in the spec"
_AVERAGE = re.compile(
    r"(?:average|avg|averag\w+|mean|durchschnitt\w*|mittelwert\w*|mittel|gemittelt\w*|moyenn?e?s?|promedio|promediad\w+|medi[oa]"
    r"|médi[oa]|средн\w+|усредн\w+)|.*(?:平均|평균).*",
    re.IGNORECASE,
)
_MAXIMUM = re.compile(
    r"(?:max|maxi\w*|máxim[oa]|massim[oa]|maxim[oa]|größte\w*|максим\w+|макс)|.*(?:最大|최대|맥스|マックス).*",
    re.IGNORECASE,
)
_OTHER_POOLS = re.compile(
    r"(?:sums?|summe|somme|suma|soma|somma|сумм\w*|min|minim\w*|mínim[oa]|минимум\w*|минимальн\w+|lp|l[0-9]|median\w*"
    r"|médian\w*|stochasti\w*|fractional|attenti\w+|gewichtet\w*|pyramid\w*|roi|adapti\w*|unpool\w*|generali[sz]ed|gem"
    r"|covariance|bilinear\w*|logsumexp|wavelet\w*)|.*(?:求和|総和|합계|最小|최소|加权|加重|随机|確率|중앙|中央).*",
    re.IGNORECASE,
)
_OTHER_LAYERS = re.compile(  # of convolutions and fully connected layers, wherever they stand
    r"(?:transpos\w*|transponier\w*|traspuest\w*|transpuest\w*|traspost\w*|separab\w*|séparab\w*|separier\w*|depth[-_]?wise"
    r"|profondeur|tiefenweise\w*|profundidad\w*|profondità|group(?:ed|wise)|gruppiert\w*|groupée?s?|agrupad[oa]s?"
    r"|raggruppat[oae]|deform[ai]\w*|déform\w*|equivariant\w*|submanifold|quanti[sz]\w*|factori[sz]ed"
    r"|транспонированн\w*|разделим\w*|сепараб\w*|поканальн\w*|группов\w*|сгруппированн\w*)"
    r"|.*(?:转置|轉置|転置|전치|可分离|可分離|분리|分组|分組|グループ化|深度方向|反卷积|可变形|変形可能|변형).*",
    re.IGNORECASE,
)
_BESIDE = re.compile(  # words of which the sort is said only where they stand right at the name, or between signs
    r"(?:graph|graf[oi]|graphe\w*|графов\w*|partial|partiell\w*|parcial\w*|parzial\w*|частичн\w*|binary|binär\w*|binair\w*"
    r"|binari\w*|бинарн\w*|ternary|complex|komplex\w*|complexe|complej[oa]|compless[oa]|комплексн\w*|spectral\w*|spektral\w*"
    r"|espectral|спектральн\w*|sparse|spars\w*|dispers[oa]|dynami\w*|dinámic[oa]|conditional|involution|steerable|spherical"
    r"|hyperbolic|gated|masked|causal\w*|kausal\w*|octave|ghost|shift|shifted|shared|partagée?s?|geteilt\w*|compartid[oa]"
    r"|local(?:ly|e|es)?|lokal\w*|circular|fourier|fft|gabor|capsul\w*|inverse|inverted|invers\w*|обратн\w*|backward"
    r"|bayesian|variational|stochastic|probabilistic|noisy|coord|mixed|selective|heterogeneous|asymmetric\w*|fused|atrous"
    r"|recurrent|rekurrent\w*|récurrente?|recurrente|temporal|spatiotemporal|pyramid\w*|adder|central|rotated|tensor"
    r"|weighted|spatial|rank|ranked|region|soft|power|log|strip|norm|low|rank|глубинн\w*)"
    r"|.*(?:图|グラフ|그래프|部分|부분|二值|二値|이진|复数|複素|복소|逆|分离|分離|深度).*",
    re.IGNORECASE,
)
_HARMLESS = frozenset(
    """a an the this that these those its our my your their each every all any some one no both another other others
    next then now first second third fourth fifth sixth seventh eighth ninth tenth last final initial new same
    single only just also plus and or of in is are was be by with for to from as at on into after before via using
    use uses used apply applies applied applying add adds added adding have has had having we you it they i let take
    takes follow follows followed following comes come goes through put stack stacked gives give standard simple
    simplest normal regular plain ordinary usual typical classic classical basic common vanilla traditional
    conventional main extra additional optional further subsequent previous preceding current single input hidden
    intermediate top bottom upper lower big bigger large larger largest small smaller smallest tiny wide wider
    narrow deep deeper thin thick square overlapping nonoverlapping overlapped linear nonlinear trainable learnable
    learned scaled final finally lastly firstly secondly begin begins start starts end ends there here which where
    when so thus hence e g i ie eg etc type kind layer layers name named called op operation stage level step part d
    pre post valid full strided dilated pointwise point scalar batch dense fully connected conv pool max relu
    activation output block unstrided unpadded padded biased unbiased convolutional pooling fc feature features
    image images hidden-layer encoder decoder head stem body backbone classifier ein eine einen einem einer eines
    der die das den dem des dann danach darauf folgt folgen kommt wird mit und oder von zu im in auf nach vor als
    noch weitere weiterer weiteres zweite zweiter zweites dritte dritter drittes vierte erste erster erstes letzte
    letzter letztes nächste normale normaler einfache einfacher gewöhnliche übliche große kleine jede jeder jedes
    alle eingabe ausgabe versteckte verdeckte abschließend zuerst zuletzt schließlich un une le la les du de des l d
    puis ensuite avec et ou en par sur couche couches première premier deuxième seconde troisième dernière dernier
    suivante suivant autre nouvelle simple classique chaque uno unos unas el los las lo luego después con y o por
    capa capas primera primer segunda segundo tercera última último siguiente otra otro nueva cada sencilla clásica
    um uma o os as do da dos das depois em com e ou por camada camadas primeira primeiro segunda terceira última
    seguinte outra nova cada il gli i di del della poi quindi con e o strato strati primo prima secondo seconda
    terzo ultimo successivo altro ogni semplice и или с со из в на затем потом далее слой слои первый первая второй
    вторая третий третья последний последняя следующий следующая обычная обычный простая простой
    의 및 와 과 그리고 다음 첫 번째
    두 세 마지막 は が の と 次 最後 最初 第 层 層 個 个 次の 最初の 最後の 然后 接着 最后 第一 第二""".split()
)
_SIGNS = ("SEP", "OPENING", "CLOSING", "COLON", "ARROW", "BREAK")
_BLANKS = " \t-_*`'\"$"


def hold(entry: ListedLayer) -> None:
    """Make a layer of the sort that the words of its line say; raises Unclear for one that listings do not have."""
    for word in entry.words:
        _sort(entry, word)


def unknown(text: str, found: list[Item]) -> Token | None:
    """The first word of a line that makes a layer one of a sort that is not known."""
    for at, item in enumerate(found):
        if not isinstance(item, Head):
            continue
        before = found[at - 1] if at else None
        behind = found[at + 1] if at + 1 < len(found) else None
        if isinstance(before, Token) and _is_right_at(text, before, item):
            other_norm = item.kind == "NORM" and is_a(before, "WEIGHTS", "GROUPS")
            if other_norm or (before.type == "OTHER" and not _is_plain(before, item)):
                return before
        right = isinstance(behind, Token) and behind.type == "OTHER" and _is_right_at(text, item, behind)
        if right and isinstance(behind, Token) and _BESIDE.fullmatch(behind.text):
            return behind
    return _alone(found)


def changed(found: list[Item]) -> Token | None:
    """The word that makes the pool of a line without figures another: `pooling with sum`."""
    pool = any(isinstance(item, Head) and FAMILIES.get(item.kind) == "pool" for item in found)
    words = [item for item in found if isinstance(item, Token) and item.type == "OTHER"]
    return next((word for word in words if pool and _OTHER_POOLS.fullmatch(word.text)), None)


def _is_right_at(text: str, first: Item, second: Item) -> bool:
    """Whether a word and the name of a layer stand beside each other."""
    return not text[first.end : second.start].strip(_BLANKS)


def _alone(found: list[Item]) -> Token | None:
    """`conv 5x5, 20 filters, graph`: a word between signs, or at the end, after a layer."""
    begun = False
    for before, item, behind in zip([None, *found], found, [*found[1:], None], strict=False):
        begun = begun or isinstance(item, Head)
        if not begun or not isinstance(item, Token) or item.type != "OTHER":
            continue
        apart = is_a(before, *_SIGNS) and (behind is None or is_a(behind, *_SIGNS))  # type: ignore[arg-type]
        if apart and _BESIDE.fullmatch(item.text):
            return item
    return None


def _is_plain(word: Token, head: Head) -> bool:
    """Whether a word before a layer leaves it as it is, or is found wherever it stands."""
    everywhere = FAMILIES.get(head.kind) in ("conv", "dense") and _OTHER_LAYERS.fullmatch(word.text) is not None
    return everywhere or _says_nothing(word.text.lower())


@lru_cache(maxsize=1 << 12)
def _says_nothing(word: str) -> bool:
    """Whether a word before a layer leaves it as it is; those that change it are found wherever they stand."""
    if word in _HARMLESS or not word.isalpha() or len(word) == 1 or number_of(word) is not None:
        return True
    return is_trade(word) or is_structure(word) or word.endswith(_RELATIVE)


_RELATIVE = ("th", "ly")  # the eighth layer; directly


def _sort(entry: ListedLayer, word: Token) -> None:
    text = word.text
    if entry.family == "pool":
        if _AVERAGE.fullmatch(text):
            _take(entry, word, "average")
        elif _MAXIMUM.fullmatch(text):
            _take(entry, word, "max")
        elif _OTHER_POOLS.fullmatch(text):
            raise _unknown(word)
    elif entry.family in ("conv", "dense") and _OTHER_LAYERS.fullmatch(text):
        grouped = text.lower() in ("grouped", "groupwise", "gruppierte", "groupée") and "groups" in entry.facts
        if not grouped:
            raise _unknown(word)


def _take(entry: ListedLayer, word: Token, sort: str) -> None:
    """Make a pool the one that a word says; raises Unclear where it is another already."""
    kinds = {"average": ("AVGPOOL", "GLOBALAVGPOOL"), "max": ("MAXPOOL", "GLOBALMAXPOOL")}[sort]
    if entry.kind in kinds:
        return
    if entry.kind not in ("POOL", "P_LABEL"):
        raise Unclear(
            f"{word.text!r} contradicts the kind of pool in this layer's name", place_of(word), "keep one of the two"
        )
    entry.kind = kinds[0]


def _unknown(word: Token) -> Unclear:
    return Unclear(message(word), place_of(word), HINT)


def message(word: Token) -> str:
    return f"{word.text!r} makes this a kind of layer that listings cannot have"
