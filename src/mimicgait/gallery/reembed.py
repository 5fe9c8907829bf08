"""A new network: walks whose silhouettes were kept get new templates; the others are counted."""

from dataclasses import dataclass

from tqdm import tqdm

from mimicgait.errors import DataError
from mimicgait.gallery.gallery import Gallery
from mimicgait.gallery.observe import Observer
from mimicgait.gallery.queries import silhouettes_of, walks_to_embed
from mimicgait.types import SequenceKey, Silhouettes

AT_ONCE = 16
"""Walks that are embedded together."""


@dataclass(frozen=True, slots=True)
class Reembedded:
    """done: walks with a new template in the place of the old ones; stale: walks without silhouettes."""

    done: int
    stale: int


def reembed(gallery: Gallery, observer: Observer, *, progress: bool = False) -> Reembedded:
    """Give every walk whose silhouettes are kept a template of this network, in the place of older ones.

    Each walk is a transaction of its own: who is interrupted goes on where they stopped, and searches go on
    meanwhile. A walk that is removed meanwhile is left out.

    Args:
        gallery: whose walks.
        observer: the new network.
        progress: show a bar on standard error.

    Raises:
        ShapeError: if the network gives something else than `[n, c, p]`.
        DataError: if the file cannot be written.
    """
    store, done = gallery.store, 0
    uids, stale = walks_to_embed(store, observer.model)
    with tqdm(total=len(uids), unit=" walks", leave=False, disable=not progress) as bar:
        for start in range(0, len(uids), AT_ONCE):
            some = [(uid, silhouettes_of(store, uid)) for uid in uids[start : start + AT_ONCE]]
            kept = [(uid, *found) for uid, found in some if found is not None]
            walks = [Silhouettes(SequenceKey("", "", uid), frames, source) for uid, frames, source in kept]
            for (uid, _, _), signature in zip(kept, observer(walks) if walks else [], strict=True):
                try:
                    store.replace_templates(uid, signature)
                    done += 1
                except DataError:
                    if uid in walks_to_embed(store, observer.model)[0]:
                        raise
            bar.update(len(some))
    if done:
        store.note("embed again", model=observer.model, walks=done, stale=stale)
        store.wipe()
    return Reembedded(done, stale)
