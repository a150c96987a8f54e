"""Words of the trade with figures: what makes a line that is not understood an error, and never prose.

The words are wide on purpose: a sentence that is taken for a layer is asked about, a layer that is taken for a sentence
is a wrong total.
"""

from __future__ import annotations

import re
from functools import lru_cache

from archdsl.notations.listing.spelled import number_of

_WORDS = """
ffn width depth tokens? dims? again times mal fois veces volte раз units? nodes? heads? cells? maps? groups? pad
padd(?:ed|ing) fc mlps? cnns? dense(?:ly)? norm lrn bn mish elu selu gru rnns? fully hidden outputs? inputs?
stages? stem gates? skip tower fmaps? neck glu window logits? strid kern[en]? köpfe zweige? polsterung zellen?
dicht knoten blocs? unités? nœuds? noeuds? noyau têtes? canal canaux cartes? sorties? entrées? dense capas?
nodos? cabezas? atajos? mapas? ramas? paso celdas? camadas? nós? ramos? saídas? saidas? passo strat[oi]
livell[oi] unità nod[oi] filtr[oi] nucle[oi] test[ae] canal[ei] mapp[ae] uscit[ae] ingress[oi] ram[oi] blocc\\w+
nöron\\w* katman\\w* saltos? mbconv\\w* fire multihead dwconv resize crop unpool\\w*
сло[йяёеюи] сло[её]в слоями? ядр\\w* ядер голов\\w* карт\\w* вход\\w* выход\\w* окн[оа]
""".split()
_STEMS = """
compress latent reduction dimension repeat stack copies wiederhol répét repet ripet повтор block layer
perceptron shortcut residu bottleneck modul stride strid(?:ed)? dilat conv deconv fully linear affine
feedforward embed dropout droppath batchnorm layernorm softmax softplus sigmoid tanh gelu silu swish encod decod
transformer lstm recurrent branch expert capsul patch upsampl downsampl sub-?sampl concat flatten reshap squeeze
expansion growth cardinality classifier backbone highway inception receptive maxout bidirectional normali[sz]
blöcke ausg[aä][bn] eingab versteckt verdeckt vollständig vollver aktivier fenster schrittweite rekurrent
einbettung couche noyaux raccourci résid cachée connecté branche fenêtre récurrent bloque núcleo oculta densa
conectad ventana recurrent salida entrada convoluc bloco núcleos cabeça atalho escondid scorciato nascost
conness convoluz блок нейрон узл узел фильтр канал св[её]рт скрыт полносвяз плотн остаточн ветв активац пулинг
подвыборк рекуррент эмбеддинг внимани aufmerksam mehrkopf abtast unterabtast agrupa échantillonn sous-échant
sottocampion campionament submuestre subamostr atenci atenç attenzion darknet mbconv sepconv separable depthwise
""".split()
_PARTS = """
köpf kopf aufmerksamkeit пулинг conv
shuffle 반복 繰り返 重复 重複
layer neuron neurôni filter filtr kernel channel pool block relu activation
attention schicht einheit kanal kanäle merkmalskarte faltung 층 레이어 블록 블럭 유닛 뉴런 노드 필터 커널 헤드
채널 특징 특성 합성곱 컨볼루션 콘볼루션 풀링 출력 입력 은닉 연결 결합 밀집 잔차 분기 활성화 윈도우 스트라이드
패딩 임베딩 드롭아웃 숏컷 스킵 어텐션 순환 층 レイヤ ブロック ユニット ニューロン ノード フィルタ カーネル
ヘッド チャンネル チャネル 特徴 畳み込み プーリング 出力 入力 隠れ 結合 残差 分岐 活性化 ストライド パディング
埋め込み ドロップアウト ショートカット スキップ 層 层 块 塊 单元 單元 神经元 神經元 节点 節點 滤波器 濾波器 核
头 頭 通道 特征 卷积 卷積 池化 输出 輸出 输入 輸入 隐藏 隱藏 连接 連接 稠密 密集 残差 殘差 捷径 分支 激活 步长
步幅 填充 嵌入
""".split()
_STRUCTURE = """
residual\\w* shortcuts? skip bottlenecks? highway squeeze excit\\w* branch(?:es)? parallel siamese shared tied
bidirectional adaptive recurrent gated causal masked deformable octave stochastic fractional inverted densely
atrous pyramid sub-?pixel dense-?block rest\\w*block abkürzung zweige? parallele? geteilte?n? résiduel\\w*
raccourcis? branches partagée?s? residual(?:es)? atajos? ramas? compartid[ao]s? resíduo atalhos? ramos? residuo
scorciatoi[ae] остаточн\\w+ ветв\\w+ параллельн\\w+
""".split()
_STRUCTURE_SIGNS = (
    "잔차 숏컷 스킵 병목 분기 병렬 残差 殘差 ショートカット スキップ 分岐 並列 捷径 分支 并行 瓶颈".split()
)
_COUNTERS = "개|층|번|블록|레이어|유닛|つ|個|层|層|枚|块|个|組|组|段|本|次|回|倍"
_IS_TRADE = re.compile(rf"(?:{'|'.join(_WORDS)})|(?:{'|'.join(_STEMS)}).*|.*(?:{'|'.join(_PARTS)}).*", re.IGNORECASE)
_COUNTED = re.compile(
    rf"[二三四五六七八九十百千两兩]+\s?(?:{_COUNTERS})|(?:두|세|네|다섯|여섯|일곱|여덟|아홉|열)\s?(?:{_COUNTERS})"
)
_IS_STRUCTURE = re.compile(f"(?:{'|'.join(_STRUCTURE)})|.*(?:{'|'.join(_STRUCTURE_SIGNS)}).*", re.IGNORECASE)
_FEED = re.compile(r"feed[ -]forward", re.IGNORECASE)
_COMPACT = re.compile(r"(?<!\w)(?:\d+C\d+(?![a-z])|[CPF]\(\d|\d+(?:\s?[-–]\s?\d+){2,})", re.IGNORECASE)  # 32C3-MP2
_SHORT = re.compile(
    r"(?<!\w)(?:SE|MBConv[0-9]*)[ (-]{1,2}[0-9]|^\W*ip[0-9]*\s*[:=]\s*[0-9]"
)  # names of papers and of Caffe
_LETTERS = re.compile(r"[^\W\d_]+")
_LONGEST = 40  # letters of a word
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_ELSEWHERE = re.compile(  # addresses, pictures, attributes of tags, dates, references
    r"https?://\S+|!\[[^\]\n]*\]\([^)\n]*\)|\]\([^)\n]*\)|\S+\.(?:png|jpe?g|svg|gif|pdf|html?|ipynb|py|pth?)\b|<[a-z/!][^<>\n]*>"
    r"|\\(?:label|ref|cite[pt]?|includegraphics)\b(?:\[[^\]\n]*\])?\{[^}\n]*\}|\b\d{4}-\d{1,2}-\d{1,2}\b|\b\d{1,2}:\d{2}\b",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"(?:\b(?:tables?|fig(?:ures?|\.)?|sec(?:tions?|\.)?|slides?|lectures?|chapters?|ch\.|eq(?:uations?|\.)?|pages?|p\.|parts?|listing|algorithm"
    r"|appendix|weeks?|days?|version|v|no\.|nr\.|vorlesung|folie|kapitel|abb(?:ildung|\.)?|tab(?:elle|\.)?|leçon|tableau|lección|tabla|figura"
    r"|tabela|tabella|aula|lezione|таблица|рис(?:унок|\.)?|лекция)|그림|표|図|表|图|圖)\s*\(?$",
    re.IGNORECASE,
)
_TRAINING = re.compile(
    r"\b(?:lr|learning[ _-]rate|momentum|(?:weight[ _-])?decay|eps(?:ilon)?|beta\d?|epochs?|batch(?:[ _-]size)?"
    r"|seed|iterations?|accuracy|error|lernrate|fehler|genauigkeit)\W{0,4}(?:of|is|von|de|di)?\W{0,3}$",
    re.IGNORECASE,
)
_OTHER_UNITS = re.compile(
    r"\s*-?(?:epochs?|epochen|époques|iterations?|GPUs?|TPUs?|images?|bilder|samples?|examples?|minutes?|minuten|hours?|stunden|days?|tage"
    r"|sec(?:onds?)?|ms|fps|[kmgt]i?b|x\s+(?:faster|smaller|fewer|larger)|times\s+(?:faster|smaller|fewer|larger|more)|runs?|seeds?|authors?"
    r"|pages?|papers?"
    r"|data ?sets?|(?:mini-?)?batch(?:es)?|cores?|years?|jahre|[%°€]|번째|層目|年|년|г\.|год)(?![^\W\d_])",
    re.IGNORECASE,
)
_NAMED = re.compile(r"([^\W\d_]+)[-_–]?$")
_ORDINAL = re.compile(r"(?:st|nd|rd|th|e|er|ème|[ºªª])(?![^\W\d_])", re.IGNORECASE)
_AXES = re.compile(r"-?d(?![^\W\d_])", re.IGNORECASE)
_YEAR = re.compile(r"19[4-9]\d|20[0-3]\d")
_NUMBERED = re.compile(r"\d+(?:\.\d+)+\.?\s+[^\W\d]")
_FIRST_SIGN = "\u2e80"  # of Chinese, Japanese and Korean
_NEAR = 40  # letters before and after a figure that may say what it is of
_FEW = 2  # digits of a label: conv12


