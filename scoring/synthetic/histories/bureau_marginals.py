"""What the generator knows of the bureau's credits: rounded shares and quantiles, never a row; "" is every other type."""

from collections.abc import Mapping

from scoring.synthetic.marginals import Quantiles, Shares

EACH = (1, 1, 2, 5, 8, 14, 20, 30)
CURRENCY: Shares = {"currency 1": 99.91, "currency 2": 0.07, "currency 3": 0.02}
TYPE: Shares = {
    "Consumer credit": 72.9, "Credit card": 23.4, "Car loan": 1.55, "Mortgage": 1.07, "Microloan": 0.85,
    "Loan for business development": 0.1, "Another type of loan": 0.06, "Loan for working capital replenishment": 0.03,
    "Unknown type of loan": 0.03, "Cash loan (non-earmarked)": 0.01,
}  # fmt: skip
AGE_DAYS: Mapping[str, Quantiles] = {
    "Credit card": (2, 130, 410, 810, 1370, 2540, 2850, 2922),
    "Mortgage": (20, 130, 390, 850, 1480, 2600, 2850, 2922),
    "Microloan": (1, 13, 44, 110, 210, 600, 850, 1100),
    "": (2, 140, 510, 1070, 1750, 2690, 2880, 2922),
}
PLAN_DAYS: Mapping[str, Quantiles] = {
    "Credit card": (30, 215, 1070, 1340, 2300, 31600, 33500, 34000),
    "Mortgage": (365, 1820, 3650, 5480, 7300, 9200, 10960, 11000),
    "Car loan": (30, 400, 1096, 1820, 1826, 1830, 2550, 2560),
    "Microloan": (1, 5, 14, 20, 60, 365, 735, 1100),
    "": (3, 92, 210, 365, 790, 1826, 1830, 3650),
}
LIFE_OVER_PLAN: Mapping[str, Quantiles] = {  # how long a credit lasts; a card as long as its holder likes
    "Credit card": (0.02, 0.15, 0.6, 1.2, 3, 9, 20, 30),
    "": (0.02, 0.15, 0.6, 1, 1, 1.6, 4, 8),
}
NO_PLAN = {"Credit card": 0.21, "Microloan": 0.47, "Mortgage": 0.05}
SUM: Mapping[str, Quantiles] = {
    "Credit card": (0, 0, 43_000, 112_500, 225_000, 530_000, 890_000, 3_000_000),
    "Mortgage": (360_000, 1_440_000, 2_900_000, 4_600_000, 7_000_000, 12_300_000, 20_000_000, 40_000_000),
    "Car loan": (45_000, 510_000, 1_070_000, 1_600_000, 2_300_000, 4_000_000, 7_700_000, 15_000_000),
    "Microloan": (2_700, 6_750, 13_500, 22_500, 45_000, 135_000, 450_000, 2_000_000),
    "": (1_000, 21_200, 53_000, 119_000, 313_000, 1_260_000, 2_430_000, 8_000_000),
}
CARD_DEBT_OVER_SUM = (-0.02, 0, 0, 0.55, 0.93, 1.02, 1.3, 1.6)
OVERDUE_DAYS = (1, 2, 7, 20, 60, 1000, 2300, 2700)
OVERDUE = (4.5, 9, 45, 450, 4_500, 45_000, 150_000, 500_000)
MAX_OVERDUE = (4.5, 140, 4_000, 7_800, 14_500, 40_000, 110_000, 500_000)
ACTIVE_UPDATE_DAYS = (0, 5, 13, 24, 52, 680, 1800, 2900)
CLOSED_UPDATE_DAYS = (0, 0, 0, 4, 83, 1070, 1780, 2900)  # after the end
