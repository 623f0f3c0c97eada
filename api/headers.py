"""What every answer tells a browser: it is what it says it is, stands in nobody's frame, and loads nothing."""

from flask import Flask, Response

# No Strict-Transport-Security: TLS ends before us, and whoever ends it knows the host's names and whether all of them have it.
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def register(app: Flask) -> None:
    """Give each answer these headers, where it doesn't bring its own."""

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in SECURITY.items():
            response.headers.setdefault(name, value)
        return response
