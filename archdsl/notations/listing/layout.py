"""Whether a listing writes its shapes channels first, as PyTorch, or last, as lectures; the batch before a shape."""

from __future__ import annotations

import re

from archdsl.notations.listing.parts import rotated
from archdsl.notations.pytorch.find import Reads
from archdsl.sizes.shape import is_channels_first
from archdsl.typed import NamedTuple

FIRST, LAST = "first", "last"
_MOST_CHANNELS = 16  # of an image
_BETWEEN = r"[ \t]*+[,x×*][ \t]*+"
_SAYS_FIRST = re.compile(
    rf"\bNC(?:DHW|HW|L|T)\b|\bchannels?[ _-]?first\b|\bC{_BETWEEN}(?:D{_BETWEEN})?H{_BETWEEN}W\b"
    rf"|\b[NB]{_BETWEEN}C{_BETWEEN}[LT]\b|\bchannels?{_BETWEEN}height{_BETWEEN}width\b",
    re.IGNORECASE,
)
_SAYS_LAST = re.compile(
    rf"\bN(?:D?HW|L|T)C\b|\bchannels?[ _-]?last\b|\bH{_BETWEEN}W{_BETWEEN}C\b"
    rf"|\b[NB]{_BETWEEN}[LT]{_BETWEEN}C\b|\bheight{_BETWEEN}width{_BETWEEN}channels?\b",
    re.IGNORECASE,
)
_SAYS_IMAGES = re.compile(
    rf"\bN(?:{_BETWEEN}|)(?:C(?:{_BETWEEN}|)H(?:{_BETWEEN}|)W|H(?:{_BETWEEN}|)W(?:{_BETWEEN}|)C)\b"
)
_PYTORCH = re.compile(r"[\[(][ \t]*+-1[ \t]*+,|\btorch\b|\bnn\.[A-Z]|\b(?:Conv|BatchNorm|MaxPool|AvgPool)[123]d\(")
_KERAS = re.compile(r"[\[(][ \t]*+None[ \t]*+,|\b(?:keras|tensorflow)\b|\bConv[123]D\(|\bDense\(", re.IGNORECASE)
_STEPS_LAST = re.compile(r"\b(?:Conv|BatchNorm|MaxPool|AvgPool|AdaptiveAvgPool|AdaptiveMaxPool)1d\(")
_STEPS_FIRST = re.compile(r"\b(?:LSTM|GRU|RNN|Embedding|TransformerEncoderLayer|MultiheadAttention)\(")
_BATCH = re.compile(r"[\[(]?[ \t]*+(?:None|-1|\?|N|B|bs|batch(?:[ _]size)?)[ \t]*+[,x×*]", re.IGNORECASE)
_VOLUME = re.compile(r"\b3-?D\b|conv3d|\bframes?\b|\bvideos?\b|\bvolum|\bdepth\b|\bclips?\b", re.IGNORECASE)


