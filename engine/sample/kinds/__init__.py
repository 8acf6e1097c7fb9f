"""The kinds of objects that the sample draws."""

from engine.sample.kinds.diagrams import FLOW_CHART, GRAPH, SYSTEM
from engine.sample.kinds.model import ObjectKind
from engine.sample.kinds.vehicles import BICYCLE, WHEEL_LOADER

KINDS: tuple[ObjectKind, ...] = (WHEEL_LOADER, BICYCLE, FLOW_CHART, GRAPH, SYSTEM)

__all__ = ["KINDS", "ObjectKind"]
