extension BuildPlanCase {
    static let all = files + commands + texts + stages

    /// What changes in files.
    private static let files = [
        BuildPlanCase("nothing changes in commands of all forms", forms, { _ in }),
        BuildPlanCase("nothing changes", plain, { _ in }),
        BuildPlanCase("nothing changes for long", plain, { _ in }, { _ in }),
        BuildPlanCase("a source changes", plain, { $0.files["src/a.c"] = "other" }),
        BuildPlanCase("a source is added", plain, { $0.files["src/new.c"] = "new" }),
        BuildPlanCase("a source goes", plain, { $0.files["src/b.c"] = nil }),
        BuildPlanCase("a file that nothing takes changes", plain, { $0.files["docs/x.md"] = "other" }),
        BuildPlanCase("the file of dependencies changes", plain, { $0.files["go.mod"] = "other" }),
        BuildPlanCase("two files change", plain, { ($0.files["go.mod"], $0.files["src/a.c"]) = ("two", "two") }),
        BuildPlanCase(
            "a source changes and back",
            plain,
            { $0.files["src/a.c"] = "other" },
            { $0.files["src/a.c"] = "a" }
        ),
        BuildPlanCase(
            "a source has a third content",
            plain,
            { $0.files["src/a.c"] = "other" },
            { $0.files["src/a.c"] = "third" }
        ),
        BuildPlanCase(
            "a source goes and comes back",
            plain,
            { $0.files["src/b.c"] = nil },
            { $0.files["src/b.c"] = "b" }
        ),
        BuildPlanCase("a document changes", variables, { $0.files["docs/x.md"] = "other" }),
        BuildPlanCase("a mounted file changes", mounts, { $0.files["docs/x.md"] = "other" }),
        BuildPlanCase("a file of a late mount changes", mounts, { $0.files["src/a.c"] = "other" }),
        BuildPlanCase("a file of a mounted stage changes", mounts, { $0.files["go.mod"] = "other" }),
        BuildPlanCase("nothing changes in mounts", mounts, { _ in }),
    ]

    /// What the command and the engine do.
    private static let commands = [
        BuildPlanCase("no cache", plain, { $0.flags = ["--no-cache"] }),
        BuildPlanCase("no cache before", plain, { $0.flags = ["--no-cache"] }, { $0.flags = [] }),
        BuildPlanCase("no cache of a stage", staged, { $0.flags = ["--no-cache-filter", "docs"] }),
        BuildPlanCase("no cache of another stage", staged, { $0.flags = ["--no-cache-filter", "other"] }),
        BuildPlanCase("an argument changes", variables, { $0.flags = ["--build-arg", "VERSION=2"] }),
        BuildPlanCase("an argument is said as its default", variables, { $0.flags = ["--build-arg", "VERSION=1"] }),
        BuildPlanCase(
            "an argument changes and back",
            variables,
            { $0.flags = ["--build-arg", "VERSION=2"] },
            { $0.flags = [] }
        ),
        BuildPlanCase("a target", staged, { $0.flags = ["--target", "build"] }),
        BuildPlanCase("a target and back", common, { $0.flags = ["--target", "test"] }, { $0.flags = [] }),
        BuildPlanCase("the network is none", plain, { $0.flags = ["--network", "none"] }),
        BuildPlanCase("the network is none for long", plain, { $0.flags = ["--network", "none"] }, { _ in }),
        BuildPlanCase("a label of the command", plain, { $0.flags = ["--label", "a=b"] }),
        BuildPlanCase("what a step made was removed", plain, { $0.removed = "echo SEED" }),
        BuildPlanCase("what was removed was made again", plain, { $0.removed = "echo SEED" }, { $0.removed = nil }),
        BuildPlanCase(
            "a build failed",
            failing,
            { ($0.files["state"], $0.fails) = ("bad", true) },
            { ($0.files["state"], $0.fails) = ("good", false) }
        ),
        BuildPlanCase(
            "it fails again",
            failing,
            { ($0.files["state"], $0.fails) = ("bad", true) },
            { $0.fails = true }
        ),
        BuildPlanCase(
            "a build failed, and something else changes",
            failing,
            { ($0.files["state"], $0.fails) = ("bad", true) },
            { ($0.files["state"], $0.files["go.mod"], $0.fails) = ("good", "other", false) }
        ),
    ]

