FROM pandoc/latex:3.1
RUN tlmgr update --self && tlmgr install collection-fontsrecommended
RUN apk add --no-cache make ttf-dejavu=2.37-r5
WORKDIR /data
