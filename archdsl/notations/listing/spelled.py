"""Numbers in words, from two on, in the languages that listings are read in; `one` is most often an article."""

from __future__ import annotations

import re

_LANGUAGES = (  # counted from two
    """two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty""",
    """zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn
    neunzehn zwanzig""",
    "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize",
    "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince",
    "dois três quatro cinco seis sete oito nove dez onze doze treze quatorze quinze",
    "due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici",
    "два три четыре пять шесть семь восемь девять десять",
    "二 三 四 五 六 七 八 九 十",
    "두 세 네 다섯 여섯 일곱 여덟 아홉 열",
)
_OTHERS = {  # by their numbers
    2: "duas двух две 两 兩 둘 pair pairs couple double twice zweimal",
    3: "трех трёх 셋 triple thrice dreimal",
    4: "четырех четырёх 넷",
    12: "dozen",
    20: "vingt veinte vinte venti",
    30: "thirty dreißig",
    40: "forty vierzig",
    50: "fifty fünfzig",
    60: "sixty sechzig",
    100: "hundred hundert cent cien cento",
}
_COUNTED = re.compile(
    "([二三四五六七八九十两兩]|두|세|네|다섯|여섯)(?:개의?|층|번|つの?|個の?|层|層|枚の?|块|个|組|组|段|次|回)"
)
_OTHERWISE = ("sei", "once")  # six in Italian, and `be` in German; eleven in Spanish
_NUMBERS = {word: number for words in _LANGUAGES for number, word in enumerate(words.split(), 2)}
_NUMBERS |= {word: number for number, words in _OTHERS.items() for word in words.split()}


def number_of(word: str) -> int | None:
    """The number that a word is, alone or with its counter (两个, 二つの), or None."""
    if word in _OTHERWISE:
        return None
    counted = _COUNTED.fullmatch(word)
    return _NUMBERS.get(counted[1] if counted is not None else word.lower())
