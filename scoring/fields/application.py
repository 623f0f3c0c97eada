"""The application form's fields.

Names and meanings are those of Kaggle's Home Credit data (HomeCredit_columns_description.csv); `allowed` is its whole
vocabulary, which a sample need not hold; `range` is what a value can mean, not what a sample happened to reach. Families of
fields that earn the model nothing (docs/features.md) have the role "audit".
"""

from collections.abc import Mapping

from scoring.fields.field import ID, MAX_ID, NOT_EMPLOYED, PAST, SHARE, Field, flag, label, number

_YES_NO: Mapping[int, str] = {0: "N", 1: "Y"}
_ORGANISATIONS = (
    "Advertising|Agriculture|Bank|Business Entity Type 1|Business Entity Type 2|Business Entity Type 3|Cleaning|Construction|"
    "Culture|Electricity|Emergency|Government|Hotel|Housing|Industry: type 1|Industry: type 2|Industry: type 3|Industry: type 4|"
    "Industry: type 5|Industry: type 6|Industry: type 7|Industry: type 8|Industry: type 9|Industry: type 10|Industry: type 11|"
    "Industry: type 12|Industry: type 13|Insurance|Kindergarten|Legal Services|Medicine|Military|Mobile|Other|Police|Postal|"
    "Realtor|Religion|Restaurant|School|Security|Security Ministries|Self-employed|Services|Telecom|Trade: type 1|Trade: type 2|"
    "Trade: type 3|Trade: type 4|Trade: type 5|Trade: type 6|Trade: type 7|Transport: type 1|Transport: type 2|"
    "Transport: type 3|Transport: type 4|University|XNA"
)

_CLIENT_AND_LOAN = (
    Field(ID, "integer", "the client's number; it identifies and is never a feature", "audit", range=(0, MAX_ID)),
    label("NAME_CONTRACT_TYPE", "kind of loan asked for", "Cash loans|Revolving loans"),
    label("CODE_GENDER", "sex", "F|M|XNA", "audit", {0: "F", 1: "M"}),
    label("FLAG_OWN_CAR", "owns a car", "N|Y", aliases=_YES_NO),
    label("FLAG_OWN_REALTY", "owns a house or flat", "N|Y", aliases=_YES_NO),
    number("CNT_CHILDREN", "number of children"),
    number("AMT_INCOME_TOTAL", "income of the client"),
    number("AMT_CREDIT", "amount of the loan"),
    number("AMT_ANNUITY", "annuity of the loan: its regular repayment"),
    number("AMT_GOODS_PRICE", "price of the goods that the loan pays for"),
    label(
        "NAME_TYPE_SUITE",
        "who came along to apply",
        "Unaccompanied|Family|Spouse, partner|Children|Group of people|Other_A|Other_B",
    ),
    label(
        "NAME_INCOME_TYPE",
        "where the income comes from",
        "Working|Commercial associate|State servant|Pensioner|Student|Businessman|Maternity leave|Unemployed",
    ),
    label(
        "NAME_EDUCATION_TYPE",
        "highest education reached",
        "Lower secondary|Secondary / secondary special|Incomplete higher|Higher education|Academic degree",
    ),
    label(
        "NAME_FAMILY_STATUS",
        "family status",
        "Married|Civil marriage|Single / not married|Separated|Widow|Unknown",
        "audit",
    ),
    label(
        "NAME_HOUSING_TYPE",
        "housing situation",
        "House / apartment|Co-op apartment|Municipal apartment|Office apartment|Rented apartment|With parents",
    ),
    number("REGION_POPULATION_RELATIVE", "population of the client's region, normalised"),
    number("DAYS_BIRTH", "date of birth, in days before the application (negative)", PAST),
    number(
        "DAYS_EMPLOYED",
        f"start of the current job, in days before the application (negative); {NOT_EMPLOYED} means not employed",
        (None, NOT_EMPLOYED),
    ),
    number("DAYS_REGISTRATION", "last change of registration, in days before the application (negative)", PAST),
    number("DAYS_ID_PUBLISH", "last change of identity document, in days before the application (negative)", PAST),
    number("OWN_CAR_AGE", "age of the client's car in years"),
    flag("FLAG_MOBIL", "gave a mobile phone number", role="audit"),
    flag("FLAG_EMP_PHONE", "gave a phone number at work", role="audit"),
    flag("FLAG_WORK_PHONE", "gave a second phone number at work", role="audit"),
    flag("FLAG_CONT_MOBILE", "could be reached on the mobile phone", role="audit"),
    flag("FLAG_PHONE", "gave a home phone number", role="audit"),
    flag("FLAG_EMAIL", "gave an e-mail address", role="audit"),
    label(
        "OCCUPATION_TYPE",
        "occupation",
        "Accountants|Cleaning staff|Cooking staff|Core staff|Drivers|High skill tech staff|HR staff|IT staff|Laborers|"
        "Low-skill Laborers|Managers|Medicine staff|Private service staff|Realty agents|Sales staff|Secretaries|"
        "Security staff|Waiters/barmen staff",
    ),
    number("CNT_FAM_MEMBERS", "number of family members"),
    number("REGION_RATING_CLIENT", "the lender's rating of the client's region (1, 2, 3; 3 is worst)", (1, 3)),
    number("REGION_RATING_CLIENT_W_CITY", "the lender's rating of the client's region and city (1, 2, 3; 3 is worst)", (1, 3)),
    label(
        "WEEKDAY_APPR_PROCESS_START",
        "weekday of the application",
        "MONDAY|TUESDAY|WEDNESDAY|THURSDAY|FRIDAY|SATURDAY|SUNDAY",
    ),
    number("HOUR_APPR_PROCESS_START", "hour of the application", (0, 23)),
    flag("REG_REGION_NOT_LIVE_REGION", "permanent and contact address lie in different regions"),
    flag("REG_REGION_NOT_WORK_REGION", "permanent and work address lie in different regions"),
    flag("LIVE_REGION_NOT_WORK_REGION", "contact and work address lie in different regions"),
    flag("REG_CITY_NOT_LIVE_CITY", "permanent and contact address lie in different cities"),
    flag("REG_CITY_NOT_WORK_CITY", "permanent and work address lie in different cities"),
    flag("LIVE_CITY_NOT_WORK_CITY", "contact and work address lie in different cities"),
    label("ORGANIZATION_TYPE", "kind of organisation the client works for (XNA: none)", _ORGANISATIONS),
    number("EXT_SOURCE_1", "first external score (0 to 1, high is good)", SHARE),
    number("EXT_SOURCE_2", "second external score (0 to 1, high is good)", SHARE),
    number("EXT_SOURCE_3", "third external score (0 to 1, high is good)", SHARE),
)

