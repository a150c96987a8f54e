"""What is known of the file that is written: its classes so far, the names taken, and what each class is to its users.

`Book` is the abstract base of `Generator`: those that write a class know this base alone.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

from archdsl.backends.source.families import Family
from archdsl.backends.source.made import ClassUse, WrittenClass
from archdsl.backends.source.naming import BUILTINS, fresh
from archdsl.checker.checked import Checked
from archdsl.network.nodes import Sequence, Use
from archdsl.network.table import ByIdentity, NodeTable
from archdsl.typed import Any


class Book(ABC):
    """The classes of one network, as far as they are written."""

    def __init__(self, checked: Checked, *, inplace: bool = False) -> None:
        assert checked.network is not None
        self.checked = checked
        self.inplace = inplace  # whether every activation works in place that can
        network = checked.network
        self.network = network._replace(body=network.thawed) if network.thawed else network
        self.classes: list[str] = []
        self.supports: dict[str, str] = {}
        self.imports: dict[tuple[str, str], str] = {}  # classes of other packages, and what they are called here
        self.model = ""  # the name of the model's class
        self.names: set[str] = {"F", "nn", "torch"}
        self._made: NodeTable[tuple[WrittenClass, int]] = NodeTable()  # of the bodies of blocks and groups
        self._uses: NodeTable[Use] = NodeTable()  # of each body of a block the first use
        self._repeated: set[ByIdentity] = set()  # blocks of which copies follow one another
        self.shared: set[int] = set()  # first results of what SHARE runs again
        self._second: set[ByIdentity] = set()  # bodies of blocks in use that SHARE runs
        self._again: NodeTable[list[Sequence]] = (
            NodeTable()
        )  # with symbolic sizes: what it runs, by the first run's body
        self._tied = False
        self.refused: set[tuple[Any, ...]] = set()  # attempts at a chain that failed

    def support(self, name: str, text: str) -> None:
        """Note a class that PyTorch does not have, or the functions that one calls."""
        functions, _, body = f"\n{text.strip(chr(10))}".partition("\nclass ")
        if functions:  # several classes may call them
            self.supports[functions] = functions.strip("\n")
            self.names.update(re.findall(r"^def (\w+)", functions, re.MULTILINE))
        if body:
            self.supports[name] = f"class {body}"
            self.names.add(name)

    def imported(self, home: str, word: str) -> str:
        """What a class of another package is called here: as there, unless something else has that name."""
        if (home, word) not in self.imports:
            parameters = {p.name.text for _, use in self._uses.items() for p in use.block.parameters}
            self.imports[home, word] = fresh(word, self.names | BUILTINS | parameters)
            self.names.add(self.imports[home, word])
        return self.imports[home, word]

    def made(self, body: Sequence) -> WrittenClass:
        return self._made[body][0]

    def is_of(self, made: WrittenClass, body: Sequence) -> bool:
        """Whether a class was written for a body, among others."""
        return body in self._made and self._made[body][0] is made

    def member(self, body: Sequence) -> int:
        return self._made[body][1]

    def channels(self, body: Sequence) -> Any:
        return body.inputs[0].channels

    def line(self, offset: int) -> int:
        return self.checked.source.position(offset)[0]

    def is_model(self, name: str) -> bool:
        """Whether a class is the model's own: its inputs and results lie as usual."""
        return name == self.model

    def snapshot(self) -> Any:
        """The classes written so far."""
        return list(self.classes), dict(self.supports), set(self.names), self._made.copy(), dict(self.imports)

    def restore(self, before: Any) -> None:
        """Forget the classes written since."""
        classes, supports, names, made, imports = before
        self.classes, self.supports, self.names, self._made = list(classes), dict(supports), set(names), made.copy()
        self.imports = dict(imports)

    @abstractmethod
    def group(
        self,
        found: Family,
        label: str,
        outer: str,
        members: dict[int, ClassUse],
        *,
        back: bool = False,
        takes: tuple[str, ...] = (),
    ) -> WrittenClass:
        """A class for a named group that is no chain, within the class `outer` of these members."""
