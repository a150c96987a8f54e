"""Texts of open sizes: many symbols, conditions on them, and formulas that grow from line to line."""

from __future__ import annotations

from support.hostile.gallery import hostile

SIXTEEN = "ABCDEFGHJKLMNPQR"


@hostile
def reshaped_by_every_number(n: int) -> str:
    """Each line asks whether the product of three symbols is divisible."""
    return "input x: HxWxC\n" + "".join(f"RESHAPE [-1, {i}, C] <- x\n" for i in range(1, n + 1))


@hostile
def reshaped_by_symbols(n: int) -> str:
    return "input x: HxWxC\n" + "".join(f"RESHAPE [H*{i}, -1] <- x\n" for i in range(1, n + 1))


@hostile
def sixteen_symbols(n: int) -> str:
    inputs = "".join(f"input i{k}: [{', '.join(SIXTEEN[4 * k : 4 * k + 4])}]\n" for k in range(4))
    lines = "".join(f"CONV {i % 9 + 1} [1, {i % 3 + 1}, {i % 5 + 1}] <- i{i % 4}\n" for i in range(n))
    return inputs + lines


@hostile
def pairs_that_must_be_equal(n: int) -> str:
    inputs = "".join(f"input i{k}: {SIXTEEN[k]}x8\n" for k in range(16))
    lines = "".join(f"CONV 8 {i % 3 + 1} <- i{i % 16}; ADD <- i{i % 16}, i{(i * 7 + 3) % 16}\n" for i in range(n))
    return inputs + lines


@hostile
def divisions_of_products(n: int) -> str:
    lines = "".join(f"let v{i} = (H*W*{i + 1} + {i})//(W + {i % 7 + 1})\n" for i in range(n))
    return f"input HxWx3\n{lines}RELU"


@hostile
def remainders(n: int) -> str:
    lines = "".join(f"if H % {i % 97 + 2} == {i % 3} {{ RELU }}\n" for i in range(n))
    return f"input HxWx3 where H % 96 == 0\n{lines}RELU"


@hostile
def questions_that_stay_open(n: int) -> str:
    return "input HxWx3\n" + "".join(f"if H > {i} {{ RELU }}\n" for i in range(n)) + "RELU"


@hostile
def questions_on_two_symbols(n: int) -> str:
    lines = "".join(f"if {i}*H + W > {i + 1} {{ expect 3 params }}\n" for i in range(n))
    return f"input HxWx3 where H > 3, W > 3\n{lines}RELU"


@hostile
def same_padding(n: int) -> str:
    return "input HxWx3\n" + "CONV 3 3x3 s2 p=same\n" * n


@hostile
def largest_of_sizes(n: int) -> str:
    """Each merge stretches to the larger of two."""
    lines = "".join(f"a{i}: CONV 1 [{i % 5 + 1}, 1] <- x\nADD broadcast <- a{i}, y\n" for i in range(n))
    return f"input x: HxWx1\ninput y: 1xWx1\n{lines}"


@hostile
def open_copies_of_conditions(n: int) -> str:
    lines = "".join(f"l{i}: {{ CONV in 1x1 g=({i % 13 + 2}) }} x(n)\n" for i in range(n))
    return f"model M(n, c)\ninput [8, 8, c]\n{lines}"


@hostile
def parameters_left_open(n: int) -> str:
    lines = "".join(f"FC (a*{i} + b)\n" for i in range(1, n + 1))
    return f"model M(a, b)\ninput 8\n{lines}"


@hostile
def products_of_parameters(n: int) -> str:
    return "model M(a, b, c)\ninput [a, b, c]\n" + "".join(f"LINEAR (a*b*c + {i})\nLINEAR c\n" for i in range(n))


@hostile
def rearranged_symbols(n: int) -> str:
    lines = "".join(f'REARRANGE "(h a) (w b) c -> h w (a b c)" a={i % 7 + 2} b={i % 5 + 2} <- x\n' for i in range(n))
    return f"input x: HxWx3\n{lines}"


@hostile
def slices_of_symbols(n: int) -> str:
    return "input x: Tx8\n" + "".join(f'SLICE steps="{i}:-{i + 1}" <- x\n' for i in range(n))


@hostile
def joined_symbols(n: int) -> str:
    return (
        "input x: Tx8\n"
        + "".join(f"a{i}: CONV 8 {i % 9 + 1} s{i % 4 + 1} <- x\n" for i in range(n))
        + ("CONCAT axis=steps <- " + ", ".join(f"a{i}" for i in range(min(n, 500))) if n else "RELU")
    )


@hostile
def attended_symbols(n: int) -> str:
    return "input x: Tx8; input y: Sx8\n" + "ATTEND 2 <- x, y\nATTENTION 2\n" * n


@hostile
def demands_of_inputs(n: int) -> str:
    conditions = " \\\n".join(f"(H*{i % 50 + 2} + W) % {i % 9 + 2} != 1," for i in range(n))
    return f"input HxWx3 where {conditions} H > 3\nRELU"


@hostile
def upsampled_symbols(n: int) -> str:
    return "input HxWx3\n" + "UPSAMPLE 2\nMAXPOOL 2\n" * n


@hostile
def loops_over_symbols(n: int) -> str:
    return "input x: HxWx3\n" + "for i in 1..1000 { CONV 3 [i, 1] <- x }\n" * (n // 10 + 1) + "#\n" * n
