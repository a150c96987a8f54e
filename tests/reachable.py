"""What of torch.nn can be written in the language: its modules and their constructor arguments, by their signatures.

Functions, and what modules are called with, are those of `support/reachable_calls.py`.

`python tests/reachable.py` writes `docs/coverage.md` anew. Which kinds make which modules is found from what their
examples compile to. An argument is reachable if an attribute of such a kind names it (`torch=`), and follows from the
input if the compiled source gives it all the same. The tables here are reasons, for what is neither.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import NamedTuple

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from test_layers import EXAMPLES, spec  # noqa: E402
from torch import nn  # noqa: E402

import archdsl  # noqa: E402
from archdsl.layers import Layer, Module  # noqa: E402
from archdsl.network.nodes import Leaf, postorder  # noqa: E402

PAGE = Path(__file__).parents[1] / "docs" / "coverage.md"
OF_THE_TENSORS = {"device", "dtype", "inplace"}  # where tensors are and how they are computed, not what
MOST_UNREACHABLE = 15
KEYWORDS = {"RNN": ("nonlinearity",)}  # arguments that a constructor takes and its signature does not show
UNREACHABLE = {
    "AdaptiveMaxPool.return_indices": "UNPOOL reads the pool and computes the indices itself",
    "ConvTranspose.padding_mode": "zeros is the only mode that PyTorch supports there",
    "EmbeddingBag.include_last_offset": "bags of different lengths in one tensor: each sample is a bag of its own",
    "Flatten.end_dim": "FLATTEN flattens all axes; RESHAPE and REARRANGE combine some",
    "GRU.proj_size": "PyTorch supports projections only for LSTM",
    "Hardtanh.max_value": "the deprecated name of max_val",
    "Hardtanh.min_value": "the deprecated name of min_val",
    "RNN.proj_size": "PyTorch supports projections only for LSTM",
    "MaxPool.return_indices": "UNPOOL computes the indices again, from the input of the pool",
}
OTHERWISE = {  # modules whose work another line does
    "CrossMapLRN2d": "`LRN`; this is PyTorch's older form",
    "Softmax2d": "`SOFTMAX`, whose default axis is the channels",
    "UpsamplingBilinear2d": "`UPSAMPLE`, as one of its modes",
    "UpsamplingNearest2d": "`UPSAMPLE`, as one of its modes",
    "SyncBatchNorm": "`BN`; `nn.SyncBatchNorm.convert_sync_batchnorm` converts it for training on several devices",
}
NO_KIND = {  # patterns of names
    "AdaptiveLogSoftmaxWithLoss": "its `forward` also reads the targets and returns the loss: it is part of training",
    "*Loss*": "a loss compares a result with a target: it is part of training",
    "Lazy*": "finds its input size at the first run; the check knows it, so the module without Lazy is compiled",
    "CosineSimilarity": "`L2NORM` of both values, `MUL` and `REDUCE sum channels`",
    "PairwiseDistance": "`SUB`, `SQUARE`, `REDUCE sum channels` and `SQRT`",
    "Container": "contains modules, like names and groups of the language",
    "Module*": "contains modules, like names and groups of the language",
    "Parameter*": "contains parameters, like layers of the language",
    "Sequential": "contains modules, like names and groups of the language; chains are compiled to it",
    "DataParallel": "concerns the devices on which a network runs",
    "RNNBase": "the base class of RNN, LSTM and GRU",
    "*Cell*": "one step: `RNN`, `LSTM` or `GRU` on a sequence of length 1, with its states",
    "FractionalMaxPool*": "random windows; `ADAPTIVEMAXPOOL` has the same output size",
    "Transformer*": "a network of other layers, written as such",
}
HEAD = """\
# What of torch.nn can be written

