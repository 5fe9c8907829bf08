"""Who is this, and how sure? Enrolled people, the search for them, and what may be concluded."""

from mimicgait.gallery.calibration import Calibration, seen_share
from mimicgait.gallery.decision import Answer, Decision, Ranked, decide, decide_verification
from mimicgait.gallery.fit import fit_calibration
from mimicgait.gallery.gallery import Gallery
from mimicgait.gallery.heldout import check_held_out
from mimicgait.gallery.observe import Observer
from mimicgait.gallery.queries import ModelInUse
from mimicgait.gallery.records import Candidate, Enrolled, Event, Person, Ranking, Signature, Walk
from mimicgait.gallery.sealing import new_key
from mimicgait.gallery.search import Index, MemorySearch, Search
from mimicgait.gallery.store import Removal

__all__ = [
    "Answer",
    "Calibration",
    "Candidate",
    "Decision",
    "Enrolled",
    "Event",
    "Gallery",
    "Index",
    "MemorySearch",
    "ModelInUse",
    "Observer",
    "Person",
    "Ranked",
    "Ranking",
    "Removal",
    "Search",
    "Signature",
    "Walk",
    "check_held_out",
    "decide",
    "decide_verification",
    "fit_calibration",
    "new_key",
    "seen_share",
]
