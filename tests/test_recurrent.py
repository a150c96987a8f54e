"""Recurrent layers in networks: the module that people know, and results that PyTorch gives within one another."""

from __future__ import annotations

import pytest

import archdsl

torch = pytest.importorskip("torch")


def test_steps_alone_are_taken_out_of_the_call() -> None:
    source = archdsl.loads("input 9x8\nlstm: LSTM 4 2 bidirectional\nfc: LINEAR 3").to_source()
    assert "nn.LSTM(8, 4, 2, batch_first=True, bidirectional=True)" in source
    assert "self.lstm(x)[0]" in source


def test_states_are_taken_apart_and_led_on() -> None:
    text = "input a: 9x8;  input b: 5x8\ny, h, c: LSTM 4  <- a\nz: LSTM 4  <- b, h, c\noutput z, c"
    module = archdsl.loads(text).to_torch()
    a, b = torch.rand(2, 9, 8), torch.rand(2, 5, 8)
    state = module.y(a)[1]
    z, c = module(a, b)
    assert torch.equal(z, module.z(b, state)[0])
    assert torch.equal(c, state[1].transpose(0, 1))


def test_copies_follow_one_another_on_their_steps() -> None:
    module = archdsl.loads("input 9x4\na, h: GRU 4 x3\noutput a, h").to_torch()
    x = torch.rand(2, 9, 4)
    y, h = module(x)
    for part in module.a.children():
        x, state = part(x)
    assert torch.equal(y, x) and torch.equal(h, state.transpose(0, 1))


def test_an_open_number_of_copies_reads_the_steps() -> None:
    model = archdsl.loads("model N(L)\ninput Tx4\nlayers: GRU 4 x(L)")
    assert str(model.outputs[0].shape) == "(T, 4)" or [str(size) for size in model.outputs[0].shape] == ["T", "4"]
    assert str(model.macs) == "96*L*T"


def test_weights_of_a_module_of_its_own_fit() -> None:
    theirs = torch.nn.LSTM(8, 6, 2, batch_first=True, bidirectional=True, proj_size=3)
    ours = archdsl.loads("input 9x8\nlstm: LSTM 6 2 bidirectional proj=3").to_torch()
    ours.lstm.load_state_dict(theirs.state_dict(), strict=True)
    x = torch.rand(2, 9, 8)
    assert torch.equal(ours(x), theirs(x)[0])