Written by `python tests/reachable.py` from the signatures of PyTorch's modules and from what the kinds compile to; a
test compares the two. The tables omit `device`, `dtype` and `inplace`; `inplace` is an option of the activations.
"""


class Made(NamedTuple):
    """A module of torch.nn, the kinds that compile to it, and the arguments that they give."""

    name: str
    kinds: tuple[type[Layer], ...]
    given: frozenset[str]


def modules() -> list[str]:
    """The names of all modules of torch.nn."""
    return sorted(name for name, value in vars(nn).items() if isinstance(value, type) and issubclass(value, nn.Module))


def arguments(name: str) -> list[str]:
    """The constructor arguments of a module; of a class that passes all on, those of its base."""
    for each in getattr(nn, name).__mro__:
        if each is nn.Module:
            break
        named = [
            one
            for one in inspect.signature(each).parameters.values()
            if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
        ]
        if named:
            own = [one.name for one in named if not one.name.startswith("_") and one.name not in OF_THE_TENSORS]
            return [*(one for one in own if each is getattr(nn, name) or one != "mode"), *KEYWORDS.get(name, ())]
    return []


@cache
def made() -> tuple[Made, ...]:
    """Every module of torch.nn that the example of a kind compiles to, or a class of ours that extends it.

    A kind that makes the module for one number of axes makes that for each of its ranks, which `test_kinds.py` runs.
    """
    found: dict[str, dict[type[Layer], set[str]]] = {}
    for kind, example in EXAMPLES:
        nodes = postorder(archdsl.loads(spec(example.text)).network.body)
        lowered = [
            node.op.lower(*node.inputs) for node in nodes if isinstance(node, Leaf) and isinstance(node.op, kind)
        ]
        for module in (each.module for each in lowered if each.module is not None):
            for name in _names(module, kind):
                found.setdefault(name, {}).setdefault(kind, set()).update(module.arguments)
    return tuple(Made(name, tuple(kinds), frozenset().union(*kinds.values())) for name, kinds in sorted(found.items()))


def _names(module: Module, kind: type[Layer]) -> set[str]:
    """The modules of torch.nn that a lowered module stands for."""
    extended = set(re.findall(r"^class \w+\(nn\.(\w+)\)", module.support, re.MULTILINE)) - {"Module"}
    found = {module.path.removeprefix("nn.")} if module.path.startswith("nn.") else extended
    beside = {f"{plain(name)}{rank - 1}d" for name in found if plain(name) != name for rank in kind.ranks}
    return found | {name for name in beside if hasattr(nn, name)}


def plain(name: str) -> str:
    """A module without its number of axes: those of one, two and three axes are one family."""
    return re.sub("[123]d$", "", name)


def attribute_of(each: Made, argument: str) -> str | None:
    """The attribute that gives an argument, as a line names it."""
    for kind in each.kinds:
        for attribute in kind.attributes.values():
            if attribute.torch == argument:
                return attribute.name
    return None


def unreachable() -> Iterator[str]:
    """The arguments that no line can give, as `MaxPool.return_indices`, each once."""
    known: set[str] = set()
    for each in made():
        for argument in arguments(each.name):
            if attribute_of(each, argument) is None and argument not in each.given:
                known.add(f"{plain(each.name)}.{argument}")
    yield from sorted(known)


def kindless() -> Iterator[str]:
    """The modules that no kind compiles to."""
    yield from (name for name in modules() if name not in {each.name for each in made()})


def reason(name: str) -> str | None:
    """Why a module has no kind, or what is written for it; None where nothing is said."""
    if name in OTHERWISE:
        return OTHERWISE[name]
    return next((text for pattern, text in NO_KIND.items() if fnmatch(name, pattern)), None)


# ---- the page


def page() -> str:
    """`docs/coverage.md`."""
    from support.reachable_calls import sections

    missing = list(unreachable())
    count = f"{len(missing)} arguments, those of one, two and three axes counted once, are out of reach:"
    parts = [HEAD, "## Modules and their arguments", "", *table(("torch.nn", "kind", "arguments"), _made()), ""]
    parts += ["## Arguments that cannot be given", "", count, ""]
    parts += [*table(("argument", "why"), [(f"`{one}`", UNREACHABLE.get(one, "")) for one in missing]), ""]
    parts += ["## Modules without a kind of their own", "", *table(("torch.nn", "why"), _kindless()), ""]
    return "\n".join([*parts, *sections()])


def _made() -> list[tuple[str, ...]]:
    rows = []
    for each in made():
        cells = [f"{argument}: {_source(each, argument)}" for argument in arguments(each.name)]
        rows.append((f"`{each.name}`", ", ".join(f"`{kind.name}`" for kind in each.kinds), "; ".join(cells)))
    return rows


def _source(each: Made, argument: str) -> str:
    attribute = attribute_of(each, argument)
    return f"`{attribute}`" if attribute else "input" if argument in each.given else "–"


def _kindless() -> list[tuple[str, ...]]:
    """Those of one reason together."""
    reasons: dict[str, list[str]] = {}
    for name in kindless():
        reasons.setdefault(reason(name) or "", []).append(f"`{name}`")
    return [(", ".join(names), text) for text, names in reasons.items()]


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    return [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *(f"| {' | '.join(row)} |" for row in rows)]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE}")
