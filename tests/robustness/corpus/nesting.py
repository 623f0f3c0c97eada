"""Bodies that are deep."""

from collections.abc import Iterator

from tests.robustness.corpus.case import Case, post

DEPTHS = (10, 50, 1_000, 100_000)
AROUND = {
    "lists around a record": (b"[", b'{"AMT_CREDIT": 1}', b"]"),
    "data around a record": (b'{"data": ', b'[{"SK_ID_CURR": 7, "AMT_CREDIT": 1}]', b"}"),
    "features around a record": (b'{"features": ', b'{"AMT_CREDIT": 1}', b"}"),
    "lists and data around a record": (b'[{"data": ', b'{"AMT_CREDIT": 1}', b"}]"),
    "empty lists": (b"[", b"", b"]"),
}
WITHIN = {
    "lists in a number's place": (b"[", b"1", b"]", b'{"SK_ID_CURR": 7, "AMT_CREDIT": %s}'),
    "objects in a number's place": (b'{"x": ', b"1", b"}", b'{"data": [{"SK_ID_CURR": 7, "AMT_CREDIT": %s}]}'),
    "lists in a label's place": (b"[", b'"Cash loans"', b"]", b'[{"AMT_CREDIT": 1, "NAME_CONTRACT_TYPE": %s}]'),
    "objects under an unknown name": (b'{"x": ', b"null", b"}", b'{"AMT_CREDIT": 1, "NOPE": %s}'),
    "lists under an unknown name": (b"[", b"", b"]", b'{"features": {"AMT_CREDIT": 1, "NOPE": %s}}'),
    "lists after a record": (b"[", b"", b"]", b'[{"AMT_CREDIT": 1}, %s]'),
    "lists and objects in a flag's place": (b'[{"x": ', b"1", b"}]", b'{"AMT_CREDIT": 1, "FLAG_MOBIL": %s}'),
}
FORMS = {name: (*parts, b"%s") for name, parts in AROUND.items()} | WITHIN


def cases() -> Iterator[Case]:
    """Nested 10 deep it is valid JSON and no request; from 50 on it is too deep to be read. Not closed it is no JSON."""
    for depth in DEPTHS:
        for name, (opening, inmost, closing, around) in FORMS.items():
            open_ = opening * depth + inmost
            yield post(f"{depth:,} {name}", around % (open_ + closing * depth), 422 if depth == DEPTHS[0] else 400)
            yield post(f"{depth:,} {name}, not closed", around % open_, 400)
            yield post(f"{depth:,} {name}, one not closed", around % (open_ + closing * (depth - 1)), 400)
        yield post(f"{depth:,} lists beside each other", b"[%s[]]" % (b"[]," * depth), 413, 422)
        yield post(f"a record closed {depth:,} times", b'{"AMT_CREDIT": 1}' + b"}" * depth, 400)
