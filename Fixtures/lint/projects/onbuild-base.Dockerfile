FROM node:14-slim
ONBUILD ARG NODE_ENV
ONBUILD ENV NODE_ENV $NODE_ENV
ONBUILD COPY package.json /usr/src/app/
ONBUILD RUN npm install grunt && npm cache clean --force
ONBUILD RUN apt-get update && apt-get install -y python
ONBUILD COPY . /usr/src/app
CMD [ "npm", "start" ]
