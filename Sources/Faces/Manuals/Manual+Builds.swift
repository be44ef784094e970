extension Manual {
    static let ofHistory = ["CAISSON_HOME"]

    /// The manuals of the commands about builds that run and that ran.
    static let ofRecords: [String: Manual] = [
        "builds": Manual(
            about: """
                Each build of caisson build, caisson batch and caisson task is recorded as it happens, with what its \
                steps print, in the state directory, never in the build context; values of secrets are not.
                """,
            examples: [
                Example("List the last builds.", "caisson builds ls"),
                Example("See why the last one failed.", "caisson builds show"),
                Example("Follow one that runs in another process.", "caisson builds watch app"),
            ],
            environment: ofHistory
        ),
        "builds ls": Manual(
            examples: [
                Example("List the last builds.", "caisson builds ls"),
                Example("List what failed this week.", "caisson builds ls --status failed --since 7d"),
                Example("List the slow builds of an image.", "caisson builds ls --image 'shop/*' --longer-than 5m"),
                Example("Print ids and images for a script.", "caisson builds ls --format '{{.id}} {{.images}}'"),
            ],
            environment: ofHistory + ["COLUMNS", "NO_COLOR"]
        ),
        "builds show": Manual(
            about:
                """
                A build is named by the beginning of its id, by its target's name or its image's, or by ^0, ^1 … from \
                the newest on.
                """,
            examples: [
                Example("See the last build.", "caisson builds show"),
                Example("See the one before for a program.", "caisson builds show ^1 --format json"),
            ],
            environment: ofHistory + ["COLUMNS", "NO_COLOR"]
        ),
        "builds logs": Manual(
            about: """
                Without --step each line has its step's number before it, as in --progress plain; with it the output is \
                as the step wrote it, byte for byte.
                """,
            examples: [
                Example("Print all that the last build printed.", "caisson builds logs"),
                Example("Follow a build that runs.", "caisson builds logs -f app"),
                Example("Keep one step's output.", "caisson builds logs --step 7 ^0"),
            ],
            environment: ofHistory
        ),
        "builds watch": Manual(
            examples: [
                Example("Watch the newest build.", "caisson builds watch"),
                Example("Wait for a target of a batch in plain lines.", "caisson builds watch --progress plain app"),
            ],
            environment: ofHistory + ["BUILDKIT_COLORS", "BUILDKIT_PROGRESS", "NO_COLOR"],
            status: "0 the build succeeded, 1 it didn't, 2 wrong usage or it doesn't run, 130 interrupted."
        ),
        "builds cancel": Manual(
            about: """
                It returns when the engine has let go of the build. Of a batch or a task, named by its id, all builds \
                that run or wait are ended.
                """,
            examples: [Example("End a build that runs in another terminal.", "caisson builds cancel app")],
            environment: ofHistory
        ),
        "builds rerun": Manual(
            about: """
                Flags and directory are those of then; files and the environment are those of now. Of a batch the one \
                target is built, a task is run whole. What came from standard input or from <(…), and what looked like \
                a secret in the command line, isn't kept: then it is refused.
                """,
            examples: [
                Example("Run the last build again.", "caisson builds rerun"),
                Example("See what would be run.", "caisson builds rerun --print app"),
            ],
            environment: ofHistory
        ),
        "builds compare": Manual(
            about: """
                Shows first what differs, what cost most time at the head: steps that ran or came from the cache, what \
                was asked for, the engine, sizes. Of one build alone it is compared with the one before it of the same target.
                """,
            examples: [
                Example("Compare the last build with the one before.", "caisson builds compare"),
                Example("Compare two builds for a program.", "caisson builds compare ^5 ^0 --format json"),
            ],
            environment: ofHistory + ["COLUMNS", "NO_COLOR"]
        ),
        "builds report": Manual(
            about: """
                The page of HTML is one file without anything from elsewhere: steps on a time line with the critical path, \
                durations and hit rate over time, slowest steps, what became slower since which build, and what would help.
                """,
            examples: [
                Example("Read the report in the terminal.", "caisson builds report"),
                Example("Write a page about this month's builds.", "caisson builds report --since 30d -o report.html"),
                Example("Look closely at one build.", "caisson builds report app -o app.html"),
            ],
            environment: ofHistory + ["COLUMNS", "NO_COLOR"]
        ),
        "builds trace": Manual(
            about: "A span for the build and one for each of its steps, linked to those that it needs.",
            examples: [
                Example("Print the last build for a collector.", "caisson builds trace -o - ^0"),
                Example(
                    "Write a file for chrome://tracing or Perfetto.",
                    "caisson builds trace --format chrome -o trace.json"
                ),
            ],
            environment: ofHistory
        ),
        "builds attachment": Manual(
            about: """
                Asks the engine that built it for what it keeps of the build: statements of provenance and bills of \
                materials, and the index, manifest and configuration of its image. The documents are printed as they are, \
                after they were held against their digests. Engines keep them since BuildKit 0.11, as dockerd has it \
                since 24, and for a while.
                """,
            examples: [
                Example("Print where the last build's image came from.", "caisson builds attachment"),
                Example(
                    "Print the bill of materials for arm64.",
                    "caisson builds attachment ^0 --type sbom --platform linux/arm64"
                ),
                Example("Print the image's configuration.", "caisson builds attachment ^0 --type image"),
            ],
            environment: ofHistory
        ),
        "builds export": Manual(
            about: """
                The file is a bundle as docker buildx history export writes it; what only Caisson knows is in it, too. \
                Without --output it goes to standard output.
                """,
            examples: [
                Example("Keep a failed build for a colleague.", "caisson builds export -o failed.dockerbuild"),
                Example(
                    "Carry the whole history to another machine.",
                    "caisson builds export --all -o all.dockerbuild"
                ),
            ],
            environment: ofHistory
        ),
        "builds import": Manual(
            about: """
                Takes bundles of caisson builds export, docker buildx history export and Docker Desktop. What was imported \
                is pinned, so that it stays whatever its age; builds that are here already are left as they are.
                """,
            examples: [
                Example("Look at somebody's failed build.", "caisson builds import failed.dockerbuild"),
                Example("Read it from standard input.", "caisson builds import - <build.dockerbuild"),
            ],
            environment: ofHistory
        ),
        "builds pin": Manual(
            examples: [
                Example("Keep the build of a release.", "caisson builds pin ^0"),
                Example("Let it go again.", "caisson builds pin --remove ^0"),
            ],
            environment: ofHistory
        ),
        "builds rm": Manual(
            examples: [
                Example("Remove a build.", "caisson builds rm ^3"),
                Example("Remove all that have ended and aren't pinned.", "caisson builds rm --all"),
            ],
            environment: ofHistory
        ),
    ]
}
