"""Texts with a fault on every line: what is said of each has its price, and nobody reads the last of them."""

from __future__ import annotations

from support.hostile.gallery import hostile


@hostile
def unknown_names_among_many(n: int) -> str:
    """For each the nearest of all names is looked for."""
    names = "".join(f"layer_number_{i}: RELU\n" for i in range(n // 2))
    return "input 8\n" + names + "".join(f"RELU <- layer_numbr_{i}\n" for i in range(n // 2))


@hostile
def unknown_values_among_many(n: int) -> str:
    lets = "".join(f"let value_number_{i} = {i}\n" for i in range(n // 2))
    return "input 8\n" + lets + "".join(f"FC (value_numbr_{i})\n" for i in range(n // 2))


@hostile
def unknown_kinds_among_many(n: int) -> str:
    blocks = "".join(f"block BLOCK_NUMBER_{i} {{ RELU }}\n" for i in range(n // 2))
    return "input 8\n" + blocks + "".join(f"BLOCK_NUMBR_{i}\n" for i in range(n // 2))


@hostile
def unknown_options_of_many(n: int) -> str:
    names = " \\\n".join(f"parameter_number_{i}=1," for i in range(n // 2))
    uses = "".join(f"B parameter_numbr_{i}=2\n" for i in range(n // 2))
    return f"input 8\nblock B({names} z=1) {{ RELU }}\n{uses}"


@hostile
def long_unknown_names(n: int) -> str:
    return "input 8\n" + "".join(f"{'a' * 1_000}{i}\n" for i in range(n // 100 + 1))


@hostile
def names_given_twice(n: int) -> str:
    return "input 8\n" + "a: RELU\n" * n


@hostile
def names_given_twice_by_loops(n: int) -> str:
    return "input 8\n" + "for i in 1..1000 { a: RELU }\n" * n


@hostile
def blocks_given_twice(n: int) -> str:
    return "input 8\n" + "block A { RELU }\n" * n + "A"


@hostile
def parameters_given_twice(n: int) -> str:
    names = " \\\n".join("p=1," for _ in range(n))
    return f"input 8\nblock B({names} q=1) {{ RELU }}\nB"


@hostile
def numbers_that_are_taken(n: int) -> str:
    return "input 8\nFC 8 x1000\n" + '"5": FC 8\n' * n


@hostile
def wrong_values_shown(n: int) -> str:
    listed = ", ".join(map(str, range(700)))
    return "input 8\n" + f"FC [{listed}]\n" * (n // 500 + 1)


@hostile
def wrong_in_a_chain(n: int) -> str:
    """The fault is explained by every use on the way to it."""
    chain = "".join(f"block B{i}(c) {{ B{i + 1} c }}\n" for i in range(200))
    return f"input 8\n{chain}block B200(c) {{\n" + "CONV c 3x3\n" * n + "}\n" + "".join(f"B0 {i}\n" for i in range(n))


@hostile
def wrong_in_loops(n: int) -> str:
    return "input 8x8x3\nfor i in 1..100000 {\n" + "CONV i 99x99\n" * n + "}"


@hostile
def syntax_on_every_line(n: int) -> str:
    return "input 8\n" + "CONV 6, 5x5 = 3 -> -> 8\n" * n


@hostile
def half_lines(n: int) -> str:
    return "input 8\n" + "let\nblock\nif\nfor i in\n<- a\n-> 8\n" * (n // 6 + 1)


@hostile
def quotes_never_closed(n: int) -> str:
    return "input 8\n" + '"abc: RELU\n' * n


@hostile
def commas(n: int) -> str:
    return "input 8\n" + "FC 8" + "," * min(n, 4_000) + "\n" + "RELU ,\n" * n


@hostile
def ignored_codes(n: int) -> str:
    codes = ", ".join(f"code{i}" for i in range(300))
    return "input 8\n" + f"RELU # archdsl: ignore[{codes}]\n" * (n // 200 + 1)


@hostile
def results_that_nothing_reads(n: int) -> str:
    return "input x: 8\n" + "RELU <- x\n" * n


@hostile
def pools_that_leave_rows(n: int) -> str:
    return "input x: 9x9x8\n" + "".join(f"p{i}: MAXPOOL 2 s4 <- x\n" for i in range(n))


@hostile
def shadowed_kinds(n: int) -> str:
    kinds = ("CONV", "FC", "RELU", "BN", "ADD")
    return "input 8\n" + "".join(f"block {kinds[i % 5]} {{ TANH }}\n" for i in range(n)) + "FC"


@hostile
def misplaced_statements(n: int) -> str:
    return "input 8\n{\n" + "input 8\noutput a\ncases n in [1]\n" * (n // 3 + 1) + "}\n"


@hostile
def claims_in_the_middle(n: int) -> str:
    return "input 8\n" + "RELU -> 8; TANH\n" * n


@hostile
def groups_that_cannot_be_entered(n: int) -> str:
    return "input 8\nb: { RELU } x2\n" + "RELU <- b.0.x\n" * n


@hostile
def merges_that_do_not_fit(n: int) -> str:
    names = ", ".join(f"i{k}" for k in range(40))
    inputs = "".join(f"input i{k}: {k + 1}x{k + 2}x3\n" for k in range(40))
    return inputs + f"ADD <- {names}\n" * (n // 10 + 1)


@hostile
def weights_that_do_not_fit(n: int) -> str:
    return "input 8\na: FC 8\n" + "".join(f"FC {i + 9} weight=a <- a\n" for i in range(n))


@hostile
def rings_of_blocks(n: int) -> str:
    return "input 8\n" + "".join(f"block A{i} {{ A{i}; B{i} }}\nblock B{i} {{ A{i} }}\n" for i in range(n)) + "RELU"


@hostile
def dense_ring_of_blocks(n: int) -> str:
    """Every block names two hundred others."""
    blocks = (f"block B{i} {{ {'; '.join(f'B{(i * 7 + k) % n}' for k in range(200))} }}\n" for i in range(n // 100 + 2))
    return "input 8\n" + "".join(blocks) + "RELU" if n else "input 8\nRELU"
