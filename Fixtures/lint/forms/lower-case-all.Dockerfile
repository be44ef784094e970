from alpine:3.20 as one
run apk add --no-cache curl=8.5.0-r0
from alpine:3.20
copy --from=one /usr/bin/curl /usr/bin/curl
user 1000
