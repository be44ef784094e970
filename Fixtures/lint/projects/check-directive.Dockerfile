# check=skip=JSONArgsRecommended;error=true
FROM busybox
# check=skip=StageNameCasing
FROM alpine AS Tools
CMD sleep 10
