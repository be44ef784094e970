FROM node:lts-alpine
RUN npm install -g http-server @vue/cli@5.0.8
WORKDIR /app
COPY package*.json ./
RUN npm install && npm cache clean --force
COPY . .
RUN npm run build
EXPOSE 8080
CMD [ "http-server", "dist" ]
