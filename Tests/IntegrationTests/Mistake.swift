import Foundation
import Testing

/// A mistake that people make with their first builds, and the line that has to tell it.
struct Mistake: Sendable, CustomTestStringConvertible {
    /// What is wrong.
    var title: String
    var arguments: [String]
    /// The Dockerfile; none is written where it is nil.
    var dockerfile: String?
    var files: [String: String] = [:]
    var environment: [String: String] = [:]
    var status: Int32
    /// The report's last line is to have all of these; that of a build that succeeds is the first.
    var said: [String]
    /// The line of the Dockerfile that is shown as the wrong one; nil where the words have the place.
    var line: Int?
    var testDescription: String { title }

    init(
        _ title: String,
        _ arguments: [String] = ["."],
        _ dockerfile: String? = "FROM scratch\nCOPY a.txt /\n",
        files: [String: String] = [:],
        environment: [String: String] = [:],
        status: Int32,
        line: Int? = nil,
        _ said: String...
    ) {
        (self.title, self.arguments, self.dockerfile, self.files) = (title, arguments, dockerfile, files)
        (self.environment, self.status, self.line, self.said) = (environment, status, line, said)
    }

    /// The last line of a report, or its first of a build that succeeded.
    func told(_ result: ProcessResult) -> String {
        let lines = result.errorOutput.split(separator: "\n").map(String.init)
        return (status == 0 ? lines.first { $0.hasPrefix("warning: ") } : lines.last { $0.hasPrefix("error: ") }) ?? ""
    }
}

extension Mistake {
    /// Those that are found before an engine is asked.
    static let withoutEngine = [
        Mistake(
            "no Dockerfile",
            ["."],
            nil,
            files: ["Dockerfile.dev": "FROM scratch\n"],
            status: 2,
            "no Dockerfile in \".\"; near: ./Dockerfile.dev (choose with --file)"
        ),
        Mistake(
            "a path that isn't there",
            ["ap"],
            files: ["app/a": ""],
            status: 2,
            "no such context directory: \"ap\"; did you mean ./app?"
        ),
        Mistake(
            "a Dockerfile that isn't there",
            ["-f", "Dockerfle", "."],
            status: 2,
            "no such Dockerfile: \"Dockerfle\"; near: ./Dockerfile (choose with --file)"
        ),
        Mistake("a misspelt flag", ["--progres", "plain", "."], status: 2, "Did you mean '--progress'?"),
        Mistake(
            "a misspelt exporter",
            ["-o", "type=dokcer", "."],
            status: 2,
            "--output: invalid output \"type=dokcer\": unknown type \"dokcer\" (did you mean docker?)"
        ),
        Mistake(
            "a misspelt platform",
            ["--platform", "linux/amd46", "."],
            status: 2,
            "--platform: invalid platform \"linux/amd46\": unknown architecture \"amd46\" (did you mean amd64?)"
        ),
        Mistake(
            "a secret's file that isn't there",
            ["--secret", "id=token,src=tokn.txt", "."],
            files: ["token.txt": "x"],
            status: 2,
            "--secret id=token: there is no file \"tokn.txt\"; did you mean token.txt?"
        ),
        Mistake(
            "an engine that doesn't run",
            environment: ["DOCKER_HOST": "unix:///no/docker.sock"],
            status: 1,
            "there is no socket /no/docker.sock (from DOCKER_HOST); start the engine or name another address"
        ),
    ]

