FROM gradle:8.6-jdk17 AS build
COPY --chown=gradle:gradle . /home/gradle/src
WORKDIR /home/gradle/src
RUN gradle bootJar --no-daemon
FROM amazoncorretto:17.0.10-al2023
ARG JAR=/home/gradle/src/build/libs/app.jar
COPY --from=build ${JAR} /app.jar
USER 1000
CMD ["java", "-jar", "/app.jar"]
