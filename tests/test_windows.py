"""Convolutions and pools with all of their attributes: accepted if and only if PyTorch runs them, with its numbers.

Windows that read padding alone among them, which PyTorch's own modules cannot all be trusted with.
"""

from __future__ import annotations

import itertools
import random
import subprocess
import sys
import textwrap
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from support.drawn import Network, text  # noqa: E402
from support.judge import example, judge  # noqa: E402
from support.windows import windowed  # noqa: E402
from test_networks import Tally, check_network, explore, results  # noqa: E402

import archdsl  # noqa: E402
from archdsl.layers.window import Window  # noqa: E402

torch.set_num_threads(1)
EXAMPLES = 350
LAYOUTS = {2: torch.contiguous_format, 3: torch.channels_last, 4: torch.channels_last_3d}


class Windows(Tally):
    """The tally of these networks, with the reasons for which PyTorch's are refused."""

    def __init__(self) -> None:
        super().__init__()
        self.reasons: Counter[str] = Counter()

    def line(self) -> str:
        """What was tried, and of what PyTorch runs, what is refused on purpose."""
        reasons = (f"  {count:5} {reason}" for reason, count in self.reasons.most_common())
        return "\n".join([super().line(), "refused though PyTorch runs it, on purpose:", *reasons])


def check(network: Network, tally: Windows) -> None:
    """The property of `test_networks.py`, and the numbers of float32 however a value lies in memory."""
    cases, refused = tally.cases, tally.refused
    check_network(network, tally)
    if tally.cases == cases:
        return
    if tally.refused == refused:
        check_layouts(archdsl.loads(text(network)), network)
        return
    reason = judge(network).reason
    if reason.startswith("Refused: "):
        tally.reasons[reason.removeprefix("Refused: ")] += 1


def check_layouts(model: Any, network: Network) -> None:
    """The module in float32, its tensors with the channels first and last in memory: the numbers of float64."""
    module, (x,) = model.to_torch().eval(), example(network, 1)
    wide = model.to_torch().double().eval()
    wide.load_state_dict(module.state_dict())
    with torch.no_grad():
        expected = results(wide(x.double()))
    for layout in (torch.contiguous_format, LAYOUTS[x.dim() - 1]):
        if all(tensor.dim() != 4 for tensor in module.parameters()) or x.dim() == 4:  # PyTorch turns all or none
            module = module.to(memory_format=layout)
        y = results(module(x.to(memory_format=layout).requires_grad_()))
        for one, other in zip(y, expected, strict=True):
            torch.testing.assert_close(one.double(), other, rtol=1e-3, atol=1e-3, equal_nan=True)
        if any(one.requires_grad for one in y):
            sum(one.sum() for one in y).backward()


def run(examples: int, tally: Windows, seed: int | None = None) -> None:
    """Try a number of drawn networks, the same ones for the same seed."""
    explore(windowed(), examples, lambda network: check(network, tally), seed)


def test_a_network_of_windows_is_accepted_if_and_only_if_pytorch_runs_it(capsys: pytest.CaptureFixture[str]) -> None:
    tally = Windows()
    run(EXAMPLES, tally)
    with capsys.disabled():
        print(f"\n{tally.line()}")
    assert tally.accepted > 0.7 * tally.cases
    assert tally.refused > 0.03 * tally.cases


# ---- windows on padding alone


def axes(most: int) -> Any:
    """Small axes with every window that fits them: the window and the elements that each of its positions reads."""
    for size, kernel, stride, dilation in itertools.product(*(range(1, most + 1) for _ in range(4))):
        for before, after, ceil in itertools.product(range(most + 1), range(most + 1), (False, True)):
            window = Window(kernel, stride, before, after, dilation, ceil)
            if size + before + after < window.extent or (ceil and before != after):
                continue
            starts = [place * stride - before for place in range(window.positions(size))]
            taps = [[start + dilation * tap for tap in range(kernel)] for start in starts]
            yield size, window, [[place for place in each if 0 <= place < size] for each in taps], taps


def test_what_windows_read_is_reckoned_as_it_is_counted() -> None:
    found: Counter[str] = Counter()
    for size, window, reads, taps in axes(5):
        if window.before == window.after <= window.kernel // 2:  # as pools have it
            blind = any(not each for each in reads)
            assert window.blind(size) == blind, (size, window)
            found["blind"] += blind
        assert window.unread(size) == (not any(reads)), (size, window)
        found["unread"] += not any(reads)
        if window.ceil:
            wide = Window(window.kernel, window.stride, window.before, window.reach, window.dilation)
            assert wide.positions(size) == len(taps), (size, window)
    assert found["blind"] > 30 and found["unread"] > 100


