FROM node:20
WORKDIR /srv
COPY package.json package-lock.json tsconfig.json .
COPY ["src", "public", "/srv/"]
COPY --from=0 /srv/src ./copy
COPY --from=nginx /etc/nginx/nginx.conf /nginx.conf
COPY --from=assets /dist /dist
COPY --link --chown=1000:1000 app ./