class Said:
    """A listing, in which each pattern is looked for once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: dict[re.Pattern[str], bool] = {}
        self.reads: Reads | None = None  # what the first module of PyTorch says that it reads

    def has(self, words: re.Pattern[str]) -> bool:
        """Whether a pattern stands anywhere."""
        if words not in self._found:
            self._found[words] = words.search(self._text) is not None
        return self._found[words]


class Order(NamedTuple):
    """The order of the axes, None where it is open, and why it is."""

    axes: str | None
    question: str = ""


def is_batched(text: str) -> bool:
    """Whether a shape begins with a batch of unknown size: `(None, 28, 28, 1)`, `[-1, 64, 56, 56]`, `N x 784`."""
    return _BATCH.match(text) is not None


def batch_in(numbers: tuple[str, ...], listing: Said) -> bool | None:
    """Whether four sizes are a batch and an image, as `torch.Size([32, 3, 224, 224])`; None where that is open."""
    image = tuple(map(int, numbers[1:]))
    if numbers[0] == "1" or is_channels_first(image) or listing.has(_SAYS_IMAGES):
        return True
    if listing.has(_VOLUME) or not _is_channels_last(image):
        return False
    return None


def order(numbers: tuple[str, ...], listing: Said, batched: bool) -> Order:
    """The order of the axes in an input of these sizes, and so in all shapes of the listing."""
    sizes = tuple(map(int, numbers))
    said = {axes for axes, words in ((FIRST, _SAYS_FIRST), (LAST, _SAYS_LAST)) if listing.has(words)}
    shape = "x".join(numbers)
    if len(said) > 1:
        return Order(
            None,
            f"the listing mentions both channels first and channels last, and which of them {shape} has",
        )
    seen = _seen(sizes)
    if said and seen is not None and seen not in said:
        return Order(
            None, f"the listing says channels {said.pop()}, but {shape} does not look like it, and which is meant"
        )
    found = (
        next(iter(said), None) or seen or _read(numbers, listing) or _square(sizes, batched) or _marked(sizes, listing)
    )
    if found is None and len(set(sizes)) > 1:
        return Order(None, f"whether {shape} has its channels first or last")
    return Order(found or LAST)


def _seen(sizes: tuple[int, ...]) -> str | None:
    """What the sizes of an image or a volume say by themselves."""
    if len(sizes) == 3:
        return FIRST if is_channels_first(sizes) else LAST if _is_channels_last(sizes) else None
    if len(sizes) == 4:
        ends = [size in (1, 3) for size in (sizes[0], sizes[-1])]
        return None if ends[0] == ends[1] else FIRST if ends[0] else LAST
    return None


def _is_channels_last(sizes: tuple[int, ...]) -> bool:
    """Whether the last of three sizes are the channels, as lectures have it: few, and the smallest."""
    return sizes[-1] <= _MOST_CHANNELS and sizes[-1] < min(sizes[:-1])


def _read(numbers: tuple[str, ...], listing: Said) -> str | None:
    """What the number of channels of the first module says: Conv2d(12, 8, 3) below 12x20x30 has them first."""
    reads = listing.reads
    if reads is None or (reads.axes is not None and reads.axes != len(numbers)):
        return None
    ends = [int(size) == reads.channels for size in (numbers[0], numbers[-1])]
    if ends[0] == ends[1]:
        return FIRST if ends[0] and reads.first else LAST if ends[1] else None
    return LAST if ends[1] else FIRST if reads.first else None


def _square(sizes: tuple[int, ...], batched: bool) -> str | None:
    """What two equal sizes beside a third say: 19x19x48; 64x56x56 where a batch stands before it."""
    if len(sizes) != 3 or (sizes[0] == sizes[1]) == (sizes[1] == sizes[2]):
        return None
    return LAST if sizes[0] == sizes[1] else FIRST if batched else None


def _marked(sizes: tuple[int, ...], listing: Said) -> str | None:
    """What the notation says, PyTorch's or Keras's."""
    if len(sizes) == 2:
        steps = [listing.has(words) for words in (_STEPS_LAST, _STEPS_FIRST)]
        if steps[0] != steps[1]:
            return FIRST if steps[0] else LAST
    marks = [listing.has(words) for words in (_PYTORCH, _KERAS)]
    return None if marks[0] == marks[1] else FIRST if marks[0] else LAST


def channels_last(numbers: tuple[str, ...], channels: int | None) -> tuple[str, ...] | None:
    """A shape of a listing that writes channels first, with its channels last; None where that is open.

    `channels` is the number that the layer gives, where it is known: a shape that ends with it is written otherwise.
    """
    ends = (int(numbers[0]), int(numbers[-1]))
    if channels in ends and ends[0] != ends[1]:
        return rotated(numbers) if channels == ends[0] else numbers
    if channels is None and _square(tuple(map(int, numbers)), False) == LAST:
        return None
    return rotated(numbers)
