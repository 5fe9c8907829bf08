"""Templates under lock: AES-256-GCM with a key from the environment."""

import base64
import binascii
import os
from abc import ABC, abstractmethod

from mimicgait.errors import ConfigError, DataError

VARIABLE = "MIMICGAIT_GALLERY_KEY"
"""The environment variable that holds the key: 32 bytes in base64."""

NONCE_BYTES, KEY_BYTES = 12, 32
CHECK = b"mimicgait gallery"


class Seal(ABC):
    """Turns bytes into what is kept, and back. `context` is what they belong to; it is not kept."""

    @abstractmethod
    def close(self, data: bytes, context: str) -> bytes:
        """Return what is kept in the place of `data`."""

    @abstractmethod
    def open(self, kept: bytes, context: str) -> bytes:
        """Return the bytes that were closed with the same key and the same context.

        Raises:
            DataError: if they were not.
        """


class Unsealed(Seal):
    """Keeps bytes as they are."""

    def close(self, data: bytes, context: str) -> bytes:
        """Return the data."""
        return data

    def open(self, kept: bytes, context: str) -> bytes:
        """Return the data."""
        return kept


class Sealed(Seal):
    """Encrypts with AES-256-GCM (NIST SP 800-38D): a random 96-bit nonce, the ciphertext, a tag of 128 bits.

    The context is authenticated: a template that was moved to another walk does not open.

    Args:
        key: 32 bytes in base64, as `new_key` returns.

    Raises:
        ConfigError: if the key is none.
    """

    def __init__(self, key: str) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            raw = base64.b64decode(key, validate=True)
        except (binascii.Error, ValueError) as error:
            raise ConfigError(f"{VARIABLE}: is no base64; make a key with {HOW}") from error
        if len(raw) != KEY_BYTES:
            raise ConfigError(
                f"{VARIABLE}: expected {KEY_BYTES} bytes in base64, got {len(raw)}; make a key with {HOW}"
            )
        self._cipher = AESGCM(raw)

    def close(self, data: bytes, context: str) -> bytes:
        """Encrypt, with a nonce of its own each time."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, data, context.encode())

    def open(self, kept: bytes, context: str) -> bytes:
        """Decrypt and verify."""
        from cryptography.exceptions import InvalidTag

        try:
            return self._cipher.decrypt(kept[:NONCE_BYTES], kept[NONCE_BYTES:], context.encode())
        except (InvalidTag, ValueError) as error:
            raise DataError(
                f"encrypted data do not open: another key in {VARIABLE}, or they were changed"
            ) from error


HOW = '`python -c "from mimicgait.gallery import new_key; print(new_key())"`'


def new_key() -> str:
    """Return a new random key, 32 bytes in base64. Whoever loses it loses the templates."""
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()


def key_from_environment() -> str:
    """Return the key in the environment, empty if there is none."""
    return os.environ.get(VARIABLE, "").strip()
