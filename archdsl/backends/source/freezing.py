"""What is not trained, in the source: `requires_grad_(False)`, and a `train` that leaves running averages alone."""

from __future__ import annotations

import re

from archdsl.backends.source.initial import by_class
from archdsl.backends.source.naming import quoted
from archdsl.backends.source.text import WIDTH, is_of, submodule
from archdsl.backends.source.text import call as call_text
from archdsl.network.choosing import leaves
from archdsl.network.nodes import FrozenParts, Leaf, postorder, walk
from archdsl.typed import Any

_FEW = 8  # parts with a statement each

_TRAIN = """\
def train(self, mode=True):
    super().train(mode)
    for {each} in self.{modules}():
        if {condition}:
            module.eval()  # its running averages stay as they are
    return self"""


def frozen(freezes: tuple[FrozenParts, ...], network: Any) -> tuple[list[str], list[str]]:
    """Statements after the submodules of the model, and its methods."""
    every = [node for node in postorder(network.body) if isinstance(node, Leaf)]
    own = _own(network) if any(not leaf.inputs for leaf in every) else {}
    closing: list[str] = []
    for freeze in freezes:
        closing += ["self.requires_grad_(False)"] if freeze.all_but else []
        learned = [path for path in freeze.paths if own.get(path) != "buffer"]  # a buffer never learns
        closing += _of_classes(freeze, network) or _of_parts(freeze, learned, own)
    modules = (leaf.op.lower(*leaf.inputs).module for leaf in every if leaf.frozen and _averages(leaf))
    kinds = sorted({module.path for module in modules if module is not None})
    if not kinds or not any(freeze.still for freeze in freezes):
        return closing, []
    conditions = " or ".join(_condition(freeze, network) for freeze in freezes if freeze.still)
    several = sum(freeze.still for freeze in freezes) > 1
    condition = f"({conditions})" if several else conditions
    of_kind = is_of(kinds)
    says_it = condition.endswith(of_kind) and not several
    condition = condition if says_it else f"{of_kind} and {condition}"
    named = re.search(r"\bname\b", condition) is not None
    each, through = ("name, module", "named_modules") if named else ("module", "modules")
    return [*closing, "self.train()"], [_TRAIN.format(each=each, modules=through, condition=condition)]


def _of_classes(freeze: FrozenParts, network: Any) -> list[str]:
    """A loop over the modules of some classes, where kinds chose the parts and classes tell them."""
    found = _classes(freeze, network)
    if found is None:
        return []
    root, classes = found
    lines = [f"for module in {root}.modules():", f"    if {is_of(classes)}:"]
    return ["\n".join([*lines, f"        module.requires_grad_({freeze.all_but})"])]


def _classes(freeze: FrozenParts, network: Any) -> tuple[str, tuple[str, ...]] | None:
    if not freeze.selectors:
        return None
    layers = list(leaves(network.body, unroll=True))
    layers = [one for one in layers if one.node.op.tensors(*one.node.inputs)]
    chosen = [one for one in layers if one.path in set(freeze.paths)]
    return by_class(freeze.selectors, chosen, layers)


def _of_parts(freeze: FrozenParts, learned: list[str], own: dict[str, str]) -> list[str]:
    """A statement for each part, or a loop over many."""
    owners = [submodule(path, tensor=path in own) for path in learned]
    if len(owners) <= _FEW:
        return [f"{owner}.requires_grad_({freeze.all_but})" for owner in owners]
    head = call_text("for part in (", owners, width=WIDTH - 10)
    return [f"{head}:\n    part.requires_grad_({freeze.all_but})"]


def _averages(leaf: Leaf) -> bool:
    return any(tensor.name == "running_mean" for tensor in leaf.op.tensors(*leaf.inputs))


def _own(network: Any) -> dict[str, str]:
    """The paths of tensors of the network's own, and what each is."""
    found: dict[str, str] = {}
    for path, node in ((each.path, each.node) for each in walk(network.body, unroll=True)):
        if isinstance(node, Leaf) and not node.inputs:
            found.update((path, tensor.role) for tensor in node.op.tensors())
    return found


def _condition(freeze: FrozenParts, network: Any) -> str:
    """Whether a module called `name` is in one of the parts, or in none of those that are trained."""
    found = _classes(freeze, network)
    if found is not None and found[0] == "self":
        return f"{'not ' * freeze.all_but}{is_of(found[1])}"
    if found is not None:  # classes below the part that the kinds are in
        inside = quoted(f"{'.'.join(freeze.selectors[0].among[0])}.")
        below = f"name.startswith({inside}) and {is_of(found[1])}"
        return f"not ({below})" if freeze.all_but else below
    beginnings = [quoted(f"{path}.") for path in freeze.paths]
    words = beginnings[0] if len(beginnings) == 1 else f"({', '.join(beginnings)})"
    return f'{"not " * freeze.all_but}(name + ".").startswith({words})'
