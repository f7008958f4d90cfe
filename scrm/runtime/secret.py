"""The deployment's secret key: seals stored credentials, signs, and derives the run-time database password."""

import os
import secrets

from scrm.core.settings import Settings, secret_key_file, settings


def make_secret_key(config: Settings) -> None:
    """Make the key file of the deployment, mode 0600, unless a key is set or made already."""
    if config.secret_key:
        return
    path = secret_key_file(config.data_dir)
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)
    settings.cache_clear()
