FROM ocaml/opam:debian-12-ocaml-5.1
RUN sudo apt-get update && sudo apt-get install -y m4 pkg-config libgmp-dev
COPY --chown=opam *.opam dune-project ./
RUN opam install . --deps-only --with-test
COPY --chown=opam . .
RUN eval $(opam env) && dune build @all
