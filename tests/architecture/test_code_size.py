"""One idea a file, one thought a function, and a word on everything that is public."""

import ast
from collections.abc import Iterator

import pytest

LONGEST_FILE = 300
LONGEST_FUNCTION = 50
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def test_no_file_is_long(root):
    files = [
        path
        for folder in ("src", "tests", "benchmarks", "examples")
        for path in (root / folder).rglob("*.py")
    ]
    long = {
        str(path.relative_to(root)): count
        for path in files
        if (count := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert files
    assert not long, f"files over {LONGEST_FILE} lines: {long}"


def test_no_function_is_long(trees):
    long = {f"{name}.{node.name}": lines(node) for name, tree in trees.items() for node in functions(tree)}
    long = {name: count for name, count in long.items() if count > LONGEST_FUNCTION}
    assert not long, f"functions over {LONGEST_FUNCTION} lines: {long}"


def test_every_public_thing_has_a_docstring(trees):
    bare = [
        f"{name}.{node.name}" for name, tree in trees.items() for node in public(tree) if not documented(node)
    ]
    bare += [name for name, tree in trees.items() if not ast.get_docstring(tree) and tree.body]
    assert not bare, f"no docstring: {bare}"


def test_every_function_has_annotations(trees):
    bare = [
        f"{name}.{node.name}({', '.join(missing)})"
        for name, tree in trees.items()
        for node in functions(tree)
        if (missing := list(unannotated(node)))
    ]
    assert not bare, f"no annotation: {bare}"


def test_the_checks_find_what_they_look_for():
    tree = ast.parse(
        "class A:\n    def f(self, x, *, y: int = 1):\n        return x\n\n    def _g(self) -> None: ...\n"
    )
    assert [node.name for node in public(tree) if not documented(node)] == ["A", "f"]
    (f, g) = functions(tree)
    assert (list(unannotated(f)), list(unannotated(g))) == (["x", "return"], [])
    assert (lines(f), lines(g)) == (2, 1)


@pytest.mark.parametrize("decorator", ["@overload", "@typing.overload"])
def test_overloads_need_no_docstring_of_their_own(decorator):
    (node,) = functions(ast.parse(f"{decorator}\ndef f() -> int: ...\n"))
    assert documented(node)


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """List all functions and methods, nested ones too."""
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def lines(node: Definition) -> int:
    """Count the lines from `def` to the end, docstring included."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def public(tree: ast.Module | ast.ClassDef) -> Iterator[Definition]:
    """Walk over public classes, functions and methods; what is nested in a function is nobody's business."""
    for node in tree.body:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node)


def documented(node: Definition) -> bool:
    """Tell whether a docstring is there, or the thing is one of several declarations of one function."""
    overloaded = any(ast.unparse(decorator).endswith("overload") for decorator in node.decorator_list)
    setter = any(ast.unparse(decorator).endswith(".setter") for decorator in node.decorator_list)
    return bool(ast.get_docstring(node)) or overloaded or setter


def unannotated(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """Name the arguments without a type, and `return` when the result has none."""
    a = node.args
    for argument in [*a.posonlyargs, *a.args, *a.kwonlyargs, *filter(None, (a.vararg, a.kwarg))]:
        if argument.annotation is None and argument.arg not in ("self", "cls"):
            yield argument.arg
    if node.returns is None:
        yield "return"
