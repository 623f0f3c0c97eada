"""What a French reader would take for an English keyboard."""

import re

WITHOUT_ITS_SPACE = re.compile(r"[^\u00a0\u202f][;:?!%»]|«[^\u00a0\u202f]")
"""Double punctuation without its no-break space, or a quotation mark without the one inside."""
