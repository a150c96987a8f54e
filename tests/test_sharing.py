"""Weights with more than one use: SHARE runs a part again, `weight=` lends a tensor; counted once, one tensor in PyTorch."""

from __future__ import annotations

import copy
import json
import struct
from pathlib import Path
from typing import Any

import pytest
from support.checkpoints import wanted

import archdsl
from archdsl.network.nodes import Share, walk

SPECS = Path(__file__).parents[1] / "specs"
SIAMESE = """\
input left, right: 20x20x1
tower: { conv: CONV 8 3x3; BN; RELU; GLOBALAVGPOOL } <- left
twin: SHARE tower <- right
ABSDIFF <- tower, twin
FC 1
"""
TIED = """\
input words: 7 int
embed: EMBED 50 8
mix: CONV 8 3 p1
head: LINEAR 50 weight=embed
"""


def rows(text: str) -> dict[str, Any]:
    return {row.path: row for row in archdsl.loads(text).layers}


def source(text: str) -> str:
    return archdsl.loads(text).to_source()


# ---- what is counted


def test_params_count_once_and_macs_at_each_run() -> None:
    model = archdsl.loads(SIAMESE)
    once = archdsl.loads("input 20x20x1\nCONV 8 3x3; BN; RELU; GLOBALAVGPOOL")
    assert model.params == once.params + 9
    assert model.totals.buffers == once.totals.buffers
    assert model.macs == 2 * once.macs + 8
    assert model.totals.units == 2 * once.totals.units + 1


def test_another_size_has_macs_of_its_own() -> None:
    text = "input a: 20x20x1; input b: 9x9x1\nconv: CONV 8 3x3 <- a\nagain: SHARE conv <- b\noutput conv, again"
    found = rows(text)
    assert (found["conv"].params, found["again"].params) == (80, 0)
    assert (found["conv"].macs, found["again"].macs) == (18 * 18 * 72, 7 * 7 * 72)
    assert found["again"].shape == (7, 7, 8)


def test_each_copy_is_a_run() -> None:
    model = archdsl.loads("input 8\ncell: FC 8\nSHARE cell x11")
    assert (model.params, model.macs) == (72, 12 * 64)
    assert model.totals.layers == 12


def test_a_run_of_a_group_is_one_layer_line() -> None:
    assert archdsl.loads(SIAMESE).totals.layers == 7


def test_a_tied_weight_counts_once() -> None:
    model = archdsl.loads(TIED)
    assert model.params == 50 * 8 + (8 * 8 * 3 + 8) + 50
    assert model.totals.weights == 50 * 8 + 8 * 8 * 3
    assert model.macs == 7 * 8 * 8 * 3 + 7 * 8 * 50


@pytest.mark.parametrize(
    ("text", "params"),
    [
        ("input 7 int\na: EMBED 50 8\nb: LINEAR 50 weight=a nobias\nc: LINEAR 8\nd: LINEAR 50 weight=b nobias", 808),
        ("input x: 7 int\na: EMBED 50 8 <- x\nb: EMBED 50 8 weight=a <- x\nADD <- a, b", 400),
        ("input 8\na: FC 8\nlayers: { FC 8 weight=a; RELU } x3", 72 + 3 * 8),
        ("input 7 int\nstem: { embed: EMBED 50 8; RELU }\nLINEAR 50 weight=stem.embed", 450),
        ("input 7 int\nblock LM(d) { e: EMBED 50 d; LINEAR 50 nobias weight=e }\na: LM 8\nb: LM 4 <- input", None),
        ('input 7 int\n"b-1": EMBED 50 8\nLINEAR 50 weight="b-1"', 450),
        ("input x: 7 int\nfor i in 1..2 { e{i}: EMBED 50 8 <- x; LINEAR 50 weight=e{i} nobias }", 800),
    ],
)
def test_where_a_weight_may_come_from(text: str, params: int | None) -> None:
    if params is None:
        text = text.replace("input 7 int", "input words: 7 int").replace("<- input", "<- words").replace("8\nb", "8\nb")
        assert archdsl.loads(f"{text}\noutput a, b").params == 50 * 8 + 50 * 4
        return
    assert archdsl.loads(text).params == params


