"""Layers and blocks in use: the submodule in the constructor and the call in `forward`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from archdsl.backends.source.families import Family, Mismatch, first
from archdsl.backends.source.flow import FlowValue, Stored, converted
from archdsl.backends.source.made import At, WrittenClass
from archdsl.backends.source.naming import variable
from archdsl.backends.source.numbers import common_call
from archdsl.backends.source.text import LONG, WIDTH, attribute, filled, is_primary, register_tensor
from archdsl.backends.source.text import call as call_text
from archdsl.backends.source.writer import UNREAD, Writer
from archdsl.layers.base import Apart, Lowered
from archdsl.layers.support.source import STRETCHED
from archdsl.network.nodes import Leaf, Use
from archdsl.sizes.shape import Shape
from archdsl.typed import Any

CAST = "{cast}"  # in a call: the conversion to the dtype of the network


def write_layer(
    w: Writer,
    found: Family,
    inputs: list[FlowValue],
    label: str | None,
    number: int,
    at: At,
    wishes: tuple[str | None, ...] = (),
) -> list[FlowValue]:
    """A layer: the expressions of its results; of several each gets the variable that is wished for it."""
    node: Leaf = first(found)
    if not node.inputs:
        return [write_source(w, found, label, number, at)]
    came = inputs[0].form
    lowered = node.op.lower(*node.inputs).reading(came)
    owns = bool(node.op.tensors(*node.inputs))
    every = {member: each.op.lower(*each.inputs).reading(came) for member, each in found.items()}
    calls = {member: each.call or "" for member, each in every.items()}
    differ = len(set(calls.values())) > 1
    sized = any(each.call is not None and each.sized() for each in every.values())
    if any((each.use, each.apart) != (lowered.use, lowered.apart) for each in every.values()) or (sized and differ):
        raise Mismatch
    lowered = with_common_numbers(w, found, lowered, every, label)
    turned = turn_all(w, inputs, lowered, at)
    forms = lowered.forms(turned[0].form, node.outputs)
    known = lowered.module is not None and not lowered.module.support
    in_place = overwrites(w, every.values()) and inputs[0].fresh and inputs[0].reads <= len(found)
    plain = lowered.module is None and not owns  # a call and nothing else
    if not plain and (owns or lowered.call is None or differ or (label is not None and known and not sized)):
        step = label if label is not None else at.step(number)
        w.register(at.owner, step, construct_layer(w, found, label, in_place=in_place))
        return called(w, attribute(at.owner, step), found, lowered, turned, at, wishes)
    if differ and any(
        _lying(each, len(found[m].outputs)) != _lying(lowered, len(node.outputs)) for m, each in every.items()
    ):
        raise Mismatch
    common = common_call(w, found, calls, label) if differ else calls[next(iter(calls))]
    call = f"{common[:-1]}, inplace=True)" if in_place else common
    call = with_sizes(w, call, found, came, inputs)
    if lowered.helper is not None:
        w.book.support(*lowered.helper)
    results = unpacked(w, put_in(w, call, turned, at), forms, node.outputs, wishes)
    results[0].fresh = node.op.fresh
    return results


def with_common_numbers(
    w: Writer, found: Family, lowered: Lowered, every: dict[int, Lowered], label: str | None
) -> Lowered:
    """A layer of which what is made ready for it is written once for all members."""
    if len({each.ready for each in every.values()}) == 1:
        return lowered
    if len({len(each.ready) for each in every.values()}) > 1:
        raise Mismatch
    columns = ({member: each.ready[place] for member, each in every.items()} for place in range(len(lowered.ready)))
    return lowered._replace(ready=tuple([common_call(w, found, column, label) for column in columns]))


def overwrites(w: Writer, layers: Iterable[Lowered]) -> bool:
    """Whether layers may work in place, which is asked of all of them."""
    return all(each.in_place and (each.asked or w.book.inplace) for each in layers)


def _lying(lowered: Lowered, results: int) -> tuple[object, ...]:
    """How what a call reads and gives lies, and how many results there are."""
    return lowered.wants, lowered.gives, lowered.stretches, results


def called(
    w: Writer,
    callee: str,
    found: Family,
    lowered: Lowered,
    inputs: list[FlowValue],
    at: At,
    wishes: tuple[str | None, ...],
) -> list[FlowValue]:
    """What a layer gives that is a module."""
    node: Leaf = first(found)
    forms = lowered.forms(inputs[0].form, node.outputs)
    inputs = [*inputs, *made_ready(w, lowered, inputs, at)]
    given = lowered.use or f"({', '.join(f'{{{place}}}' for place in range(len(inputs)))})"
    text = callee + put_in(w, with_sizes(w, given, found, inputs[0].form, inputs), inputs, at)
    if lowered.apart is not None:
        return taken_apart(w, text, lowered.apart, forms, node.outputs, wishes)
    results = unpacked(w, text, forms, node.outputs, wishes)
    results[0].fresh = node.op.fresh
    return results


def made_ready(w: Writer, lowered: Lowered, inputs: list[FlowValue], at: At) -> list[FlowValue]:
    """What a layer reads beside its inputs that is made of them; a long expression gets a variable."""
    found = []
    for value in inputs:
        value.left += 1
    for template in lowered.ready:
        made = FlowValue(put_in(w, template, inputs, at), "any", 1)
        found.append(w.assign(made, None, at, "") if len(made.text) > LONG else made)
        found[-1].left = 1
    for value in inputs:
        value.left -= 1
    return found


def with_sizes(w: Writer, template: str, found: Family, came: str, inputs: list[FlowValue]) -> str:
    """A call with the symbolic sizes that it reads off tensors put in."""
    every = {member: each.op.lower(*each.inputs).reading(came).open_sizes() for member, each in found.items()}
    for name in first(every):
        text = w.extents.text({member: sizes[name] for member, sizes in every.items()}, name, w.at_hand(inputs))
        template = template.replace(f"{{{name}}}", text)
    return template.replace(CAST, w.cast()) if CAST in template else template


def put_in(w: Writer, template: str, values: list[FlowValue], at: At) -> str:
    """A call with its inputs; an expression that it reads more than once gets a variable."""
    held = list(values)
    for value in held:  # none loses its variable while another gets one
        value.left += 1
    w.live.extend(held)
    for place, value in enumerate(values):
        if template.count(f"{{{place}}}") > 1 and not value.variable:
            values[place] = w.assign(value, None, at, "")
            values[place].left = 1
            held.append(values[place])
            w.live.append(values[place])
    for value in held:
        value.left -= 1
    return filled(template, [value.text for value in values])


def write_source(w: Writer, found: Family, label: str | None, number: int, at: At) -> FlowValue:
    """A tensor of the network's own: a parameter or a buffer of the module itself, or made by a module."""
    node: Leaf = first(found)
    lowered = node.op.lower()
    (form,) = lowered.forms("any", node.outputs)
    text = source_call(w, found, lowered, label) if lowered.call is not None else ""
    if text and not node.op.tensors():
        batch, kind = w.likes()
        text = text.replace("{0}.shape[0]", f"{batch}.shape[0]").replace("{0}", kind)
        return FlowValue(text, form, node.outputs[0].rank)
    step = label if label is not None else at.step(number)
    value = text or f"{construct_layer(w, found, label)}{lowered.finish}"
    own, rank = attribute(at.owner, step), node.outputs[0].rank
    if not node.op.tensors():
        w.register(at.owner, step, value)
        return FlowValue(f"{own}({w.like()})", form, rank)
    (tensor,) = node.op.tensors()
    buffer, like = tensor.role == "buffer", next(iter(w.takes), None)
    w.init.append(register_tensor(at.owner, step, value, buffer=buffer))
    if buffer and like:
        w.book.support("stretched", STRETCHED)
    return Stored(own, like, form, rank, batch=len(tensor.sizes) > rank, stretch="stretched" if buffer else "")


