"""How weights begin, in the source: loops over modules of some classes, or over modules that are listed."""

from __future__ import annotations

from archdsl.backends.source.text import WIDTH, attribute, is_of, submodule
from archdsl.backends.source.text import call as call_text
from archdsl.layers.inline import literal
from archdsl.network.choosing import ANY, InitialValues, PlacedLeaf, Selector
from archdsl.network.nodes import Leaf, PlacedNode, Repeat, Sequence, Use, walk
from archdsl.typed import Any, NamedTuple, TypeAlias

_FEW = 2  # modules that get lines of their own
_INDENT = "    "

Names: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]  # of the weights and of the biases


class _ByClass(NamedTuple):
    """What is done with the modules of some classes, of all below a root."""

    root: str
    classes: tuple[str, ...]
    lines: tuple[str, ...]


def beginnings(inits: tuple[InitialValues, ...], body: Sequence) -> list[str]:
    """The statements after the submodules of the model."""
    every = list(walk(body, unroll=True))
    layers = [PlacedLeaf(one.path, one.node) for one in every if isinstance(one.node, Leaf)]
    found: list[_ByClass | str] = []
    for values in inits:
        chosen = [one for one in layers if values.chooses(one.path, one.node) and any(values.begins(one.node))]
        whole = _by_class(values, chosen, layers)
        found += [whole] if whole is not None else _listed(values, chosen, every)
    return _loops(found)


# ---- by classes


def _by_class(values: InitialValues, chosen: list[PlacedLeaf], layers: list[PlacedLeaf]) -> _ByClass | None:
    """A loop over the modules below a root, where their classes tell which are meant."""
    found = by_class(values.selectors, chosen, layers)
    names = {values.begins(one.node) for one in chosen}
    weights = {each for each, _ in names}
    biases = {each for _, each in names}
    if found is None or len(weights) > 1 or (len(biases) > 1 and biases != {(), ("bias",)}):
        return None
    lines = _lines(values, "module", (weights.pop(), max(biases)), guarded=len(biases) > 1)
    return _ByClass(*found, tuple(lines))


def by_class(
    selectors: tuple[Selector, ...], chosen: list[PlacedLeaf], layers: list[PlacedLeaf]
) -> tuple[str, tuple[str, ...]] | None:
    """A root and the classes of which the chosen layers are all modules below it; None where no classes tell them."""
    head = selectors[0]
    among = {selector.among for selector in selectors}
    if any(selector.path for selector in selectors) or len(among) > 1 or len(head.among) > 1:
        return None
    if head.among and ANY in head.among[0]:
        return None
    inside = Selector(path=head.among[0]) if head.among else Selector()
    around = [one for one in layers if inside.chooses(one.path, one.node)]
    classes = tuple(sorted({_class(one.node) for one in chosen}))
    alike = [one.path for one in around if any(_is_a(one.node, name) for name in classes)]
    if "" in classes or alike != [one.path for one in chosen]:
        return None
    if any("." in tensor.name for one in around for tensor in one.node.op.tensors(*one.node.inputs)):
        return None  # a module with modules of its own, which the loop would meet
    return submodule(".".join(head.among[0])) if head.among else "self", classes


def _class(leaf: Leaf) -> str:
    """The class of its module; nothing for a tensor of the model itself, and for a class that is not of torch.nn."""
    module = leaf.op.lower(*leaf.inputs).module if leaf.inputs else None
    return module.path if module is not None and not module.home else ""


def _is_a(leaf: Leaf, name: str) -> bool:
    """Whether the module of a layer is of a class, or of one of ours that is made of it."""
    module = leaf.op.lower(*leaf.inputs).module if leaf.inputs else None
    return module is not None and (module.path == name or f"({name})" in module.support)


