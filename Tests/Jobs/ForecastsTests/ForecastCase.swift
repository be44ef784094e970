import CaissonBuildModel
import Testing

/// A staged build: what is done before each build, the last of which is forecast.
struct ForecastCase: Sendable, CustomTestStringConvertible {
    var name: String
    var file: @Sendable () -> SimulatedFile
    var edits: [@Sendable (inout SimulatedWorld) -> Void]

    init(
        _ name: String,
        _ file: @escaping @Sendable () -> SimulatedFile = { .plain },
        _ edits: @Sendable (inout SimulatedWorld) -> Void...
    ) {
        (self.name, self.file, self.edits) = (name, file, edits)
    }

    var testDescription: String { name }

    /// Builds once as the world is, then after each edit but the last, which is forecast.
    func tally() -> SimulatedSeries.Tally {
        var world = SimulatedWorld(file: file())
        var series = SimulatedSeries()
        series.build(world)
        for (place, edit) in edits.enumerated() {
            (world.noCache, world.tidying) = (.off, nil)
            edit(&world)
            if place + 1 < edits.count { series.build(world) }
        }
        return series.check(world)
    }
}

extension SimulatedFile {
    /// One stage as many have it.
    static var plain: SimulatedFile {
        SimulatedFile(stages: [
            Stage(
                name: nil,
                base: "alpine:3",
                lines: [
                    .run("apk add make"), .workdir("/app"), .copy(["go.mod"], "./"), .run("make deps"),
                    .copy(["src"], "src/"), .run("make > /out"), .label("1"),
                ]
            )
        ])
    }

    /// Arguments and variables.
    static var variables: SimulatedFile {
        SimulatedFile(stages: [
            Stage(
                name: nil,
                base: "debian:12",
                lines: [
                    .run("apt update"), .arg("VERSION", "1"), .env("MODE", "fast"), .run("make $VERSION"),
                    .user("app"), .run("whoami"), .workdir("/home/$MODE"), .copy(["docs"], "docs/"),
                ]
            )
        ])
    }

    /// A stage that makes a program, and one that takes it.
    static func staged(_ effect: Effect = .reads) -> SimulatedFile {
        SimulatedFile(
            outer: [("TAG", "3")],
            stages: [
                Stage(
                    name: "build",
                    base: "debian:12",
                    lines: [.run("apt update"), .copy(["src"], "/src/"), .run("make", effect, out: "/out")]
                ),
                Stage(name: "docs", base: "tools:1", lines: [.copy(["docs"], "/d/"), .run("render", out: "/html")]),
                Stage(
                    name: nil,
                    base: "alpine:$TAG",
                    lines: [
                        .run("apk add tls"), .copyFrom("build", "/out", "/bin/app"), .copyFrom("docs", "/html", "/doc"),
                        .run("check"),
                    ]
                ),
            ]
        )
    }

    /// Stages on a common one.
    static var common: SimulatedFile {
        SimulatedFile(stages: [
            Stage(name: "base", base: "debian:12", lines: [.run("apt update"), .env("A", "1")]),
            Stage(name: "test", base: "base", lines: [.copy(["src"], "/s/"), .run("make test")]),
            Stage(name: "final", base: "base", lines: [.copy(["docs"], "/d/"), .run("make docs")]),
        ])
    }

    /// Mounts of the context and of a stage.
    static var mounts: SimulatedFile {
        SimulatedFile(stages: [
            Stage(name: "tool", base: "scratch", lines: [.copy(["go.mod"], "/tool/")]),
            Stage(
                name: nil,
                base: "alpine:3",
                lines: [
                    .run("ls /m", mount: "docs"), .run("cat /m", mount: "/tool", mountStage: "tool"),
                    .run("wc /m", mount: "src"),
                    .run("end"),
                ]
            ),
        ])
    }

    /// A small one for what is rare.
    static func small(_ lines: Line...) -> SimulatedFile {
        SimulatedFile(stages: [Stage(name: "one", base: "alpine:3", lines: lines)])
    }
}
