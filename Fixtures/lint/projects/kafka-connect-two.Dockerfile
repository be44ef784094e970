FROM confluentinc/cp-kafka-connect-base:7.6.0
ENV CONNECT_PLUGIN_PATH="/usr/share/java,/usr/share/confluent-hub-components"
RUN confluent-hub install --no-prompt debezium/debezium-connector-postgresql:2.4.2
USER appuser
