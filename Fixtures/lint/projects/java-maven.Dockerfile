FROM maven:3.9.6-eclipse-temurin-21 AS build
WORKDIR /build
COPY pom.xml .
RUN --mount=type=cache,target=/root/.m2 mvn -B dependency:go-offline
COPY src src
RUN --mount=type=cache,target=/root/.m2 mvn -B package -DskipTests
FROM eclipse-temurin:21-jre
ENV OPTS="-XX:MaxRAMPercentage=75"
WORKDIR /app
COPY --from=build /build/target/app.jar app.jar
USER 1000
ENTRYPOINT ["java", "-jar", "app.jar"]
