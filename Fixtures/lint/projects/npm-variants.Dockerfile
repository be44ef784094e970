FROM node:21
RUN npm install git+ssh://git@github.com:npm/cli.git#v1.0.27 && npm install --registry https://r.example left-pad
RUN npm i -g typescript; npm install ./local.tgz ../up /abs @scope/pkg @scope/pkg@1 file:x
RUN npm install --production
RUN npm run install thing
