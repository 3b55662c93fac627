# One image for every process of the service table and for the one-off commands:
#   docker run IMAGE            runs the process that SERVICE_NAME names
#   docker run IMAGE migrate    applies the migrations to the database of SERVICE_NAME and exits
#   docker run IMAGE seed       writes demo data and exits; refused with NODE_ENV=production
#   IMAGE health [live|ready]   asks the process in this container; exit code 0 is healthy. Needs no shell: ["node", "health"]
# docs/deployment.md has the rest.

# Pin it: --build-arg NODE_IMAGE=node:26-bookworm-slim@sha256:…
ARG NODE_IMAGE=node:26-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
COPY scripts/hooks scripts/hooks
# The install scripts put Node, and PostgreSQL for development, into node_modules. Nothing here needs them.
RUN npm ci --ignore-scripts --no-audit
COPY . .
RUN node scripts/build.mjs && node scripts/build/image.mjs /app

# The list of packages as a file: docker build --target=sbom --output=. .
FROM scratch AS sbom
COPY --from=build /app/sbom.cdx.json /

FROM ${NODE_IMAGE}
ARG VERSION=
ARG REVISION=
LABEL org.opencontainers.image.title="nestjs-mstv" \
  org.opencontainers.image.description="One contract per operation over REST, GraphQL, gRPC, WebSocket and MQTT" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}"
# Half of the container's memory for the heap: in small containers Node's own limit is more than all of it.
ENV NODE_ENV=production \
  NODE_OPTIONS=--max-old-space-size-percentage=50
COPY --from=build /app /app
# `node migrate` finds migrate.js here
WORKDIR /app/dist/bundle
# The user `node` of the base image, by number, so that Kubernetes sees that it is not root. Any other works too: nothing is written.
USER 1000:1000
EXPOSE 3000 50051 1883
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD ["node", "health"]
# node is process 1: no shell and no npm stand between it and SIGTERM.
ENTRYPOINT ["node", "--enable-source-maps"]
CMD ["main"]
