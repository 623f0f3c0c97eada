"""The building that a client lives in: sizes normalised to 0..1, known for about half of the clients, all or nearly none."""

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator

from scoring.synthetic import draws
from scoring.synthetic.draws import Columns, Floats, Mask
from scoring.synthetic.marginals import Quantiles, Shares

_KNOWN = 0.538
# Of each size: how closely it follows the building's bulk, its missing share where the building is known, its quantiles.
_SIZES: Mapping[str, tuple[float, float, Quantiles]] = {
    "APARTMENTS": (0.97, 0.064, (0, 0.009, 0.058, 0.087, 0.147, 0.32, 0.53, 1)),
    "BASEMENTAREA": (0.7, 0.205, (0, 0, 0.045, 0.076, 0.11, 0.22, 0.37, 1)),
    "YEARS_BEGINEXPLUATATION": (0.1, 0.025, (0.5, 0.969, 0.977, 0.982, 0.987, 0.9955, 0.999, 1)),
    "YEARS_BUILD": (0.4, 0.36, (0.3, 0.59, 0.69, 0.755, 0.82, 0.95, 0.986, 1)),
    "COMMONAREA": (0.6, 0.424, (0, 0, 0.008, 0.021, 0.05, 0.154, 0.345, 1)),
    "ELEVATORS": (0.88, 0.111, (0, 0, 0, 0, 0.12, 0.345, 0.6, 1)),
    "ENTRANCES": (0.5, 0.052, (0, 0.035, 0.069, 0.138, 0.207, 0.31, 0.48, 1)),
    "FLOORSMAX": (0.7, 0.043, (0, 0.04, 0.167, 0.17, 0.333, 0.5, 0.667, 1)),
    "FLOORSMIN": (0.6, 0.385, (0, 0.04, 0.083, 0.208, 0.375, 0.5, 0.71, 1)),
    "LANDAREA": (0.5, 0.226, (0, 0, 0.019, 0.048, 0.084, 0.19, 0.365, 1)),
    "LIVINGAPARTMENTS": (0.9, 0.396, (0, 0.01, 0.05, 0.076, 0.121, 0.27, 0.446, 1)),
    "LIVINGAREA": (0.97, 0.051, (0, 0.008, 0.046, 0.075, 0.127, 0.316, 0.53, 1)),
    "NONLIVINGAPARTMENTS": (0.2, 0.418, (0, 0, 0, 0, 0.004, 0.027, 0.093, 1)),
    "NONLIVINGAREA": (0.3, 0.145, (0, 0, 0, 0.004, 0.026, 0.121, 0.298, 1)),
}
_TOTAL_AREA = (0.95, 0.015, (0, 0.007, 0.042, 0.069, 0.126, 0.298, 0.512, 1))
_LABELS: Mapping[str, Shares] = {
    "FONDKAPREMONT_MODE": {None: 39.7, "reg oper account": 45, "reg oper spec account": 7.5, "org spec account": 3.7,
                           "not specified": 3.2},
    "HOUSETYPE_MODE": {None: 5.3, "block of flats": 91.2, "specific housing": 0.9, "terraced house": 0.6},
    "WALLSMATERIAL_MODE": {None: 6.4, "Panel": 41, "Stone, brick": 39.5, "Block": 5.6, "Wooden": 3.1, "Mixed": 1.4,
                           "Monolithic": 1.1, "Others": 1},
    "EMERGENCYSTATE_MODE": {"No": 98.6, "Yes": 1.4},
}  # fmt: skip


def buildings(rng: Generator, trust: Floats) -> Columns:
    """The columns about the building, (n,) each: bigger and better known where the client is trusted, by a little."""
    unknown = draws.happens(rng, 1 - _KNOWN, len(trust))
    bulk = 0.1 * trust + np.sqrt(1 - 0.1**2) * rng.standard_normal(len(trust))
    columns: Columns = {}
    for size, (follows, missing, quantiles) in _SIZES.items():
        average = draws.from_quantiles(draws.related(rng, follows, bulk), quantiles)
        columns |= _statistics(rng, size, average, unknown | draws.happens(rng, missing, len(trust)))
    follows, missing, quantiles = _TOTAL_AREA
    area = draws.from_quantiles(draws.related(rng, follows, bulk), quantiles)
    columns["TOTALAREA_MODE"] = draws.blank(np.round(area, 4), unknown | draws.happens(rng, missing, len(trust)))
    return columns | {name: draws.unlabel(draws.labels(rng, shares, len(trust)), unknown) for name, shares in _LABELS.items()}


def _statistics(rng: Generator, size: str, average: Floats, missing: Mask) -> Columns:
    """Mean, mode and median of one building lie near one another, and are missing together."""
    mode = average * np.where(draws.happens(rng, 0.8, len(average)), 1.02, rng.uniform(0.75, 1, len(average)))
    median = average * np.where(draws.happens(rng, 0.7, len(average)), 1.007, 1.0)
    values = {"AVG": average, "MODE": mode, "MEDI": median}
    return {f"{size}_{name}": draws.blank(np.round(np.minimum(of, 1), 4), missing) for name, of in values.items()}
