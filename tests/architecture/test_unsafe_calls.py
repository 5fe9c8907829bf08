"""Nothing in the package runs what a file contains, and nothing in it prints."""

import ast
from collections.abc import Iterator

import pytest

FORBIDDEN = {
    "print": "return the text, or log it; commands write through mimicgait.cli.console",
    "eval": "parse instead",
    "exec": "parse instead",
    "pickle.load": "mimicgait.data.unpickle admits arrays only",
    "pickle.loads": "mimicgait.data.unpickle admits arrays only",
    "dill.load": "safetensors and JSON",
    "joblib.load": "safetensors and JSON",
    "marshal.loads": "safetensors and JSON",
    "yaml.load": "yaml.safe_load",
    "yaml.unsafe_load": "yaml.safe_load",
    "yaml.full_load": "yaml.safe_load",
    "os.system": "subprocess.run with a list",
}
UNPICKLER = "mimicgait.data.unpickle"


def test_no_unsafe_call(trees):
    found = [f"{name}: {text}" for name, tree in trees.items() for text in unsafe(tree)]
    assert not found, "\n".join(found)


def test_only_one_module_unpickles(trees):
    unpicklers = {
        name
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node).endswith("Unpickler")
    }
    assert unpicklers == {UNPICKLER}


@pytest.mark.parametrize(
    ("source", "safe"),
    [
        ("print(1)", False),
        ("pickle.load(f)", False),
        ("torch.load(f)", False),
        ("torch.load(f, weights_only=False)", False),
        ("torch.load(f, weights_only=True)", True),
        ("np.load(f, allow_pickle=True)", False),
        ("np.load(f)", True),
        ("yaml.safe_load(f)", True),
        ("subprocess.run(x, shell=True)", False),
        ("model.eval()", True),
    ],
)
def test_the_check_finds_what_it_looks_for(source, safe):
    assert (not list(unsafe(ast.parse(source)))) is safe


def unsafe(tree: ast.AST) -> Iterator[str]:
    """Describe the calls that run or print what they should not."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        options = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
        if called in FORBIDDEN:
            yield f"line {node.lineno}: {called}: {FORBIDDEN[called]}"
        if called == "torch.load" and options.get("weights_only") != "True":
            yield f"line {node.lineno}: torch.load needs weights_only=True"
        if options.get("allow_pickle", "False") != "False":
            yield f"line {node.lineno}: arrays with objects in them are pickles"
        if options.get("shell", "False") != "False":
            yield f"line {node.lineno}: no shell"