def source_call(w: Writer, found: Family, lowered: Lowered, label: str | None) -> str:
    """The call that makes a tensor of nothing, with its sizes; for `{0}` stands what it is made like."""
    calls = {member: each.op.lower().call or "" for member, each in found.items()}
    call = common_call(w, found, calls, label) if len(set(calls.values())) > 1 else calls[next(iter(calls))]
    if lowered.helper is not None:
        w.book.support(*lowered.helper)
    return with_sizes(w, call, found, "any", [])


def call_layer(
    w: Writer, callee: str, found: Family, inputs: list[FlowValue], at: At, wishes: tuple[str | None, ...] = ()
) -> list[FlowValue]:
    """What the module of a layer gives once it is made."""
    node: Leaf = first(found)
    lowered = node.op.lower(*node.inputs)
    return called(w, callee, found, lowered, turn_all(w, inputs, lowered, at), at, wishes)


def turn_all(w: Writer, inputs: list[FlowValue], lowered: Lowered, at: At) -> list[FlowValue]:
    """The inputs as a layer wants them; where it does not care, all alike."""
    want = alike(w, inputs) if lowered.wants == "any" and len(inputs) > 1 else lowered.wants
    return turn_each(w, inputs, lowered.wanted(len(inputs), want), at)


def alike(w: Writer, inputs: list[FlowValue]) -> str:
    """How inputs that lie differently are to lie: as what the class reads, for a copy of it often comes next."""
    forms = {value.form for value in inputs}
    return w.entry if {"first", "last"} <= forms and w.entry in forms else inputs[0].form


