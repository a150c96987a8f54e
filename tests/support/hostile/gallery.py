"""The gallery: each text is made from a count, so that work can be measured at n, 2n and 4n and at a mebibyte."""

from __future__ import annotations

from collections.abc import Callable

Maker = Callable[[int], str]
GALLERY: dict[str, Maker] = {}
MEBIBYTE = 2**20


def hostile(maker: Maker) -> Maker:
    """Hang a text in the gallery."""
    GALLERY[maker.__name__] = maker
    return maker


def largest(maker: Maker, size: int = MEBIBYTE) -> str:
    """The text of the largest count that fits into a size, to a few per cent."""
    count = 1
    while count < size and len(maker(2 * count)) <= size:
        count *= 2
    for step in (2, 3, 4, 5, 6):
        more = count // step
        if more and len(maker(count + more)) <= size:
            count += more
    return maker(count)


def _wrapped(words: list[str]) -> str:
    """Words as one statement over many lines, each continued."""
    return " \\\n".join(" ".join(words[at : at + 100]) for at in range(0, len(words), 100))


# ---- depth


@hostile
def parentheses(n: int) -> str:
    return f"input 8\nFC {'(' * n}1{')' * n}"


@hostile
def lists(n: int) -> str:
    return f"input 8\nlet n = {'[' * n}1{']' * n}"


@hostile
def braces(n: int) -> str:
    return f"input 8\n{'{ ' * n}RELU{' }' * n}"


@hostile
def braces_on_lines(n: int) -> str:
    return "input 8\n" + "{\n" * n + "RELU\n" + "}\n" * n


@hostile
def braces_never_closed(n: int) -> str:
    return "input 8\n" + "{ RELU\n" * n


@hostile
def braces_that_close_nothing(n: int) -> str:
    return "input 8\n" + "RELU }\n" * n


@hostile
def merges(n: int) -> str:
    return "input 8\n" + "ADD {\n" * n + "RELU\n" + "}\n" * n


@hostile
def ifs(n: int) -> str:
    return "input 8\n" + "if yes {\n" * n + "RELU\n" + "}\n" * n


@hostile
def arms(n: int) -> str:
    return "input 8\nif no { RELU }" + " else if no { RELU } \\\n" * n


@hostile
def strided_on_a_symbol(n: int) -> str:
    """Every layer puts a floor around the size before."""
    return "input Tx8 where T > 1000000\n" + "CONV 8 3 s2 p1\n" * n


@hostile
def floors(n: int) -> str:
    lines = [f"let a{i + 1} = (3*a{i} + 1) // 2" for i in range(n)]
    return "\n".join(["input Tx8", "let a0 = T", *lines, "RELU"])


# ---- chains of operators


@hostile
def sums(n: int) -> str:
    return "input 8\nlet n = 1" + _wrapped([" + 1"] * n)


@hostile
def products(n: int) -> str:
    return "input 8\nlet n = 1" + _wrapped([" * 1"] * n)


@hostile
def negations(n: int) -> str:
    return "input 8\nlet n = " + _wrapped(["not"] * n) + " yes"


@hostile
def minuses(n: int) -> str:
    return "input 8\nlet n = " + _wrapped(["-"] * n) + " 1"


@hostile
def choices(n: int) -> str:
    return "input 8\nlet n = " + _wrapped(["1 if no else"] * n) + " 1"


@hostile
def conjunctions(n: int) -> str:
    return "input 8\nlet n = yes" + _wrapped([" and yes"] * n)


# ---- growth


@hostile
def doubled_lists(n: int) -> str:
    """A value of 2**n parts that costs n to write."""
    lines = [f"let a{i + 1} = [a{i}, a{i}]" for i in range(n)]
    return "\n".join(
        ["input 8", "let a0 = [1, 2]", *lines, f"B a{n}", f"let same = a{n} == a{n}", "block B(c) { RELU }"]
    )


@hostile
def doubled_lists_compared(n: int) -> str:
    lines = [f"let {name}{i + 1} = [{name}{i}, {name}{i}]" for name in "ab" for i in range(n)]
    return "\n".join(["input 8", "let a0 = [1]", "let b0 = [1]", *lines, f"if a{n} == b{n} {{ RELU }}", f"FC a{n}"])


