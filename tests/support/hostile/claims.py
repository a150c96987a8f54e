"""Texts of claims: many of them, held at many uses, long, wrong, and about what is open."""

from __future__ import annotations

from support.hostile.gallery import hostile


@hostile
def expects_times_uses(n: int) -> str:
    """Half of the text claims, the other half uses it."""
    return "input 8\nblock B(k) {\nFC 8\n" + "expect 72 params\n" * n + "}\n" + "".join(f"B {i}\n" for i in range(n))


@hostile
def wrong_expects_times_uses(n: int) -> str:
    expects = "".join(f"expect {i} params\n" for i in range(n))
    return "input 8\nblock B(k) {\nFC 8\n" + expects + "}\n" + "".join(f"B {i}\n" for i in range(n))


@hostile
def shapes_times_uses(n: int) -> str:
    """Claims of lines, each of a size that only its use decides."""
    lines = "CONV c 1x1 -> [8, 8, c], 1 params, 2 macs\n" * n
    return "input 8x8x3\nblock B(c) {\n" + lines + "}\n" + "".join(f"B {i + 1}\n" for i in range(n))


@hostile
def claims_on_a_line(n: int) -> str:
    line = "RELU -> 8" + ", 0 params" * 300 + "\n"
    return "input 8\n" + line * (n // 300 + 1)


@hostile
def claims_that_differ_at_each_use(n: int) -> str:
    """Every use makes another verdict of each claim."""
    uses = "".join(f"B {i + 1}\n" for i in range(n))
    return "input 8\nblock B(c) {\nFC c\n" + "expect 1e3 params within 100%\n" * n + "}\n" + uses


@hostile
def long_claims_at_many_uses(n: int) -> str:
    claim = f"FC c -> {'1' + ',000' * 900} params\n"
    return "input 8\nblock B(c) {\n" + claim * (n // 900 + 1) + "}\n" + "".join(f"B {i + 1}\n" for i in range(n))


@hostile
def expects_of_many_lines(n: int) -> str:
    """Each claim that fails asks for the largest of all lines."""
    return "input 8\n" + "FC 8\n" * n + "".join(f"expect {i} params\n" for i in range(n))


@hostile
def claims_of_trainable(n: int) -> str:
    return "input 8\na: FC 8\n" + "FC 8 -> 72 trainable\n" * n + "freeze a\n"


@hostile
def claims_of_a_shape_too_many(n: int) -> str:
    return "input 8\n" + ("RELU -> " + ", ".join(["8"] * 300) + "\n") * (n // 300 + 1)


@hostile
def claims_that_hints_are_tried_for(n: int) -> str:
    """Each needs a look at every stride, padding and window."""
    return "input 32x32x3\n" + "".join(f"CONV 8 3x3 -> {i + 2}x{i + 3}x7\n" for i in range(n))


@hostile
def formulas_claimed(n: int) -> str:
    return "input HxWx3 where H > 9, W > 9\n" + "CONV 8 3x3 p1 -> [H + W - W, (2*W)//2, 8]\n" * n


@hostile
def formulas_claimed_wrong(n: int) -> str:
    lines = "".join(f"CONV 8 3x3 p1 <- x -> [(H + {i})//2, (W*H + {i})//3, 8]\n" for i in range(n))
    return "input x: HxWx3 where H > 9, W > 9\n" + lines


@hostile
def tables_of_claims(n: int) -> str:
    """Every row of a table is wrong."""
    return "model M(n=1)\ninput 8\n" + "".join(f"FC 8 -> {i} params\n" for i in range(n))


@hostile
def claims_behind_ifs(n: int) -> str:
    """Only one of them is about the setting at hand."""
    ifs = "".join(f"if n == {i} {{ expect {i} params }}\n" for i in range(n))
    return f"model M(n=1)\ncases n in [1, 2, 3]\ninput 8\nFC n\n{ifs}"


@hostile
def claims_of_several_results(n: int) -> str:
    return "input 8x8\n" + "".join(f"a{i}, b{i}: SPLIT [4, 4] -> 8x4, 8x4\nCONCAT <- a{i}, b{i}\n" for i in range(n))
