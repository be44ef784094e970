import CaissonBuildModel
import CaissonInsights
import CaissonJSON

extension MissCases {
    private static func list(_ name: String, _ values: String...) -> JSONMember {
        JSONMember(name, .array(values.map { .string($0) }))
    }

    static let causes = [
        MissCase("no cache", 4, "nocache()!", whole) { $0.request = [JSONMember("no-cache", .bool(true))] },
        MissCase("no cache, at first", 4, "nocache()!", whole, earlier: none) {
            $0.request = [JSONMember("no-cache", .bool(true))]
        },
        MissCase("no cache, the base", 3, "uncacheable", whole) { $0.request = [JSONMember("no-cache", .bool(true))] },
        MissCase("no cache in its stage", 4, "nocache(build)!", whole) {
            $0.request = [list("no-cache-filter", "BUILD")]
        },
        MissCase("no cache in another stage", 8, "step(4)~", whole) { $0.request = [list("no-cache-filter", "build")] }
            .with { $0.expected = "step(7)~" },
        MissCase(
            "a WORKDIR takes no note of it",
            4,
            "gone~",
            "RRRRCCCCR",
            earlier: earlier {
                $0.names[3] = "[build 2/5] WORKDIR /w"
            }
        ) {
            $0.names[3] = "[build 2/5] WORKDIR /w"
            $0.request = [JSONMember("no-cache", .bool(true))]
        },
        MissCase("another engine", 4, "engine!", whole, earlier: earlier { $0.engine = "dockerd at unix:///o.sock" }),
        MissCase(
            "another engine, with a foreign cache",
            4,
            "engine~",
            whole,
            earlier: earlier {
                $0.engine = "dockerd at unix:///o.sock"
            }
        ) { $0.request = [list("cache-from", "type=gha")] },
        MissCase(
            "a step that only another engine had",
            4,
            "engine~",
            whole,
            earlier: [
                StagedBuild.make(2, whole) { $0.engine = "dockerd at unix:///o.sock" },
                StagedBuild.make(1, whole) { $0.names[3] = "[build 2/5] RUN old" },
            ]
        ),
        MissCase(
            "an argument in the environment",
            4,
            "arg(V 1>2)!",
            whole,
            earlier: earlier { $0.arguments = ["V": "1"] }
        ) {
            $0.arguments = ["V": "2"]
            $0.environment = [4: "V=2"]
        },
        MissCase(
            "one of two arguments",
            4,
            "arg(V 1>2)~ arg(W ->1)~",
            whole,
            earlier: earlier { $0.arguments = ["V": "1"] }
        ) {
            $0.arguments = ["V": "2", "W": "1"]
            $0.environment = [4: "V=2"]
        },
        MissCase("an argument that the definition doesn't have", 4, "gone~", "RRRRCCCCR") { $0.arguments = ["V": "2"] },
        MissCase("an argument in the text", 4, "arg(V hi>ho)!", whole, earlier: earlier { $0.arguments = ["V": "hi"] })
        {
            $0.arguments = ["V": "ho"]
            $0.names[3] = "[build 2/5] RUN echo ho"
        },
        MissCase("an argument in the text over a default", 4, "arg(V ->ho)!", whole) {
            $0.arguments = ["V": "ho"]
            $0.names[3] = "[build 2/5] RUN echo ho"
        },
        MissCase("an argument that isn't in the changed text", 4, "changed(RUN echo hi)!", whole) {
            $0.arguments = ["V": "zz"]
            $0.names[3] = "[build 2/5] RUN echo ho"
        },
        MissCase("an argument below a context", 6, "arg(V ->2)~", "RRRCCRRRR") { $0.arguments = ["V": "2"] },
        MissCase("an argument that is named", 6, "arg(V ->2)!", "RRRCCRRRR", earlier: earlier(naming)) {
            naming(&$0)
            $0.arguments = ["V": "2"]
        },
        MissCase(
            "an argument that a longer name begins with",
            6,
            "arg(MA ->2)~",
            "RRRCCRRRR",
            earlier: earlier {
                $0.names[5] = "[build 4/5] RUN make $MAKE"
            }
        ) {
            $0.names[5] = "[build 4/5] RUN make $MAKE"
            $0.arguments = ["MA": "2"]
        },
        MissCase("an argument doesn't reach a COPY", 5, "gone~", "RRRCRRRRR") { $0.arguments = ["V": "2"] },
        MissCase("a proxy", 6, "gone~", "RRRCCRRRR") { $0.arguments = ["HTTP_PROXY": "x"] },
        MissCase("an argument below a step that ran", 6, "step(4)!", whole) {
            $0.names[3] = "[build 2/5] RUN echo ho"
            $0.arguments = ["V": "2"]
        },
        MissCase("a hidden argument", 4, "arg(TOKEN ->-)?", whole, earlier: earlier { $0.arguments = ["TOKEN": "***"] })
        {
            $0.arguments = ["TOKEN": "***"]
            $0.environment = [4: "TOKEN=2"]
        },
        MissCase(
            "a hidden argument of an equal step",
            4,
            "gone~",
            "RRRRCCCCR",
            earlier: earlier {
                $0.arguments = ["TOKEN": "***"]
            }
        ) { $0.arguments = ["TOKEN": "***"] },
        MissCase("another definition for no reason that is known", 4, "unknown", whole) { $0.environment = [4: "x"] },
        MissCase("a new secret", 6, "gone~ secrets(+s -)?", "RRRCCRRRR", earlier: earlier(secret)) {
            secret(&$0)
            $0.request = [list("secrets", "s")]
        },
        MissCase("a secret of another step", 6, "gone~", "RRRCCRRRR") { $0.request = [list("secrets", "s")] },
        MissCase(
            "another target, a stage that wasn't built",
            8,
            "target(build>the last stage)~",
            "RRRCCCCRR",
            earlier: earlier {
                $0.target = "build"
                $0.names.remove(at: 7)
            }
        ),
        MissCase(
            "another platform's stage",
            8,
            "target(linux/amd64>linux/amd64, linux/arm64)~",
            "RRRCCCCRR",
            earlier: earlier {
                $0.platforms = ["linux/amd64"]
            }
        ) {
            $0.platforms = ["linux/amd64", "linux/arm64"]
            $0.names[7] = "[linux/arm64 stage-1 2/2] RUN x"
        },
        MissCase("another frontend", 4, "frontend~", whole, earlier: earlier(frontend("aa"))) {
            frontend("bb")(&$0)
            $0.environment = [4: "new"]
        },
        MissCase("another frontend that changed nothing", 4, "gone~", "RRRRCCCCR", earlier: earlier(frontend("aa"))) {
            frontend("bb")(&$0)
        },
        MissCase("what an address gives", 4, "source(->-)~ gone~", whole, earlier: earlier(address)) { address(&$0) },
        MissCase("an address with a checksum", 4, "gone~", whole, earlier: earlier(checksum)) { checksum(&$0) },
        MissCase("an image that a COPY takes", 1, "source(sha256:aa>sha256:bb)!", whole, earlier: earlier(image("aa")))
        {
            image("bb")(&$0)
        },
        MissCase("a COPY of another image", 8, "step(1)~", whole, earlier: earlier(image("aa"))) { image("bb")(&$0) },
        MissCase("a COPY of the same image", 8, "gone~", "RRRCCCCRR", earlier: earlier(image("aa"))) {
            image("aa")(&$0)
        },
    ]

