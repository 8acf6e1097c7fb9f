"""The kinds of objects that the sample draws."""

from engine.sample.kinds.bearings import BEARING
from engine.sample.kinds.bicycles import BICYCLE
from engine.sample.kinds.circuits import CONVERTER
from engine.sample.kinds.diagrams import FLOW_CHART, GRAPH, SYSTEM
from engine.sample.kinds.loaders import WHEEL_LOADER
from engine.sample.kinds.model import ObjectKind
from engine.sample.kinds.pumps import GEAR_PUMP
from engine.sample.kinds.turbines import GAS_TURBINE, WIND_TURBINE
from engine.sample.kinds.valves import VALVE

KINDS: tuple[ObjectKind, ...] = (
    WHEEL_LOADER,
    BICYCLE,
    WIND_TURBINE,
    GAS_TURBINE,
    GEAR_PUMP,
    VALVE,
    BEARING,
    CONVERTER,
    SYSTEM,
    FLOW_CHART,
    GRAPH,
)

__all__ = ["KINDS", "ObjectKind"]
