FROM debian:12
RUN ps aux && top -b -n1 && free -m && mount | grep x && kill 1 && shutdown now && ssh h true && service x restart && vim -c q && ifconfig
ENTRYPOINT ["top"]