@hostile
def doubled_lists_shown(n: int) -> str:
    lines = [f"let a{i + 1} = [{', '.join([f'a{i}'] * 8)}]" for i in range(n)]
    return "\n".join(["input 8", "let a0 = [1]", *lines, f"FC a{n}"])


@hostile
def uses_that_double(n: int) -> str:
    """2**n different uses of blocks, where each block uses the one before with two new arguments."""
    blocks = [f"block B{i + 1}(c) {{ B{i} (2*c % 1000003); B{i} ((2*c + 1) % 1000003) }}" for i in range(min(n, 250))]
    return "\n".join(["input 8", f"B{len(blocks)} 1", "block B0(c) { FC 8 }", *blocks])


@hostile
def uses_of_the_one_before(n: int) -> str:
    """2**n layers in n blocks, each using the one before twice with nothing changed."""
    blocks = [f"block B{i + 1} {{ B{i}; B{i} }}" for i in range(n)]
    return "\n".join(["input 8", f"B{min(n, 250)}", "block B0 { FC 8 }", *blocks])


@hostile
def copies_that_differ(n: int) -> str:
    return f"input 32x32x3\n{{ CONV (in + 1) 3x3 p1 }} x{n}\n" + "# a remark\n" * n


@hostile
def loops_in_loops(n: int) -> str:
    depth = min(60, n)
    return (
        "input 8\n" + "".join(f"for i{d} in 1..100 {{\n" for d in range(depth)) + "RELU\n" + "}\n" * depth + "#\n" * n
    )


@hostile
def polynomials(n: int) -> str:
    """Products of symbolic sizes with a hundred terms."""
    lines = [f"let p{i} = (H + W + 1)*(H + W + 2)*(H + W + 3)*(H + W + 4)*(H + W + 5)*(H + W + 6)" for i in range(n)]
    return "\n".join(["input HxWx3", *lines, "RELU"])


@hostile
def polynomials_on_and_on(n: int) -> str:
    lines = [f"let p{i + 1} = (p{i} + H) * (p{i} - W) // 3 + p{i}" for i in range(n)]
    return "\n".join(["input HxWx3", "let p0 = H + W", *lines, "RELU"])


@hostile
def conditions_one_by_one(n: int) -> str:
    """Each line needs one row more of an open height."""
    return "input Hx8x3\n" + "CONV 3 [3, 1]\n" * n


@hostile
def windows_over_what_is_open(n: int) -> str:
    """Periods that have nothing in common, and merges that ask for them."""
    primes = (2, 3, 5, 7, 11, 13, 17, 19, 23)
    lines = [f"ADD {{ MAXPOOL [{primes[i % 9]}, 1] s1; MAXPOOL [{primes[i * 5 % 9]}, 1] }}" for i in range(n)]
    return "\n".join(["input Hx8x3", *lines])


@hostile
def sums_of_what_is_open(n: int) -> str:
    """Floors within floors, each of all before."""
    return "input Hx8x3\n" + "CONCAT axis=height { MAXPOOL [2, 1]; ID }\n" * n


@hostile
def broadcasts_of_what_is_open(n: int) -> str:
    """Each axis is 1 or equal, for every branch."""
    lines = [f"i{i}: CONV 1 [{i % 7 + 1}, {i % 5 + 1}] <- x" for i in range(n)]
    reads = ", ".join(f"i{i}" for i in range(min(n, 300)))
    return "\n".join(["input x: HxWx1", *lines, f"ADD broadcast <- {reads or 'x'}"])


@hostile
def openings(n: int) -> str:
    """More open sizes than anybody has."""
    return "\n".join([f"input a{i}: [A{i}, B{i}, C{i}]" for i in range(n)] + ["RELU <- a0"])


@hostile
def where_on_and_on(n: int) -> str:
    listed = _wrapped([f"H % {i % 900 + 2} == {i % 7} or" for i in range(min(n, 120))])
    more = "\n".join(f"input i{i}: HxWx3 where H % {i % 50 + 2} != {i % 2 + 1}, {i} < W + H" for i in range(n))
    return f"input HxWx3 where {listed} H > 3\n{more}\nRELU"


