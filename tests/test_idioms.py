"""The idioms of `docs/cannot.md` compute what they stand for: the examples of the page against PyTorch."""

from __future__ import annotations

import re
from typing import Any

import pytest
from support.pages import ROOT

import archdsl

torch = pytest.importorskip("torch")
PAGE = (ROOT / "docs" / "cannot.md").read_text(encoding="utf-8")


def examples(title: str) -> list[str]:
    """The specs of a section of the page."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^##? |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None, title
    given = re.findall(r"^```arch(?: input=(\S+))?\n(.*?)^```$", found[1], re.MULTILINE | re.DOTALL)
    return [f"input {shape}\n{text}" if shape else text for shape, text in given]


def module(title: str, number: int = 0) -> Any:
    torch.manual_seed(1)
    return archdsl.loads(examples(title)[number]).to_torch().eval()


def close(found: Any, wanted: Any) -> None:
    torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-4)


def test_element_wise_functions() -> None:
    x, m, n = torch.randn(2, 20, 64), torch.rand(2, 20) > 0.5, torch.rand(2, 20) > 0.5
    x[0, 0, 0] = 0
    tangent, sinh, sign, squared, xor = module("Element-wise functions")(x, m, n)
    close(tangent, x.tan())
    close(sinh, x.sinh())
    close(sign, x.sign())
    close(squared, x.relu() ** 2)
    assert torch.equal(xor, m ^ n)


def test_sums_products_and_norms() -> None:
    x = torch.randn(2, 20, 64)
    positive = x.abs() + 1
    norm, logsumexp, product, products, backwards, ordered, variance = module("Sums, products and norms along an axis")(
        x
    )
    close(norm, x.norm(dim=2))
    close(logsumexp, x.logsumexp(2))
    close(product.log(), positive.log().sum(2))
    close(products, positive.cumprod(1))
    close(backwards, x.flip(1).cumsum(1).flip(1))
    assert torch.equal(ordered, x.sort(2, descending=True)[0])
    close(variance, x.var(2, correction=0))


def test_the_triangle_of_a_matrix() -> None:
    x = torch.randn(2, 7, 7)
    close(module("Sums, products and norms along an axis", 1)(x), x.tril())


def test_copies() -> None:
    v, x = torch.randn(2, 64), torch.randn(2, 5, 64)
    repeated, joined = module("Copies of a value")(v, x)
    close(repeated, v[:, None].expand(2, 7, 64).repeat(1, 1, 2).repeat_interleave(2, 1))
    close(joined, torch.cat([v[:, None].expand(2, 5, 64), x], 2))


def test_random_numbers() -> None:
    net = module("Random numbers")
    x = torch.zeros(2000, 32)
    sample, heads, dropped = net(x)
    close(sample.sum(1), torch.ones(2000))
    assert abs(heads.float().mean().item() - 0.3) < 0.01
    assert torch.equal(dropped, x)
    _, _, dropped = net.train()(x)
    assert dropped.std() > 0.05
    favoured = x.clone()
    favoured[:, 0] = torch.tensor(31.0).log()  # half of the probability
    chosen = (net(favoured)[0].argmax(1) == 0).float().mean().item()
    assert abs(chosen - 0.5) < 0.05


def test_dropblock() -> None:
    net, x = module("DropBlock"), torch.ones(4, 64, 28, 28)
    assert torch.equal(net(x), x)
    found = net.train()(x)
    dropped = (found == 0).float().mean().item()
    assert 0.02 < dropped < 0.06  # about 49 of a thousand, less at the edges
    close(found.mean((1, 2, 3)), torch.ones(4))


def test_gates_and_the_response_norm() -> None:
    net, x = module("Gated units and maxout"), torch.randn(2, 96, 14, 14)
    net.gamma.data.normal_()
    net.beta.data.normal_()
    gated, largest, normalized = net(x)
    assert gated.shape == (2, 384, 14, 14) and largest.shape == (2, 96, 14, 14)
    norms = x.norm(dim=(2, 3), keepdim=True)
    gamma, beta = net.gamma.reshape(1, 96, 1, 1), net.beta.reshape(1, 96, 1, 1)
    close(normalized, gamma * (x * norms / (norms.mean(1, keepdim=True) + 1e-6)) + beta + x)


def test_weights_of_each_position() -> None:
    net, x = module("Weights that depend on the position"), torch.randn(2, 3, 16, 16)
    local, _ = net(x)
    windows = torch.nn.functional.unfold(x, 3)
    weight = net.weight.reshape(8, 196, 27)
    close(local, torch.einsum("nkl,olk->nol", windows, weight).reshape(2, 8, 14, 14))


def test_a_modulated_convolution() -> None:
    net, x, style = module("Weights that are computed"), torch.randn(2, 32, 16, 16), torch.rand(2, 32)
    weight = net.weight.reshape(32, 64, 9).permute(1, 0, 2).reshape(64, 32, 3, 3)
    for sample in range(2):
        modulated = weight * style[sample][:, None, None]
        modulated = modulated / modulated.square().sum((1, 2, 3), keepdim=True).sqrt()
        wanted = torch.nn.functional.conv2d(x[sample : sample + 1], modulated, padding=1)
        close(net(x, style)[sample : sample + 1], wanted)


def test_a_convolutional_lstm() -> None:
    net = module("Recurrent cells, and images as states")
    video, h, c = torch.randn(2, 3, 4, 32, 32), torch.randn(2, 16, 32, 32), torch.randn(2, 16, 32, 32)
    conv = next(one for one in net.modules() if isinstance(one, torch.nn.Conv2d))
    found, last, cell = net(video, h, c)
    for step in range(4):
        i, f, g, o = conv(torch.cat([video[:, :, step], h], 1)).chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        close(found[:, :, step], h)
    close(last, h)
    close(cell, c)


def test_the_selective_scan() -> None:
    net, x = module("State-space models"), torch.randn(2, 5, 1536)
    weights = {name.rpartition("y.")[2]: value for name, value in net.named_parameters()}
    decays = -weights["A_log"].exp()
    projected = x @ weights["x_proj.weight"].T
    low, b, c = projected.split([48, 16, 16], 2)
    delta = torch.nn.functional.softplus(low @ weights["dt_proj.weight"].T + weights["dt_proj.bias"])
    state, found = torch.zeros(2, 1536, 16), net(x)
    for step in range(5):
        enter = delta[:, step, :, None] * b[:, step, None] * x[:, step, :, None]
        state = (delta[:, step, :, None] * decays).exp() * state + enter
        close(found[:, step], (state * c[:, step, None]).sum(2) + weights["D"] * x[:, step])


def test_additive_attention() -> None:
    net, queries, keys = module("Additive attention"), torch.randn(2, 4, 64), torch.randn(2, 6, 64)
    of_queries, of_keys, score = (one for one in net.modules() if isinstance(one, torch.nn.Linear))
    scores = score((of_queries(queries)[:, :, None] + of_keys(keys)[:, None]).tanh())[..., 0]
    close(net(queries, keys), scores.softmax(2) @ keys)


def test_neighbours() -> None:
    points = torch.randn(2, 1024, 3)
    found = module("Distances and neighbours")(points).movedim(1, 3)
    nearest = torch.cdist(points, points).topk(20, largest=False)[1]
    wanted = torch.stack([one[places] for one, places in zip(points, nearest, strict=True)])
    lengths = [(each - points[:, :, None]).norm(dim=3) for each in (found, wanted)]
    torch.testing.assert_close(lengths[0], lengths[1], rtol=0, atol=2e-3)


def test_a_fourier_transform() -> None:
    x = torch.randn(1, 512, 768)
    torch.testing.assert_close(
        module("Decompositions and Fourier transforms")(x), torch.fft.fft(x, dim=1).real, rtol=0, atol=2
    )


def test_attention_in_blocks() -> None:
    net, x = module("Sparse attention"), torch.randn(2, 256, 64)
    linear = next(one for one in net.modules() if isinstance(one, torch.nn.Linear))
    q, k, v = linear(x).reshape(2, 16, 16, 192).chunk(3, 3)
    close(net(x), torch.nn.functional.scaled_dot_product_attention(q, k, v).reshape(2, 256, 64))


def test_the_nearest_vector_of_a_codebook() -> None:
    net = module("Losses and gradients")
    z, q = net(torch.randn(2, 3, 32, 32))
    close(q, net.book[torch.cdist(z, net.book[None].expand(2, 512, 64)).argmin(2)])


def test_boxes_are_those_of_the_anchors() -> None:
    net, x = module("Detection post-processing"), torch.randn(1, 256, 20, 20)
    scores, centres, boxes = net(x)
    assert scores.shape == (1, 720, 20, 20)
    assert centres.shape == boxes.shape == (1, 2, 20, 20, 9)
    seen = {}
    *_, convolution = (one for one in net.modules() if isinstance(one, torch.nn.Conv2d))
    convolution.register_forward_hook(lambda _, __, result: seen.update(deltas=result))
    _, centres, boxes = net(x)
    deltas = seen["deltas"].reshape(1, 9, 4, 20, 20)  # of each anchor x, y, width and height
    close(centres, deltas[:, :, :2].permute(0, 2, 3, 4, 1))
    close(boxes, deltas[:, :, 2:].exp().permute(0, 2, 3, 4, 1))
