"""A text checked at one setting of its parameters, or at all that it lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from archdsl.analysis.cost import Cost, Costs
from archdsl.checker import channels
from archdsl.claims.claims import MOST_DIGITS, Claim, unwritable
from archdsl.diagnostics import Diagnostic, Source, Span
from archdsl.elaborate.elaborate import Elaborator
from archdsl.elaborate.names import Entry, Names, Value
from archdsl.elaborate.place import Place
from archdsl.elaborate.rules import Known
from archdsl.elaborate.trampoline import run
from archdsl.expressions.evaluate import evaluate
from archdsl.expressions.scope import LEFT_OPEN, Scope
from archdsl.faults.problem import Problem, Silent, Stop
from archdsl.faults.report import Report
from archdsl.layers import lookup
from archdsl.limits import Limits
from archdsl.network.nodes import Freeze, Network, Port, Sequence
from archdsl.notations.detect import read_text
from archdsl.reading.declare import (
    Declarations,
    declarations,
    input_shape,
    parameters,
)
from archdsl.reading.kinds import linked
from archdsl.reading.references import check_blocks
from archdsl.reading.where import define_symbols, demand_of_inputs, facts_of, symbol_names
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Size
from archdsl.syntax import tree
from archdsl.syntax.collector import without_collector
from archdsl.syntax.tree import Token

if TYPE_CHECKING:
    from archdsl.analysis.conditions import Condition
    from archdsl.checker.holes.answer import Answer, Found
    from archdsl.reading.holes import Hole
    from archdsl.reading.using import Folder, Used
    from archdsl.sizes.facts import Facts


class Checked(NamedTuple):
    """What a check found. After an error `network` holds what stands up to it, and its totals mean nothing."""

    source: Source
    name: str
    parameters: dict[str, Any]
    network: Network | None
    costs: Costs
    claims: list[Claim]
    diagnostics: list[Diagnostic]
    visits: int
    steps: int = 0
    holes: tuple[Found, ...] = ()
    facts: Facts | None = None
    conditions: list[Condition] = []  # noqa: RUF012 - what the network needs of its open sizes
    where: list[Condition] = []  # noqa: RUF012 - what `where` says of them

    @property
    def failed(self) -> bool:
        return any(diagnostic.severity == "error" for diagnostic in self.diagnostics)

    @property
    def whole(self) -> bool:
        """Whether the network stands, even if a claimed count is wrong; behind a wrong shape nothing does."""
        wrong = (diagnostic.code for diagnostic in self.diagnostics if diagnostic.severity == "error")
        return self.network is not None and all(code == "claim-value" for code in wrong)

    @property
    def totals(self) -> Cost:
        """The cost of the whole network."""
        return self.costs.of(self.network.body) if self.network else Cost()


class Reading(NamedTuple):
    """A parsed text; every setting of its parameters is checked from here."""

    source: Source
    file: tree.File | None
    diagnostics: list[Diagnostic]
    ignored: list[tuple[str, int, int]]
    known: Known  # layers that one setting found serve the next
    notation: str = "arch"
    notes: tuple[tuple[int, int, str], ...] = ()  # how the lines of a listing were read: place and words
    holes: tuple[Hole, ...] = ()
    answer: Answer | None = None  # what was found for the holes; then this is the text with their numbers
    used: Used | None = None  # the files that the text uses; then `source` is all of them
    folder: Folder | None = None  # where they are found

    @property
    def own(self) -> Source:
        """The text itself, without those that it uses."""
        return self.source.part(0)


def read(source: Source, limits: Limits, notation: str | None = None, folder: Folder | None = None) -> Reading:
    """Parse a text once, in the notation given or in the one that it is written in, and the files that it uses.

    `folder` is where these are found; without one only those of the shipped library are.
    """
    with without_collector():
        text = read_text(source, limits, notation, lambda word: lookup(word) is not None)
    parsed = text.parsed
    holes = _holes(source, parsed.file) if text.notation == "arch" else ()
    read = Reading(source, parsed.file, parsed.diagnostics, parsed.ignored, {}, text.notation, text.notes)
    read = read._replace(holes=holes) if holes else read
    return _with_used(read, folder, limits) if parsed.file is not None and "use" in source.text else read


def _with_used(read: Reading, folder: Folder | None, limits: Limits) -> Reading:
    """A reading with the files that its text uses; without a tree where one of them cannot be used."""
    from archdsl.reading.using import load, uses

    if read.file is None or not uses(read.file):
        return read
    with without_collector():
        loaded = load(read.source, read.file, folder, limits)
    if loaded.diagnostics:
        return read._replace(file=None, diagnostics=loaded.diagnostics, holes=())
    ignored = [*read.ignored, *loaded.ignored]
    return read._replace(source=loaded.source, used=loaded.used, ignored=ignored, folder=folder)


def _holes(source: Source, file: tree.File | None) -> tuple[Hole, ...]:
    if "?" not in source.text or file is None:
        return ()
    from archdsl.reading.holes import find

    return tuple(find(file))


def filled(reading: Reading, settings: list[dict[str, Any]], limits: Limits, fragment: Shape | None = None) -> Reading:
    """A text with the numbers of its holes, found from the claims at all settings; as it is where it has no hole.

    Where there is no one answer, `answer.told` says why, and no number is put in.
    """
    if not reading.holes or reading.answer is not None:
        return reading
    from archdsl.checker.holes.answer import filled

    with without_collector():
        return filled(reading, settings, limits, fragment)


def blocks_alone(reading: Reading) -> int:
    """The number of blocks of a file that has nothing else, so that other files can use it; 0 of every other."""
    statements = [one for line in reading.file.lines for one in line.statements] if reading.file is not None else []
    alone = all(isinstance(one, (tree.Block, tree.Use)) for one in statements)
    return sum(isinstance(one, tree.Block) for one in statements) if alone else 0


def settings(reading: Reading, given: dict[str, Any], limits: Limits) -> list[dict[str, Any]]:
    """The settings at which a file is verified: those of `cases` that agree with what is given, else what is given."""
    found: list[dict[str, Any]] = []
    if reading.file is not None:
        declared = declarations(reading.file, Report(reading.source, []))
        for cases in declared.cases:
            found += _cases(cases, given, limits)
    return found[: limits.cases] or [given]


def _cases(cases: tree.Cases, given: dict[str, Any], limits: Limits) -> list[dict[str, Any]]:
    names = [token.text for token in cases.names]
    try:
        items = evaluate(cases.settings, Scope({}, {}), limits)
    except (Problem, Silent):
        return []
    if not isinstance(items, tuple):
        return []
    rows = [(item,) if len(names) == 1 else item for item in items]
    found = [dict(zip(names, row, strict=True)) for row in rows if isinstance(row, tuple) and len(row) == len(names)]
    return [{**given, **row} for row in found if all(row.get(name, value) == value for name, value in given.items())]


def check(reading: Reading, given: dict[str, Any], limits: Limits, fragment: Shape | None = None) -> Checked:
    """Check one setting. `fragment` is the input of layer lines that have none. Holes are filled before."""
    reading = filled(reading, [given], limits, fragment)
    if reading.holes:  # each without a number is a fault, and none may end the check
        limits = limits._replace(diagnostics=limits.diagnostics + len(reading.holes))
    with without_collector():
        checked = _check(reading, given, limits, fragment)
    if reading.answer is None:
        return checked
    from archdsl.checker.holes.answer import placed_back

    return placed_back(checked, reading.answer)


def _check(
    reading: Reading, given: dict[str, Any], limits: Limits, fragment: Shape | None, *, trial: bool = False
) -> Checked:
    """Check one setting of a text without holes; a `trial` asks only what is wrong with it."""
    source = reading.source
    report = Report(source, reading.ignored)
    if reading.file is None:
        return unread(source, reading.diagnostics)._replace(parameters=given)
    report.add(reading.diagnostics)
    kinds = linked(reading.file, reading.used, report)
    declared = kinds.files[0]
    names = symbol_names(declared.inputs, declared.model)
    facts = facts_of(names, declared.model, given, report, limits)
    scope = parameters(declared.model, given, names, report, limits, facts, kinds.words[0])
    define_symbols(declared.inputs, names, given, scope, report, facts)
    demand_of_inputs(declared.inputs, scope, report, limits, facts)
    _check_cases(declared, report, limits)
    elaborator = Elaborator(kinds, report, limits, reading.known, facts)
    scope.work = work = elaborator.work
    check_blocks(elaborator)
    refused = report.told("where-failed")  # what follows from a setting that cannot be says nothing
    network = None if refused else network_of(declared, scope, elaborator, fragment)
    network = _countable(network, elaborator.costs, report, limits)
    values = {p.name.text: scope.get(p.name.text) for p in (declared.model.parameters if declared.model else ())}
    values |= {name: given[name] for name in sorted(names) if given.get(name, LEFT_OPEN) != LEFT_OPEN}
    if reading.notation == "arch" and not trial:
        likely = channels.suspects(declared, scope, limits, fragment)
        channels.remark(
            report,
            reading.file,
            likely,
            lambda file, shape: _check(reading._replace(file=file), given, limits, shape, trial=True).diagnostics,
        )
    diagnostics = report.sorted()
    claims = elaborator.judge.verdicts()
    name = model_name(declared.model, source)
    found = Checked(source, name, values, network, elaborator.costs, claims, diagnostics, work.visits, work.steps)
    if facts is None:
        return found
    from archdsl.analysis.conditions import assumed, conditions

    return found._replace(facts=facts, conditions=conditions(facts, source), where=assumed(facts))


def unread(source: Source, diagnostics: list[Diagnostic]) -> Checked:
    """What is known of a text that has no tree."""
    return Checked(source, model_name(None, source), {}, None, Costs(), [], diagnostics, 0)


def model_name(model: tree.Model | None, source: Source) -> str:
    """The name of the model, or one made from the name of the file."""
    if model is not None:
        return model.name.text
    stem = source.name.replace("\\", "/").rpartition("/")[2].partition(".")[0]
    words = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in stem).split()
    name = "".join(word[:1].upper() + word[1:] for word in words)
    return name if name[:1].isalpha() else "Network"


def _countable(network: Network | None, costs: Costs, report: Report, limits: Limits) -> Network | None:
    """Refuse a network whose counts nobody could write down."""
    if network is None:
        return None
    counts = costs.of(network.body)
    much = next((much for count in counts if (much := _much(count, limits))), None)
    if not any(map(unwritable, counts)) and much is None:
        return network
    message = f"repeats of repeats: a count of this network has more than {MOST_DIGITS} digits"
    message = f"a count of this network is {much}" if much else message
    report.tell("too-large", message, Span(0, 0))
    return None


def _much(count: Size, limits: Limits) -> str | None:
    """What is too much about a formula; digits are bounded apart."""
    return None if isinstance(count, int) else count.exceeds(limits.terms, limits.degree, factors=False)


def _check_cases(declared: Declarations, report: Report, limits: Limits) -> None:
    """Tell what is wrong with `cases`: names that are no parameters, settings that are no list."""
    known = [parameter.name.text for parameter in declared.model.parameters] if declared.model else []
    for cases in declared.cases:
        for token in cases.names:
            if token.text not in known:
                report.tell("unknown-parameter", f"the model has no parameter {token.text}", token)
        try:
            items = evaluate(cases.settings, Scope({}, {}), limits)
        except Problem as problem:
            report.problem(problem)
            continue
        wanted = len(cases.names)
        rows = items if isinstance(items, tuple) else ()
        if not rows or any(wanted > 1 and (not isinstance(row, tuple) or len(row) != wanted) for row in rows):
            what = "a list" if wanted == 1 else f"a list of lists of {wanted} values"
            report.tell("wrong-type", f"`cases` goes through {what}", cases.settings)
        elif len(rows) > limits.cases:
            report.tell(
                "limit", f"more than {limits.cases:,} cases", cases.settings, hint="raise it with --limit cases=N"
            )


def network_of(declared: Declarations, scope: Scope, elaborator: Elaborator, fragment: Shape | None) -> Network | None:
    """The network of the lines of a file, None where nothing stands; the elaborator reports what is wrong."""
    report = elaborator.report
    names = Names(None)
    names.model = True
    place = Place(scope, names, (), elaborator.kinds.words[0])
    try:
        inputs = _inputs(declared, place, elaborator, fragment)
        if not declared.lines:
            message = (
                "no layers: there is nothing to check" if not declared.blocks else "blocks, and no layers that use them"
            )
            report.tell("empty", message, Span(0, 0))
            return None
        values = tuple(value for _, value in inputs)
        body, last = run(elaborator.sequence(declared.lines, values, place))
        results = elaborator.results(names, last, place)
        marked, freezes = _frozen(elaborator, body, names) if names.freezes else (body, ())
        elaborator.complete(names, marked, results, scope)
        if not report.failed:
            elaborator.tell_unread()
        network = _assembled(declared, marked, inputs, results, names, scope, report.source)
        return network._replace(
            freezes=freezes, thawed=body._replace(gives=network.body.gives, outputs=network.body.outputs)
        )
    except Stop as stop:
        report.problem(stop.problem)
    except Problem as problem:
        report.problem(problem)
    except Silent:
        pass  # a fault was told before
    return None


def _frozen(elaborator: Elaborator, body: Sequence, names: Names) -> tuple[Sequence, tuple[Freeze, ...]]:
    """The body with the layers marked that are not trained; as it is after a fault, by which names may be lacking."""
    if elaborator.report.broken:
        return body, ()
    from archdsl.elaborate.freezing import frozen

    elaborator.judge.refuse_parts_of_trainable()
    return frozen(elaborator, body, names.freezes)


def _inputs(
    declared: Declarations, place: Place, elaborator: Elaborator, fragment: Shape | None
) -> list[tuple[str, Value]]:
    """The values of the inputs, readable by their names."""
    found: list[tuple[str, Value]] = []
    unnamed = False
    for one in declared.inputs:
        try:
            shape: Shape | None = input_shape(one, place.scope, elaborator.limits)
        except Problem as problem:
            elaborator.report.problem(problem)
            shape = None
        except Silent:
            shape = None
        if not one.names and len(declared.inputs) > 1:
            if not unnamed:
                elaborator.report.tell("missing-value", "several inputs need names", one, hint="input left: 105x105x1")
            unnamed = True
            continue
        for token in one.names or (Token("WORD", "input", one.start, one.end),):
            value = elaborator.value(shape, one)
            label = token.text.strip('"')
            if one.names:
                place.names.claim(label, token)
                place.names.entries[label] = Entry((value,), token)
            found.append((label, value))
    if unnamed:  # told; what lines without <- would read is in doubt
        return [("input", elaborator.wrong())]
    if not found and fragment is not None:
        found.append(("input", elaborator.value(fragment, Span(0, 0))))
    return found


def _assembled(
    declared: Declarations,
    body: Sequence,
    inputs: list[tuple[str, Value]],
    results: tuple[Value, ...],
    names: Names,
    scope: Scope,
    source: Source,
) -> Network:
    ports = tuple(Port(name, v.number, v.shape.sizes, v.shape.dtype) for name, v in inputs if v.shape)
    tokens = names.outputs.reads if names.outputs else ()
    called = [token.text.strip('"') for token in tokens] or [_last_label(declared)]
    outputs = tuple(
        Port(name, v.number, v.shape.sizes, v.shape.dtype) for name, v in zip(called, results, strict=False) if v.shape
    )
    known = tuple((p.name.text, scope.get(p.name.text)) for p in (declared.model.parameters if declared.model else ()))
    shapes = tuple(value.shape for value in results if value.shape)
    body = body._replace(gives=tuple(value.number for value in results), outputs=shapes)
    return Network(model_name(declared.model, source), known, ports, outputs, body)


def _last_label(declared: Declarations) -> str:
    """The label of the last layer line, or `output`."""
    for line in reversed(declared.lines):
        for statement in reversed(line.statements):
            if isinstance(statement, tree.Layer):
                plain = statement.names and statement.names[0].type == "WORD"
                return statement.names[0].text if plain else "output"
    return "output"
