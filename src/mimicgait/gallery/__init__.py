"""Who is this, and how sure? Enrolled people, the search for them, and what may be concluded."""

from mimicgait.gallery.gallery import Gallery
from mimicgait.gallery.observe import Observer
from mimicgait.gallery.queries import ModelInUse
from mimicgait.gallery.records import Candidate, Enrolled, Event, Person, Ranking, Signature, Walk
from mimicgait.gallery.sealing import new_key
from mimicgait.gallery.search import Index, MemorySearch, Search
from mimicgait.gallery.store import Removal

__all__ = [
    "Candidate",
    "Enrolled",
    "Event",
    "Gallery",
    "Index",
    "MemorySearch",
    "ModelInUse",
    "Observer",
    "Person",
    "Ranking",
    "Removal",
    "Search",
    "Signature",
    "Walk",
    "new_key",
]
