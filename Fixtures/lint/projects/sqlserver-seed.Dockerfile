FROM mcr.microsoft.com/mssql/server:2019-latest
ENV ACCEPT_EULA=Y SA_PASSWORD=Passw0rd!
USER root
COPY setup.sql entry.sh /
RUN chmod +x /entry.sh
USER mssql
CMD /bin/bash ./entry.sh
