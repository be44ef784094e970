import CaissonBuildModel
import CaissonCaches
import Testing

struct RecordOriginsTests {
    private static func origins(
        _ description: String,
        _ steps: [PastStep],
        at time: Int64 = 15
    ) -> (origins: RecordOrigins, build: BuildID) {
        let record = CacheRecord(id: "x", description: description, created: Timestamp(seconds: time))
        let build = PastBuild(id: BuildID(), series: "app", engine: "e", time: (nil, nil), steps: steps)
        return (RecordOrigins(of: [record], engine: "e", builds: [build]), build.id)
    }

    private static func step(_ name: String) -> PastStep {
        PastStep(name: name, started: Timestamp(seconds: 10), ended: Timestamp(seconds: 20))
    }

    @Test(arguments: [
        ("mount / from exec /bin/sh -c sleep 1", "[stage-2 3/3] RUN sleep 1", true),
        ("mount / from exec /bin/sh -c echo $V && x", "[b 2/7] RUN --network=none echo 1 2 && x", false),
        ("mount / from exec /bin/sh -c cat a > b", #"[b 6/7] RUN ["/bin/sh","-c","cat a > b"]"#, true),
        ("mount / from exec echo $V a b", #"[b 6/6] RUN ["echo", "7", "a b"]"#, false),
        ("mount / from exec /bin/sh -c echo a $V\necho b\n", "[b 2/6] RUN <<E (echo a 7...)", false),
        ("[b 5/7] COPY src src", "[b 5/7] COPY src src", true), ("fileop target", "[b 5/7] COPY src src", false),
        ("local source for context", "[internal] load build context", true),
        ("local source for dockerfile", "[internal] load build definition from Dockerfile", true),
        ("pulled from docker.io/library/t:1@sha256:ab", "[b 1/7] FROM docker.io/library/t:1@sha256:ab", true),
        ("http url https://a.example/x", "[b 7/7] ADD https://a.example/x /", true),
    ])
    func `A record is found by its step's name and time`(description: String, step: String, isSure: Bool) {
        let (origins, build) = Self.origins(description, [Self.step(step)])
        let origin = origins.origin(of: "x")
        #expect(origin?.build == build && origin?.step == step)
        #expect(origin?.certainty == (isSure ? .sure : .likely))
        #expect(origins.needed(by: [build]) == ["x"])
        #expect(Self.origins(description, [Self.step(step)], at: 25).origins.origin(of: "x") == nil)
    }

    @Test
    func `Nothing is told of other names, cached steps and unknown records`() {
        let cached = PastStep(
            name: "[b 1/1] RUN make",
            started: Timestamp(seconds: 15),
            ended: Timestamp(seconds: 15),
            isCached: true
        )
        let (origins, build) = Self.origins("mount / from exec /bin/sh -c make", [cached])
        #expect(origins.origin(of: "x") == nil && origins.origin(of: "y") == nil)
        #expect(origins.uses(of: "x").latest == [build])
        #expect(Self.origins("mount / from exec sh -c a", [Self.step("[b 1/1] RUN b")]).origins.origin(of: "x") == nil)
    }
}
