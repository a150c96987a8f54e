"""What is not trained, in the source: `requires_grad_(False)`, and a `train` that leaves running averages alone."""

from __future__ import annotations

from archdsl.backends.source.naming import quoted
from archdsl.backends.source.text import submodule
from archdsl.network.nodes import FrozenParts, Leaf, postorder, walk
from archdsl.typed import Any

_TRAIN = """\
def train(self, mode=True):
    super().train(mode)
    for name, module in self.named_modules():
        if isinstance(module, {kinds}) and {condition}:
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
        closing += [f"{submodule(path, tensor=path in own)}.requires_grad_({freeze.all_but})" for path in learned]
    modules = (leaf.op.lower(*leaf.inputs).module for leaf in every if leaf.frozen and _averages(leaf))
    kinds = sorted({module.path for module in modules if module is not None})
    if not kinds or not any(freeze.still for freeze in freezes):
        return closing, []
    conditions = " or ".join(_condition(freeze) for freeze in freezes if freeze.still)
    several = sum(freeze.still for freeze in freezes) > 1
    condition = f"({conditions})" if several else conditions
    words = kinds[0] if len(kinds) == 1 else f"({', '.join(kinds)})"
    return [*closing, "self.train()"], [_TRAIN.format(kinds=words, condition=condition)]


def _averages(leaf: Leaf) -> bool:
    return any(tensor.name == "running_mean" for tensor in leaf.op.tensors(*leaf.inputs))


def _own(network: Any) -> dict[str, str]:
    """The paths of tensors of the network's own, and what each is."""
    found: dict[str, str] = {}
    for path, node in ((each.path, each.node) for each in walk(network.body, unroll=True)):
        if isinstance(node, Leaf) and not node.inputs:
            found.update((path, tensor.role) for tensor in node.op.tensors())
    return found


def _condition(freeze: FrozenParts) -> str:
    """Whether a module called `name` is in one of the parts, or in none of those that are trained."""
    beginnings = [quoted(f"{path}.") for path in freeze.paths]
    words = beginnings[0] if len(beginnings) == 1 else f"({', '.join(beginnings)})"
    return f'{"not " * freeze.all_but}(name + ".").startswith({words})'