    static func naming(_ plan: inout StagedBuild) { plan.names[5] = "[build 4/5] RUN make ${V:-1}" }
    static func secret(_ plan: inout StagedBuild) {
        plan.names[5] = "[build 4/5] RUN --mount=type=secret,id=s make"
    }
    static func address(_ plan: inout StagedBuild) { plan.names[3] = "[build 2/5] ADD https://x.example/a /a" }
    static func checksum(_ plan: inout StagedBuild) {
        plan.names[3] = "[build 2/5] ADD --checksum=sha256:11 https://x.example/a /a"
    }
    static func frontend(_ digest: String) -> (inout StagedBuild) -> Void {
        { $0.names[0] = "docker-image://docker.io/docker/dockerfile:1@sha256:\(digest)" }
    }
    static func image(_ digest: String) -> (inout StagedBuild) -> Void {
        {
            $0.names[0] = "FROM docker.io/library/tool:1@sha256:\(digest)"
            $0.names[7] = "[stage-1 2/2] COPY --from=tool:1 /t /t"
            $0.inputs[7] = [3, 1]
        }
    }

    private static let echo = "mount / from exec /bin/sh -c echo hi"

    static let losses = [
        MissCase("forgotten", 4, "gone~", "RRRRCCCCR"),
        MissCase("removed by name", 4, "evicted!", "RRRRCCCCR", removals: [.at(1500, [echo], count: 9)]),
        MissCase(
            "a copy removed by name",
            5,
            "evicted!",
            "RRRCRCCCR",
            removals: [
                .at(1500, ["[build 3/9] COPY src src"], count: 9)
            ]
        ),
        MissCase("removed without its name", 4, "evicted~", "RRRRCCCCR", removals: [.at(1500, ["x"], count: 9)]),
        MissCase(
            "a removal that tells all it took",
            4,
            "evicted?",
            "RRRRCCCCR",
            removals: [.at(1500, ["x"], count: 1)]
        ),
        MissCase("a removal before the earlier build", 4, "gone~", "RRRRCCCCR", removals: [.at(500, [echo], count: 9)]),
        MissCase("a removal after this build", 4, "gone~", "RRRRCCCCR", removals: [.at(2500, [echo], count: 9)]),
        MissCase(
            "a removal elsewhere",
            4,
            "gone~",
            "RRRRCCCCR",
            removals: [
                .at(1500, [echo], count: 9, engine: "unix:///o.sock")
            ]
        ),
        MissCase(
            "a removal of a step that changed",
            4,
            "changed(RUN echo hi)!",
            whole,
            removals: [
                .at(1500, [echo], count: 9)
            ]
        ) { $0.names[3] = "[build 2/5] RUN echo ho" },
        MissCase("below a forgotten step", 5, "step(4)~", whole),
        MissCase(
            "a step that always failed",
            6,
            "failed(1)!",
            "RRRCCRRRR",
            earlier: [StagedBuild.make(1, "RRRRRFNNN")]
        ),
        MissCase(
            "a step that never came to its turn",
            7,
            "failed(1)! step(6)!",
            "RRRCCRRRR",
            earlier: [
                StagedBuild.make(1, "RRRRRFNNN")
            ]
        ),
        MissCase(
            "a step that failed last time",
            6,
            "failed(2)~",
            "RRRCCRRRR",
            earlier: [
                StagedBuild.make(2, "RRRCCFNNN"), StagedBuild.make(1, whole),
            ]
        ),
        MissCase(
            "files that a failed build brought in",
            6,
            "files(src/a)~ failed(2)~",
            "RRRCCRRRR",
            earlier: [
                StagedBuild.make(2, "RRRCRFNNN") { $0.changes = [.at("src/a")] }, StagedBuild.make(1, whole),
            ]
        ),
        MissCase("an input that was never told", 4, "unknown", "RRRRCCCCR") { $0.inputs[3] = [44] },
        MissCase("a step that needs itself", 4, "unknown", "RRRRCCCCR") { $0.inputs[3] = [4] },
    ]
}