def turn_each(w: Writer, inputs: list[FlowValue], wants: Sequence[str], at: At) -> list[FlowValue]:
    """Each input as it is wanted; none loses its variable while another is turned."""
    held = [FlowValue(value.text, value.form, value.rank) for value in inputs]
    for value in held:
        value.left = 1
    w.live.extend(held)
    turned = [turn(w, value, want, at) for value, want in zip(inputs, wants, strict=True)]
    for value in held:
        value.left = 0
    return turned


def turn(w: Writer, value: FlowValue, want: str, at: At) -> FlowValue:
    """The value as it is wanted; one that is read again is turned once, into a variable of its own."""
    turned = converted(bracketed(w, value, want), want)
    if turned.form == value.form or not value.variable or turned is value:
        return turned
    if turned.form not in value.turned:
        if value.left <= 0:
            return turned
        kept = w.assign(turned, None, at, "")
        kept.left = value.left + 1
        w.live.append(kept)
        value.turned[turned.form] = kept
    return value.turned[turned.form]


def bracketed(w: Writer, value: FlowValue, want: str) -> FlowValue:
    turns = converted(value, want) is not value
    if turns and not is_primary(value.text):
        return FlowValue(f"({value.text})", value.form, value.rank)
    return value


def construct_layer(w: Writer, found: Family, label: str | None, *, in_place: bool = False) -> str:
    """The constructor call of a layer; the source of a class of ours is noted."""
    node: Leaf = first(found)
    modules = {member: each.op.lower(*each.inputs).module for member, each in found.items()}
    head = first(modules)
    if head is None or any(m is None or (m.path, m.home) != (head.path, head.home) for m in modules.values()):
        raise Mismatch
    if head.support:
        w.book.support(head.path, head.support)
    arguments = {member: found[member].op.floats(module.arguments) for member, module in modules.items()}
    spelled = {a.torch: name for name, a in node.op.attributes.items() if a.torch}
    channels = {member: each.inputs[0].channels for member, each in found.items() if each.inputs}
    parts, keyword = [], False
    for position, (name, _) in enumerate(head.arguments.items()):
        column = {member: each[name] for member, each in arguments.items()}
        if name in head.defaults and all(value == head.defaults[name] for value in column.values()):
            keyword = True
            continue
        own = spelled.get(name)
        written = (node.written[own],) if own in node.written else ()
        others = () if written else tuple(node.written.values())
        hint = f"{label}_{name}" if label else name
        text = w.parameters.text(column, written, hint, channels, others)
        parts.append(text if position < head.positional and not keyword else f"{name}={text}")
    if in_place:
        parts.append("inplace=True")
    path = w.book.imported(head.home, head.path) if head.home else head.path
    return call_text(f"{path}(", parts, width=WIDTH - 16)


def construct_use(w: Writer, found: Family) -> tuple[str, WrittenClass]:
    """The constructor call of a block in use."""
    node: Use = first(found)
    made = w.book.made(node.body)
    if any(w.book.made(each.body) is not made for each in found.values()):
        raise Mismatch
    return construct(w, made, {m: each.body for m, each in found.items()}, node.written), made


