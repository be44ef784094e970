FROM cm2network/steamcmd:root
ENV STEAMAPPID=896660 STEAMAPP=valheim
ENV STEAMAPPDIR="${HOMEDIR}/${STEAMAPP}-dedicated"
RUN set -x \
	&& apt-get update \
	&& apt-get install -y --no-install-recommends --no-install-suggests \
		libatomic1=12.2.0-14 \
		libpulse-dev \
	&& mkdir -p "${STEAMAPPDIR}" \
	&& { \
		echo '@ShutdownOnFailedCommand 1'; \
		echo 'quit'; \
	   } > "${HOMEDIR}/update.txt" \
	&& rm -rf /var/lib/apt/lists/*
USER ${USER}
WORKDIR ${HOMEDIR}
CMD ["bash", "entry.sh"]