@hostile
def copies_of_an_open_number(n: int) -> str:
    depth = min(60, n)
    opening = "".join(f"l{i}: {{ CONV in 1x1\n" for i in range(depth))
    return f"model M(n)\ninput 8x8x4\n{opening}" + "} x(n)\n" * depth + "#\n" * n


@hostile
def formulas(n: int) -> str:
    """Counts with ever more terms."""
    lines = [f"CONCAT axis=height {{ MAXPOOL [{i % 40 + 2}, 1]; CONV 3 [{i % 9 + 1}, 1] }}" for i in range(n)]
    return "\n".join(["input HxWx3", *lines])


@hostile
def halves_of_what_is_open(n: int) -> str:
    lines = [f"let p{i + 1} = (p{i} * 3 + 1)/2" for i in range(n)]
    return "\n".join(["model M(a, b)", "input 8", "let p0 = a/b", *lines, "RELU"])


@hostile
def fractions(n: int) -> str:
    lines = [f"let p{i + 1} = p{i} * 1.0000001 + 1/{i + 2}" for i in range(n)]
    return "\n".join(["input 8", "let p0 = 1/3", *lines, "RELU"])


@hostile
def settings(n: int) -> str:
    return "\n".join(["model M(n=1)", f"cases n in [{_listed(n)}]", "input 8", *["FC n"] * (n // 4)])


def _listed(n: int) -> str:
    return "".join(f"{i}, " if i % 100 else f"{i},\n" for i in range(1, n + 1))


# ---- length


@hostile
def layers(n: int) -> str:
    return "input 8x8x8\n" + "CONV 8 3x3 p1\n" * n


@hostile
def layers_on_a_line(n: int) -> str:
    return "input 8\n" + ("; ".join(["RELU"] * 500) + "\n") * (n // 500 + 1)


@hostile
def wrong_layers(n: int) -> str:
    return "input 8\n" + "".join(f"CONW{i} 8\n" for i in range(n))


@hostile
def wrong_options(n: int) -> str:
    return "input 8\n" + "".join(f"FC 8 width{i}=3\n" for i in range(n))


@hostile
def wrong_references(n: int) -> str:
    return "input 8\n" + "".join(f"name{i}: RELU <- nome{i}\n" for i in range(n))


@hostile
def wrong_references_to_many(n: int) -> str:
    return "input 8\n" + "".join(f"name{i}: RELU\n" for i in range(n)) + "".join(f"RELU <- nome{i}\n" for i in range(n))


@hostile
def wrong_values_among_many(n: int) -> str:
    return "input 8\n" + "".join(f"let value{i} = 1\n" for i in range(n)) + "".join(f"FC valeu{i}\n" for i in range(n))


@hostile
def wrong_claims(n: int) -> str:
    return "input 64x64x8\n" + "".join(f"CONV 8 3x3 p1 -> {i}x7x8\n" for i in range(1, n + 1))


@hostile
def wrong_kernels(n: int) -> str:
    return "input 8x8x64\nlet n = 8\n" + "".join(f"{{ CONV 8 {i}x{i} }} x0\nCONV 64 9x9\n" for i in range(n))


@hostile
def wrong_groups(n: int) -> str:
    return "input a: 8x8x4096\n" + "".join(f"CONV 4096 3x3 p1 g{i} <- a\n" for i in range(4097, 4097 + n))


@hostile
def wrong_merges(n: int) -> str:
    return "input 8\nADD {\n" + "".join(f"FC {i}\n" for i in range(1, n + 1)) + "}\n"


@hostile
def wrong_syntax(n: int) -> str:
    return "input 8\n" + "let = 3\n" * n


@hostile
def strays(n: int) -> str:
    return "input 8\n" + "@\n" * n


@hostile
def strays_on_a_line(n: int) -> str:
    return "input 8\n" + ("@" * 4000 + "\n") * (n // 4000 + 1)


@hostile
def lists_that_begin_lines(n: int) -> str:
    return "input 8\nlet = [1,\n" + "[1, 2], \\\n" * n


@hostile
def else_after_else(n: int) -> str:
    return "input 8\n" + "} else {\n" * n


@hostile
def duplicates(n: int) -> str:
    return "input 8\n" + "a: RELU\n" * n


@hostile
def names(n: int) -> str:
    return (
        "input 8\n"
        + "".join(f"a{i}: RELU\n" for i in range(n))
        + "output "
        + _wrapped([f"a{i}," for i in range(n)])
        + " a0"
    )


@hostile
def templates(n: int) -> str:
    return f"input 8\nfor i in 1..{min(n, 100_000)} {{ a{{i}}{{i+1}}{{i+2}}: RELU }}\n" + "# remark\n" * n


@hostile
def templates_of_many_parts(n: int) -> str:
    return "input 8\n" + "".join(f"for i in 1..1 {{ a{i}{'{i}' * 1000}: RELU }}\n" for i in range(n // 1000 + 1))


@hostile
def branches(n: int) -> str:
    return "input 8\nCONCAT {\n" + "FC 8\n" * n + "}\n"


@hostile
def blocks_in_a_row(n: int) -> str:
    """Each block uses the next: a chain that is too long, and that a search from every block would pay n**2 for."""
    return "\n".join(["input 8", "B0", *[f"block B{i} {{ B{i + 1} }}" for i in range(n)], f"block B{n} {{ RELU }}"])


@hostile
def blocks_in_a_ring(n: int) -> str:
    return "\n".join(["input 8", "B0", *[f"block B{i} {{ B{(i + 1) % n} }}" for i in range(n)]])


@hostile
def parameters(n: int) -> str:
    names = [f"p{i}=1," for i in range(n)]
    return f"input 8\nB {_wrapped([str(i) for i in range(n)])}\nblock B({_wrapped(names)} q=1) {{ RELU }}"


@hostile
def named_arguments(n: int) -> str:
    names = [f"p{i}=1," for i in range(n)]
    return f"input 8\nB {_wrapped([f'p{i}=2' for i in range(n)])}\nblock B({_wrapped(names)} q=1) {{ RELU }}"


@hostile
def inputs(n: int) -> str:
    return "".join(f"input i{i}: S{i}x8\n" for i in range(n)) + "RELU <- i0"


@hostile
def conditions(n: int) -> str:
    return f"input HxWx3 where {_wrapped([f'H > {i},' for i in range(n)])} W > 3\nRELU"


@hostile
def expectations(n: int) -> str:
    return "input 8\nFC 8\n" + "expect 72 params, 8\n" * n


@hostile
def tables(n: int) -> str:
    rows = ",\n".join(f"[{i % 8}]" for i in range(n))
    return f"input 9x9x8\nlet t = [{rows}]\nCONV {n} 3x3 table=t"


@hostile
def axes(n: int) -> str:
    return f"input {'x'.join(['2'] * min(n, 2000))}\nRELU\n" + "# remark\n" * n


@hostile
def comments(n: int) -> str:
    return "input 8\n" + "# archdsl: ignore[leftover, unused-result, nothing]\n" * n + "RELU"


@hostile
def one_line(n: int) -> str:
    return "input 8; RELU # " + "1" * n


@hostile
def long_numbers_in_a_comment(n: int) -> str:
    return "input 8; RELU # " + f"{'7' * 20} " * n


@hostile
def one_word(n: int) -> str:
    return "input 8\n" + "a" * n


@hostile
def one_text(n: int) -> str:
    return f'input 8\n"{"a" * n}": RELU'


@hostile
def hidden_characters(n: int) -> str:
    return "input 8\n" + "\u200b\n" * n


@hostile
def wide_characters(n: int) -> str:
    return "input 8\n" + '"🙂": RELU\n' * n


@hostile
def old_line_ends(n: int) -> str:
    return "input 8\r" + "RELU\r" * n


@hostile
def empty_lines(n: int) -> str:
    return "input 8\n" + "\n" * n + "RELU"


@hostile
def semicolons(n: int) -> str:
    return "input 8\n" + (";" * 4000 + "\n") * (n // 4000) + ";" * (n % 4000) + "RELU"


@hostile
def repeats_in_repeats(n: int) -> str:
    depth = min(n, 60)
    return "input 8\n" + "{\n" * depth + "FC 8\n" + "} x1000000\n" * depth + "#\n" * n


@hostile
def continued_lines(n: int) -> str:
    return "input 8\nRELU" + "\\\n" * n


@hostile
def lists_in_loops(n: int) -> str:
    """A long list that every turn of a loop works out anew."""
    return f"input 8\nfor i in 1..100000 {{ let a = [{_listed(n)}]; RELU }}"


@hostile
def lists_compared_in_loops(n: int) -> str:
    lines = [f"let a = [{_listed(n // 2)}]", f"let b = [{_listed(n // 2)}]"]
    return "\n".join(["input 8", *lines, "for i in 1..100000 { if a == b { RELU } }"])


@hostile
def lists_handed_on(n: int) -> str:
    """A long list is an argument of thousands of uses."""
    return f"input 8\nlet a = [{_listed(n // 2)}]\n" + "B a\n" * (n // 2) + "block B(c) { RELU }"


@hostile
def tables_in_every_line(n: int) -> str:
    rows = ",\n".join(f"[{i % 8}]" for i in range(n // 2))
    return f"input a: 9x9x8\nlet t = [{rows}]\n" + "".join(
        f"CONV {n // 2} 3x3 p{i} table=t <- a\n" for i in range(n // 2)
    )


@hostile
def values_in_braces(n: int) -> str:
    """Every pair of braces sees all names around it."""
    return "input 8\n" + "".join(f"let v{i} = {i}\n" for i in range(n)) + "{ let w = 1; RELU }\n" * n


@hostile
def defaults_at_every_use(n: int) -> str:
    names = [f"p{i}=1+1," for i in range(n)]
    return f"input 8\nblock B({_wrapped(names)} q=1) {{ RELU }}\n" + "B q=2\n" * n


@hostile
def sums_in_loops(n: int) -> str:
    return (
        "input 8\n"
        + "for i in 1..1000 {\n" * 8
        + ("let v = i" + " + 1" * 250 + "\n") * (n // 250)
        + "RELU\n"
        + "}\n" * 8
    )


@hostile
def blocks_between_rings(n: int) -> str:
    chain = [f"block C{i} {{ C{i + 1} }}" for i in range(n)]
    return "\n".join(["input 8", "block A { A; C0 }", *chain, f"block C{n} {{ Z }}", "block Z { Z }", "RELU"])


@hostile
def different_floors(n: int) -> str:
    """The totals are sums of a new floor in every line."""
    lines = [f"a{i}: MAXPOOL {i + 1} s{i + 1} <- x" for i in range(1, n + 1)]
    return "\n".join([f"input x: Tx8 where T > {n + 2}", *lines])


@hostile
def failing_claims(n: int) -> str:
    return "input 64x64x8\n" + "".join(f"CONV 8 3x3 p1 -> {i} params\n" for i in range(1, n + 1))


@hostile
def bracketed_lines(n: int) -> str:
    """Each line is wrong in another way, and leaves brackets open."""
    return "input 8\n" + "ADD { CONV ( [ } ) {\n" * n


@hostile
def thousands(n: int) -> str:
    return "input 8\n" + f"RELU -> {'1' + ',000' * 900} params\n" * (n // 900 + 1)


@hostile
def strings_of_settings(n: int) -> str:
    return (
        f'model M(n="a")\ncases n in [{", ".join(chr(34) + "b" * 30 + chr(34) for _ in range(min(n, 100)))}]\ninput 8\n'
        + "RELU\n" * n
    )


# ---- holes


@hostile
def holes_on_lines(n: int) -> str:
    """Each line could be decided by itself, and there are more than anybody writes."""
    return "input 64x64x8\n" + "CONV ? 3x3 p? -> 64x64x8\n" * n


@hostile
def holes_without_claims(n: int) -> str:
    return "input 64x64x8\n" + "CONV ? ?x? s? p? d? g?\n" * (n // 8) + "RELU -> 7x7x7, 1M params"


@hostile
def holes_before_much(n: int) -> str:
    """Every number that is tried costs a look at all that follows."""
    return "input 64x64x8\nlet c = ?\nCONV c 3x3 p1\n" + "CONV c 3x3 p1; CONV 8 1x1\n" * n + "expect 1,234,567 params"


@hostile
def holes_in_repeats(n: int) -> str:
    return "input 8\n" + "{ " * 3 + "FC ?" + " } x?" * 3 + " -> 77 params\n" + "RELU\n" * n


@hostile
def holes_in_loops(n: int) -> str:
    return "input 8\nfor i in 1..? {\n" + "FC (i + 1)\n" * n + "}\nexpect 1G params"


@hostile
def holes_in_blocks(n: int) -> str:
    """Many uses of one block with a hole, each with another argument."""
    uses = "".join(f"B {number}\n" for number in range(1, n + 1))
    return "input 8x8x8\nblock B(c) { CONV c ?x? p?; CONV ? 1x1 }\n" + uses + "expect 123,456 params"


@hostile
def holes_in_a_list(n: int) -> str:
    return (
        f"input 8\nlet a = [{', '.join('?' * min(n, 99))}]\nfor i in a {{ FC i }}\nexpect 1,000,003 params" + "\n" * n
    )


@hostile
def holes_that_touch(n: int) -> str:
    return "input 8\nFC " + "?" * min(n, 4_000) + "\nFC ?2 2? (?)? x?x ?x\n" * (n // 30)


# ---- freeze


@hostile
def frozen_copies(n: int) -> str:
    """Each line parts a copy from a million."""
    lines = "".join(f"freeze n.{i}.{i % 40}\n" for i in range(n))
    return "input 8x8x3\nblock B { { CONV 3 1x1 } x40 }\nn: B x1000000\n" + lines


@hostile
def frozen_numbers(n: int) -> str:
    return "input 8x8x3\n" + "".join(f'CONV 3 1x1 x2\nfreeze "{2 * i}"\n' for i in range(n))


@hostile
def frozen_nothing(n: int) -> str:
    return "input 8\na: FC 8\n" + "".join(f"freeze a{'.b' * 50}.c{i}\n" for i in range(n))


@hostile
def frozen_deep(n: int) -> str:
    """A path of many steps into blocks in blocks."""
    depth = min(n, 200)
    blocks = "".join(f"block B{i} {{ a: B{i + 1}; b: B{i + 1} }}\n" for i in range(depth))
    path = ".a" * depth
    return f"{blocks}block B{depth} {{ FC 8 }}\ninput 8\na: B0\nfreeze a{path}.0\n" + "# \n" * n


# ---- other files


@hostile
def uses_of_one_file(n: int) -> str:
    return "use std.residual\n" * n + "input 8x8x16\nBASIC 16"


@hostile
def uses_of_nothing(n: int) -> str:
    return "".join(f'use "blocks/b{i}.arch"\n' for i in range(n)) + "input 8\nRELU"


@hostile
def library_blocks_in_blocks(n: int) -> str:
    blocks = "".join(f"block B{i}(c) {{ {f'B{i - 1} c' if i else 'BASIC c'}; BASIC c }}\n" for i in range(min(n, 200)))
    return f"use std.residual\n{blocks}input 8x8x16\nB{min(n, 200) - 1} 16"


# ---- shared weights


@hostile
def runs_of_one_part(n: int) -> str:
    return "input 8\na: FC 8\n" + "SHARE a\n" * n


@hostile
def runs_of_runs(n: int) -> str:
    return "input 8\na0: FC 8\n" + "".join(f"a{i + 1}: SHARE a{i}\n" for i in range(n))


@hostile
def runs_on_every_size(n: int) -> str:
    """A long group that is laid again for each size."""
    inputs = "".join(f"input y{i}: {i + 9}x9x3\n" for i in range(n))
    group = "t: {\n" + "CONV 3 3x3 p1\n" * n + "} <- y0\n"
    return inputs + group + "".join(f"SHARE t <- y{i}\n" for i in range(n))


@hostile
def runs_of_blocks_in_blocks(n: int) -> str:
    """Forty blocks, each using the one before twice, on another size: a tree of many leaves and few bodies."""
    blocks = "".join(f"block B{i} {{ B{i + 1}; B{i + 1} }}\n" for i in range(40))
    runs = "SHARE a <- y\n" * n
    return f"{blocks}block B40 {{ CONV 3 3x3 p1 }}\ninput x: 8x8x3\ninput y: 9x9x3\na: B0 <- x\n{runs}"


@hostile
def weights_of_one_layer(n: int) -> str:
    return "input 8\na: FC 8\n" + "FC 8 weight=a\n" * n + "freeze a"


@hostile
def weights_of_weights(n: int) -> str:
    return "input 8\na0: FC 8\n" + "".join(f"a{i + 1}: FC 8 weight=a{i}\n" for i in range(n))
