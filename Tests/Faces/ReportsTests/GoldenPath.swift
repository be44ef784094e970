/// What is printed of the samples, by the width.
enum GoldenPath {
    static let path40 =
        """
        Critical path: 29.7s of 30.2s
        1 load build context  0.2s
        4 COPY src /src       0.1s
        5 RUN make -C /src   27.3s after 0.5s
        6 RUN strip /src/app  1.1s
        7 exporting to image  1.0s

        Slower than usual
        5 [build 4/4] RUN make -C /src
          usual 7.9s ± 0.0s in 4 builds, now
          27.3s

        """

    static let path80 =
        """
        Critical path: 29.7s of 30.2s
        1  [internal] load build context    0.2s
        4  [build 3/4] COPY src /src        0.1s
        5  [build 4/4] RUN make -C /src    27.3s  after 0.5s of waiting
        6  [build 5/5] RUN strip /src/app   1.1s
        7  exporting to image               1.0s

        Slower than usual
        5  [build 4/4] RUN make -C /src  usual 7.9s ± 0.0s in 4 builds, now 27.3s

        """

    static let pathFull =
        """
        Critical path: 29.7s of 30.2s
        1  [internal] load build context    0.2s
        4  [build 3/4] COPY src /src        0.1s
        5  [build 4/4] RUN make -C /src    27.3s  after 0.5s of waiting
        6  [build 5/5] RUN strip /src/app   1.1s
        7  exporting to image               1.0s

        Slower than usual
        5  [build 4/4] RUN make -C /src  usual 7.9s ± 0.0s in 4 builds, now 27.3s

        """
}
