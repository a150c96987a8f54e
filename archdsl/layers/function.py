"""What the kinds share that are one function of PyTorch, with a module of torch.nn that keeps its values."""

from __future__ import annotations

from archdsl.layers.base import Layer, Lowered, Module, attribute
from archdsl.layers.inline import inline
from archdsl.layers.values import Switch
from archdsl.sizes.shape import Shape
from archdsl.typed import ClassVar


class Function(Layer):
    """A kind without tensors that is a module of torch.nn and a call alike; its attributes are the arguments of both.

    `trains` says that the call has an argument `training`. A subclass that works on certain axes states the layout of
    its input in `lies`.
    """

    module: ClassVar[str]  # ELU, of torch.nn
    function: ClassVar[str]  # F.elu
    trains: ClassVar[bool] = False

    def lower(self, *inputs: Shape) -> Lowered:
        named = {one.torch or name: (name, one) for name, one in self.attributes.items() if name != "inplace"}
        arguments = self.floats({torch: self.__dict__[name] for torch, (name, _) in named.items()})
        defaults = {torch: one.default for torch, (_, one) in named.items() if not one.required}
        positional = sum(one.positional for _, one in named.values())
        module = Module(f"nn.{self.module}", arguments, positional, defaults)
        call = inline(self.function, module)
        place = self.lies(inputs[0])
        call = f"{call[:-1]}, training=self.training)" if self.trains else call
        return Lowered(module, call, wants=place, gives=place, in_place=self.in_place(), asked=self.asks())

    def lies(self, x: Shape) -> str:
        """How the input lies in memory; as it comes where each element is by itself."""
        return "any"

    def in_place(self) -> bool:
        """Whether PyTorch has it in place, with a backward pass, at these values."""
        return False

    def asks(self) -> bool:
        """Whether the line asks for it in place."""
        return False


class Activation(Function):
    """A function of each element by itself, without tensors."""

    activation = True

    def is_pointwise(self, x: Shape) -> bool:
        return True


class Overwriting(Activation):
    """An activation that PyTorch has in place, too."""

    inplace: bool = attribute(Switch(), False, doc="overwrite the input, if no other layer reads it", named=True)

    def in_place(self) -> bool:
        return True

    def asks(self) -> bool:
        return self.inplace
