FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/lotse
WORKDIR /src
# What is installed is what requirements.txt pins, byte for byte.
COPY requirements.txt ./
RUN /opt/lotse/bin/pip install --require-hashes -r requirements.txt
COPY pyproject.toml README.md ./
COPY bot bot
COPY flows flows
COPY content content
COPY locales locales
RUN /opt/lotse/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /dist . \
    && /opt/lotse/bin/pip install --no-deps /dist/lotse-*.whl

FROM python:3.11-slim
ENV PATH=/opt/lotse/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
RUN groupadd --gid 10001 lotse \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/lotse --shell /usr/sbin/nologin lotse \
    && install --directory --owner=lotse --group=lotse --mode=0700 /var/lib/lotse /var/lib/lotse/matrix
COPY --from=build /opt/lotse /opt/lotse
WORKDIR /var/lib/lotse
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["lotse", "run"]
