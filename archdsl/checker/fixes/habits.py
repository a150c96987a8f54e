"""Ways of writing that are not the language's, as patterns on a line, and what is written instead.

Each habit is tried by itself, in this order; a line with several of them is mended step by step.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from archdsl.layers import lookup
from archdsl.sizes.shape import is_channels_first
from archdsl.typed import TypeAlias

Found: TypeAlias = re.Match[str]

SIGNS = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("“”„‟«»", '"'),
        **dict.fromkeys("→⇒⟶↦➔", "->"),
        **dict.fromkeys("←⇐⟵", "<-"),
        **dict.fromkeys("÷∕⁄", "/"),
        **dict.fromkeys("，、", ","),
        **dict.fromkeys("（【", "("),
        **dict.fromkeys("）】", ")"),
        **dict.fromkeys("хΧХ✕✖", "x"),
        **dict.fromkeys("\u00a0\u2002\u2003\u2009\u202f\u3000", " "),
        "：": ":",
        "；": ";",
        "≥": ">=",
        "≤": "<=",
        "≠": "!=",
        "…": "..",
        "∞": "inf",
    }
)


def rewritten(line: str) -> Iterator[str]:
    """The line with each habit that it has written as the language does."""
    signs = line.translate(SIGNS)
    if signs != line:
        yield signs
    for pattern, instead in _HABITS:
        found = pattern.sub(instead, line)
        if found != line:
            yield found


def _joined(found: Found) -> str:
    """`(3, 3)` as 3x3; the batch of a shape, None, is left out."""
    return _sizes(found["sizes"])


def _sizes(text: str) -> str:
    """`32 x 32 x 3`, `32, 32, 3` as 32x32x3; sizes with names as a list where they are no capitals."""
    words = [size for size in re.findall(r"\w+", text) if size not in ("None", "x", "X")]
    if len(words) == 1:
        words = re.split("[x×]", words[0])
    plain = all(word.isdigit() or re.fullmatch(r"[A-Z][A-Z0-9_]*", word) for word in words)
    return "x".join(words) if plain else f"[{', '.join(words)}]"


def _turned(found: Found) -> str:
    """`input (3, 32, 32)`, as PyTorch has an image, with its channels last."""
    sizes = [int(size) for size in re.findall(r"\d+", found["sizes"]) if size != "None"]
    if not is_channels_first(tuple(sizes)):
        return found[0]
    return f"{found['head'].rstrip()} {'x'.join(map(str, (*sizes[1:], sizes[0])))}"


def _input(found: Found) -> str:
    return f"{found['head'].rstrip()} {_sizes(found['sizes'])}"


def _claimed(found: Found) -> str:
    return f" {_sizes(found['sizes'])}"


def _capitals(found: Found) -> str:
    """`hxwx3` as HxWx3: sizes that are symbolic are capitals."""
    sizes = "x".join(size.upper() for size in re.split("[x×]", found["sizes"]))
    return f"{found['head']}{sizes}"


def _layers(found: Found) -> str:
    """`+ BN`, `-> RELU`, `, RELU` as `; RELU`, where a kind follows."""
    kind = lookup(found["kind"])
    return f"; {found['kind'].upper()}" if kind is not None else found[0]


def _moved(found: Found) -> str:
    """`3x3 conv, 64` with its kind first, channels before windows and these before options."""
    kind = lookup(found["kind"])
    if kind is None:
        return found[0]
    words = re.findall(r"[^\s,]+", f"{found['before']} {found['behind']}")
    words.sort(key=lambda word: 0 if word.isdigit() else 1 if word[:1].isdigit() else 2)
    return f"{found['label']}{kind.name} {' '.join(words)}"


def _label(found: Found) -> str:
    """`conv1 CONV 64 3x3` with its colon."""
    return f"{found['before']}{found['name']}: {found['kind']}" if lookup(found["kind"]) is not None else found[0]


def _range(found: Found) -> str:
    """`range(3)`, `range(1, 4)`: the last is one less."""
    first, last = (found[1], found[2]) if found[2] else ("0", found[1])
    return f"{first}..{int(last) - 1}" if last.isdigit() else f"{first}..{last} - 1"


def _named(found: Found) -> str:
    """`x = CONV 64 3x3` as a label, `n = 3` as a value."""
    first = re.match(r"[A-Za-z]\w*", found["value"])
    if first and lookup(first.group()) is not None:
        return f"{found['indent']}{found['name']}: {found['value']}"
    return f"{found['indent']}let {found['name']} = {found['value']}"


def _branch(found: Found) -> str:
    """`RESIDUAL { ... }` as a sum with the input."""
    inner = found["inner"].strip()
    return f"ADD {{ ID; {f'{{ {inner} }}' if ';' in inner else inner} }}"


def _called(found: Found) -> str:
    """`CONV(64, 3x3)` as a line."""
    if lookup(found["kind"]) is None:
        return found[0]
    return " ".join([found["kind"], *re.findall(r"[^,\s]+", found["values"])])


def _power(found: Found) -> str:
    """`2**3` as the number that it is."""
    return str(int(found[1][:4]) ** int(found[2])) if len(found[1]) < 5 else found[0]


def _small(found: Found) -> str:
    return found[0].lower()


def _part(found: Found) -> str:
    """`50%` as 0.5."""
    return f"{float(found[1]) / 100:g}"


def _infinite(found: Found) -> str:
    """`float("-inf")`, `-math.inf` as -inf."""
    return "-inf" if (found["sign"] + (found["inner"] or "")).count("-") == 1 else "inf"


def _letter(found: Found) -> str:
    return f"{found[1]}{found[2].upper()}"


def _close(found: Found) -> str:
    """`4 * d` as `4*d`."""
    return re.sub(r"\s+", "", found[1])


_ANY = r"(?:[A-Za-z]\w*|\d+)"
_END = r"(?=\s|$|;|\})"
_CLOSE = rf"({_ANY}(?:(?://|[-+*/%]){_ANY})+){_END}"
_APART = rf"({_ANY}(?:\s*(?://|[-+*/%])\s*{_ANY})+){_END}"
_COMMAS = r"\w+(?:\s*,\s*\w+)*"
_INPUT = r"(?P<head>\binput\s+(?:\w+\s*:\s*)?)"
_STATEMENT = r"(?:input|output|let|model|block|use|for|if|else|expect|cases|freeze|init)\b"
_TABLE: tuple[tuple[str, str | Callable[[Found], str]], ...] = (
    # comments
    (r"\s(?://|--)(?=[^\n]*[A-Za-z]{3})", " #"),
    # inputs
    (r"^(\s*)(?:INPUTS?|Inputs?|inputs)\b", r"\1input"),
    (r"\binput\s*:\s*(?=[\d(\[])", "input "),
    (r"\binput\s+(?:shape|size)\s*[:=]\s*", "input "),
    (r"\binput\s+(\w+)\s*=\s*(?=[\d\[(])", r"input \1: "),
    (rf"(?P<head>\binput\s*(?:\w+\s*:\s*)?)=?\s*[(\[]\s*(?P<sizes>{_COMMAS})\s*,?\s*[)\]]", _turned),
    (rf"(?P<head>\binput\s*(?:\w+\s*:\s*)?)=?\s*[(\[]\s*(?P<sizes>{_COMMAS})\s*,?\s*[)\]]", _input),
    (rf"{_INPUT}(?P<sizes>\w+(?:\s*[,*]\s*\w+|\s+[x×]\s+\w+)+|\d+(?:\s+\d+)+)", _turned),
    (rf"{_INPUT}(?P<sizes>\w+(?:\s*[,*]\s*\w+|\s+[x×]\s+\w+)+|\d+(?:\s+\d+)+)", _input),
    (r"\binput\s+([A-Za-z_]\w*)\s+(?=[\d\[])", r"input \1: "),
    (r"(\binput\b[^;]*[\d\]A-Z])\s+(?:long|integer|int32|int64|Long|LongTensor)\b", r"\1 int"),
    (r"(\binput\b[^;]*[\d\]A-Z])\s+(?:boolean|Bool|BoolTensor|mask)\b", r"\1 bool"),
    (r"(\binput\b[^;]*[\d\]A-Z])\s+(?:float32|double|half|Float|FloatTensor)\b", r"\1"),
    (r"(\binput\s+\w+\s*:\s*)int\b", r"\g<1>1 int"),
    (rf"{_INPUT}(?P<sizes>(?:[a-z]|\d+)(?:x(?:[a-z]|\d+))+)\b", _capitals),
    # names, values, loops
    (rf"^(?P<indent>\s*)(?!{_STATEMENT})(?P<name>[A-Za-z_]\w*)\s*:?=\s*(?=[\w(\[])(?P<value>.+)$", _named),
    (r"\blet\s+(\w+)\s*(?::=|==|:|(?=\d))\s*", r"let \1 = "),
    (r"\brange\(\s*(\w+)\s*(?:,\s*(\w+)\s*)?\)", _range),
    (r"\b(for\s+\w+\s+in\s+\w+)\s*(?:\bto\b|\.\.\.|:)\s*(?=\w)", r"\1.."),
    (r"\b(for\s+\w+)\s*=\s*(\w+)\s*(?:\.\.|\bto\b|:)\s*(?=\w)", r"\1 in \2.."),
    (r"^(\s*(?:for|if|else)\b[^{:]*?)\s*:\s*([^{}\s][^{}]*?)\s*$", r"\1 { \2 }"),
    (r"^(\s*\}?\s*)(?:elif|elseif|elsif)\b", r"\1else if"),
    (r"(\bif\b[^{=<>!]*?[\w)\]])\s*=(?!=)\s*", r"\1 == "),
    (r"(^|;)(\s*)(?:return|yield)\s+(?=[\w.]+(?:\s*,\s*[\w.]+)*\s*$)", r"\1\2output "),
    (r"(^|;)(\s*)output\s*:\s*(?=[A-Za-z_])", r"\1\2output "),
    (r"^\s*(?:MODEL|BLOCK|OUTPUT|LET|CASES|EXPECT|FREEZE|USE|FOR|IF)\b", _small),
    (r"^(\s*)([A-Za-z]\w*\s[^;{}]*?)\s+as\s+([A-Za-z_]\w*)\s*$", r"\1\3: \2"),
    (r"\s+from\s+([\w.]+(?:\s*,\s*[\w.]+)*)\s*$", r" <- \1"),
    (r"^(\s*for\s+\w+\s+in\s+\S+)\s+([A-Z][^{}]*)$", r"\1 { \2 }"),
    (rf"^(\s*)(?!{_STATEMENT})([A-Za-z_]\w*)\s*<-\s*(?=[A-Z]\w*\b)", r"\1\2: "),
    # repeats
    (r"^(\s*)[(\[]\s*([A-Z][^{}]*?)\s*[)\]]\s*[x*×]\s*(\d+)", r"\1{ \2 } x\3"),
    (r"^(\s*(?:\w+:\s*)?[A-Z]\w*\s[^;{}<>]*[a-z]\w*)\s+\*\s*(\d+)\s*$", r"\1 x\2"),
    (r"^(\s*(?:\w+:\s*)?(?i:upsample\w*)\s+)(\d+)x(?=\s|$)", r"\1\2"),
    (r"^(\s*)(?:repeat|times|loop)\s*\(?(\d+)\)?\s*(\{.*\})", r"\1\3 x\2"),
    (r"^(\s*)(?:repeat|times|loop)\s*\(?(\d+)\)?\s*:\s*([^{}\s][^{}]*?)\s*$", r"\1{ \3 } x\2"),
    (r"^(\s*)(\d+)\s*[x×*]\s*(\{.*\})", r"\1\3 x\2"),
    (r"^(\s*)(\d+)\s*[x×*]\s*([A-Za-z][^{};<>]*?)\s*(?=$|<-|->)", r"\1\3 x\2 "),
    (r"(\})\s*(?:\*|[xX×](?=\s)|X)\s*(\d+)", r"\1 x\2"),
    (r"\b(?:(?i:residual|shortcut|skip|res)(?:_?block)?)\s*\{(?P<inner>[^{}]*)\}", _branch),
    # sizes
    (r"(?<!\w)\(\s*(?P<sizes>(?:None\s*,\s*)?\d+(?:\s*,\s*\d+)*)\s*,?\s*\)", _joined),
    (r"(?<=->)\s*\[\s*(?P<sizes>None\s*,\s*\d+(?:\s*,\s*\d+)*)\s*\]", _claimed),
    (r"\b(\d+|\?)X(?=\d)", r"\1x"),
    (r"(?<!\w)\(\s*(-?\d+(?:\s*,\s*-?\d+)+)\s*\)", r"[\1]"),
    (r"(?<=->)\s*(?:shape|output|size)\s*[:=]?\s*(?=[\d\[(])", " "),
    (r"(?<=->)\s*(?P<sizes>\d+(?:\s*,\s*\d+)+)\s*$", _claimed),
    (r"\b(\d+x\d+)\s*/\s*(\d)(?=\s|$)", r"\1 s\2"),
    (r"(?<=->)\s*(?P<sizes>\w+(?:\s+[x×]\s+\w+)+)", _claimed),
    (r"(?<![\dx×])\b(\d+)(?:\s+[x×]\s+|\s*\*\s*)(?=\d+\b(?![x×]))", r"\1x"),
    (r"(?<=->)\s*(?P<sizes>[A-Za-z0-9?]+(?:[x×][A-Za-z0-9?]+)+)\b", _claimed),
    # numbers
    (r"^([^>]*?)(?<![\d.\w])(\d{1,3}),(\d{3})\b(?![.\d])", r"\1\2\3"),
    (r"(?<![\w.])(\d+(?:\.\d+)?)\s*%", _part),
    (r"(?<![\w.])\.(?=\d)", "0."),
    (r"(?<=\d)_(?=\d)", ""),
    (
        r"(?P<sign>-?)(?<![\w.])(?:float\(\s*([\"'])(?P<inner>[-+]?)(?i:inf(?:inity)?)\2\s*\)"
        r"|(?:math|np|numpy|torch)\.inf\b|(?i:infinity)\b|(?:INF|Inf)\b)",
        _infinite,
    ),
    (r"\b(\d+)\s*(?:\*\*|\^)\s*(\d)\b", _power),
    (r"(?<=[=(])(\s*)(\d+)([A-Za-wyz]\w*)\b", r"\1\2*\3"),
    (r"(?<=\s)(\d+)([a-wyz]\w*)(?=\s|$)", r"(\1*\2)"),
    (r"\b(\d+(?:\.\d+)?)\s+([KMGTB])\b(?=\s+[a-z])", r"\1\2"),
    (r"\b(\d+(?:\.\d+)?)([kmgb])\b(?=\s+[a-z])", _letter),
    (r"'([^'\"]*)'", r'"\1"'),
    # layers on one line
    (r"\s*(?:\+|\||=>|->|>>|,|&)\s*(?P<kind>[A-Za-z]\w+)\b", _layers),
    (
        r"^(?P<label>\s*(?:\w+:\s*)?)(?P<before>\d[\dx]*(?:\s+\d[\dx]*)*)\s+(?P<kind>[A-Za-z]\w*)\b"
        r"(?P<behind>[^<>{};]*)",
        _moved,
    ),
    (r"(?<=[\w)])\s*,?\s+/(\d)\b", r" s\1"),
    (r"\s*,\s*(?=[\w(\[\"])(?![^(\[]*[)\]])(?![^;{}]*:\s)", " "),
    (r"\b(?P<kind>[A-Z][A-Z0-9]*)\((?P<values>[^()]*)\)", _called),
    # claims
    (r"((?:->|\bexpect\b)\s*)(params|macs|weights|flops|trainable)\s*(?:==|[:=])?\s*([\d.,]*\d[KMGTB]?)", r"\1\3 \2"),
    (r"\bexpect\s*:\s*(?=\d)", "expect "),
    (r"^(\s*)(?:assert|total|claim|check)\b:?\s+", r"\1expect "),
    (r"((?:->|\bexpect\b).*?\S)\s+(?:and|plus|&)\s+(?=\d)", r"\1, "),
    (r"(?<=[\w)\]])\s*=>?\s*(?=\d+(?:x\d+)*\s*$)", " -> "),
    # names
    (r"<-\s*(\d+)\b", r'<- "\1"'),
    (r"^(\s*)(?!(?:repeat|times|loop|while)\b)([A-Za-z_]\w*(?:[ -]\w+)+)\s*:(?=\s*[A-Z])", r'\1"\2":'),
    (r"^(\s*)(x\d+)\s*:", r'\1"\2":'),
    (rf"(?P<before>(?:^|[;{{])\s*)(?!{_STATEMENT})(?P<name>[a-z]\w*)\s+(?P<kind>[A-Z][A-Z0-9]*)\b", _label),
    (r"(<-\s*(?:[\w.\"]+\s*,\s*)*)(x\d+)\b", r'\1"\2"'),
    # expressions
    (r"(?<![\w.(=\[])(-(?:inf|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?))(?![\w.(])", r"(\1)"),
    (rf"(?<=\s){_CLOSE}", r"(\1)"),
    (rf"(?<==){_CLOSE}", r"(\1)"),
    (rf"(?<=\s){_APART}", _close),
)
_HABITS = tuple((re.compile(pattern), instead) for pattern, instead in _TABLE)