def test_claims_within_are_about_the_first_run() -> None:
    text = """\
    input a: 20x20x1; input b: 9x9x1
    tower: { CONV 8 3x3 -> 18x18x8, 23,328 macs
      expect 80 params, 18x18x8 } <- a
    again: SHARE tower <- b -> 7x7x8, 0 params, 3,528 macs
    output tower, again"""
    text = text.replace(", 18x18x8 }", " }")
    model = archdsl.loads(text)
    assert len(model._checked.claims) == 6
    with pytest.raises(archdsl.ArchError, match="claimed 8x8x8, derived 7x7x8"):
        archdsl.loads(text.replace("-> 7x7x8", "-> 8x8x8"))


def test_a_part_is_laid_once_for_each_shape() -> None:
    """Parts that run parts cost no more than their lines."""
    lines = ["input a: 9x9x3; input b: 8x8x3", "g0: CONV 3 3x3 p1 <- a"]
    for level in range(1, 12):
        lines.append(f"block B{level} {{ x: {f'B{level - 1}' if level > 1 else 'CONV 3 3x3 p1'}; SHARE x }}")
    lines += ["t: B11 <- a", "u: SHARE t <- b", "output g0, t, u"]
    model = archdsl.loads("\n".join(lines))
    assert model._checked.visits < 100
    assert model.params == 2 * 84
    assert model.macs == 81 * 81 + 2**11 * (81 + 64) * 81


def test_what_was_defined_later_is_not_seen_again() -> None:
    text = "input a: 8x8x3; input b: 6x6x3\nlet w = 4\nt: { let v = w; CONV v 3x3 } <- a\nlet v = 9\nu: SHARE t <- b"
    assert archdsl.loads(f"{text}\noutput t, u").outputs[1].shape == (4, 4, 4)


# ---- open sizes and holes


def test_formulas_and_open_sizes() -> None:
    text = "input a: HxWx3; input b: 32x32x3\nt: { CONV 8 3x3; GLOBALAVGPOOL } <- a\nu: SHARE t <- b\nADD <- t, u"
    model = archdsl.loads(text)
    assert [str(condition) for condition in model.conditions] == ["H >= 3", "W >= 3"]
    assert model.formula("macs")(H=32, W=32) == 2 * 30 * 30 * 8 * 27
    assert archdsl.loads(text, H=32, W=32).macs == 2 * 30 * 30 * 8 * 27


def test_an_open_number_of_runs() -> None:
    model = archdsl.loads("model M(n)\ninput 8\ncell: FC 8\nrest: SHARE cell x(n)")
    assert (str(model.params), str(model.macs)) == ("72", "64*n + 64")


def test_holes_are_found_through_a_run() -> None:
    model = archdsl.loads("input 8x8x3\na: CONV 3 ?x? p1\nb: SHARE a -> 8x8x3\nexpect 84 params")
    assert [str(hole.value) for hole in model.holes] == ["3", "3"]


# ---- the table and JSON


def test_the_table_says_where_params_are_counted() -> None:
    lines = archdsl.loads(SIAMESE).summary().splitlines()
    twin = next(line for line in lines if line.startswith("twin"))
    assert twin.split() == ["twin", "SHARE", "tower", "<-", "right", "8", "of", "tower", "23,328"]
    head = next(line for line in archdsl.loads(TIED).summary().splitlines() if line.startswith("head"))
    assert "50 + of embed" in head


def test_the_table_at_one_level_names_what_lies_deeper() -> None:
    text = "input 8x8x3\nt: { a: CONV 3 1x1; BN }\nb: SHARE t.a"
    assert "of t.a" in archdsl.loads(text).summary(depth=1)


def test_json_says_what_is_shared() -> None:
    layers = {layer["path"]: layer for layer in archdsl.loads(SIAMESE).to_json()["layers"]}
    assert (layers["twin"]["kind"], layers["twin"]["shares"], layers["twin"]["params"]) == ("SHARE", "tower", 0)
    assert layers["tower.conv"]["shares"] is None
    layers = {layer["path"]: layer for layer in archdsl.loads(TIED).to_json()["layers"]}
    assert layers["head"]["tied"] == {"weight": "embed.weight"}
    assert layers["embed"]["tied"] == {}


@pytest.mark.parametrize("text", [SIAMESE, TIED])
def test_the_rows_add_up(text: str) -> None:
    model = archdsl.loads(text)
    for count in ("params", "weights", "macs", "connections", "units"):
        assert sum(getattr(row, count) for row in model.layers) == model.totals[count]


# ---- sizes in memory