def test_huge_windows_are_reckoned_at_once() -> None:
    assert not Window(10**15, 3, 10**17, 10**17, 2).unread(10**12)
    assert Window(10**15, 10**18, 10**17, 10**17, 2).unread(3)  # said without a look
    assert not Window(3, 10**18, 10**17, 10**17, 10**17).blind(10**17)


CORNER = """
    import sys, random
    sys.path[:0] = [{tests!r}, {root!r}]
    import torch
    import archdsl

    torch.set_num_threads(1)
    draw, tried = random.Random(0), 0
    layouts = {{3: torch.channels_last, 4: torch.channels_last_3d}}
    while tried < 120:
        rank = draw.choice((2, 3, 4))
        size, kernel, stride, dilation, pad = (draw.randint(1, most) for most in (3, 3, 5, 5, 8))
        reads = [
            place * stride - pad + dilation * tap
            for place in range((size + 2 * pad - dilation * (kernel - 1) - 1) // stride + 1)
            for tap in range(kernel)
        ]
        if not reads or any(0 <= one < size for one in reads) or stride == 1 or dilation == 1:
            continue
        more, ones = [draw.randint(2, 5) for _ in range(rank - 2)], [1] * (rank - 2)
        groups = draw.choice((1, 2, 3))
        sizes = lambda *each: "[" + ", ".join(map(str, each)) + "]"
        line = f"CONV {{4 * groups}} {{sizes(*ones, kernel)}} s={{sizes(*ones, stride)}} d={{sizes(*ones, dilation)}}"
        line += f" p={{sizes(*(0 for _ in ones), pad)}} g={{groups}}"
        module = archdsl.loads(f"input {{sizes(*more, size, 4 * groups)}}\\n{{line}}").to_torch()
        if rank == 2:
            x = torch.rand(2, size, 4 * groups)
        else:
            module = module.to(memory_format=layouts[rank])
            x = torch.rand(2, *more, size, 4 * groups).movedim(-1, 1)
        y = module(x.requires_grad_())
        y.sum().backward()
        assert not x.grad.any()
        tried += 1
    print(tried)
"""


def test_a_convolution_that_reads_padding_alone_does_not_end_the_process() -> None:
    """PyTorch 2.13's own does, where the channels lie last; in a process of its own."""
    root = Path(__file__).parents[1]
    source = textwrap.dedent(CORNER).format(tests=str(root / "tests"), root=str(root))
    ran = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "120\n"), ran.stderr[-2000:]


@pytest.mark.parametrize(
    ("line", "own"),
    [
        ("CONV 4 1 s3 p1 d3", False),  # 1 position on each side of the axis
        ("CONV 4 1 s3 p3 d3", True),  # one that reads the element
        ("CONV 4 1 s2 p1", True),  # without a dilation
        ("CONV 4 2 s1 p1 d2", True),  # without a stride
        ("CONV 4 2 s2 p=same d2", False),
        ("CONV 4 2 s2 p1 d2 mode=replicate", True),  # whose padding is elements
        ("MAXPOOL 2 s1 p1 d2", False),
        ("MAXPOOL 2 s1 p1", True),
    ],
)
def test_pytorchs_own_module_stands_where_it_can(line: str, own: bool) -> None:
    source = archdsl.loads(f"input 1x3\n{line}").to_source()
    assert ("Padded" not in source) == own
    y = archdsl.loads(f"input 1x3\n{line}").to_torch()(torch.rand(2, 1, 3))
    assert y.shape[0] == 2


@pytest.mark.parametrize(
    ("size", "line", "own"),
    [
        ("8x1x3", "CONV 4 2x2 s1x2 d1x2 p0x1", False),
        ("8x1x3", "CONV 4 2x2 s1x2 d1x2 pad=[[0, 0], [1, 1]]", False),
        ("1x8x3", "CONV 4 2x2 s2x1 d2x1 p1x0", True),
        ("2x1x3", "CONV 4 3x2 s2x2 d1x2 p1x1", False),
        ("8x8x1x3", "CONV 4 2x2x2 s1x1x2 d1x1x2 p0x0x1", False),
    ],
)
def test_the_last_axis_alone_is_in_danger(size: str, line: str, own: bool) -> None:
    """PyTorch ends the process where no window reads an element along the last axis, whatever the others have."""
    assert ("Padded" not in archdsl.loads(f"input {size}\n{line}").to_source()) == own


