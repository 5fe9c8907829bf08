"""HTTP service and web page: who walks in this video? Needs `pip install 'mimicgait[serve]'`.

What the service does stands in this package and knows nothing of HTTP; `serve.http` puts it on the web.
"""

from mimicgait.serve.keys import ApiKey, Keyring, Role, new_api_key
from mimicgait.serve.limits import Limits
from mimicgait.serve.refusals import BusyError, RequestError

__all__ = ["ApiKey", "BusyError", "Keyring", "Limits", "RequestError", "Role", "new_api_key"]
