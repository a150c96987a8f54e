"""Recursion without the stack: a text nests as deep as its limits allow, whatever Python's own limit is."""

from __future__ import annotations

from collections.abc import Generator

from archdsl.typed import Any, TypeAlias, TypeVar

T = TypeVar("T")
Task: TypeAlias = Generator[Any, Any, T]  # yields further tasks, is sent what they return, returns its result


def run(task: Task[T]) -> T:
    """Run a task and those that it yields; exceptions pass through all of them as through calls."""
    stack: list[Task[Any]] = [task]
    value: Any = None
    fault: BaseException | None = None
    while stack:
        try:
            step = stack[-1].throw(fault) if fault is not None else stack[-1].send(value)
        except StopIteration as done:
            stack.pop()
            value, fault = done.value, None
        except Exception as raised:  # goes on in the task that asked
            stack.pop()
            fault = raised
        else:
            stack.append(step)
            value, fault = None, None
    if fault is not None:
        raise fault
    result: T = value
    return result
