# The application's image: every role of docker-compose.yml runs it with another command.
FROM python:3.11.14-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1

# libgomp is what torch and faiss start their threads with.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 patentsearch \
    && install --directory --owner patentsearch --mode 0700 /var/lib/patentsearch

WORKDIR /srv/patentsearch
COPY requirements.txt .
RUN pip install --requirement requirements.txt
COPY . .

USER patentsearch
ENV PATENTSEARCH_HOME=/var/lib/patentsearch
VOLUME /var/lib/patentsearch
EXPOSE 8000
CMD ["python", "manage.py", "up"]
