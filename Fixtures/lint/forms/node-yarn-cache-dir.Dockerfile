FROM node:20-bookworm
WORKDIR /app
COPY package.json yarn.lock ./
RUN --mount=type=cache,target=/usr/local/share/.cache/yarn yarn install --frozen-lockfile
RUN yarn install --production && rm -rf /usr/local/share/.cache
RUN yarn cache clean && yarn install --production
USER node
CMD ["yarn", "start"]
