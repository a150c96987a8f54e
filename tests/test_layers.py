"""Every kind of layer keeps what its class says: examples, counter-examples, reference, and its form in PyTorch."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from support.compare import static_tensors

import archdsl
from archdsl.diagnostics.codes import CODES
from archdsl.layers import FAMILIES, REGISTRY, CounterExample, Example, Layer, lookup
from archdsl.layers.base import Attribute
from archdsl.layers.reference import describe, markdown, overview
from archdsl.sizes.size import valued

KINDS = list(REGISTRY.values())
EXAMPLES = [(kind, example) for kind in KINDS for example in kind.examples if isinstance(example, Example)]
WRONGS = [(kind, example) for kind in KINDS for example in kind.examples if isinstance(example, CounterExample)]


def named(cases: list[tuple[type[Layer], Any]]) -> Any:
    return pytest.mark.parametrize(("kind", "example"), cases, ids=[example.text for _, example in cases])


def arrows(text: str) -> list[str]:
    """The parts of an example; an arrow in a text in quotes parts nothing."""
    return re.split(r' -> (?=(?:[^"]*"[^"]*")*[^"]*$)', text)


def line_of(example: Example | CounterExample) -> str:
    """The line of an example, behind what it needs above; that of a source comes first, for it reads nothing."""
    parts = arrows(example.text)
    if parts[0].split()[0] in REGISTRY:
        return parts[0]
    kind = REGISTRY.get(parts[1].split()[0])
    return parts[1] if kind is not None and kind.braces else parts[1].split("; ")[-1]


def spec(text: str) -> str:
    """An example as a whole text: `8x8x16, 16 -> SCALE -> 8x8x16` with inputs a and b, and its output as a claim."""
    if text.split()[0] in REGISTRY:  # a source
        return f"input 3\n{text}"
    shapes, line, *output = arrows(text)
    inputs = shapes.split(", ")
    if len(inputs) == 1:
        lines = [f"input {inputs[0]}"]
    else:
        given = [one if ": " in one else f"{name}: {one}" for name, one in zip("abcdefgh", inputs, strict=False)]
        lines = [f"input {one}" for one in given]
        names = [one.partition(":")[0] for one in given]
        read = [name for name in names if not re.search(rf"=[{name}]\b", line)]  # but masks, as in mask=m
        line = f"{line} <- {', '.join(read)}"
    return "\n".join([*lines, " -> ".join([line, *output])])


def opened(text: str) -> tuple[str, dict[str, int]]:
    """An example with a name for each size of its inputs, equal ones alike, and the numbers that they stand for."""
    shapes, line, *_ = arrows(text)
    names: dict[str, str] = {}
    for size in re.findall("[0-9]+", shapes):
        names.setdefault(size, "ABCDEFGHJKLMN"[len(names)])
    shapes = re.sub("[0-9]+", lambda size: names[size[0]], shapes)
    return spec(f"{shapes} -> {line}"), {name: int(size) for size, name in names.items()}


# ---- the registry is complete


@pytest.mark.parametrize("kind", KINDS, ids=list(REGISTRY))
def test_a_kind_is_documented_and_shown(kind: type[Layer]) -> None:
    assert kind.__doc__ and kind.__doc__.partition("\n")[0].rstrip().endswith((".", ";"))
    assert kind.family in FAMILIES
    assert [example for example in kind.examples if isinstance(example, Example)]
    assert [example for example in kind.examples if isinstance(example, CounterExample)]
    assert all(REGISTRY[line_of(example).split()[0]] is kind for example in kind.examples)


@pytest.mark.parametrize("kind", KINDS, ids=list(REGISTRY))
def test_every_attribute_is_documented_and_used_by_an_example(kind: type[Layer]) -> None:
    lines = [line_of(example) for example in kind.examples if isinstance(example, Example)]
    used = {name for line in lines for name in attributes_in(kind, line)}
    assert all(attribute.doc for attribute in kind.attributes.values())
    assert set(kind.attributes) <= used, "an attribute that no example uses"


def attributes_in(kind: type[Layer], line: str) -> set[str]:
    """The attributes that a line gives, read word by word."""
    words = re.sub(r'"[^"]*"|\[.*\]|\(.*?\)', "0", line).split()[1:]
    positional = [attribute.name for attribute in kind.attributes.values() if attribute.positional]
    values = [word for word in words if word[0].isdigit()]
    found = set(positional[: len(values)])
    for attribute in kind.attributes.values():
        if any(spells(attribute, word) for word in words):
            found.add(attribute.name)
    return found


def spells(attribute: Attribute, word: str) -> bool:
    """Whether a word gives the attribute by name, by its short form or as a switch."""
    name, equals, _ = word.partition("=")
    if equals:
        return attribute.type.gathers or name in (attribute.name, attribute.short)
    if attribute.type.switch and word in (attribute.name, f"no{attribute.name}"):
        return True
    return bool(attribute.short and re.fullmatch(rf"{attribute.short}\d+(x\d+)*", word))


@pytest.mark.parametrize("kind", KINDS, ids=list(REGISTRY))
def test_short_spellings_are_unique(kind: type[Layer]) -> None:
    names = [attribute.name for attribute in kind.attributes.values()]
    shorts = [attribute.short for attribute in kind.attributes.values() if attribute.short]
    assert len(set(names + shorts)) == len(names + shorts)


def test_the_table_of_families_is_what_the_files_declare() -> None:
    for family, (_, kinds) in FAMILIES.items():
        declared = [
            kind.name
            for kind in vars(import_module(f"archdsl.layers.kinds.{family}")).values()
            if is_kind(kind, family)
        ]
        assert declared == kinds.split(), "archdsl/layers/families.py"
    files = {path.stem for path in Path(archdsl.__file__).parent.joinpath("layers", "kinds").glob("*.py")}
    assert set(FAMILIES) <= files


def is_kind(value: Any, family: str) -> bool:
    return isinstance(value, type) and issubclass(value, Layer) and "name" in vars(value) and value.family == family


def test_counter_examples_use_codes_that_exist() -> None:
    assert {example.code for _, example in WRONGS} <= set(CODES)


def test_a_kind_is_found_in_any_case() -> None:
    assert lookup("conv") is lookup("CONV") is REGISTRY["CONV"]
    assert lookup("CONVOLUTION") is None


# ---- the reference is made from the classes


@pytest.mark.parametrize("kind", KINDS, ids=list(REGISTRY))
def test_the_reference_of_a_kind_shows_everything(kind: type[Layer]) -> None:
    text = " ".join(describe(kind).split())  # lines are broken for a terminal
    for shown in (kind.usage(), *kind.attributes, *(example.text for example in kind.examples)):
        assert shown in text


def test_the_overview_has_every_kind_once() -> None:
    lines = overview().splitlines()
    assert sorted(line.split()[0] for line in lines if line[:2] == "  " != line[1:3]) == sorted(REGISTRY)


def test_the_page_of_the_reference_is_current() -> None:
    page = Path(__file__).parents[1] / "docs" / "layers.md"
    assert page.read_text(encoding="utf-8") == markdown(), "run: python -m archdsl.layers.reference"


# ---- examples and counter-examples


@named(EXAMPLES)
def test_an_example_holds(kind: type[Layer], example: Example) -> None:
    model = archdsl.loads(spec(example.text))
    assert example.params in (None, model.params)
    assert example.macs in (None, model.macs)


@named(WRONGS)
def test_a_counter_example_is_refused(kind: type[Layer], example: CounterExample) -> None:
    with pytest.raises(archdsl.ArchError) as caught:
        archdsl.loads(spec(example.text))
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == [example.code]


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("6x6x3 -> MAXPOOL 2x2 s3", []),  # a gap within the stride
        ("8x8x3 -> MAXPOOL 3x3 s2", ["height", "width"]),
        ("8x8x3 -> MAXPOOL 3x3 s2 ceil", []),
        ("7x8x3 -> AVGPOOL 2x2", ["height"]),
        ("5x6x3 -> SUBSAMPLE 2x2 s2", ["height"]),
    ],
)
def test_elements_behind_the_last_window_are_pointed_out(text: str, unread: list[str]) -> None:
    found = [d for d in archdsl.loads(spec(text)).diagnostics if d.code == "leftover"]
    assert all(axis in " ".join(d.message for d in found) for axis in unread)
    assert bool(found) == bool(unread)


# ---- PyTorch agrees


def tensor(torch: Any, shape: tuple[int, ...], dtype: str, batch: int, device: str) -> Any:
    """An input as PyTorch has it: images channels first, sequences steps first, integers as written."""
    if dtype == "int64":
        return torch.zeros((batch, *shape), dtype=torch.int64, device=device)
    values = torch.rand(memory(shape, dtype, batch), device=device)
    return values < 0.7 if dtype == "bool" else values


def memory(shape: tuple[int, ...], dtype: str, batch: int) -> tuple[int, ...]:
    """The sizes of a value in PyTorch."""
    if dtype == "int64" or len(shape) < 3:
        return (batch, *shape)
    return (batch, shape[-1], *shape[:-1])


@named(EXAMPLES)
def test_pytorch_gives_the_same_shape_and_tensors(kind: type[Layer], example: Example) -> None:
    torch = pytest.importorskip("torch")
    model = archdsl.loads(spec(example.text), allow_modules=True)
    module = model.to_torch()
    inputs = [tensor(torch, port.shape, port.dtype, 2, "cpu") for port in model.inputs]
    (output,) = model.outputs
    for mode in (module.train(), module.eval()):
        assert tuple(mode(*inputs).shape) == memory(output.shape, output.dtype, 2)
    if kind.name == "MODULE":  # what a module of another package owns is stated as one number
        assert model.params == sum(p.numel() for p in module.parameters())
        return
    learned, kept = static_tensors(model)
    assert [(name, tuple(p.shape)) for name, p in module.named_parameters()] == list(learned.items())
    assert [(name, tuple(b.shape)) for name, b in module.named_buffers()] == list(kept.items())


@named(EXAMPLES)
def test_pytorch_counts_the_same_macs(kind: type[Layer], example: Example) -> None:
    torch = pytest.importorskip("torch")
    from support.compare import flops

    model = archdsl.loads(spec(example.text), allow_modules=True)
    device = "cpu" if kind.braces else "meta"  # which expert reads what depends on the numbers
    with torch.device(device):
        module = model.to_torch()
    inputs = [tensor(torch, port.shape, port.dtype, 1, device) for port in model.inputs]
    if kind.name != "MODULE":  # whose macs nobody knows
        assert flops(module, inputs) == 2 * model.macs


# ---- rules pass sizes that are left open


@named([(kind, example) for kind, example in EXAMPLES + WRONGS if kind.inputs[1] != 0])
def test_rules_take_open_sizes_as_they_take_numbers(kind: type[Layer], example: Example | CounterExample) -> None:
    """What holds with numbers is what the open answer says of them; it is asked where it needs a number."""
    text, numbers = opened(example.text)
    model, codes = loaded(text)
    if "undetermined" in codes:
        assert codes == {"undetermined"}
        return
    nearby = [{**numbers, name: size} for name, old in numbers.items() for size in {1, 2, 3, max(1, old - 1), old + 1}]
    for each in (numbers, *nearby):
        concrete, _ = loaded(text, **each)
        allowed = model is not None and model.allows(**{name: each[name] for name in model.open})
        assert allowed == (concrete is not None), (each, [str(one) for one in model.conditions] if model else codes)
        if allowed:
            assert tuple(valued(size, each) for size in model.outputs[0].shape) == concrete.outputs[0].shape
            assert [valued(count, each) for count in model.totals] == list(concrete.totals)
    if isinstance(example, Example):
        assert model is not None


UNITS = ("params", "weights", "buffers", "macs", "flops", "connections", "units")


@named([(kind, example) for kind, example in EXAMPLES if kind.inputs[1] != 0])
def test_a_failing_claim_asks_nothing_of_open_sizes(kind: type[Layer], example: Example) -> None:
    """What a failing claim says of a layer is worked out of what is known, whatever its sizes are."""
    text, _ = opened(example.text)
    model, _ = loaded(text)
    for rank in range(1, 5):
        wrong = "x".join(["61"] * rank)
        _, codes = loaded(f"{text} -> {wrong}, {', '.join(f'61 {unit}' for unit in UNITS)}")
        assert codes & {"claim-shape", "claim-value", "undetermined"}, text
    if model is not None:
        sizes = ", ".join(map(str, model.outputs[0].shape[:-1]))
        _, codes = loaded(f"{text} -> [{sizes}{',' * bool(sizes)} 61]")
        assert codes <= {"claim-shape", "invalid-expression", "syntax", "unknown-name"}, text


def loaded(text: str, **given: int) -> tuple[Any, set[str]]:
    """The model, or the codes of what is wrong."""
    try:
        return archdsl.loads(text, **given), set()
    except archdsl.ArchError as refusal:
        return None, {one.code for one in refusal.diagnostics}
