FROM node:18.19-alpine3.19
WORKDIR /app
COPY packages ./packages
RUN npm install --loglevel error --prefix ./api file:../packages/core
RUN npm install -g . && npm cache clean --force
RUN npm install --cache /tmp/npm express@4.18.2
CMD ["node", "index.js"]
