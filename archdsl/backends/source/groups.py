"""Groups: in line, as a chain of modules, as a class of their own, or as a bare container."""

from __future__ import annotations

from archdsl.backends.source.calls import call_class, class_sizes, construct_group, turn
from archdsl.backends.source.chains import ModuleChain
from archdsl.backends.source.crossing import write_open
from archdsl.backends.source.families import Family, first
from archdsl.backends.source.flow import FlowValue, closed
from archdsl.backends.source.made import At, ChainLayout
from archdsl.backends.source.text import attribute
from archdsl.backends.source.writer import Writer
from archdsl.network.nodes import Item, Sequence


def write_group(w: Writer, found: Family, inputs: list[FlowValue], item: Item, number: int, at: At) -> list[FlowValue]:
    """Braces: in line without a name; under one a chain of modules, a class of its own, or a bare container."""
    if item.label is None:
        w.enter(found, inputs)
        return w.body(found, at._replace(base=number))
    read = any(w.counts.get(number) for number in item.gives[:1])
    return write_container(w, found, inputs, item.label, at, read=read)


def write_container(
    w: Writer, found: Family, inputs: list[FlowValue], label: str, at: At, word: str = "", *, read: bool = True
) -> list[FlowValue]:
    """What stands in braces under a step, which is its label or the number of a copy of `word`.

    `read` says whether something reads its result.
    """
    body: Sequence = first(found)
    callee = attribute(at.owner, label)
    chain = chain_of(w, found)
    if chain is not None:
        if chain.positional():
            w.register(at.owner, label, chain.text())
        else:
            w.register(at.owner, label, "nn.Sequential()")
            w.init += list(chain.statements(callee))
        written = ChainLayout(chain.entry, chain.form)
        for each in found.values():
            w.chains[each] = written
        return [call_chain(w, callee, written, inputs[0], body.outputs[0].rank, at)]
    if len(inputs) == 1 and closed(body, w.counts):
        text, made = construct_group(w, found, word or label)
        w.register(at.owner, label, text)
        sizes = class_sizes(w, made, found, inputs)
        return call_class(w, callee, made, inputs, body.outputs, at, sizes=sizes)
    opened = write_open(w, found, inputs, label, at, word, read=read) if len(inputs) == 1 else None
    if opened is not None:
        return opened
    w.register(at.owner, label, "nn.Module()")
    w.enter(found, inputs)
    return w.body(found, At(callee, 0, at.variable))


def call_chain(w: Writer, callee: str, chain: ChainLayout, given: FlowValue, rank: int, at: At) -> FlowValue:
    """What a chain of modules gives."""
    turned = turn(w, given, chain.entry or "any", at)
    return FlowValue(f"{callee}({turned.text})", chain.form or turned.form, rank)


def chain_of(w: Writer, found: Family) -> ModuleChain | None:
    if not all(closed(body, w.counts) and len(body.takes) == 1 for body in found.values()):
        return None
    return w.attempt("chain", found, None, ModuleChain(w).whole)
