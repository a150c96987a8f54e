"""Texts with holes, whose numbers are looked for through much that does not depend on them."""

from __future__ import annotations

from support.hostile.gallery import hostile


@hostile
def a_hole_before_ifs(n: int) -> str:
    """Every number that is tried asks all of them."""
    return "input 8\nlet c = ?\nFC 8\n" + "".join(f"if c == {i} {{ RELU }}\n" for i in range(n)) + "expect 72 params"


@hostile
def a_hole_before_lets(n: int) -> str:
    return "input 8\nlet c = ?\n" + "".join(f"let v{i} = c + {i}\n" for i in range(n)) + "FC c\nexpect 12,345 params"


@hostile
def a_hole_in_a_loop(n: int) -> str:
    return "input 8\nfor i in 1..1000 { FC (i + ?) }\n" + "RELU\n" * n + "expect 1,234,567 params"


@hostile
def a_hole_and_claims_at_uses(n: int) -> str:
    uses = "".join(f"B {i}\n" for i in range(n))
    return "input 8\nlet c = ?\nblock B(k) {\nFC 8\n" + "expect 72 params\n" * n + f"}}\n{uses}FC c -> 77 params"


@hostile
def a_hole_at_every_setting(n: int) -> str:
    listed = ", ".join(str(i) for i in range(1, 400))
    return f"model M(n=1)\ncases n in [{listed}]\ninput 8\nFC n; FC ?\n" + "RELU\n" * n + "expect 99,999 params"


@hostile
def two_holes_that_trade(n: int) -> str:
    return "input 8x8x8\nCONV ? 3x3 p1\n" + "RELU\n" * n + "CONV ? 3x3 p1\nexpect 999,983 params"


@hostile
def holes_of_open_sizes(n: int) -> str:
    return "input HxWx3\nCONV ? 3x3 s? p?\n" + "CONV 3 3x3 p1\n" * n + "expect 99,999 params"


@hostile
def holes_in_every_option(n: int) -> str:
    return "input 64x64x8\n" + "CONV ? ?x? s? p? d? g? -> 9x9x99\n" * min(n, 16) + "RELU\n" * n


@hostile
def a_hole_in_a_block_of_many(n: int) -> str:
    uses = "".join(f"B {i + 1}\n" for i in range(n))
    return f"input 8\nblock B(c) {{ FC c; FC (c + ?) }}\n{uses}expect 123,456,789 params"


@hostile
def a_hole_among_faults(n: int) -> str:
    return "input 8\nFC ?\n" + "FC a\n" * n + "expect 99 params"
