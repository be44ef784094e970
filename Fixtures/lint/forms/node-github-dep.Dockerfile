FROM node:20-alpine
WORKDIR /app
RUN npm install --registry https://registry.example.com github:org/lib#v1.2.3 left-pad
RUN npm install --userconfig /app/.npmrc --omit dev chalk@5
USER node
