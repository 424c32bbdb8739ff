"""What programs import from ``gradio_client.exceptions``."""

from anyspace.compat.gradio_client._failures import (
    AppError,
    AuthenticationError,
    SerializationSetupError,
    ValidationError,
)

__all__ = ["AppError", "AuthenticationError", "SerializationSetupError", "ValidationError"]
