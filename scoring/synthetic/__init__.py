"""A generator of clients who don't exist, so that everything runs without Kaggle's data: its tables, columns and types.

    applications.py   the application form, in blocks; people.py, loans.py, buildings.py and risk.py draw its columns
    marginals.py      the rounded shares and quantiles that they draw from
    draws.py          random columns, one stream for each block of each table
    sample.py         a sample folder and the demo clients, in the formats of formats.py

A history table (bureau, previous_application, ...) gets a module of its own beside applications.py, with a stream of its own.
"""

from scoring.synthetic.applications import FIRST_ID, applications, blocks
from scoring.synthetic.formats import FORMATS, Format
from scoring.synthetic.sample import demo_clients, write_demo_clients, write_sample

__all__ = ["FIRST_ID", "FORMATS", "Format", "applications", "blocks", "demo_clients", "write_demo_clients", "write_sample"]