def _loops(found: list[_ByClass | str]) -> list[str]:
    """The statements; classes of one root that follow one another share a loop."""
    texts: list[str] = []
    root, seen = "", set[str]()
    for one in found:
        if isinstance(one, str):
            texts.append(one)
            root = ""
            continue
        if one.root != root:
            root, seen = one.root, set()
            texts.append(f"for module in {root}.modules():")
        word = "elif" if seen and not seen & set(one.classes) else "if"
        seen |= set(one.classes)
        body = "\n".join(f"{_INDENT * 2}{line}" for line in one.lines)
        texts[-1] += f"\n{_INDENT}{word} {is_of(one.classes)}:\n{body}"
    return texts


# ---- one by one


def _listed(values: InitialValues, chosen: list[PlacedLeaf], every: list[PlacedNode]) -> list[str]:
    """Statements for the modules by their names: copies in a loop, those with tensors of the same names together."""
    texts, left = _over_copies(values, chosen, every)
    groups: dict[Names, list[PlacedLeaf]] = {}
    for one in left:
        groups.setdefault(values.begins(one.node), []).append(one)
    for names, alike in groups.items():
        owners = [submodule(one.path, tensor=not one.node.inputs) for one in alike]
        if len(owners) <= _FEW:
            texts += [line for owner in owners for line in _lines(values, owner, names)]
        else:
            head = call_text("for module in (", owners, width=WIDTH - 10)
            texts.append("\n".join([f"{head}:", *(f"{_INDENT}{line}" for line in _lines(values, "module", names))]))
    return texts


def _over_copies(
    values: InitialValues, chosen: list[PlacedLeaf], every: list[PlacedNode]
) -> tuple[list[str], list[PlacedLeaf]]:
    """Loops over the parts that consist of copies or blocks and have the same layers chosen in each; what is left."""
    texts: list[str] = []
    left = {one.path: values.begins(one.node) for one in chosen}
    for before, parts in _copies(every).items():
        behind = [path[len(parts[0]) + 1 :] for path in left if path.startswith(f"{parts[0]}.")]
        alike = [one for one in behind if len({left.get(f"{part}.{one}") for part in parts}) == 1]
        if len(parts) <= 1 or not alike:
            continue
        lines = [line for one in alike for line in _lines(values, _below("part", one), left[f"{parts[0]}.{one}"])]
        texts.append("\n".join([f"for part in {submodule(before)}.children():", *(f"{_INDENT}{one}" for one in lines)]))
        for path in [f"{part}.{one}" for part in parts for one in alike]:
            del left[path]
    return texts, [one for one in chosen if one.path in left]


def _copies(every: list[PlacedNode]) -> dict[str, list[str]]:
    """The parts of the model whose children are all uses of blocks, with the paths of these."""
    found = {one.path: list[str]() for one in every if isinstance(one.node, (Repeat, Sequence))}
    for one in every:
        before = one.path.rpartition(".")[0]
        if before in found and one.path != one.parent:  # a merge without a name is no part
            if isinstance(one.node, Use):
                found[before].append(one.path)
            else:
                del found[before]
    return {before: parts for before, parts in found.items() if parts}


def _below(owner: str, path: str) -> str:
    for step in path.split("."):
        owner = attribute(owner, step)
    return owner


def _lines(values: InitialValues, owner: str, names: Names, *, guarded: bool = False) -> list[str]:
    """The calls for the weights and the biases of one module; `guarded` where it may have no bias."""
    weights, biases = names
    options = "".join(f", {name}={literal(value)}" for name, value in values.options if name != "val")
    if values.function == "constant_":
        options = f", {literal(dict(values.options)['val'])}"
    lines = [f"nn.init.{values.function}({_tensor(owner, name)}{options})" for name in weights]
    fill = [_filled(_tensor(owner, name), values.bias) for name in biases]
    if guarded and fill:
        return [*lines, f"if {owner}.bias is not None:", *(f"{_INDENT}{line}" for line in fill)]
    return [*lines, *fill]


def _tensor(owner: str, name: str) -> str:
    return f"{owner}.{name}" if name else owner


def _filled(tensor: str, bias: Any) -> str:
    return f"nn.init.zeros_({tensor})" if bias == 0 else f"nn.init.constant_({tensor}, {literal(bias)})"
