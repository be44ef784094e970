FROM node:22-slim
WORKDIR /srv
COPY . .
RUN env CI=true npm install typescript
RUN exec npm install eslint@9
RUN command -v curl || true
USER node
