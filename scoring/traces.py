"""A fault as a log may tell it: what kind it was and where. Its words may hold a client's values, or a key."""

import traceback


def of(error: BaseException) -> str:
    """The kinds of error, each with the one it came of, and the lines of code; not what they say."""
    kinds = []
    one: BaseException | None = error
    while one is not None:
        kinds.append(type(one).__name__)
        one = one.__cause__ or one.__context__
    return f"{' from '.join(kinds)}\n{''.join(traceback.format_tb(error.__traceback__))}"
