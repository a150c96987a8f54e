"""How long the generated source is, against the same networks written by hand and against itself at another depth."""

from __future__ import annotations

import ast

from benchmarks.figures import ROOT, Figure, need, report, spec_path

NETWORKS = ("lenet5", "resnet18", "googlenet")
HANDWRITTEN = ROOT / "tests" / "handwritten"


def main() -> int:
    """Count both, print the table; the result is an exit status."""
    need("lark", "archdsl")
    figures = [figure for network in NETWORKS for figure in against_handwritten(network)]
    return report("Length: lines without blank ones, comments and docstrings", figures + against_depth())


def against_handwritten(network: str) -> list[Figure]:
    """Lines of both files of one network, and their ratio."""
    ours = code_lines(source(network))
    theirs = code_lines((HANDWRITTEN / f"{network}.py").read_text(encoding="utf-8"))
    return [
        Figure(f"{network}, generated", ours, unit="lines"),
        Figure(f"{network}, by hand", theirs, unit="lines"),
        Figure(f"{network}, generated / by hand", ours / theirs, "<=", 1.3, "x"),
    ]


def against_depth() -> list[Figure]:
    """Lines of the CIFAR ResNet at two depths."""
    shallow, deep = (code_lines(source("resnet_cifar", depth=depth)) for depth in (20, 1202))
    return [
        Figure("resnet_cifar, depth=20", shallow, unit="lines"),
        Figure("resnet_cifar, depth=1202", deep, "==", shallow, "lines"),
    ]


def source(network: str, **parameters: int) -> str:
    """The source that is generated for a spec of the repository."""
    import archdsl

    text: str = archdsl.load(spec_path(network), **parameters).to_source()
    return text


def code_lines(text: str) -> int:
    """Lines of Python that are neither blank nor a comment nor part of a docstring."""
    lines = text.splitlines()
    kept = {number for number, line in enumerate(lines, 1) if line.strip() and not line.lstrip().startswith("#")}
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Expr(value=ast.Constant(value=str())):
                kept -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(kept)


if __name__ == "__main__":
    raise SystemExit(main())
