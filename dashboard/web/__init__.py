"""The web application: Dash on FastAPI, the stream and the snapshot."""
