FROM confluentinc/cp-kafka-connect-base:7.5.1
ENV CONNECT_PLUGIN_PATH="/usr/share/java,/usr/share/confluent-hub-components"
RUN confluent-hub install --no-prompt debezium/debezium-connector-postgresql:2.2.1
COPY --chown=appuser:appuser jars/*.jar /usr/share/java/kafka/
