"""Networks that nobody wrote: the check accepts one if and only if PyTorch runs it, and all that it says of it is so."""

from __future__ import annotations

import time
import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from hypothesis import HealthCheck, Phase, given, note, settings  # noqa: E402
from hypothesis import seed as set_seed  # noqa: E402
from support.compare import flops, static_tensors, tensor_sizes, torch_tensors, unrolled  # noqa: E402
from support.drawn import Network, text  # noqa: E402
from support.judge import Judge, Made, Verdict, example, judge  # noqa: E402
from support.networks import networks  # noqa: E402

import archdsl  # noqa: E402
from archdsl.network.nodes import Leaf, Merge, Share  # noqa: E402

torch.set_num_threads(1)
EXAMPLES = 1_500  # drawn; about half of them are different from one another
LEAST_REFUSED = 0.3


class Tally:
    """How many networks were tried, and how many of them refused."""

    def __init__(self) -> None:
        self.started = time.perf_counter()
        self.cases, self.accepted, self.refused = 0, 0, 0
        self.seen: set[int] = set()
        self.last = ""
        self.codes: Counter[str] = Counter()

    def line(self) -> str:
        seconds = time.perf_counter() - self.started
        share = 100 * self.refused / max(1, self.cases)
        counts = f"{self.cases:,} networks: {self.accepted:,} accepted, {self.refused:,} refused ({share:.0f} %)"
        return f"{counts}, {seconds:.1f} s\n{', '.join(f'{code} {count}' for code, count in self.codes.most_common())}"


def check_network(network: Network, tally: Tally, *, random: bool = False) -> None:
    """The whole property for one network; `random` says that it draws numbers in the order in which PyTorch does."""
    source = text(network)
    key = hash((source, repr(network.given)))
    if key in tally.seen:
        return
    note(f"{source}given {network.given}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's, of empty tensors and of padding that costs a copy
        verdict = judge(network)
    model = checked(source, network, tally)
    assert (model is not None) == verdict.accepted, f"PyTorch: {verdict.reason or 'runs it'}; the check: {tally.last}"
    if model is not None:
        check_shapes(model, verdict.judge)
        check_module(model, network, verdict, random)
    tally.seen.add(key)
    tally.cases += 1
    tally.accepted += model is not None
    tally.refused += model is None


def checked(source: str, network: Network, tally: Tally) -> Any:
    """The model, or None where it is refused."""
    try:
        model = archdsl.loads(source, **network.given)
    except archdsl.ArchError as refusal:
        codes = {fault.code for fault in refusal.diagnostics}
        assert not codes & {"syntax", "unclosed"}, refusal
        tally.codes.update(codes)
        tally.last = str(refusal)
        return None
    tally.last = "accepts it"
    return model


def check_shapes(model: Any, ran: Judge) -> None:
    """Each layer has its path, its kind and its shape, in order; so has each merge."""
    placed = unrolled(model)
    leaves, merges = ([made(each) for each in placed if isinstance(each.node, kind)] for kind in ((Leaf, Share), Merge))
    assert leaves == ran.layers
    assert sorted(merges) == sorted(ran.merges)
    assert model.params == sum(p.numel() for p in ran.parameters().values())
    assert model.totals.weights == ran.weights()
    assert static_tensors(model)[0] == {name: tuple(p.shape) for name, p in ran.parameters().items()}


def made(placed: Any) -> Made:
    node = placed.node
    kind = "SHARE" if isinstance(node, Share) else node.op.name
    return Made(placed.path, kind, tuple(y.sizes for y in node.outputs))


def check_module(model: Any, network: Network, verdict: Verdict, random: bool) -> None:
    """The compiled module has the same tensors, shapes, macs and numbers."""
    note(model.to_source())
    module = model.to_torch().double()
    parameters, buffers = torch_tensors(module)
    ran = verdict.judge
    assert parameters == {name: tuple(p.shape) for name, p in ran.parameters().items()}
    assert buffers == {name: tuple(b.shape) for name, b in ran.buffers().items()}
    assert buffers == static_tensors(model)[1]
    sizes = [tensor_sizes(port) for port in model.outputs]
    inputs = example(network, ran.tokens, torch.float64)
    for mode in (module.train(), module.eval()):
        outputs = results(mode(*inputs))
        assert [tuple(y.shape) for y in outputs] == sizes
        if any(y.requires_grad for y in outputs):
            sum(y.sum() for y in outputs).backward()
    check_numbers(module, ran, inputs, (False, True) if random else (False,))
    assert flops(module.eval(), [x.to("meta") for x in inputs]) == 2 * len(inputs[0]) * model.macs


def check_numbers(module: Any, ran: Judge, inputs: list[Any], modes: tuple[bool, ...]) -> None:
    """With the same weights, the same numbers: in evaluation, and in training where the random ones are the same."""
    with torch.no_grad():
        for tensor in module.parameters():
            tensor.add_(0.1 * torch.randn_like(tensor))
        ran.load(module)
        if not any(x.is_floating_point() for x in (*inputs, *module.parameters(), *module.buffers())):
            ran.dtype = torch.float32  # a constant of a network that reads integers alone
        for training in modes:
            torch.manual_seed(1)
            ours = results(module.train(training)(*inputs))
            torch.manual_seed(1)
            theirs = ran.run(inputs, training)
            for y, z in zip(ours, theirs, strict=True):
                torch.testing.assert_close(y, z, rtol=1e-6, atol=1e-8, equal_nan=True)


def results(found: Any) -> tuple[Any, ...]:
    return found if isinstance(found, tuple) else (found,)


def explore(strategy: Any, examples: int, property: Callable[[Any], None], seed: int | None) -> None:
    """Hold a property for what a strategy draws, the same for the same seed; a counterexample is made small."""

    def check(drawn: Any) -> None:
        torch.manual_seed(0)
        property(drawn)

    health, phases = list(HealthCheck), (Phase.generate, Phase.shrink)
    how = settings(
        max_examples=examples,
        derandomize=seed is None,
        deadline=None,
        database=None,
        phases=phases,
        suppress_health_check=health,
    )
    checked = given(strategy)(check)
    how(checked if seed is None else set_seed(seed)(checked))()


def run(examples: int, tally: Tally, seed: int | None = None) -> None:
    """Try a number of drawn networks, the same ones for the same seed; a counterexample is made small and shown."""

    explore(networks(), examples, lambda network: check_network(network, tally), seed)


def test_a_network_is_accepted_if_and_only_if_pytorch_runs_it(capsys: pytest.CaptureFixture[str]) -> None:
    tally = Tally()
    run(EXAMPLES, tally)
    with capsys.disabled():
        print(f"\n{tally.line()}")
    assert tally.refused >= LEAST_REFUSED * tally.cases
