"""A client's file as its reader goes through it: by section, in words, with what isn't known at the end of each."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard import markup
from dashboard.values import name_of, written
from dashboard.words import Words

_BY_NAME: Mapping[str, str] = {
    field: section
    for section, fields in {
        "loan": "NAME_CONTRACT_TYPE AMT_CREDIT AMT_ANNUITY AMT_GOODS_PRICE NAME_TYPE_SUITE WEEKDAY_APPR_PROCESS_START "
        "HOUR_APPR_PROCESS_START",
        "person": "SK_ID_CURR CODE_GENDER DAYS_BIRTH NAME_FAMILY_STATUS CNT_CHILDREN CNT_FAM_MEMBERS NAME_EDUCATION_TYPE "
        "DAYS_ID_PUBLISH DAYS_REGISTRATION DAYS_LAST_PHONE_CHANGE FLAG_MOBIL FLAG_CONT_MOBILE FLAG_PHONE FLAG_EMP_PHONE "
        "FLAG_WORK_PHONE FLAG_EMAIL",
        "work": "AMT_INCOME_TOTAL NAME_INCOME_TYPE DAYS_EMPLOYED OCCUPATION_TYPE ORGANIZATION_TYPE",
        "home": "NAME_HOUSING_TYPE FLAG_OWN_REALTY FLAG_OWN_CAR OWN_CAR_AGE REGION_POPULATION_RELATIVE REGION_RATING_CLIENT "
        "REGION_RATING_CLIENT_W_CITY REG_REGION_NOT_LIVE_REGION REG_REGION_NOT_WORK_REGION LIVE_REGION_NOT_WORK_REGION "
        "REG_CITY_NOT_LIVE_CITY REG_CITY_NOT_WORK_CITY LIVE_CITY_NOT_WORK_CITY",
        "scores": "EXT_SOURCE_1 EXT_SOURCE_2 EXT_SOURCE_3 OBS_30_CNT_SOCIAL_CIRCLE DEF_30_CNT_SOCIAL_CIRCLE "
        "OBS_60_CNT_SOCIAL_CIRCLE DEF_60_CNT_SOCIAL_CIRCLE",
    }.items()
    for field in fields.split()
}
_PLACES: Mapping[str, int] = {field: place for place, field in enumerate(_BY_NAME)}
_BY_BEGINNING: Mapping[str, str] = {
    "AMT_REQ_": "scores",
    "BUREAU_": "elsewhere",
    "PREVIOUS_": "requests",
    "POS_": "loans",
    "INSTALMENTS_": "loans",
    "CARD_": "cards",
    "FLAG_DOCUMENT_": "documents",
}
_BY_END: Mapping[str, str] = {"_AVG": "building", "_MODE": "building", "_MEDI": "building"}
SECTIONS = ("loan", "person", "work", "home", "scores", "elsewhere", "requests", "loans", "cards", "documents", "building")
_OPEN = 5  # of the sections


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the file: (field in words, value in words) of what is known, and the words of what isn't."""

    title: str
    known: Sequence[tuple[str, str]]
    unknown: Sequence[str]
    open: bool


def section_of(field: str) -> str | None:
    """Where a field stands; None of one that these pages don't know."""
    beginnings = (section for start, section in _BY_BEGINNING.items() if field.startswith(start))
    ends = (section for end, section in _BY_END.items() if field.endswith(end))
    return _BY_NAME.get(field) or next(beginnings, None) or next(ends, None)


def sections(record: Mapping[str, Any], fields: Sequence[str], words: Words) -> Iterator[Section]:
    """The file in parts; an absent field isn't known, like one that is null."""
    by_section: dict[str | None, list[tuple[str, str]]] = defaultdict(list)
    for field in sorted(fields, key=lambda field: _PLACES.get(field, len(_PLACES))):
        if name := name_of(words, field):
            by_section[section_of(field)].append((name, field))
    for place, section in enumerate(SECTIONS):
        here = by_section[section]
        known = [(name, written(words, field, record[field])) for name, field in here if record.get(field) is not None]
        unknown = [name for name, field in here if record.get(field) is None]
        yield Section(words(f"section.{section}"), known, unknown, place < _OPEN)


def show(record: Mapping[str, Any], fields: Sequence[str], words: Words) -> None:
    """Put it on the page."""
    markup.show("file", words, sections=list(sections(record, fields, words)))
