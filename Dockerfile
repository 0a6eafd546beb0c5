# The image of one process. SERVICE is ticket-service, ws-edge, audit-service or standalone:
#
#   docker build --build-arg SERVICE=ws-edge --tag admit-one/ws-edge .
ARG NODE_IMAGE=docker.io/library/node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY . .
RUN npm ci --omit=dev --prefer-offline --no-audit --no-fund --loglevel=error && node scripts/bundle.mjs
ARG SERVICE
RUN node scripts/image-files.mjs "$SERVICE" /image

FROM ${NODE_IMAGE}
WORKDIR /app
COPY --from=build /image/ ./
# A container has an address of its own. Publish the metrics to nobody but your Prometheus.
ENV NODE_ENV=production HOST=0.0.0.0 METRICS_HOST=0.0.0.0 DATA_DIR=/data
# No file of the image is writable for this user, and none needs to be: run it with a read-only root.
USER 1000:1000
STOPSIGNAL SIGTERM
CMD ["node", "main.js"]
