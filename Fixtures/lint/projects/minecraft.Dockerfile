FROM openjdk:17-alpine
WORKDIR /minecraft
RUN wget https://piston-data.mojang.com/v1/objects/server.jar
RUN echo "eula=true" > eula.txt
EXPOSE 25565/tcp 25565/udp 99999
CMD java -Xmx1024M -Xms1024M -jar server.jar nogui
