FROM sonatype/nexus3:3.63.0
USER root
RUN mkdir -p /opt/sonatype/nexus/deploy && \
    curl -o /opt/sonatype/nexus/deploy/plugin.kar https://example.com/plugin.kar && wget https://example.com/b.kar
USER nexus
