"""A fault as a log may tell it: what kind it was and where. Its words may hold a client's values, or a key."""

import traceback


def of(error: BaseException) -> str:
    """The kinds of error, each with the one it came of, and the lines of code; not what they say."""
    chain: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and one not in chain:
        chain.append(one)
        one = one.__cause__ or one.__context__
    return f"{' from '.join(type(one).__name__ for one in chain)}\n{''.join(traceback.format_tb(error.__traceback__))}"
