"""Routes: the robustness explorer."""

import base64

import numpy as np
from fastapi import APIRouter

from mimicgait.serve.explorer import KINDS, MOST_AMOUNT, Explorer, Standing
from mimicgait.serve.http.recognition import PROBLEMS
from mimicgait.serve.http.schemas import ExplorerRequest, ExplorerView, ShownView, StandingView
from mimicgait.serve.http.service import BEARER, Asking, Service, ServiceDep
from mimicgait.serve.refusals import RequestError
from mimicgait.types import Frames

router = APIRouter(prefix="/v1/explorer", dependencies=[BEARER], responses=PROBLEMS, tags=["explorer"])


@router.get("")
def choices(service: ServiceDep, caller: Asking) -> ExplorerView:
    """Say what can be hidden of whom."""
    explorer = _explorer(service)
    return ExplorerView(
        kinds=list(KINDS),
        most_amount=MOST_AMOUNT,
        walkers=list(explorer.walkers),
        people=len(explorer.walkers),
        synthetic=explorer.synthetic,
    )


@router.post("")
def show(service: ServiceDep, caller: Asking, wanted: ExplorerRequest) -> ShownView:
    """Hide a part of a walk, and rank everybody by teacher and mimic."""
    explorer = _explorer(service)
    shown = explorer.show(wanted.walker, wanted.kind, wanted.amount, wanted.seed)
    return ShownView(
        name=shown.name,
        frames=len(shown.complete),
        hidden=shown.hidden,
        complete=_bits(shown.complete),
        visible=_bits(shown.visible),
        occluded=_bits(shown.occluded),
        teacher=_standings(shown.teacher),
        mimic=_standings(shown.mimic),
        teacher_place=shown.places[0],
        mimic_place=shown.places[1],
        people=len(explorer.walkers),
    )


def _explorer(service: Service) -> Explorer:
    if service.explorer is None:
        raise RequestError("the explorer needs a teacher: start the service with --teacher", status=404)
    return service.explorer


def _bits(frames: Frames) -> str:
    return base64.b64encode(np.packbits(frames).tobytes()).decode()


def _standings(ranking: tuple[Standing, ...]) -> list[StandingView]:
    return [StandingView(name=one.name, distance=one.distance) for one in ranking]
