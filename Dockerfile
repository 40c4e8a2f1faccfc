# syntax=docker/dockerfile:1
FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --package samflyt \
    && cp target/release/samflyt /samflyt

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 samflyt \
    && useradd --uid 10001 --gid samflyt --no-create-home --home-dir /var/lib/samflyt samflyt \
    && install --directory --owner=samflyt --group=samflyt --mode=0750 /var/lib/samflyt
COPY --from=build /samflyt /usr/local/bin/samflyt
COPY LICENSE /usr/share/doc/samflyt/LICENSE

LABEL org.opencontainers.image.title="Samflyt" \
      org.opencontainers.image.description="Event-sourced integration hub for municipalities" \
      org.opencontainers.image.licenses="EUPL-1.2"

USER samflyt
WORKDIR /var/lib/samflyt
VOLUME /var/lib/samflyt
ENV SAMFLYT_DATA_DIR=/var/lib/samflyt \
    SAMFLYT_GRPC__LISTEN=0.0.0.0:50051 \
    SAMFLYT_HTTP__LISTEN=0.0.0.0:8080
EXPOSE 50051 8080
# It listens to SIGTERM and drains: nothing it has accepted goes without its acknowledgement.
STOPSIGNAL SIGTERM
ENTRYPOINT ["samflyt"]
CMD ["--help"]