@pytest.mark.parametrize(
    "text", ["input Tx3\nCONV 4 1 s3 p1 d3", "input Tx3\nMAXPOOL 2 s2 p1 d3 ceil", "input HxWx2\nMAXPOOL 3 p1 d2 s3"]
)
def test_sizes_that_are_open_need_no_condition_for_it(text: str) -> None:
    model = archdsl.loads(text)
    module = model.to_torch().eval()
    draw = random.Random(0)
    for _ in range(40):
        given = {name: draw.randint(1, 9) for name in model.open}
        if not model.allows(**given):
            continue
        number = archdsl.loads(text, **given)
        x = torch.rand(
            2, *(list(given.values()) if "T" in given else [2, *given.values()]), *([3] if "T" in given else [])
        )
        ours = number.to_torch().eval()
        ours.load_state_dict(module.state_dict())
        torch.testing.assert_close(module(x), ours(x))
        assert tuple(module(x).shape[1:]) in (
            number.outputs[0].shape,
            (number.outputs[0].shape[-1], *number.outputs[0].shape[:-1]),
        )


def test_a_pool_on_padding_alone_gives_what_pytorch_gives_and_trains() -> None:
    model = archdsl.loads("input 2x3x2\nMAXPOOL 2x2 s1 p1 d3x1 ceil")
    (warning,) = (one for one in model.diagnostics if one.code == "padding-alone")
    assert "around the height 2" in warning.message
    x = torch.rand(2, 2, 2, 3, requires_grad=True)
    y = model.to_torch()(x)
    torch.testing.assert_close(y, torch.nn.functional.max_pool2d(x, 2, 1, 1, (3, 1), ceil_mode=True))
    y[y.isfinite()].sum().backward()
    assert x.grad is not None and not x.grad.any()  # every window steps over both rows


def tensorflow(x: Any, kernel: int, stride: int, how: str) -> Any:
    """A pool of TensorFlow with `same`, window by window: padding is no element."""
    rows, (height, width) = [], x.shape[2:]
    for top in starts(height, kernel, stride):
        row = []
        for left in starts(width, kernel, stride):
            window = x[:, :, max(0, top) : top + kernel, max(0, left) : left + kernel].flatten(2)
            row.append(window.amax(2) if how == "MAXPOOL" else window.mean(2))
        rows.append(torch.stack(row, -1))
    return torch.stack(rows, -2)


def starts(size: int, kernel: int, stride: int) -> range:
    """Where the windows begin; the odd element of padding is at the end."""
    count = -(-size // stride)
    before = max(0, (count - 1) * stride + kernel - size) // 2
    return range(-before, count * stride - before, stride)


@pytest.mark.parametrize("how", ["MAXPOOL", "AVGPOOL"])
@pytest.mark.parametrize(("kernel", "stride"), [(2, 1), (2, 2), (3, 1), (3, 2), (3, 3), (4, 1), (4, 3), (5, 2), (1, 2)])
def test_a_pool_with_same_is_tensorflows(how: str, kernel: int, stride: int) -> None:
    line = f"{how} {kernel} s{stride} p=same"
    open_module = archdsl.loads(f"input HxWx2\n{line}").to_torch().eval()
    for height, width in itertools.product(range(1, 9), (3, 4, 7)):
        x = torch.randn(2, 2, height, width)
        y = archdsl.loads(f"input {height}x{width}x2\n{line}").to_torch().eval()(x)
        torch.testing.assert_close(y, tensorflow(x, kernel, stride, how))
        torch.testing.assert_close(open_module(x), y)


@pytest.mark.parametrize(
    "line", ["AVGPOOL 3 s2 p=same countpad", "AVGPOOL 3 s2 p=same divisor=2", "SUBSAMPLE 3 s2 p=same"]
)
def test_zeros_count_where_the_line_says_so(line: str) -> None:
    module = archdsl.loads(f"input HxWx2\n{line}").to_torch().eval()
    for height, width in ((4, 5), (7, 8)):
        x = torch.ones(1, 2, height, width)
        y = module(x)
        sums = torch.nn.functional.avg_pool2d(torch.nn.functional.pad(x, (width % 2, 1, height % 2, 1)), 3, 2) * 9
        divided = y if line.startswith("SUBSAMPLE") else y * (2 if "divisor" in line else 9)
        torch.testing.assert_close(divided, sums if not line.startswith("SUBSAMPLE") else sums / 9)


@pytest.mark.parametrize(
    ("line", "own"),
    [
        ("MAXPOOL 3 s2 p=same", "nn.MaxPool2d(3, stride=2, ceil_mode=True)"),
        ("MAXPOOL 3 s2 pad=[[0, 1], [0, 1]]", "nn.MaxPool2d(3, stride=2, ceil_mode=True)"),
        ("MAXPOOL 3 s1 p=same", "nn.MaxPool2d(3, stride=1, padding=1)"),
        ("AVGPOOL 3 s1 p=same", "nn.AvgPool2d(3, stride=1, padding=1, count_include_pad=False)"),
        ("AVGPOOL 2 p=same", "nn.AvgPool2d(2)"),
    ],
)
def test_a_pool_is_pytorchs_own_where_its_windows_are(line: str, own: str) -> None:
    assert own in archdsl.loads(f"input 8x8x2\np: {line}").to_source()
