"""What a person reads whom a way of signing in has refused: one page, without scripts, that leads back."""

import base64
import hashlib
from html import escape

from flask import Response, request

from scrm.core.errors import AppError

_STYLE = (
    "body{margin:0;min-height:100vh;display:grid;place-items:center;background:#f5f6f8;color:#1f2329;"
    "font:16px/1.7 system-ui,-apple-system,'PingFang SC','Microsoft YaHei',sans-serif}"
    "main{max-width:26em;margin:1em;padding:2em;border-radius:12px;background:#fff}"
    "h1{margin:0 0 .6em;font-size:1.25em}p{margin:.4em 0}[lang=en]{color:#51565d;font-size:.9em}a{color:#1456b8}"
    "@media(prefers-color-scheme:dark){body{background:#17181a;color:#e8e9eb}main{background:#222427}"
    "[lang=en]{color:#a9adb3}a{color:#8ab4f8}}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()


def shown(error: AppError, response: Response) -> Response:
    """The problem document as a page with its sentence where a browser shows one, else as it is."""
    if request.accept_mimetypes.best_match(["application/problem+json", "text/html"]) != "text/html":
        return response
    response.set_data(_page(error))
    response.mimetype = "text/html"
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'"
    )
    return response


def _page(error: AppError) -> str:
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>无法登录 / Sign-in refused</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>'
        f'<body><main><h1>无法登录</h1><p>{escape(error.message_zh)}</p><p lang="en">{escape(error.message_en)}</p>'
        '<p><a href="/login">返回登录页 / Back to sign-in</a></p></main></body></html>'
    )
