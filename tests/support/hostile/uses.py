"""Texts whose work is a product: what stands in a block, a loop or a setting, times how often it is used."""

from __future__ import annotations

from support.hostile.gallery import hostile


@hostile
def lets_times_uses(n: int) -> str:
    lets = "".join(f"let v{i} = {i}\n" for i in range(n))
    return "input 8\nblock B(k) {\n" + lets + "RELU\n}\n" + "".join(f"B {i}\n" for i in range(n))


@hostile
def empty_ifs_times_uses(n: int) -> str:
    return "input 8\nblock B(k) {\n" + "if no { }\n" * n + "RELU\n}\n" + "".join(f"B {i}\n" for i in range(n))


@hostile
def ifs_of_ifs_times_uses(n: int) -> str:
    """No layer stands in them, which a careless reader finds out at each use."""
    nest = "if no { " + "if yes { expect 1 params }; " * 100 + "}\n"
    return "input 8\nblock B(k) {\n" + nest * (n // 100 + 1) + "RELU\n}\n" + "".join(f"B {i}\n" for i in range(n))


@hostile
def loops_of_nothing(n: int) -> str:
    return "input 8\n" + "for i in 1..100000 { }\n" * n + "RELU"


@hostile
def loops_of_lets(n: int) -> str:
    lets = "".join(f"let v{i} = i + {i}\n" for i in range(n))
    return "input 8\nfor i in 1..100000 {\n" + lets + "}\nRELU"


@hostile
def loops_of_expects(n: int) -> str:
    return "input 8\nfor i in 1..100000 {\na{i}: {\nFC 8\n" + "expect 72 params\n" * n + "}\n}"


@hostile
def branches_times_uses(n: int) -> str:
    branches = "ID; " * 500
    merges = f"MEAN {{ {branches} }}\n" * (n // 500 + 1)
    return "input 8\nblock B(k) {\n" + merges + "}\n" + "".join(f"B {i}\n" for i in range(n))


@hostile
def settings_times_lines(n: int) -> str:
    """Each of a thousand settings looks at all lines, and lays none."""
    listed = ",\n".join(", ".join(str(100 * row + one) for one in range(100)) for row in range(10))
    return f"model M(n=1)\ncases n in [{listed}]\ninput 8\nRELU\n" + "if n < 0 { RELU }\n" * n


@hostile
def settings_times_blocks(n: int) -> str:
    """Blocks that no setting uses are looked through at each."""
    listed = ", ".join(map(str, range(700)))
    blocks = "".join(f"block B{i} {{ RELU; TANH; FC 3 }}\n" for i in range(n))
    return f"model M(n=1)\ncases n in [{listed}]\ninput 8\nRELU\n{blocks}"


@hostile
def settings_of_many_lines(n: int) -> str:
    """More settings than are verified, in lines of which none has too many."""
    lines = "".join(f"cases n in [{', '.join(str(9 * i + one) for one in range(9))}]\n" for i in range(n))
    return f"model M(n=1)\n{lines}input 8\nFC (n + 1)"


@hostile
def settings_of_rows(n: int) -> str:
    rows = ",\n".join(f"[{i}, {i}]" for i in range(n))
    return f"model M(n=1, k=1)\ncases n, k in [{rows}]\ninput 8\nFC (n + 1)"


@hostile
def parameters_in_messages(n: int) -> str:
    """Every warning inside a block names all values that it was used with."""
    names = " \\\n".join(", ".join(f"p{100 * row + one}=1" for one in range(100)) + "," for row in range(n // 100 + 1))
    lines = "MAXPOOL 2 s4; UPSAMPLE size=9x9\n" * n
    return f"input 9x9x8\nblock B({names} q=1) {{\n{lines}}}\nB\n"


@hostile
def texts_in_messages(n: int) -> str:
    """A long list is shown wherever something is wrong."""
    listed = ",\n".join(", ".join('"' + "x" * 30 + '"' for _ in range(50)) for _ in range(n // 50 + 1))
    return f"input 8\nlet a = [{listed}]\n" + "FC a\n" * n


@hostile
def uses_in_each_other(n: int) -> str:
    """A chain as long as the limit allows, around much."""
    chain = "".join(f"block B{i}(c) {{ B{i + 1} c; B{i + 1} (c + 1) }}\n" for i in range(14))
    return f"input 8\n{chain}block B14(c) {{ RELU }}\n" + "".join(f"B0 {i}\n" for i in range(n))


@hostile
def inputs_of_a_block(n: int) -> str:
    names = " \\\n".join(", ".join(f"a{100 * row + one}" for one in range(100)) + "," for row in range(n // 100 + 1))
    reads = " \\\n".join(", ".join(["x"] * 100) + "," for _ in range(n // 100 + 1))
    return f"input x: 8\nblock B <- {names} z {{ RELU <- z }}\n" + f"B <- {reads} x\n" * 3


@hostile
def results_of_a_block(n: int) -> str:
    """A block of a hundred results, used over and over."""
    lines = "".join(f"r{i}: RELU\n" for i in range(100))
    output = ", ".join(f"r{i}" for i in range(100))
    names = ", ".join(f"s@_{i}" for i in range(100))
    uses = "".join(f"{names.replace('@', str(i))}: B <- x\n" for i in range(n // 100 + 1))
    return f"input x: 8\nblock B {{\n{lines}output {output}\n}}\n{uses}"


@hostile
def results_of_splits(n: int) -> str:
    return "input x: 1000\n" + "SPLIT [" + ", ".join(["1"] * 1000) + "]  <- x\n" + "CHUNK 1000 <- x\n" * n


@hostile
def shared_in_loops(n: int) -> str:
    return "input 8\nt: {\n" + "FC 8; RELU\n" * n + "}\nfor i in 1..1000 { SHARE t }"


@hostile
def frozen_in_loops(n: int) -> str:
    return (
        "input 8\nfor i in 1..1000 { n{i}: FC 8 }\n" + "for i in 1..1000 { freeze n{i} }\n" * (n // 900 + 1) + "#\n" * n
    )


@hostile
def names_in_loops(n: int) -> str:
    name = "a{i}" * 40
    return "input 8\n" + f"for i in 1..100000 {{ {name}: RELU }}\n" * (n // 100 + 1)


@hostile
def dots(n: int) -> str:
    """Each line reads through thirty groups."""
    opening = "".join(f"g{i}: {{ " for i in range(30))
    path = ".".join(f"g{i}" for i in range(30))
    return f"input 8\n{opening}r: RELU{' }' * 30}\n" + f"RELU <- {path}.r\n" * n


@hostile
def outputs(n: int) -> str:
    listed = " \\\n".join(", ".join(["a"] * 100) + "," for _ in range(n // 100 + 1))
    return f"input 8\na: RELU\noutput {listed} a"
