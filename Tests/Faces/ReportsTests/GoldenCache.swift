/// What is printed of the samples, by the width.
enum GoldenCache {
    static let cache40 =
        """
        Builds 5
        Steps 16: 1 from the cache, 15 ran
        Hit rate 6%, the target is 80%
         12 more hits would have reached it
        Time saved 3.5s
        Time lost 1m 15s in steps that ran
        A build took 16.4s on average; 50%
                     ≤13.0s, 90% ≤30.2s, 95%
                     ≤30.2s, 99% ≤30.2s
        A step ran 5.0s on average; 50% ≤3.5s,
                   90% ≤7.9s, 95% ≤27.3s, 99%
                   ≤27.3s
        Not counted base images 5, contexts 5,
                    exports 5

        Images
        IMAGE BUILDS HITS MISSES RATE   LOST
        app        5    1     15   6% 1m 15s

        Steps that cost most
        STEP                   MISSES RATE  LOST
        RUN make -C /src            5   0% 58.9s
        RUN apt-get install...      4  20% 14.0s
        RUN strip /src/app          1   0%  1.1s
        COPY src /src               5   0%  0.5s
        “[build] RUN make -C /src” and 2 others
        keep the rate below 80%.

        Days
        2026-11-26 ░░░░░░  0% 1 build
        2026-11-27 ░░░░░░  0% 1 build
        2026-11-28 ░░░░░░  0% 1 build
        2026-11-29 ░░░░░░  0% 1 build
        2026-11-30 ██░░░░ 25% 1 build

        """

    static let cache80 =
        """
        Builds        5
        Steps         16: 1 from the cache, 15 ran
        Hit rate      █░░░░░░░░░░░░░░░░░░░ 6%, the target is 80%
                      12 more hits would have reached it
        Time saved    3.5s
        Time lost     1m 15s in steps that ran
        A build took  16.4s on average; 50% ≤13.0s, 90% ≤30.2s, 95% ≤30.2s, 99% ≤30.2s
        A step ran    5.0s on average; 50% ≤3.5s, 90% ≤7.9s, 95% ≤27.3s, 99% ≤27.3s
        Not counted   base images 5, contexts 5, exports 5

        Images
        IMAGE  BUILDS  HITS  MISSES  RATE              SAVED    LOST
        app         5     1      15    6%  █░░░░░░░░░   3.5s  1m 15s

        Steps that cost most
        STEP                         HITS  MISSES  RATE              USUAL  SAVED   LOST
        [build] RUN make -C /src        0       5    0%  ░░░░░░░░░░   7.9s   0.0s  58.9s
        [build] RUN apt-get inst...     1       4   20%  ██░░░░░░░░   3.5s   3.5s  14.0s
        [build] RUN strip /src/app      0       1    0%  ░░░░░░░░░░   1.1s   0.0s   1.1s
        [build] COPY src /src           0       5    0%  ░░░░░░░░░░   0.1s   0.0s   0.5s
        “[build] RUN make -C /src” and 2 others keep the rate below 80%.

        Days
        2026-11-26  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░   0%  1 build
        2026-11-27  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░   0%  1 build
        2026-11-28  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░   0%  1 build
        2026-11-29  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░   0%  1 build
        2026-11-30  ██████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  25%  1 build

        """

    static let cacheFull =
        """
        Builds        5
        Steps         16: 1 from the cache, 15 ran
        Hit rate      █░░░░░░░░░░░░░░░░░░░ 6%, the target is 80%
                      12 more hits would have reached it
        Time saved    3.5s
        Time lost     1m 15s in steps that ran
        A build took  16.4s on average; 50% ≤13.0s, 90% ≤30.2s, 95% ≤30.2s, 99% ≤30.2s
        A step ran    5.0s on average; 50% ≤3.5s, 90% ≤7.9s, 95% ≤27.3s, 99% ≤27.3s
        Not counted   base images 5, contexts 5, exports 5

        Images
        IMAGE  BUILDS  HITS  MISSES  RATE              SAVED    LOST
        app         5     1      15    6%  █░░░░░░░░░   3.5s  1m 15s

        Steps that cost most
        STEP                                  HITS  MISSES  RATE              USUAL  SAVED   LOST
        [build] RUN make -C /src                 0       5    0%  ░░░░░░░░░░   7.9s   0.0s  58.9s
        [build] RUN apt-get install -y cmake     1       4   20%  ██░░░░░░░░   3.5s   3.5s  14.0s
        [build] RUN strip /src/app               0       1    0%  ░░░░░░░░░░   1.1s   0.0s   1.1s
        [build] COPY src /src                    0       5    0%  ░░░░░░░░░░   0.1s   0.0s   0.5s
        “[build] RUN make -C /src” and 2 others keep the rate below 80%.

        Days
        2026-11-26  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░   0%  1 build
        2026-11-27  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░   0%  1 build
        2026-11-28  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░   0%  1 build
        2026-11-29  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░   0%  1 build
        2026-11-30  ██████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  25%  1 build

        """

    static let steps40 =
        """
        STEP                   MISSES RATE  LOST
        RUN make -C /src            5   0% 58.9s
        RUN apt-get install...      4  20% 14.0s
        RUN strip /src/app          1   0%  1.1s
        COPY src /src               5   0%  0.5s

        """

    static let steps80 =
        """
        STEP                         HITS  MISSES  RATE              USUAL  SAVED   LOST
        [build] RUN make -C /src        0       5    0%  ░░░░░░░░░░   7.9s   0.0s  58.9s
        [build] RUN apt-get inst...     1       4   20%  ██░░░░░░░░   3.5s   3.5s  14.0s
        [build] RUN strip /src/app      0       1    0%  ░░░░░░░░░░   1.1s   0.0s   1.1s
        [build] COPY src /src           0       5    0%  ░░░░░░░░░░   0.1s   0.0s   0.5s

        """

    static let days40 =
        """
        DAY        BUILDS HITS MISSES RATE
        2026-11-26      1    0      3   0%
        2026-11-27      1    0      3   0%
        2026-11-28      1    0      3   0%
        2026-11-29      1    0      3   0%
        2026-11-30      1    1      3  25%

        """

    static let days80 =
        """
        DAY         BUILDS  HITS  MISSES  RATE
        2026-11-26       1     0       3    0%  ░░░░░░░░░░
        2026-11-27       1     0       3    0%  ░░░░░░░░░░
        2026-11-28       1     0       3    0%  ░░░░░░░░░░
        2026-11-29       1     0       3    0%  ░░░░░░░░░░
        2026-11-30       1     1       3   25%  ███░░░░░░░

        """
}
