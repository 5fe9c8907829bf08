"""The service on the web: FastAPI, the page, the metrics. Everything that needs the extra `serve`."""
