ARG NODE_VERSION=20
FROM node:${NODE_VERSION}-alpine AS base
RUN apk add --no-cache libc6-compat=1.2.4-r2
WORKDIR /repo
FROM base AS pruner
RUN npm install -g turbo@1.13.3
COPY . .
RUN turbo prune --scope=web --docker
FROM base AS installer
COPY --from=pruner /repo/out/json/ .
RUN yarn install --frozen-lockfile
FROM base AS runner
COPY --from=installer /repo .
USER 1001
CMD ["node", "apps/web/server.js"]
