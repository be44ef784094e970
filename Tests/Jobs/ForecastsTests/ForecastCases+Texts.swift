import CaissonBuildModel

extension ForecastCase {
    private static func lines(
        _ edit: @escaping @Sendable (inout [SimulatedFile.Line]) -> Void
    ) -> @Sendable (inout SimulatedWorld) -> Void {
        { edit(&$0.file.stages[$0.file.stages.count - 1].lines) }
    }

    /// What changes in the Dockerfile and its arguments.
    static var texts: [ForecastCase] {
        [
            ForecastCase("a command changes", { .plain }, lines { $0[3] = .run("make all deps") }),
            ForecastCase("the first command changes", { .plain }, lines { $0[0] = .run("apk add make gcc") }),
            ForecastCase(
                "a command changes and back",
                { .plain },
                lines { $0[5] = .run("make x > /out") },
                lines { $0[5] = .run("make > /out") }
            ),
            ForecastCase("a step is put in", { .plain }, lines { $0.insert(.run("echo"), at: 3) }),
            ForecastCase("a step is put at the end", { .plain }, lines { $0.append(.run("echo")) }),
            ForecastCase("a step is taken away", { .plain }, lines { $0.remove(at: 3) }),
            ForecastCase("the last step is taken away", { .plain }, lines { $0.remove(at: 5) }),
            ForecastCase("two steps change places", { .plain }, lines { $0.swapAt(0, 1) }),
            ForecastCase("a label changes", { .plain }, lines { $0[6] = .label("2") }),
            ForecastCase("a label in the middle", { .plain }, lines { $0.insert(.label("2"), at: 2) }),
            ForecastCase("a variable at the top", { .plain }, lines { $0.insert(.env("X", "1"), at: 0) }),
            ForecastCase("a variable at the end", { .plain }, lines { $0.append(.env("X", "1")) }),
            ForecastCase("the directory changes", { .plain }, lines { $0[1] = .workdir("/other") }),
            ForecastCase("a user in the middle", { .plain }, lines { $0.insert(.user("app"), at: 3) }),
            ForecastCase("an argument changes", { .variables }, { $0.arguments["VERSION"] = "2" }),
            ForecastCase("an argument is said as its default", { .variables }, { $0.arguments["VERSION"] = "1" }),
            ForecastCase(
                "an argument changes and back",
                { .variables },
                { $0.arguments["VERSION"] = "2" },
                { $0.arguments["VERSION"] = nil }
            ),
            ForecastCase("the default of an argument changes", { .variables }, lines { $0[1] = .arg("VERSION", "3") }),
            ForecastCase("an argument is new", { .variables }, lines { $0.insert(.arg("NEW", "3"), at: 5) }),
            ForecastCase("a variable changes", { .variables }, lines { $0[2] = .env("MODE", "slow") }),
            ForecastCase("the user changes", { .variables }, lines { $0[4] = .user("root") }),
            ForecastCase("a document changes", { .variables }, { $0.files["docs/x.md"] = 2 }),
            ForecastCase("the directory has a variable", { .variables }, lines { $0[6] = .workdir("/home/fast") }),
            ForecastCase(
                "ADD of an address with its checksum",
                { .small(.address("https://h/x", checksum: "sha256:ab"), .run("m")) },
                { _ in }
            ),
            ForecastCase(
                "ADD of an address with another checksum",
                { .small(.address("https://h/x", checksum: "sha256:ab"), .run("m")) },
                lines { $0[0] = .address("https://h/x", checksum: "sha256:cd") }
            ),
            ForecastCase("a mounted file changes", { .mounts }, { $0.files["docs/x.md"] = 2 }),
            ForecastCase("a file of a late mount changes", { .mounts }, { $0.files["src/a.c"] = 2 }),
            ForecastCase("nothing changes in mounts", { .mounts }, { _ in }),
            ForecastCase(
                "sources by a pattern",
                { .small(.copy(["src/a*"], "/s/"), .run("m")) },
                { $0.files["src/b.c"] = 2 }
            ),
            ForecastCase(
                "all of the context",
                { .small(.copy(["."], "/s/"), .run("m")) },
                { $0.files["docs/x.md"] = 2 }
            ),
        ]
    }

    /// Builds of several stages.
    static var stages: [ForecastCase] {
        [
            ForecastCase("nothing changes in stages", { .staged() }, { _ in }),
            ForecastCase("nothing changes where each run differs", { .staged(.fresh) }, { _ in }, { _ in }),
            ForecastCase("the last stage changes", { .staged() }, lines { $0[3] = .run("check all") }),
            ForecastCase("the last base changes", { .staged() }, { $0.bases["alpine:3"] = "bb" }),
            ForecastCase("the first step of the last stage changes", { .staged() }, lines { $0[0] = .run("apk add") }),
            ForecastCase(
                "an outer argument changes the base",
                { .staged() },
                {
                    $0.arguments["TAG"] = "4"; $0.bases["alpine:4"] = "44"
                }
            ),
            ForecastCase(
                "a source changes and back in stages",
                { .staged(.fresh) },
                { $0.files["src/a.c"] = 2 },
                { $0.files["src/a.c"] = 1 }
            ),
            ForecastCase("only one stage is built", { .staged() }, { $0.target = "build" }),
            ForecastCase(
                "one stage with a changed source",
                { .staged() },
                {
                    $0.target = "build"; $0.files["src/a.c"] = 2
                }
            ),
            ForecastCase("all stages after one", { .staged() }, { $0.target = "build" }, { $0.target = nil }),
            ForecastCase("a common stage changes", { .common }, { $0.file.stages[0].lines[0] = .run("apt upgrade") }),
            ForecastCase(
                "a variable of a common stage changes",
                { .common },
                { $0.file.stages[0].lines[1] = .env("A", "2") }
            ),
            ForecastCase("a document changes on a common stage", { .common }, { $0.files["docs/x.md"] = 2 }),
            ForecastCase("another target on a common stage", { .common }, { $0.target = "final" }),
            ForecastCase("a source that the target doesn't take", { .common }, { $0.files["src/a.c"] = 2 }),
            ForecastCase("another stage makes another file", { .staged(.constant) }, { $0.files["src/a.c"] = 2 }),
        ]
    }
}
