"""Imports go one way: each part of the package imports only parts that stand before it, without cycles."""

import ast
from collections.abc import Iterable, Iterator, Mapping

ORDER = (
    "errors",
    "types",
    "distance",
    "precision",
    "data",
    "synth",
    "occlusion",
    "models",
    "pretrained",
    "losses",
    "evaluation",
    "training",
    "bench",
    "video",
    "gallery",
    "export",
    "serve",
    "demo",
    "cli",
    "__main__",
)
"""The life of a sequence, from the record that holds it to the command that shows what became of it."""

Graph = Mapping[str, set[str]]


def test_every_part_has_its_place_in_the_order(trees):
    parts = {part(name) for name in trees} - {""}
    assert parts <= set(ORDER), f"give {sorted(parts - set(ORDER))} a place in ORDER"


def test_imports_go_one_way(trees):
    wrong = sorted(against_the_order(import_graph(trees)))
    assert not wrong, "imported against the order: " + ", ".join(wrong)


def test_no_import_cycle(trees):
    assert find_cycle(import_graph(trees)) is None


def test_the_checks_find_what_they_look_for():
    graph = {
        "mimicgait": set(),
        "mimicgait.data": {"mimicgait.data.store"},
        "mimicgait.data.store": {"mimicgait.models.mimic"},
        "mimicgait.models.mimic": {"mimicgait.data"},
    }
    assert list(against_the_order(graph)) == ["mimicgait.data.store -> mimicgait.models.mimic"]
    assert set(find_cycle(graph) or ()) == {
        "mimicgait.data",
        "mimicgait.data.store",
        "mimicgait.models.mimic",
    }
    source = ast.parse("def f():\n    from mimicgait.data import store\n    import mimicgait.types, os\n")
    names = {"mimicgait", "mimicgait.data", "mimicgait.data.store", "mimicgait.types"}
    assert set(imported(source, names)) == {"mimicgait.data.store", "mimicgait.types"}


def part(module: str) -> str:
    """Name the part that a module belongs to: `mimicgait.data.store` is of `data`."""
    return module.partition(".")[2].partition(".")[0]


def import_graph(trees: Mapping[str, ast.Module]) -> Graph:
    """Say which modules of the package each module imports, inside functions too."""
    return {name: set(imported(tree, trees.keys())) - {name} for name, tree in trees.items()}


def imported(tree: ast.AST, names: Iterable[str]) -> Iterator[str]:
    """Name the modules that a tree imports, as far as they are among `names`."""
    known = set(names)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module in known:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in known else node.module


def against_the_order(graph: Graph) -> Iterator[str]:
    """Name the imports of a part that stands later, or of everything by its shared root."""
    rank = {name: place for place, name in enumerate(ORDER)}
    for module, targets in graph.items():
        for target in targets:
            if part(target) and (not part(module) or rank[part(target)] > rank[part(module)]):
                yield f"{module} -> {target}"


def find_cycle(graph: Graph) -> list[str] | None:
    """Find modules that import each other in a ring, or none.

    Importing a module runs the packages around it first, so that a module depends on these as well, save on
    those that it lies in itself.
    """
    done: set[str] = set()

    def search(module: str, trail: list[str]) -> list[str] | None:
        if module in trail:
            return trail[trail.index(module) :]
        if module in done:
            return None
        for target in sorted(depends_on(module, graph)):
            ring = search(target, [*trail, module])
            if ring:
                return ring
        done.add(module)
        return None

    return next((ring for module in sorted(graph) if (ring := search(module, []))), None)


def depends_on(module: str, graph: Graph) -> set[str]:
    """Name what must be run before a module: what it imports, and the packages around that."""
    needed = set(graph[module])
    for target in graph[module]:
        needed |= {package for package in around(target) if not module.startswith(f"{package}.")}
    return (needed & graph.keys()) - {module}


def around(module: str) -> Iterator[str]:
    """Name the packages that a module lies in.

    >>> list(around("mimicgait.data.store"))
    ['mimicgait.data', 'mimicgait']
    """
    while "." in module:
        module = module.rpartition(".")[0]
        yield module
