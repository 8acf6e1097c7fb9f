"""The kinds of objects that the sample draws."""

from sample.kinds.bearings import BEARING
from sample.kinds.bicycles import BICYCLE
from sample.kinds.circuits import CONVERTER
from sample.kinds.diagrams import FLOW_CHART, GRAPH, SYSTEM
from sample.kinds.loaders import WHEEL_LOADER
from sample.kinds.model import ObjectKind
from sample.kinds.pumps import GEAR_PUMP
from sample.kinds.turbines import GAS_TURBINE, WIND_TURBINE
from sample.kinds.valves import VALVE

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
