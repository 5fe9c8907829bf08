"""`mimicgait protocols`: the published protocols, and the rules of one of them."""

from mimicgait.cli.console import say


def protocols(name: str = "") -> None:
    """List the published protocols, or show the rules of one.

    A protocol of your own is a YAML file with the same words: begin with what is shown here.

    Examples:
        mimicgait protocols
        mimicgait protocols --name casia-b > mine.yaml
        mimicgait evaluate ... --protocol mine.yaml

    Args:
        name: of the protocol to show; all are listed if not given.
    """
    from mimicgait.evaluation.protocols import list_protocols
    from mimicgait.evaluation.protocols.reading import show_protocol

    if name:
        say(show_protocol(name))
        return
    titles = list_protocols()
    width = max(map(len, titles)) + 2
    say("\n".join(f"{protocol:<{width}}{title}" for protocol, title in titles.items()))
