FROM debian as build
Run make
copy --from=Build /a /b
WorkDir src