@pytest.mark.parametrize(("dtype", "width"), [("float64", 8), ("float32", 4), ("float16", 2), ("bfloat16", 2)])
def test_sizes_follow_batch_and_dtype(dtype: str, width: int) -> None:
    model = archdsl.loads(TIED)
    found = model.to_json(batch=3, dtype=dtype)["memory"]
    outputs = 7 * 8 + 7 * 8 + 7 * 50
    expected = {"parameters": width * model.params, "inputs": 3 * 7 * 8, "outputs": 3 * outputs * width}
    assert found == {"batch": 3, "dtype": dtype, **expected}
    assert model.to_json()["memory"]["parameters"] == 4 * model.params
    assert (f"in {dtype}" in model.summary(batch=3, dtype=dtype)) == (dtype != "float32")


def test_each_run_gives_outputs() -> None:
    text = "input 8\ncell: FC 8\nSHARE cell x3"
    assert archdsl.loads(text).to_json()["memory"]["outputs"] == 4 * 8 * 4


def test_a_dtype_that_there_is_not() -> None:
    with pytest.raises(ValueError, match="'float64' or 'float32' or 'float16' or 'bfloat16'"):
        archdsl.loads(TIED).summary(dtype="float8")
    for batch in (0, 2.5, True, "3"):
        fault = ValueError if batch == 0 else TypeError
        with pytest.raises(fault, match="batch must be an integer"):
            archdsl.loads(TIED).to_json(batch=batch)
        with pytest.raises(fault, match="batch must be an integer"):
            archdsl.loads(TIED).summary(batch=batch)


# ---- source


def test_the_source_calls_one_module_twice() -> None:
    text = source(SIAMESE)
    assert "tower = self.tower(left)" in text
    assert "self.tower(right)" in text
    assert text.count("self.tower = ") == 1


def test_the_source_ties_behind_the_layers() -> None:
    assert "        self.head.weight = self.embed.weight\n\n    def forward" in source(TIED)


def test_copies_that_run_one_module_are_a_plain_loop() -> None:
    assert "for _ in range(3):\n            x = self.cell(x)" in source("input 8\ncell: FC 8\nmore: SHARE cell x3")


def test_what_passes_a_value_on_is_not_what_runs_again() -> None:
    assert source("input 8\na: FC 8\nif no { FC 8 }\nSHARE a").count("self.a(") == 2


def test_a_tie_in_a_block_stands_in_its_class() -> None:
    text = "input 7 int\nblock LM(d) { e: EMBED 50 d; h: LINEAR 50 weight=e }\nLM 8"
    assert "self.h.weight = self.e.weight" in source(text).partition("class Text")[0]


# ---- in PyTorch


def module_of(text: str) -> Any:
    pytest.importorskip("torch")
    return archdsl.loads(text).to_torch()


def test_what_runs_again_is_the_same_module() -> None:
    torch = pytest.importorskip("torch")
    module = module_of(SIAMESE).eval()
    image = torch.rand(2, 1, 20, 20)
    assert torch.equal(module.tower(image), module.tower(image))
    assert torch.equal(module(image, image), module(image, image))
    bias = getattr(module, "3").bias
    assert torch.equal(module(image, image), bias.expand(2, 1)), "equal images are at distance 0"
    assert [name for name in module.state_dict() if "conv" in name] == ["tower.conv.weight", "tower.conv.bias"]


def test_gradients_and_running_averages_come_from_both_runs() -> None:
    torch = pytest.importorskip("torch")
    module = module_of(SIAMESE).train()
    left, right = torch.rand(2, 1, 20, 20), torch.rand(2, 1, 20, 20)
    module(left, right).sum().backward()
    assert getattr(module.tower, "1").num_batches_tracked == 2
    assert module.tower.conv.weight.grad.abs().sum() > 0


def test_a_tied_weight_is_one_tensor() -> None:
    module = module_of(TIED)
    assert module.head.weight is module.embed.weight
    assert module.head.weight.data_ptr() == module.embed.weight.data_ptr()
    names = [name for name, _ in module.named_parameters()]
    assert names == ["embed.weight", "mix.weight", "mix.bias", "head.bias"]
    assert list(module.state_dict()) == ["embed.weight", "mix.weight", "mix.bias", "head.weight", "head.bias"]


