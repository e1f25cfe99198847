"""The web application: Dash on FastAPI, its routes and pages."""
