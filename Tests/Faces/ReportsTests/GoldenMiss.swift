/// What is printed of the samples, by the width.
enum GoldenMiss {
    static let miss40 =
        """
        src/file1.c and 12 other files changed
        since build aaaaaaaa…: 3 steps, 28.5s
          * src/file1.c
          * src/file10.c
          * src/file11.c
          * src/file12.c
          * src/file13.c
          * src/file2.c
          * src/file3.c
          * src/file4.c
          * src/file5.c
          * src/file6.c
          and 3 others
           4 COPY src /src                  0.1s
           5 RUN make -C /src              27.3s
           6 RUN strip /src/app             1.1s
             RUN strip /src/app is new here; no
             earlier build that is known has it

        2 steps came from the cache
        2 steps are done in each build

        """

    static let miss80 =
        """
        src/file1.c and 12 other files changed since build aaaaaaaa…: 3 steps, 28.5s
          * src/file1.c
          * src/file10.c
          * src/file11.c
          * src/file12.c
          * src/file13.c
          * src/file2.c
          * src/file3.c
          * src/file4.c
          * src/file5.c
          * src/file6.c
          and 3 others
           4 [build 3/4] COPY src /src                                              0.1s
           5 [build 4/4] RUN make -C /src                                          27.3s
           6 [build 5/5] RUN strip /src/app                                         1.1s
             RUN strip /src/app is new here; no earlier build that is known has it

        2 steps came from the cache
        2 steps are done in each build

        """

    static let missFull =
        """
        src/file1.c and 12 other files changed since build aaaaaaaa…: 3 steps, 28.5s
          * src/file1.c
          * src/file10.c
          * src/file11.c
          * src/file12.c
          * src/file13.c
          * src/file2.c
          * src/file3.c
          * src/file4.c
          * src/file5.c
          * src/file6.c
          and 3 others
           4 [build 3/4] COPY src /src  0.1s
           5 [build 4/4] RUN make -C /src  27.3s
           6 [build 5/5] RUN strip /src/app  1.1s
             RUN strip /src/app is new here; no earlier build that is known has it

        2 steps came from the cache
        2 steps are done in each build

        """
}
