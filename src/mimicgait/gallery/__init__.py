"""Who is this, and how sure? Enrolled people, the search for them, and what may be concluded."""

from mimicgait.gallery.calibration import Calibration, seen_share
from mimicgait.gallery.decision import Answer, Decision, Ranked, decide, decide_verification
from mimicgait.gallery.fit import fit_calibration
from mimicgait.gallery.gallery import Gallery
from mimicgait.gallery.heldout import check_held_out
from mimicgait.gallery.observe import Observer
from mimicgait.gallery.qdrant import QdrantSearch
from mimicgait.gallery.queries import ModelInUse
from mimicgait.gallery.records import Candidate, Enrolled, Event, Person, Ranking, Signature, Walk
from mimicgait.gallery.reembed import Reembedded, reembed
from mimicgait.gallery.rehearse import Rehearsal, rehearse
from mimicgait.gallery.sealing import new_key
from mimicgait.gallery.search import Index, MemorySearch, Search
from mimicgait.gallery.store import Removal
from mimicgait.gallery.transfer import Imported, export_gallery, import_gallery

__all__ = [
    "Answer",
    "Calibration",
    "Candidate",
    "Decision",
    "Enrolled",
    "Event",
    "Gallery",
    "Imported",
    "Index",
    "MemorySearch",
    "ModelInUse",
    "Observer",
    "Person",
    "QdrantSearch",
    "Ranked",
    "Ranking",
    "Reembedded",
    "Rehearsal",
    "Removal",
    "Search",
    "Signature",
    "Walk",
    "check_held_out",
    "decide",
    "decide_verification",
    "export_gallery",
    "fit_calibration",
    "import_gallery",
    "new_key",
    "reembed",
    "rehearse",
    "seen_share",
]
