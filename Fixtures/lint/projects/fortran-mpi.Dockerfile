FROM mfisherman/mpich:4.1.2
COPY --chown=mpi *.f90 Makefile ./
RUN make all && ./run_tests.sh |& tee test.log
CMD ["mpirun", "-n", "4", "./solver"]
