FROM oraclelinux:8-slim AS base
ARG INSTALL_FILE_1="LINUX.X64_193000_db_home.zip"
ENV ORACLE_BASE=/opt/oracle \
    ORACLE_HOME=/opt/oracle/product/19c/dbhome_1 \
    PATH=$ORACLE_HOME/bin:$PATH
COPY $INSTALL_FILE_1 setupLinuxEnv.sh $ORACLE_BASE/
RUN chmod ug+x $ORACLE_BASE/*.sh && sync && $ORACLE_BASE/setupLinuxEnv.sh
HEALTHCHECK --interval=1m --start-period=5m --timeout=30s \
   CMD "$ORACLE_BASE/checkDBStatus.sh" >/dev/null || exit 1
USER oracle
CMD [ "/bin/bash", "-c", "exec $ORACLE_BASE/runOracle.sh" ]
