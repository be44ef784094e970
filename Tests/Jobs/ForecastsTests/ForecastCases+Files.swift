import CaissonBuildModel

extension ForecastCase {
    /// What changes in files, bases and requests.
    static var inputs: [ForecastCase] {
        [
            ForecastCase("nothing changes", { .plain }, { _ in }),
            ForecastCase("nothing changes for long", { .plain }, { _ in }, { _ in }, { _ in }),
            ForecastCase("a source changes", { .plain }, { $0.files["src/a.c"] = 2 }),
            ForecastCase("a source is added", { .plain }, { $0.files["src/new.c"] = 1 }),
            ForecastCase("a source goes", { .plain }, { $0.files["src/b.c"] = nil }),
            ForecastCase("a file that nothing takes changes", { .plain }, { $0.files["docs/x.md"] = 2 }),
            ForecastCase("the file of dependencies changes", { .plain }, { $0.files["go.mod"] = 2 }),
            ForecastCase("two files change", { .plain }, { ($0.files["go.mod"], $0.files["src/a.c"]) = (2, 2) }),
            ForecastCase(
                "a source changes and back",
                { .plain },
                { $0.files["src/a.c"] = 2 },
                { $0.files["src/a.c"] = 1 }
            ),
            ForecastCase(
                "a source has a third content",
                { .plain },
                { $0.files["src/a.c"] = 2 },
                { $0.files["src/a.c"] = 3 }
            ),
            ForecastCase(
                "a source goes and comes back",
                { .plain },
                { $0.files["src/b.c"] = nil },
                { $0.files["src/b.c"] = 1 }
            ),
            ForecastCase("the base changes", { .plain }, { $0.bases["alpine:3"] = "bb" }),
            ForecastCase(
                "the base changes and back",
                { .plain },
                { $0.bases["alpine:3"] = "bb" },
                { $0.bases["alpine:3"] = "aa" }
            ),
            ForecastCase("another base changes", { .plain }, { $0.bases["debian:12"] = "xx" }),
            ForecastCase("no cache", { .small(.run("make"), .copy(["src"], "/s/")) }, { $0.noCache = .all }),
            ForecastCase("no cache before", { .plain }, { $0.noCache = .all }, { _ in }),
            ForecastCase("no cache of the stage", { .small(.run("make")) }, { $0.noCache = .stages(["one"]) }),
            ForecastCase("no cache of another stage", { .staged() }, { $0.noCache = .stages(["other"]) }),
            ForecastCase("the network is none", { .plain }, { $0.network = NetworkMode.none }),
            ForecastCase("the network is none for long", { .plain }, { $0.network = NetworkMode.none }, { _ in }),
            ForecastCase(
                "another engine",
                { .small(.run("make")) },
                { $0.isOtherEngine = true },
                { $0.isOtherEngine = false }
            ),
            ForecastCase(
                "a build failed late",
                { .plain },
                {
                    $0.failing = ["make > /out"]; $0.files["src/a.c"] = 2
                },
                { $0.failing = [] }
            ),
            ForecastCase(
                "a build failed early",
                { .plain },
                {
                    $0.failing = ["make deps"]; $0.files["go.mod"] = 2
                },
                { $0.failing = [] }
            ),
            ForecastCase(
                "it fails again",
                { .plain },
                {
                    $0.failing = ["make deps"]; $0.files["go.mod"] = 2
                },
                { _ in }
            ),
            ForecastCase(
                "a failed build and a source back",
                { .plain },
                {
                    $0.failing = ["make > /out"]; $0.files["src/a.c"] = 2
                },
                {
                    $0.failing = []; $0.files["src/a.c"] = 1
                }
            ),
            ForecastCase(
                "what a step made was removed",
                { .plain },
                { $0.tidying = { $0.remove("mount / from exec /bin/sh -c make > /out", at: 1500) } }
            ),
            ForecastCase(
                "what was removed was made again",
                { .plain },
                { $0.tidying = { $0.remove("mount / from exec /bin/sh -c make > /out", at: 1500) } },
                { _ in }
            ),
            ForecastCase(
                "something else was removed",
                { .plain },
                { $0.tidying = { $0.remove("mount / from exec /bin/sh -c other", at: 1500) } }
            ),
            ForecastCase("an argument that nothing uses", { .plain }, { $0.arguments["NONE"] = "1" }),
            ForecastCase("the texts aren't kept", { .plain }, { $0.keepsText = false }, { $0.files["src/a.c"] = 2 }),
        ]
    }
}
