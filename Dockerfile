# One image for the three roles: `callfloor consume`, `callfloor publish`, `callfloor serve`.
FROM python:3.12-slim

RUN useradd --system --uid 10001 --no-create-home callfloor
WORKDIR /opt/callfloor

COPY pyproject.toml README.md LICENSE ./
COPY .ci/shipped.lock .ci/
COPY streams streams
COPY dashboard dashboard
COPY layouts layouts
COPY assets assets
RUN pip install --no-cache-dir --quiet --require-hashes --requirement .ci/shipped.lock \
    && pip install --no-cache-dir --quiet --no-deps .

# Away from the sources, so that what runs is what was installed.
WORKDIR /
USER callfloor
ENTRYPOINT ["callfloor"]
CMD ["--help"]
