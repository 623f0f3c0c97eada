"""The histories of generated clients, in Kaggle's six tables.

    clients.py                        what they take from the application, and how careful a payer each client is
    bureau.py, bureau_balance.py      credits elsewhere (bureau_marginals.py says how they are spread), and their months
    previous.py                       earlier applications with this lender, from wares.py (what was bought and how), offers.py
                                      (tariff and amounts) and repayment.py (dates)
    pos_cash.py, credit_card.py       the months of the loans and of the cards among them
    installments.py                   what was due on both, and when it was paid
    kaggle.py                         the tables' columns and types

Each table draws from a stream of its own, so the applications stay as they are whatever is changed here.
"""

from collections.abc import Iterator

import pandas as pd
from numpy.random import Generator

from scoring import fields
from scoring.synthetic import draws
from scoring.synthetic.applications import BLOCK, Block
from scoring.synthetic.draws import Columns
from scoring.synthetic.histories.bureau import bureau
from scoring.synthetic.histories.bureau_balance import bureau_balance
from scoring.synthetic.histories.clients import IDS_EACH, Clients, clients_of
from scoring.synthetic.histories.credit_card import credit_card
from scoring.synthetic.histories.installments import installments
from scoring.synthetic.histories.kaggle import COLUMNS, frame
from scoring.synthetic.histories.pos_cash import pos_cash
from scoring.synthetic.histories.previous import previous

TABLES = tuple(COLUMNS)
PART = 2_000
"""Clients whose histories are generated at once; a divisor of BLOCK. Another value gives other histories."""


def histories(block: Block, seed: int) -> Iterator[dict[str, pd.DataFrame]]:
    """The six tables, name -> frame, of a block's wanted clients, PART clients at a time."""
    for start in range(0, block.wanted, PART):
        number, end = (block.number * BLOCK + start) // PART, min(start + PART, block.wanted)
        clients = clients_of(draws.generator(seed, number, "histories"), block, slice(start, start + PART))
        last = block.frame[fields.ID].iloc[end - 1]
        yield {name: _until(last, frame(name, columns)) for name, columns in _tables(clients, seed, number).items()}


def _tables(clients: Clients, seed: int, number: int) -> dict[str, Columns]:
    def stream(table: str) -> Generator:
        return draws.generator(seed, number, table)

    elsewhere = bureau(stream("bureau"), clients)
    contracts = previous(stream("previous_application"), clients)
    cards = credit_card(stream("credit_card_balance"), contracts)
    return {
        "bureau": elsewhere.columns,
        "bureau_balance": bureau_balance(stream("bureau_balance"), elsewhere),
        "previous_application": contracts.columns,
        "POS_CASH_balance": pos_cash(stream("POS_CASH_balance"), contracts),
        "installments_payments": installments(stream("installments_payments"), contracts, cards),
        "credit_card_balance": cards,
    }


def _until(last_client: int, table: pd.DataFrame) -> pd.DataFrame:
    """The rows of the clients up to one; a credit's id says whose it is, even where the row says a stranger's."""
    key = "SK_ID_BUREAU" if "SK_ID_BUREAU" in table else "SK_ID_PREV"
    return table[table[key] // IDS_EACH <= last_client]
