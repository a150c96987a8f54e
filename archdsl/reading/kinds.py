"""What words stand for as kinds of layer: the built-in ones, and in each file its own blocks and those that it uses."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from archdsl.diagnostics import Related, Source, Span, nearest
from archdsl.expressions.evaluate import no_kind
from archdsl.expressions.scope import RUNNERS, WRONG, KindReference, Runner, Scope, Words, meant
from archdsl.faults.problem import Problem, Silent
from archdsl.faults.report import Around, Reporter
from archdsl.layers import REGISTRY, Layer
from archdsl.reading.declare import Declarations, as_block, declarations
from archdsl.syntax import tree
from archdsl.syntax.tree import Token
from archdsl.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from archdsl.reading.using import Used

RIVALS = -1  # the number of a file from here down: a word of the file 0, 1 ... that two files have a block for
_MISPLACED = {
    "else": "`else` goes after the } of its `if`",
    "where": "`where` goes on the line of `input` or `model`",
}


class Kinds:
    """The blocks of all files of a check, models that are used as blocks among them; what words mean in each file."""

    def __init__(self, files: list[Declarations], source: Source, places: tuple[Token | None, ...] = (None,)) -> None:
        self.files, self._source, self._places = files, source, places
        self.blocks: dict[KindReference, tree.Block] = {}
        self.words: list[Words] = []
        self.models: dict[int, Declarations] = {}  # by the place of the name
        self._numbers: dict[int, int] = {}  # of the file in which a block stands, by the place of its name
        self._rivals: dict[KindReference, tuple[KindReference, KindReference]] = {}
        for number, declared in enumerate(files):
            self.words.append({name: KindReference(name) for name in (*REGISTRY, *RUNNERS)})
            for name, block in declared.blocks.items():
                self.words[number][name] = self._add(KindReference(name, number), block)

    def _add(self, reference: KindReference, block: tree.Block) -> KindReference:
        self.blocks[reference] = block
        assert reference.file is not None
        self._numbers[block.name.start] = reference.file
        return reference

    def used(self, number: int, report: Reporter) -> Around:
        """What is reported of a file inside is also explained by the `use` that brought it."""
        return _used(self._places[number], report)

    def around(self, block: tree.Block) -> Words:
        """What words mean in the file of a block."""
        return self.words[self._numbers[block.name.start]]

    def reference(self, kind: Token, scope: Scope, words: Words) -> KindReference | None:
        """What a kind word means: a value in scope that holds a kind, a block, or a built-in kind; None if nothing."""
        value = scope.get(kind.text) if kind.text in scope else None
        return value if isinstance(value, KindReference) else meant(kind.text, words)

    def target(self, kind: Token, scope: Scope, words: Words) -> type[Layer] | tree.Block | Runner:
        """The block or built-in kind that a word means, SHARE or SCAN; raises Problem where it means none, or two."""
        found = self.reference(kind, scope, words)
        if kind.text in scope:
            value = scope.get(kind.text)
            if value is WRONG:
                raise Silent
            if found is None:
                raise no_kind(value, kind)
        if found is None:
            raise self.unknown(kind, words)
        if found.file is None:
            return RUNNERS[found.name] if found.name in RUNNERS else REGISTRY[found.name]
        if found.file <= RIVALS:
            raise self.rivals(kind, found)
        return self.blocks[found]

    def unknown(self, kind: Token, words: Words) -> Problem:
        """The fault of a kind that is neither built in nor a block."""
        if kind.text in _MISPLACED:
            return Problem("misplaced", _MISPLACED[kind.text], kind)
        close = nearest(kind.text, words)
        message = f"there is no kind of layer called {kind.text}"
        hint, instead = "`archdsl layers` lists the kinds", (close,) if close else ()
        return Problem("unknown-kind", message, kind, hint=hint, instead=instead)

    def rivals(self, kind: Token, reference: KindReference) -> Problem:
        """The fault of a word for which two files with a model have a block each."""
        message = f"{kind.text} is the name of two blocks"
        return Problem("duplicate-name", message, kind, related=self._declared(*self._rivals[reference]))

    def bring(self, number: int, target: int, path: Token) -> Problem | None:
        """Let the words of a file mean the blocks of another, and its model; the fault where a word would mean two."""
        faults = [self._twofold(target, path)]
        for reference in self._offered(target):
            faults.append(self._mean(number, reference.name, reference, path))
        model = self.files[target].model
        if model is not None and model.name.text.upper() not in REGISTRY:  # matched without regard to case, as they are
            faults.append(self._mean(number, model.name.text.upper(), KindReference(model.name.text, target), path))
        return next((fault for fault in faults if fault is not None), None)

    def _mean(self, number: int, word: str, reference: KindReference, path: Token) -> Problem | None:
        """Let a word of a file mean a block of another; the fault where it means one already."""
        known = self.words[number].get(word)
        if known is None or known.file is None or known == reference:
            self.words[number][word] = reference
        elif known.file >= 0 and self._beside_model(number, known, reference):
            self.words[number][word] = rival = KindReference(word, RIVALS - number)
            self._rivals[rival] = known, reference
        elif known.file >= 0:
            hint = "rename one of them, or do not use both files"
            related = self._declared(known, reference)
            return Problem(
                "duplicate-name", f"{word} would be the name of two blocks", path, hint=hint, related=related
            )
        return None

    def _twofold(self, target: int, path: Token) -> Problem | None:
        """The fault of a file whose model has the name of one of its blocks."""
        model, blocks = self.files[target].model, self.files[target].blocks
        if model is None or model.name.text not in blocks:
            return None
        message = f"{model.name.text} is a model and a block of the file that is used"
        places = (model.name, "the model"), (blocks[model.name.text].name, "the block")
        related = tuple(Related(Span(token.start, token.end), text) for token, text in places)
        return Problem("duplicate-name", message, path, related=related)

    def _offered(self, target: int) -> Iterator[KindReference]:
        """The blocks of a file, and its model."""
        declared = self.files[target]
        yield from (KindReference(name, target) for name in declared.blocks)
        if declared.model is not None:
            reference = KindReference(declared.model.name.text, target)
            if reference not in self.blocks:
                block = as_block(declared.model, declared)
                self.models[block.name.start] = declared
                self._add(reference, block)
            yield reference

    def _beside_model(self, number: int, *references: KindReference) -> bool:
        """Whether one of some blocks came only because it stands beside the model that was meant."""
        for reference in references:
            assert reference.file is not None
            model = self.files[reference.file].model
            if reference.file != number and model is not None and model.name.text != reference.name:
                return True
        return False

    def _declared(self, *references: KindReference) -> tuple[Related, ...]:
        names = [self.blocks[reference].name for reference in references]
        texts = ("declared here", "and here")
        return tuple(Related(Span(one.start, one.end), text) for one, text in zip(names, texts, strict=True))


def linked(file: tree.File, used: Used | None, report: Reporter) -> Kinds:
    """The declarations of a text and of all files that it uses, and what words mean in each; tells what clashes."""
    if used is None:
        return Kinds([declarations(file, report)], report.source)
    from archdsl.reading.using import uses

    files = []
    for one, place in zip(used.files, used.places, strict=True):
        with _used(place, report):
            files.append(declarations(one, report))
    kinds = Kinds(files, report.source, used.places)
    for number, one in enumerate(used.files):
        known: set[int] = set()
        for use in uses(one):
            target = used.brought.get(use.path.start)
            if target is None:  # the file is missing, which was reported
                continue
            fault = kinds.bring(number, target, use.path) if target not in known else None
            known.add(target)
            if fault is not None:
                with kinds.used(number, report):
                    report.problem(fault)
    return kinds


def _used(place: Token | None, report: Reporter) -> Around:
    return report.within(place, partial(str, "used here"))