def speaks_of_layers(text: str, start: int, end: int) -> bool:
    """Whether a line names what only networks have, and says how many or how large: `residual block, 64 filters`."""
    line = text[start:end]
    line = _FEED.sub("feedforward", line)
    if _SHORT.search(line):
        return True
    if not any(map(is_trade, _LETTERS.findall(line))) and not _COMPACT.search(line):
        return False
    line = _ELSEWHERE.sub(lambda found: " " * len(found.group()), line).replace("due to", "")
    if _COMPACT.search(line):
        return True
    words = _LETTERS.findall(line)
    if not any(map(is_trade, words)):
        return False
    if any(number_of(word) is not None for word in words) or _COUNTED.search(line):
        return True
    return any(not is_of_something_else(line, *found.span()) for found in _DIGITS.finditer(line))


@lru_cache(maxsize=1 << 14)
def is_trade(word: str) -> bool:
    """Whether a word without digits names a part of networks."""
    return len(word) <= _LONGEST and _IS_TRADE.fullmatch(word) is not None


@lru_cache(maxsize=1 << 14)
def is_structure(word: str) -> bool:
    """Whether a word says how layers are connected, which the figures of one layer do not: residual, shortcut."""
    return len(word) <= _LONGEST and _IS_STRUCTURE.fullmatch(word) is not None


