"""A generator of clients who don't exist, so that everything runs without Kaggle's data: its tables, columns and types.

applications.py   the application form, in blocks; people.py, loans.py, buildings.py and risk.py draw its columns
marginals.py      the rounded shares and quantiles that they draw from
draws.py          random columns, one stream for each block of each table
histories/        the six tables of the clients' histories, each with a stream of its own
sample.py         a sample folder, in the formats of formats.py
demo.py           client records made of them
"""

from scoring.synthetic.applications import FIRST_ID, applications, blocks
from scoring.synthetic.demo import demo_clients, labelled_records, write_demo_clients
from scoring.synthetic.formats import FORMATS, Format
from scoring.synthetic.sample import tables, write_sample

__all__ = [
    "FIRST_ID",
    "FORMATS",
    "Format",
    "applications",
    "blocks",
    "demo_clients",
    "labelled_records",
    "tables",
    "write_demo_clients",
    "write_sample",
]
