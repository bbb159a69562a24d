# syntax=docker/dockerfile:1
FROM python:3.13-slim-trixie AS build
RUN apt-get update && apt-get install -y --no-install-recommends gettext && rm -rf /var/lib/apt/lists/*
RUN pip install --no-cache-dir "uv>=0.8"
WORKDIR /app
COPY pyproject.toml uv.lock .python-version ./
RUN uv sync --frozen --no-dev --compile-bytecode
# .dockerignore lists what there is to copy.
COPY . .
# Collecting files needs the storage of production but none of its secrets.
RUN export DJANGO_SETTINGS_MODULE=lawcrm.settings.collect \
    && if [ -d locale ]; then .venv/bin/python manage.py compilemessages --verbosity 0; fi \
    && .venv/bin/python manage.py collectstatic --no-input --verbosity 0

FROM python:3.13-slim-trixie
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin lawcrm \
    && mkdir -p /var/lib/lawcrm/files && chown -R lawcrm /var/lib/lawcrm
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=lawcrm.settings.production \
    FILES_ROOT=/var/lib/lawcrm/files \
    LAWCRM_STATE=/nonexistent
USER lawcrm
VOLUME /var/lib/lawcrm/files
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "deploy/healthy.py"]
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "lawcrm.wsgi"]
