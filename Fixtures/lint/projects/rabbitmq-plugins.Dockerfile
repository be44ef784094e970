FROM rabbitmq:3.12-management
RUN apt-get update && apt-get -o Dpkg::Options::="--force-confold" install -y --no-install-recommends curl unzip
RUN curl -L https://github.com/rabbitmq/rabbitmq-delayed-message-exchange/releases/download/v3.12.0/rabbitmq_delayed_message_exchange-3.12.0.ez > $RABBITMQ_HOME/plugins/delayed.ez
RUN rabbitmq-plugins enable --offline rabbitmq_delayed_message_exchange
