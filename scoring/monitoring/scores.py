"""The PDs of a training as a release holds them in scores.json: what drift and expected costs are held against."""

import msgspec

from scoring.errors import ModelError

SCORES = "scores.json"

Row = tuple[float, float]


class Scores(msgspec.Struct, frozen=True):
    """What scores.json says (scoring/releasing/scores.py writes it) of the PDs that a training's clients were measured by.

    clients: how many. quantiles: "all", "granted" and "refused" -> the PD at each of the `levels`; none of a group that is too
    small. calibration_covariance: of intercept and slope of a recalibration, or None where the PDs tell none.
    """

    clients: int
    levels: list[float]
    quantiles: dict[str, list[float]]
    calibration_covariance: tuple[Row, Row] | None


def read_scores(content: bytes) -> Scores:
    """The scores of a release's scores.json, whose sha256 the Scorer has checked; ModelError for another document."""
    try:
        scores = msgspec.json.decode(content, type=Scores)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ModelError(f"{SCORES} of the release is none ({error}): run `make release`") from None
    if wrong := [group for group, values in scores.quantiles.items() if len(values) != len(scores.levels)]:
        raise ModelError(f"{SCORES} of the release has not a quantile for each level of {', '.join(wrong)}: run `make release`")
    return scores