    /// What changes in the Dockerfile.
    private static let texts = [
        BuildPlanCase("a command changes", plain, { $0.edit(">/deps", ">/deps2") }),
        BuildPlanCase("the first command changes", plain, { $0.edit("echo SEED", "echo other SEED") }),
        BuildPlanCase("a command changes and back", plain, { $0.edit(">/deps", ">/x") }, { $0.edit(">/x", ">/deps") }),
        BuildPlanCase("a step is put in", plain, { $0.edit("COPY src", "RUN echo\nCOPY src") }),
        BuildPlanCase("a step is put at the end", plain, { $0.text += "\nRUN echo" }),
        BuildPlanCase("a step is taken away", plain, { $0.edit("RUN cat go.mod >/deps\n", "") }),
        BuildPlanCase("the last step is taken away", plain, { $0.edit("RUN cat src/* >/out\n", "") }),
        BuildPlanCase("a label changes", plain, { $0.edit("v=1", "v=2") }),
        BuildPlanCase("a label in the middle", plain, { $0.edit("COPY go.mod", "LABEL x=1\nCOPY go.mod") }),
        BuildPlanCase("a variable at the top", plain, { $0.edit("FROM BASE\n", "FROM BASE\nENV X=1\n") }),
        BuildPlanCase("a variable at the end", plain, { $0.text += "\nENV X=1" }),
        BuildPlanCase("the directory changes", plain, { $0.edit("WORKDIR /app", "WORKDIR /other") }),
        BuildPlanCase("a user in the middle", plain, { $0.edit("COPY src", "USER u0\nCOPY src") }),
        BuildPlanCase("the default of an argument changes", variables, { $0.edit("VERSION=1", "VERSION=3") }),
        BuildPlanCase("an argument is new", variables, { $0.edit("USER 1000", "ARG NEW=3\nUSER 1000") }),
        BuildPlanCase("a variable changes", variables, { $0.edit("MODE=fast", "MODE=slow") }),
        BuildPlanCase("the user changes", variables, { $0.edit("USER 1000", "USER 1001") }),
        BuildPlanCase("the directory has no variable", variables, { $0.edit("/home/$MODE", "/home/fast") }),
        BuildPlanCase("another shell", plain, { $0.edit("WORKDIR", "SHELL [\"/bin/sh\", \"-ec\"]\nWORKDIR") }),
        BuildPlanCase("a comment and an empty line", plain, { $0.edit("COPY src", "# Sources.\n\nCOPY src") }),
    ]

    /// What changes in builds of several stages.
    private static let stages = [
        BuildPlanCase("nothing changes in stages", staged, { _ in }),
        BuildPlanCase("the last stage changes", staged, { $0.edit("RUN ls -l /bin/app /doc", "RUN ls /doc") }),
        BuildPlanCase("a source of a stage changes", staged, { $0.files["src/a.c"] = "other" }),
        BuildPlanCase("a document of a stage changes", staged, { $0.files["docs/x.md"] = "other" }),
        BuildPlanCase("the first step of the last stage changes", staged, { $0.edit("SEED tls", "SEED crypto") }),
        BuildPlanCase(
            "a stage is called otherwise",
            staged,
            {
                $0.edit("AS docs", "AS text"); $0.edit("=docs", "=text")
            }
        ),
        BuildPlanCase("a stage is put before the others", staged, { $0.text = "FROM BASE AS zero\n" + $0.text }),
        BuildPlanCase("a source of an unused stage", common, { $0.files["src/a.c"] = "other" }),
        BuildPlanCase("a document of a common stage", common, { $0.files["docs/x.md"] = "other" }),
        BuildPlanCase("a variable of a common stage", common, { $0.edit("A=1", "A=2") }),
        BuildPlanCase("a step of a common stage", common, { $0.edit("echo SEED", "echo two SEED") }),
    ]
}
