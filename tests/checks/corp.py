"""A corp file's content for checks and tests that only need some corp."""

import base64
from typing import Any

EXAMPLE: dict[str, Any] = {
    "corp_id": "ww1111111111111111",
    "name": "示例公司",
    "api_base": "http://127.0.0.1:9",
    "apps": [
        {
            "key": "customer",
            "kind": "app",
            "agent_id": 1000002,
            "secret": "secret-of-the-app",
            "token": "token123",
            "aes_key": base64.b64encode(bytes(range(32))).decode().rstrip("="),
        }
    ],
}
