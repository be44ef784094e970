FROM node:20-slim
WORKDIR /usr/src/app
ONBUILD COPY package.json ./
ONBUILD RUN npm install nodemon && npm cache clean --force
ONBUILD COPY . .
CMD ["npm", "start"]