def is_of_something_else(line: str, start: int, end: int) -> bool:
    """Whether digits count no part of a network: those of names, years, references and of training."""
    before, behind, digits = line[max(0, start - _NEAR) : start], line[end : end + _NEAR], line[start:end]
    named = _NAMED.search(before)
    if named is not None and named.end() == len(before):
        return not _is_beside_name(behind) and _is_a_name(named, before, digits)
    if (
        before[-1:] in ("#", "§", "第")
        or _OTHER_UNITS.match(behind)
        or _ORDINAL.match(behind)
        or _REFERENCE.search(before)
        or _TRAINING.search(before)
    ):
        return True
    if _AXES.match(behind) and len(digits) == 1:  # 2D
        return True
    if start == 0 and _NUMBERED.match(line):
        return True
    return _YEAR.fullmatch(digits) is not None and not _is_beside_trade(before, behind)


def _is_beside_name(behind: str) -> bool:
    """Whether a name goes on with a word of the trade: residual_block_64_filters."""
    word = _LETTERS.match(behind, 1)
    return behind[:1] in ("_", "-") and word is not None and is_trade(word.group())


def _is_a_name(named: re.Match[str], before: str, digits: str) -> bool:
    """Whether digits belong to a name, as in ResNet-50, conv12 and C3; not in k3, units-64, 3x3."""
    word = named[1]
    if word in ("x", "×") and before[: named.start()].rstrip()[-1:].isdigit():
        return True  # the first number of 3x3 is known already
    if word[-1] >= _FIRST_SIGN:  # no blank stands between words and figures there
        return False
    if len(word) == 1:
        return not word.islower()
    return not is_trade(word) or len(digits) <= _FEW


def _is_beside_trade(before: str, behind: str) -> bool:
    """Whether the word before or after a number is one of the trade: `2048 units`, and not `Inception (2014)`."""
    if before.rstrip()[-1:] in ("(", "[", ",") and behind.lstrip()[:1] in (")", "]"):
        return False
    words = [*_LETTERS.findall(before)[-1:], *_LETTERS.findall(behind)[:1]]
    return any(map(is_trade, words))
