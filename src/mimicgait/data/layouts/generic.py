"""Any data set in the universal layout of three folder levels, with files and names as they come."""

from mimicgait.data.layouts.base import Layout

GENERIC = Layout(
    name="generic",
    title="a data set of three folder levels",
    levels=("identity", "walking condition", "view"),
)
