"""The value of a model's parameter, or the input, with which a checkpoint fits: found by trying."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from archdsl.checker.checked import Checked
from archdsl.checkpoints.compare import CheckpointComparison, compare
from archdsl.checkpoints.header import TensorEntry
from archdsl.checkpoints.opened import MatchingRules
from archdsl.checkpoints.scaling import values_for
from archdsl.checkpoints.wanted import WantedTensor
from archdsl.diagnostics import ArchError
from archdsl.sizes.size import symbols
from archdsl.typed import Any, NamedTuple, Protocol

_MOST = 48  # settings that are tried
_MOST_TENSORS = 20_000  # on both sides; for more nothing is tried
_MOST_OF_ONE = 12  # values of one parameter
_INPUT = ""  # in place of a parameter's name


class ModelSetting(NamedTuple):
    """Values of parameters and symbolic sizes by their names, and the sizes of the input; empty for the text's own."""

    values: Mapping[str, int]
    sizes: tuple[int, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """As the command has them."""
        given = tuple(f"{name}={value}" for name, value in self.values.items())
        return (*given, "--input", "x".join(map(str, self.sizes))) if self.sizes else given


class FittingSetting(NamedTuple):
    """The settings with which most tensors fit, equally many, and how they fit with the first of them."""

    settings: tuple[ModelSetting, ...]
    comparison: CheckpointComparison


class Again(Protocol):
    """The spec checked at another setting, and what its network wants of a checkpoint; raises ArchError."""

    def __call__(self, setting: ModelSetting) -> tuple[Checked, list[WantedTensor]]: ...


class _Misfit(NamedTuple):
    """A tensor of another size on one axis: what is wanted now, and what the file has."""

    name: str
    axis: int
    wanted: Any
    found: int


class _HeldSetting(NamedTuple):
    """A setting that holds."""

    setting: ModelSetting
    checked: Checked
    comparison: CheckpointComparison

    @property
    def fits(self) -> int:
        return self.comparison.count("fits")


def fitting(
    checked: Checked,
    comparison: CheckpointComparison,
    found: Mapping[str, TensorEntry],
    rules: MatchingRules,
    again: Again,
    fixed: Collection[str],
) -> FittingSetting | None:
    """The setting with which more tensors fit than now, and fewer are of another shape; None where none was found.

    `fixed` are names that keep their value; the empty one is the input.
    """
    if len(comparison.pairs) > _MOST_TENSORS:
        return None
    search = _SettingSearch(found, rules, again, fixed)
    now, others = _HeldSetting(ModelSetting({}), checked, comparison), [ModelSetting({})]
    while others and _misfits(now.comparison):
        best = search.best(now)
        if not best:
            break
        now, others = best[0], [one.setting for one in best]
        if len(others) > 1:
            break
    return FittingSetting(tuple(others), now.comparison) if now.setting != ModelSetting({}) else None


def _misfits(comparison: CheckpointComparison) -> list[_Misfit]:
    """The tensors of another shape, each by the first axis that differs; of equal pairs of sizes one."""
    found: dict[tuple[Any, int], _Misfit] = {}
    for pair in comparison.pairs:
        if pair.status != "shape" or pair.wanted is None or pair.found is None:
            continue
        if len(pair.wanted.sizes) == len(pair.found.sizes):
            both = enumerate(zip(pair.wanted.sizes, pair.found.sizes, strict=True))
            axis, (want, have) = next((at, sizes) for at, sizes in both if sizes[0] != sizes[1])
            found.setdefault((want, have), _Misfit(pair.name, axis, want, have))
    return list(found.values())


class _SettingSearch:
    """Settings tried one after the other, within a bound."""

    def __init__(
        self, found: Mapping[str, TensorEntry], rules: MatchingRules, again: Again, fixed: Collection[str]
    ) -> None:
        self.found, self.rules, self.again, self.fixed = found, rules, again, fixed
        self._left = _MOST

    def best(self, now: _HeldSetting) -> list[_HeldSetting]:
        """The settings beyond one with which most tensors fit: a parameter's, or else the input's."""
        for misfit in _misfits(now.comparison):
            for knobs in (self._parameters(now.checked, misfit), self._input(now.checked)):
                held = [one for name, value in knobs if (one := self._solved(now, misfit, name, value)) is not None]
                if held:
                    most = max(one.fits for one in held)
                    return [one for one in held if one.fits == most]
        return []

    def _parameters(self, checked: Checked, misfit: _Misfit) -> Iterator[tuple[str, int | None]]:
        """What is symbolic in the size, and all integers that the model has as parameters; those of that size first."""
        yield from ((name, None) for name in sorted(symbols(misfit.wanted)))
        named = [(name, value) for name, value in checked.parameters.items() if type(value) is int]
        named.sort(key=lambda entry: entry[1] != misfit.wanted)
        yield from ((name, value) for name, value in named if name not in self.fixed)

    def _input(self, checked: Checked) -> Iterator[tuple[str, int | None]]:
        ports = checked.network.inputs if checked.network is not None else ()
        sizes = [size for size in ports[0].shape if isinstance(size, int)] if len(ports) == 1 else []
        if sizes and len(sizes) == len(ports[0].shape) and _INPUT not in self.fixed:
            yield _INPUT, sizes[0]

    def _solved(self, now: _HeldSetting, misfit: _Misfit, name: str, value: int | None) -> _HeldSetting | None:
        """The setting with another value under a name with which a tensor fits, and more of all than now."""
        queue = values_for(misfit.found, value, misfit.wanted if isinstance(misfit.wanted, int) else None)
        seen: set[int] = set()
        while queue and len(seen) < _MOST_OF_ONE and self._left > 0:
            number = queue.pop(0)
            if number in seen:
                continue
            seen.add(number)
            tried = self._tried(now, name, number)
            size = _size(tried.comparison, misfit) if tried is not None else None
            if tried is None or size is None:
                continue
            if size == misfit.found:
                shapes = tried.comparison.count("shape") < now.comparison.count("shape")
                return tried if shapes and tried.fits > now.fits else None
            if size == misfit.wanted:
                return None  # the value does not change the size
            queue += values_for(misfit.found, number, size)
        return None

    def _tried(self, now: _HeldSetting, name: str, number: int) -> _HeldSetting | None:
        setting = _with(now, name, number)
        if setting is None:
            return None
        self._left -= 1
        try:
            checked, wanted = self.again(setting)
            return _HeldSetting(setting, checked, compare(wanted, self.found, *self.rules))
        except (ArchError, ValueError):
            return None


def _with(now: _HeldSetting, name: str, number: int) -> ModelSetting | None:
    """A setting with one more value; with another side, an image keeps its form."""
    if name != _INPUT:
        return now.setting._replace(values={**now.setting.values, name: number})
    assert now.checked.network is not None
    first, *others = (size for size in now.checked.network.inputs[0].shape if isinstance(size, int))
    space, channels = others[:-1], others[-1:]
    if any(size * number % first for size in space):
        return None
    return now.setting._replace(sizes=(number, *(size * number // first for size in space), *channels))


def _size(comparison: CheckpointComparison, misfit: _Misfit) -> int | None:
    """What is wanted of the axis of a tensor now."""
    pair = next((pair for pair in comparison.pairs if pair.name == misfit.name), None)
    sizes = pair.wanted.sizes if pair is not None and pair.wanted is not None else ()
    size = sizes[misfit.axis] if misfit.axis < len(sizes) else None
    return size if isinstance(size, int) else None
