"""Texts of values: lists, quoted texts and patterns, compared, searched, shown and gone through."""

from __future__ import annotations

from support.hostile.gallery import hostile


def _numbers(n: int) -> str:
    return ",\n".join(", ".join(str(100 * row + one) for one in range(100)) for row in range(n // 100 + 1))


@hostile
def patterns(n: int) -> str:
    """One pattern as long as a line may be, which the rules take apart."""
    return 'input 8x8\nREARRANGE "(' + "a b " * min(n, 1_000) + ') -> a"\n' + "# \n" * n


@hostile
def patterns_on_lines(n: int) -> str:
    """Each line has another long pattern."""
    lines = "".join(f'REARRANGE "({"a b " * 100}c{i}) d -> a d" <- x\n' for i in range(n))
    return f"input x: 8x8\n{lines}"


@hostile
def patterns_that_hold(n: int) -> str:
    lines = "".join(f'REARRANGE "(a{i} b{i}) c{i} -> a{i} (b{i} c{i})" a{i}=2 <- x\n' for i in range(n))
    return f"input x: 8x8\n{lines}"


@hostile
def searched_lists(n: int) -> str:
    return f"input 8\nlet a = [{_numbers(n // 2)}]\n" + "if -1 in a { RELU }\n" * (n // 2) + "RELU"


@hostile
def compared_in_the_model_line(n: int) -> str:
    """Parameters and `where` are worked out before anything else."""
    asked = " \\\n".join("a == b," for _ in range(n // 2))
    listed = _numbers(n // 2)
    return f"model M(a=[{listed}], \\\nb=[{listed}]) where {asked} 1 == 1\ninput 8\nRELU"


@hostile
def doubled_in_the_model_line(n: int) -> str:
    names = " \\\n".join(f"a{i + 1}=[a{i}, a{i}]," for i in range(min(n, 14)))
    asked = " \\\n".join("a10 == a10," for _ in range(n))
    return f"model M(a0=[1, 2], {names} z=1) where {asked} 1 == 1\ninput 8\nRELU".replace("a10", f"a{min(n, 14)}")


@hostile
def where_of_an_input(n: int) -> str:
    asked = " \\\n".join("a == b," for _ in range(n // 2))
    listed = _numbers(n // 2)
    return f"model M(a=[{listed}], \\\nb=[{listed}])\ninput 8 where {asked} 1 == 1\nRELU"


@hostile
def quoted_texts_compared(n: int) -> str:
    text = '"' + "x" * 4_000 + '"'
    return f"input 8\nlet a = {text}\nlet b = {text}\n" + "if a != b { RELU }\n" * n + "RELU"


@hostile
def turns_of_lists(n: int) -> str:
    return f"input 8\nlet a = [{_numbers(n // 2)}]\n" + "for i in a { let b = i }\n" * (n // 20) + "RELU"


@hostile
def turns_taken_apart(n: int) -> str:
    rows = ",\n".join(f"[{', '.join(str(i + k) for k in range(40))}]" for i in range(n))
    names = ", ".join(f"v{k}" for k in range(40))
    return f"input 8\nfor {names} in [{rows}] {{ FC v0 }}"


@hostile
def sizes_per_axis(n: int) -> str:
    lines = "".join(f"let v{i} = 3x3 * {i} + 1x1 - 2x2\n" for i in range(n))
    return f"input 8\n{lines}RELU"


@hostile
def tables_that_are_wrong(n: int) -> str:
    rows = ",\n".join(f"[{i % 9}, {i % 8}]" for i in range(n // 2))
    return f"input a: 9x9x8\nlet t = [{rows}]\n" + f"CONV {n // 2} 3x3 table=t <- a\n" * (n // 2)


@hostile
def pads_of_lists(n: int) -> str:
    return "input x: 9x9x8\n" + "".join(f"PAD [[{i % 5}, {i}], [{i}, {i % 7}]] <- x\n" for i in range(n))


@hostile
def ranges_of_slices(n: int) -> str:
    return "input x: 99x99x8\n" + "".join(f'SLICE height="{i % 9}:{i % 80 + 10}:{i % 3 + 1}" <- x\n' for i in range(n))


@hostile
def other_packages(n: int) -> str:
    values = " ".join(f"v{i}={i}" for i in range(150))
    return "input x: 8\n" + f'MODULE "a.b:C" gives=8 {values} <- x\n' * (n // 100 + 1)


@hostile
def constants(n: int) -> str:
    return "input x: 8\n" + "".join(f"CONST {i % 900 + 1}x8 value={i}.5\n" for i in range(n)) + "RELU <- x"


@hostile
def choices_of_kinds(n: int) -> str:
    return "input 8\nblock B(k, m=k) { k; m; act }\n".replace("; act", "") + "B RELU; B TANH m=SIGMOID\n" * n