def construct(w: Writer, made: WrittenClass, bodies: Family, written: dict[str, Any]) -> str:
    parts = []
    for name, python, column in made.arguments:
        ours = {member: column[w.book.member(body)] for member, body in bodies.items()}
        default = made.defaults.get(name, made)
        if all(type(value) is type(default) and value == default for value in ours.values()):
            continue
        channels = {member: w.book.channels(body) for member, body in bodies.items()}
        text = w.parameters.text(ours, (written[name],) if name in written else (), name, channels)
        parts.append(f"{python}={text}" if name in made.defaults else text)
    return f"{made.name}({', '.join(parts)})"


def construct_group(
    w: Writer, found: Family, label: str, *, back: bool = False, takes: tuple[str, ...] = ()
) -> tuple[str, WrittenClass]:
    """A class for a named group that is no chain."""
    made = w.book.group(found, label, w.name, w.members, back=back, takes=takes)
    return construct(w, made, found, {}), made


def call_class(
    w: Writer,
    callee: str,
    made: WrittenClass,
    inputs: list[FlowValue],
    outputs: tuple[Shape, ...],
    at: At,
    wishes: tuple[str | None, ...] = (),
    sizes: list[str] | None = None,
) -> list[FlowValue]:
    """What a class gives for its inputs, and for the `sizes` that it is given beside."""
    given = [value.text for value in turn_each(w, inputs, made.forms, at)]
    return unpacked(w, f"{callee}({', '.join([*given, *(sizes or [])])})", made.gives, outputs, wishes)


def class_sizes(w: Writer, made: WrittenClass, bodies: Family, inputs: list[FlowValue]) -> list[str]:
    """The symbolic sizes that a class is given in `forward`."""
    if made.sizes and not all(w.book.is_of(made, body) for body in bodies.values()):
        raise Mismatch
    texts = []
    for name, column in made.sizes:
        ours = {member: column[w.book.member(body)] for member, body in bodies.items()}
        texts.append(w.extents.text(ours, name, w.at_hand(inputs)))
    return texts


def unpacked(
    w: Writer,
    call: str,
    forms: tuple[str, ...],
    outputs: tuple[Shape, ...],
    wishes: tuple[str | None, ...] = (),
) -> list[FlowValue]:
    """The results of a call: one as an expression, several in variables of their own; `_` is one that nothing reads."""
    if len(forms) == 1:
        return [FlowValue(call, forms[0], outputs[0].rank)]
    if wishes and set(wishes) == {UNREAD}:
        w.forward.append(call)
        return [FlowValue(UNREAD, form, shape.rank, variable=True) for form, shape in zip(forms, outputs, strict=True)]
    names, busy = [], w.busy()
    for wish in wishes or (None,) * len(forms):
        names.append(UNREAD if wish == UNREAD else variable(wish, busy))
        busy.add(names[-1])
    w.forward.append(f"{', '.join(names)} = {call}")
    each = zip(names, forms, outputs, strict=True)
    return [FlowValue(name, form, shape.rank, variable=True) for name, form, shape in each]


def taken_apart(
    w: Writer,
    call: str,
    apart: Apart,
    forms: tuple[str, ...],
    outputs: tuple[Shape, ...],
    wishes: tuple[str | None, ...],
) -> list[FlowValue]:
    """The results of a call that gives them within one another; those that nothing reads get no variable."""
    read = [wish != UNREAD for wish in wishes] or [True] * len(outputs)
    ranks = [shape.rank for shape in outputs]
    nothing = [FlowValue(UNREAD, form, rank, variable=True) for form, rank in zip(forms, ranks, strict=True)]
    if not any(read):
        w.forward.append(call)
        return nothing
    if not any(read[1:]):
        return [FlowValue(filled(apart.first, [call]), forms[0], ranks[0]), *nothing[1:]]
    busy, names = w.busy(), []
    for place in range(apart.pattern.count("{")):
        needed = any(each and f"{{{place}}}" in text for each, text in zip(read, apart.results, strict=True))
        wish = next((one for one, text in zip(wishes, apart.results, strict=False) if text == f"{{{place}}}"), None)
        names.append(variable(wish, busy) if needed else UNREAD)
        busy.add(names[-1])
    w.forward.append(f"{apart.pattern.format(*names)} = {call}")
    results = [
        FlowValue(filled(text, names), form, rank, variable=text.startswith("{") and text.endswith("}"))
        for text, form, rank in zip(apart.results, forms, ranks, strict=True)
    ]
    for result in results:
        result.done = True  # what nothing reads is not turned
    return [result if each else none for result, none, each in zip(results, nothing, read, strict=True)]