_BUILDING_SIZES = {
    "APARTMENTS": "apartment size",
    "BASEMENTAREA": "basement area",
    "YEARS_BEGINEXPLUATATION": "years in use",
    "YEARS_BUILD": "age of the building",
    "COMMONAREA": "common area",
    "ELEVATORS": "number of lifts",
    "ENTRANCES": "number of entrances",
    "FLOORSMAX": "highest number of floors",
    "FLOORSMIN": "lowest number of floors",
    "LANDAREA": "land area",
    "LIVINGAPARTMENTS": "living apartments",
    "LIVINGAREA": "living area",
    "NONLIVINGAPARTMENTS": "apartments not lived in",
    "NONLIVINGAREA": "area not lived in",
}
_STATISTICS = {"AVG": "average", "MODE": "most frequent value", "MEDI": "median"}

_BUILDING = (
    *(
        number(
            f"{size}_{statistic}",
            f"the client's building: {meaning}, {words}, normalised to 0..1",
            SHARE,
            role="audit",
        )
        for statistic, words in _STATISTICS.items()
        for size, meaning in _BUILDING_SIZES.items()
    ),
    label(
        "FONDKAPREMONT_MODE",
        "the client's building: account for major repairs",
        "not specified|org spec account|reg oper account|reg oper spec account",
        "audit",
    ),
    label("HOUSETYPE_MODE", "the client's building: kind", "block of flats|specific housing|terraced house", "audit"),
    number("TOTALAREA_MODE", "the client's building: total area, most frequent value, normalised to 0..1", SHARE, role="audit"),
    label(
        "WALLSMATERIAL_MODE",
        "the client's building: material of the walls",
        "Block|Mixed|Monolithic|Others|Panel|Stone, brick|Wooden",
        "audit",
    ),
    label("EMERGENCYSTATE_MODE", "the client's building: declared unsafe", "No|Yes", "audit"),
)

_CIRCLE = tuple(
    number(f"{kind}_{days}_CNT_SOCIAL_CIRCLE", f"people in the client's circle {words} {days} days past due")
    for days in (30, 60)
    for kind, words in (("OBS", "observed for being"), ("DEF", "who defaulted,"))
)

_ENQUIRIES = tuple(
    number(f"AMT_REQ_CREDIT_BUREAU_{period}", f"enquiries to the credit bureau about the client in the last {words}")
    for period, words in (
        ("HOUR", "hour"),
        ("DAY", "day, the last hour left out"),
        ("WEEK", "week, the last day left out"),
        ("MON", "month, the last week left out"),
        ("QRT", "quarter, the last month left out"),
        ("YEAR", "year, the last quarter left out"),
    )
)

APPLICATION: tuple[Field, ...] = (
    *_CLIENT_AND_LOAN,
    *_BUILDING,
    *_CIRCLE,
    number("DAYS_LAST_PHONE_CHANGE", "last change of phone, in days before the application (negative)", PAST, role="audit"),
    *(flag(f"FLAG_DOCUMENT_{document}", f"gave document {document}", role="audit") for document in range(2, 22)),
    *_ENQUIRIES,
)
"""The application form's fields, in the order of Kaggle's tables."""
