/// What is printed of the samples, by the width.
enum GoldenComparison {
    static let comparison40 =
        """
                  A            B
        Build     aaaaaaaaaaaa bbbbbbbbbbbb
        Status    succeeded    succeeded
        Duration  13.0s        30.2s
        All steps 13.2s        29.7s
        Steps     6            7
        Cached    0            2

        Differences
        - RUN make -C /src took 19.4 s longer
        - the build ran 17.2 s longer
        - RUN apt-get install -y cmake ran in
          the first build, was cached in the
          second and took 3.5 s less long
        - RUN strip /src/app is only in the
          second build, where it took 1.1 s
        - FROM docker.io/library/gcc:14 ran in
          the first build, was cached in the
          second and took 0.5 s less long

        Steps
        STEP                            A      B
          FROM docker.io/library/... 0.5s CACHED
          RUN apt-get install -y ... 3.5s CACHED
          RUN make -C /src           7.9s  27.3s
        + RUN strip /src/app                1.1s
        3 steps are the same

        Inputs
        image
          A: app:1.1
          B: not given
        image
          A: not given
          B: app:1.0
        build argument VERSION
          A: not given
          B: 2

        Images
        IMAGE   A    B
        app:1.0 none 222222222222

        """

    static let comparison80 =
        """
                   A             B             DIFFERENCE
        Build      aaaaaaaaaaaa  bbbbbbbbbbbb
        Status     succeeded     succeeded
        Duration   13.0s         30.2s         +17.2s
        All steps  13.2s         29.7s         +16.5s
        Steps      6             7             +1
        Cached     0             2             +2

        Differences
        - RUN make -C /src took 19.4 s longer
        - the build ran 17.2 s longer
        - RUN apt-get install -y cmake ran in the first build, was cached in the second
          and took 3.5 s less long
        - RUN strip /src/app is only in the second build, where it took 1.1 s
        - FROM docker.io/library/gcc:14 ran in the first build, was cached in the second
          and took 0.5 s less long

        Steps
        STEP                                            A       B  DIFFERENCE  NOTE
          [build 1/4] FROM docker.io/library/gcc:14  0.5s  CACHED       -0.5s
          [build 2/4] RUN apt-get install -y cmake   3.5s  CACHED       -3.5s
          [build 4/4] RUN make -C /src               7.9s   27.3s      +19.4s
        + [build 5/5] RUN strip /src/app                     1.1s       +1.1s  added
        3 steps are the same

        Inputs
        INPUT                   A        B
        image                   app:1.1
        image                            app:1.0
        build argument VERSION           2

        Images
        IMAGE    A     B
        app:1.0  none  222222222222

        """

    static let comparisonFull =
        """
                   A             B             DIFFERENCE
        Build      aaaaaaaaaaaa  bbbbbbbbbbbb
        Status     succeeded     succeeded
        Duration   13.0s         30.2s         +17.2s
        All steps  13.2s         29.7s         +16.5s
        Steps      6             7             +1
        Cached     0             2             +2

        Differences
        - RUN make -C /src took 19.4 s longer
        - the build ran 17.2 s longer
        - RUN apt-get install -y cmake ran in the first build, was cached in the second and took 3.5 s less long
        - RUN strip /src/app is only in the second build, where it took 1.1 s
        - FROM docker.io/library/gcc:14 ran in the first build, was cached in the second and took 0.5 s less long

        Steps
        STEP                                            A       B  DIFFERENCE  NOTE
          [build 1/4] FROM docker.io/library/gcc:14  0.5s  CACHED       -0.5s
          [build 2/4] RUN apt-get install -y cmake   3.5s  CACHED       -3.5s
          [build 4/4] RUN make -C /src               7.9s   27.3s      +19.4s
        + [build 5/5] RUN strip /src/app                     1.1s       +1.1s  added
        3 steps are the same

        Inputs
        image
          A: app:1.1
          B: not given
        image
          A: not given
          B: app:1.0
        build argument VERSION
          A: not given
          B: 2

        Images
        IMAGE    A     B
        app:1.0  none  222222222222

        """
}
