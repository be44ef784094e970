import CaissonBuildModel
import Testing

@testable import CaissonInsights

@Suite("The name of a step")
struct StepNameTests {
    @Test(
        "is taken apart",
        arguments: [
            ("[2/5] RUN make", "", 2, 5, "RUN make", "RUN", nil, "RUN make"),
            ("[build 3/7] COPY a b", "build", 3, 7, "COPY a b", "COPY", nil, "[build] COPY a b"),
            (
                "[linux/arm64 build 3/7] RUN x", "linux/arm64 build", 3, 7, "RUN x", "RUN", nil,
                "[linux/arm64 build] RUN x"
            ),
            (
                "[a 1/2] FROM docker.io/library/alpine:3.20@sha256:abc", "a", 1, 2,
                "FROM docker.io/library/alpine:3.20",
                "FROM", "sha256:abc", "[a] FROM docker.io/library/alpine:3.20"
            ),
            (
                "[internal] load build context", "internal", nil, nil, "load build context", "", nil,
                "[internal] load build context"
            ),
            ("exporting to image", "", nil, nil, "exporting to image", "", nil, "exporting to image"),
            ("[odd] ", "odd", nil, nil, "", "", nil, "[odd] "), ("[", "", nil, nil, "[", "", nil, "["),
            ("[1/x] RUN a", "1/x", nil, nil, "RUN a", "RUN", nil, "[1/x] RUN a"), ("", "", nil, nil, "", "", nil, ""),
        ] as [(String, String, Int?, Int?, String, String, String?, String)]
    )
    func isTakenApart(
        _ row: (String, String, Int?, Int?, String, String, String?, String)
    ) {
        let name = StepName(row.0)
        #expect(name.stage == row.1)
        #expect(name.place == row.2)
        #expect(name.count == row.3)
        #expect(name.instruction == row.4)
        #expect(name.keyword == row.5)
        #expect(name.baseDigest == row.6)
        #expect(name.identity == row.7)
    }
}