    /// Those that only an engine finds, which all have to tell alike.
    static let onEngines = [
        Mistake(
            "an unknown instruction",
            ["."],
            "FROM scratch\nCOPYY a.txt /\n",
            status: 2,
            line: 2,
            "error: unknown instruction \"COPYY\" (did you mean COPY?)"
        ),
        Mistake(
            "no FROM",
            ["."],
            "COPY a.txt /\n",
            status: 2,
            line: 1,
            "there is no FROM in this file",
            "begin it with FROM and an image, such as FROM debian:12"
        ),
        Mistake(
            "a heredoc without end",
            ["."],
            "\(TestContext.busyboxBase)RUN <<EOF\necho a\nEOFF\nCMD [\"x\"]\n",
            status: 2,
            line: 4,
            "the heredoc \"EOF\" has no end",
            "did you mean line 6, “EOFF”?"
        ),
        Mistake(
            "an unknown target",
            ["--target", "bulder", "."],
            "FROM scratch AS builder\nCOPY a.txt /\n",
            status: 2,
            "error: the Dockerfile has no stage \"bulder\", which --target names — did you mean builder?"
        ),
        Mistake(
            "a stage in FROM",
            ["."],
            "FROM scratch AS builder\nCOPY a.txt /\nFROM bulder\nCOPY a.txt /b\n",
            status: 1,
            line: 3,
            "no stage is called \"bulder\", and no image of that name can be had",
            " — did you mean the stage \"builder\"?"
        ),
        Mistake(
            "a stage in COPY",
            ["."],
            "FROM scratch AS builder\nCOPY a.txt /\nFROM scratch\nCOPY --from=bulder /a.txt /\n",
            status: 1,
            line: 4,
            "no stage is called \"bulder\", and no image of that name can be had",
            " — did you mean the stage \"builder\"?"
        ),
        Mistake(
            "a missing file",
            ["."],
            "FROM scratch\nCOPY A.tx /\n",
            status: 1,
            line: 2,
            "error: \"A.tx\" isn't in the build context — did you mean a.txt?"
        ),
        Mistake(
            "a missing file like no other",
            ["."],
            "FROM scratch\nCOPY requirements.ini /\n",
            status: 1,
            line: 2,
            "error: \"requirements.ini\" isn't in the build context — the context has Dockerfile, a.txt and busybox"
        ),
        Mistake(
            "an ignored file",
            ["."],
            "FROM scratch\nCOPY dist/app.js /\n",
            files: ["dist/app.js": "", ".dockerignore": "dist\n"],
            status: 1,
            line: 2,
            "error: \"dist/app.js\" isn't in the build context — dist is left out of the context by .dockerignore:1, “dist”"
        ),
        Mistake(
            "a program that isn't there",
            ["."],
            "\(TestContext.busyboxBase)RUN curl x\n",
            status: 1,
            line: 4,
            "RUN curl x failed with exit code 127 (Dockerfile:4) — 127 is for a program that isn't there",
            "install it in a step before"
        ),
        Mistake(
            "a variable of an ARG before FROM",
            ["."],
            "ARG VERSION=1\n\(TestContext.busyboxBase)RUN test -n \"$VERSION\"\n",
            status: 1,
            line: 5,
            "(Dockerfile:5) — $VERSION is empty there: an ARG before FROM is for FROM alone; write “ARG VERSION” below FROM, too"
        ),
        Mistake(
            "the same where nothing fails",
            ["."],
            "ARG V=1\nFROM scratch\nLABEL v=$V\n",
            status: 0,
            "warning: Dockerfile:3: $V is empty there"
        ),
        Mistake(
            "a misspelt build argument",
            ["--build-arg", "VERSON=2", "."],
            "FROM scratch\nARG VERSION=1\nCOPY a.txt /\n",
            status: 0,
            "warning: --build-arg VERSON: no ARG of the Dockerfile takes it; did you mean VERSION?"
        ),
        Mistake(
            "a secret that isn't given",
            ["."],
            "\(TestContext.busyboxBase)RUN --mount=type=secret,id=token,required=true true\n",
            status: 1,
            line: 4,
            "error: the step needs the secret \"token\", which this build doesn't have — give it one with --secret id=token,src=FILE or --secret id=token,env=NAME"
        ),
        Mistake(
            "a flag from before BuildKit",
            ["--squash", "."],
            status: 0,
            "warning: --squash has no effect: use a multi-stage Dockerfile"
        ),
    ]
}
