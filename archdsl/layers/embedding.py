"""Embeddings: whole numbers to features."""

from __future__ import annotations

from archdsl.ir.shape import Shape
from archdsl.ir.size import Size
from archdsl.layers.base import Example, Layer, Lowered, Module, Tensor, Wrong, attribute
from archdsl.layers.values import Reference, Whole


class Embed(Layer):
    """Look up a learned vector for each whole number from 0 to vocab - 1 (torch.nn.Embedding)."""

    name = "EMBED"
    ranks = (1, 2, 3)
    dtype = "int64"
    vocab: Size = attribute(Whole(), doc="how many different numbers there are", torch="num_embeddings")
    dim: Size = attribute(Whole(), doc="length of the vectors", torch="embedding_dim")
    weight: str | None = attribute(
        Reference(), None, doc="a layer above, whose weight is also that of this one", named=True
    )
    examples = (
        Example("37 int -> EMBED 18765 300 -> 37x300", params=5_629_500, macs=0),
        Example("8x8 int -> EMBED vocab=10 dim=4 -> 8x8x4", params=40),
        Example("5 int -> CONCAT { a: EMBED 10 4; EMBED 10 4 weight=a } -> 5x8", params=40, macs=0),
        Wrong("37x300 -> EMBED 18765 300", "dtype-mismatch"),
        Wrong("37 int -> EMBED 18765", "missing-value"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        return Shape((*inputs[0].sizes, self.dim))

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        return (Tensor("weight", (self.vocab, self.dim)),)

    def lower(self, *inputs: Shape) -> Lowered:
        arguments = {"num_embeddings": self.vocab, "embedding_dim": self.dim}
        return Lowered(Module("nn.Embedding", arguments, 2), wants="any", gives="last")
