FROM node:20 AS deps
RUN yarn install
FROM node:20
RUN yarn install --prod && yarn cache clean
RUN yarn install
RUN --mount=type=cache,target=/root/.cache/yarn yarn install
RUN yarn
COPY --from=deps /n /n
