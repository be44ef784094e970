FROM alpine:3.18
RUN apk add --no-cache curl=8.4.0-r0 \

    && echo done \
    # comment
    && true
CMD ["sh"]
