FROM debian:12.5
RUN for p in a b; do apt-get install -y --no-install-recommends "$p=1"; done
RUN if [ -f x ]; then pip install -r x; else pip install y; fi
RUN while read -r p; do npm install "$p"; done < list
USER 1000
