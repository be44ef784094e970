FROM debian as build
Run make
copy --from=build /a /b
WorkDir src
