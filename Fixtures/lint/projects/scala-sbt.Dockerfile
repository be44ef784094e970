FROM sbtscala/scala-sbt:eclipse-temurin-jammy-17.0.9_9_1.9.7_2.13.12 AS stage0
WORKDIR /root
ADD build.sbt .
ADD project/ project/
RUN sbt update
ADD src src
RUN sbt assembly
FROM azul/zulu-openjdk-alpine:17-jre
COPY --from=stage0 /root/target/scala-2.13/app.jar .
CMD exec java $JAVA_OPTS -jar app.jar
