"""What the page is made of: sections of sentences, and of pictures with their tables."""

import struct
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from scoring.monitoring.page.plots import DOTS_PER_INCH

CSS_PIXELS_PER_INCH = 95
"""570 pixels of 6 inches."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG, and in words what it shows."""

    png: bytes
    words: str

    @property
    def base64(self) -> str:
        return b64encode(self.png).decode()

    @property
    def width(self) -> int:
        return self._pixels()[0]

    @property
    def height(self) -> int:
        return self._pixels()[1]

    def _pixels(self) -> tuple[int, int]:
        width, height = struct.unpack(">II", self.png[16:24])  # of its IHDR (PNG, 11.2.2)
        return round(width * CSS_PIXELS_PER_INCH / DOTS_PER_INCH), round(height * CSS_PIXELS_PER_INCH / DOTS_PER_INCH)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts under headings. last_is_whole: the last row sums up; last_in_words: the last column is a sentence."""

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    last_is_whole: bool = False
    last_in_words: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Tables, beside a picture or, where they are wide, below it; or without one."""

    tables: Sequence[Table]
    picture: Picture | None = None
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page."""

    title: str
    text: Sequence[str]
    blocks: Sequence[Block] = ()
