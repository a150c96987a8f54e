"""Texts that use files: each is made from a count, as a text and the files that stand beside it, the text first."""

from __future__ import annotations

from collections.abc import Callable

FILES: dict[str, Callable[[int], dict[str, str]]] = {}


def files(maker: Callable[[int], dict[str, str]]) -> Callable[[int], dict[str, str]]:
    """Hang a text with its files in the gallery."""
    FILES[maker.__name__] = maker
    return maker


def _blocks(n: int, name: str = "B") -> str:
    return "".join(f"block {name}{i} {{ RELU }}\n" for i in range(n))


@files
def one_file_over_and_over(n: int) -> dict[str, str]:
    """As many `use` lines as the file that they name has blocks."""
    return {"a.arch": 'use "b.arch"\n' * n + "input 8\nB0", "b.arch": _blocks(n)}


@files
def as_many_files_as_there_may_be(n: int) -> dict[str, str]:
    """Each file uses all that come before it."""
    found = {"a.arch": "".join(f'use "b{i}.arch"\n' for i in range(60)) + "input 8\n" + "B59_0\n" * (n // 8)}
    for one in range(60):
        uses = "".join(f'use "b{i}.arch"\n' for i in range(one))
        found[f"b{one}.arch"] = uses + _blocks(n // 60 + 1, f"B{one}_")
    return found


@files
def a_chain_of_files(n: int) -> dict[str, str]:
    found = {"a.arch": 'use "b0.arch"\ninput 8\nB0_0'}
    for one in range(60):
        found[f"b{one}.arch"] = (f'use "b{one + 1}.arch"\n' if one < 59 else "") + _blocks(n // 60 + 1, f"B{one}_")
    return found


@files
def the_same_names_in_two_files(n: int) -> dict[str, str]:
    return {"a.arch": 'use "b.arch"\nuse "c.arch"\ninput 8\nB0', "b.arch": _blocks(n), "c.arch": _blocks(n)}


@files
def faults_in_every_file(n: int) -> dict[str, str]:
    found = {"a.arch": "".join(f'use "b{i}.arch"\n' for i in range(60)) + "input 8\nRELU"}
    return found | {f"b{i}.arch": "block B { FC 8 = 3 }\n" * (n // 60 + 1) for i in range(60)}


@files
def uses_of_another_file(n: int) -> dict[str, str]:
    uses = "".join(f"B {i + 1}\n" for i in range(n))
    block = "block B(c) {\nFC c\n" + "expect 1e9 params within 100%\n" * n + "}\n"
    return {"a.arch": f'use "b.arch"\ninput 8\n{uses}', "b.arch": block}


@files
def models_of_another_file(n: int) -> dict[str, str]:
    """What the other model demands is asked at each use."""
    asked = ", ".join(f"H % {i + 1} != 1" for i in range(2, 20))
    model = f"model M(c=1)\ninput HxWx3 where {asked}\nCONV 3 1x1\n"
    return {"a.arch": 'use "b.arch"\ninput x: AxBx3\n' + "".join(f"M {i} <- x\n" for i in range(n)), "b.arch": model}


@files
def wrong_uses_of_another_file(n: int) -> dict[str, str]:
    uses = "".join(f"B {i}\n" for i in range(n))
    return {"a.arch": f'use "b.arch"\ninput 8\n{uses}', "b.arch": "block B(c) {\n" + "CONV c 3x3\n" * n + "}\n"}


@files
def comments_in_another_file(n: int) -> dict[str, str]:
    return {"a.arch": 'use "b.arch"\ninput 8\nB', "b.arch": "block B { RELU }\n" + "# archdsl: ignore[a, b]\n" * n}