@pytest.mark.parametrize("how", ["to", "deepcopy", "pickle", "load_state_dict", "half", "to_empty"])
def test_a_tie_survives(how: str, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    module = module_of(TIED)
    match how:
        case "to":
            module = module.to(torch.float64)
        case "deepcopy":
            module = copy.deepcopy(module)
        case "pickle":
            import pickle

            module = pickle.loads(pickle.dumps(module))
        case "load_state_dict":
            module.load_state_dict(module_of(TIED).state_dict())
        case "half":
            module = module.half()
        case "to_empty":
            module = module.to_empty(device="cpu")
    assert module.head.weight is module.embed.weight
    with torch.no_grad():
        module.embed.weight.fill_(3)
    assert (module.head.weight == 3).all()


def test_a_step_of_training_keeps_the_tie() -> None:
    torch = pytest.importorskip("torch")
    module = module_of(TIED)
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    before = module.embed.weight.detach().clone()
    module(torch.randint(0, 50, (2, 7))).square().sum().backward()
    optimizer.step()
    assert module.head.weight is module.embed.weight
    assert not torch.equal(before, module.embed.weight)


@pytest.mark.slow
@pytest.mark.parametrize("text", [SIAMESE, TIED], ids=["siamese", "tied"])
def test_exported_and_compiled_modules_agree(text: str) -> None:
    torch = pytest.importorskip("torch")
    from support.compare import example_inputs

    model = archdsl.loads(text)
    module = model.to_torch().eval()
    inputs = tuple(example_inputs(model))
    exported = torch.export.export(module, inputs)
    torch.testing.assert_close(exported.module()(*inputs), module(*inputs))
    compiled = torch.compile(module, backend="eager", fullgraph=True)
    torch.testing.assert_close(compiled(*inputs), module(*inputs))


def test_flops_count_each_run() -> None:
    pytest.importorskip("torch")
    from support.compare import example_inputs, flops

    for text in (SIAMESE, TIED, "input 8\ncell: FC 8\nSHARE cell x3"):
        model = archdsl.loads(text)
        assert flops(model.to_torch(), example_inputs(model, batch=1, device="meta")) == 2 * model.macs


# ---- checkpoints


def header(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    found: dict[str, Any] = json.loads(data[8 : 8 + length])
    return found


def test_a_tied_weight_is_stored_once_and_loaded(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    module, path = module_of(TIED), tmp_path / "tied.safetensors"
    archdsl.save(module, path)
    stored = header(path)
    assert stored.pop("__metadata__") == {"head.weight": "embed.weight", "format": "pt"}
    assert sorted(stored) == ["embed.weight", "head.bias", "mix.bias", "mix.weight"]
    again = archdsl.loads(TIED).to_torch(weights=path)
    assert again.head.weight is again.embed.weight
    assert all(
        torch.equal(a, b) for a, b in zip(module.state_dict().values(), again.state_dict().values(), strict=True)
    )


def test_the_safetensors_library_reads_it(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    library = pytest.importorskip("safetensors.torch")
    module, path = module_of(TIED), tmp_path / "tied.safetensors"
    archdsl.save(module, path)
    again = module_of(TIED)
    library.load_model(again, str(path))
    assert torch.equal(again.head.weight, module.embed.weight)
    library.save_model(module, str(tmp_path / "theirs.safetensors"))
    assert archdsl.loads(TIED).to_torch(weights=tmp_path / "theirs.safetensors").embed.weight.equal(module.embed.weight)


@pytest.mark.parametrize("left_out", ["embed.weight", "head.weight", ""])
def test_a_checkpoint_may_have_one_name_or_both(left_out: str, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    module, path = module_of(TIED), tmp_path / "part.safetensors"
    archdsl.save({name: tensor for name, tensor in module.state_dict().items() if name != left_out}, path)
    again = archdsl.loads(TIED).to_torch(weights=path)
    assert torch.equal(again.embed.weight, module.embed.weight)
    assert again.head.weight is again.embed.weight
    torch.save({name: tensor for name, tensor in module.state_dict().items() if name != left_out}, tmp_path / "part.pt")
    assert archdsl.loads(TIED).to_torch(weights=tmp_path / "part.pt").embed.weight.equal(module.embed.weight)


def test_two_names_with_different_numbers_are_refused(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    path = tmp_path / "torn.safetensors"
    state = {name: tensor.clone() for name, tensor in module_of(TIED).state_dict().items()}
    state["head.weight"][3, 1] += 1
    archdsl.save(state, path)
    with pytest.raises(
        archdsl.ArchError, match=r"embed.weight and head.weight share one tensor in the model, and differ in the file"
    ):
        archdsl.loads(TIED).to_torch(weights=path)
    state["embed.weight"][0] = torch.nan
    state["head.weight"] = state["embed.weight"].clone()
    archdsl.save(state, path)
    assert archdsl.loads(TIED).to_torch(weights=path).head.weight[0].isnan().all()


def test_leaving_out_one_name_leaves_out_both(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    module, path = module_of(TIED), tmp_path / "tied.safetensors"
    archdsl.save(dict(module.state_dict()), path)
    for skip in ("embed", "head"):
        again = archdsl.loads(TIED).to_torch(weights=path, skip=[skip])
        assert not torch.equal(again.embed.weight, module.embed.weight)
        assert torch.equal(again.mix.weight, module.mix.weight)


def test_neither_name_is_missing_both() -> None:
    from archdsl.checkpoints.compare import compare

    found = wanted(TIED)
    assert [(each.name, each.of) for each in found if each.of] == [("head.weight", "embed.weight")]
    assert compare(found, {}).count("missing") == len(found)


def test_a_part_that_runs_again_is_wanted_once() -> None:
    names = [each.name for each in wanted(SIAMESE)]
    assert names[:2] == ["tower.conv.weight", "tower.conv.bias"]
    assert not any(name.startswith("twin") for name in names)


# ---- freezing


def test_a_part_that_runs_again_is_frozen_once() -> None:
    pytest.importorskip("torch")
    text = f"{SIAMESE}freeze tower with stats\n"
    model = archdsl.loads(text)
    assert model.totals.trainable == 9
    module = model.to_torch().train()
    assert [name for name, p in module.named_parameters() if p.requires_grad] == ["3.weight", "3.bias"]
    assert not getattr(module.tower, "1").training


def test_a_run_within_a_frozen_group_leaves_the_weights_where_they_are() -> None:
    text = "input 8\na: FC 8\nb: { SHARE a; FC 8 }\nfreeze b"
    assert archdsl.loads(text).totals.trainable == 72


def test_both_names_of_a_weight_are_frozen() -> None:
    pytest.importorskip("torch")
    model = archdsl.loads(f"{TIED}freeze embed, head\n")
    assert model.totals.trainable == 8 * 8 * 3 + 8
    module = model.to_torch()
    assert [name for name, p in module.named_parameters() if p.requires_grad] == ["mix.weight", "mix.bias"]
    other = archdsl.loads(f"{TIED}freeze all but embed, head\n")
    assert other.totals.trainable == 450
    trained = [name for name, p in other.to_torch().named_parameters() if p.requires_grad]
    assert trained == ["embed.weight", "head.bias"]


# ---- files that use files


def test_a_part_of_another_file_runs_again(tmp_path: Path) -> None:
    (tmp_path / "blocks.arch").write_text("block CELL(c) { FC c; RELU }\nblock CHAIN(c) { x: CELL c; SHARE x x2 }\n")
    (tmp_path / "net.arch").write_text('use "blocks.arch"\ninput 8\na: CHAIN 8\nSHARE a\n')
    model = archdsl.load(tmp_path / "net.arch")
    assert (model.params, model.macs) == (72, 6 * 64)
    (share,) = [placed for placed in walk(model.network.body, blocks=False) if isinstance(placed.node, Share)]
    assert share.path == "1"


# ---- the specs


def test_the_siamese_network_is_that_of_the_paper() -> None:
    torch = pytest.importorskip("torch")
    model = archdsl.load(SPECS / "siamese.arch")
    module = model.to_torch().eval()
    with torch.no_grad():
        image = torch.rand(1, 1, 105, 105)
        assert module(image, image).item() == 0.5, "sigmoid of no distance"
        assert 0 < module(image, 1 - image).item() < 1


def test_the_language_model_scores_by_its_own_vectors() -> None:
    torch = pytest.importorskip("torch")
    model = archdsl.load(SPECS / "language_model.arch", vocab=100, dim=8)
    module = model.to_torch()
    words = torch.randint(0, 100, (2, 5))
    vectors = module.embed(words).movedim(-1, 1).flatten(1)
    expected = module.next(vectors) @ module.embed.weight.T + module.score.bias
    torch.testing.assert_close(module(words), expected)
