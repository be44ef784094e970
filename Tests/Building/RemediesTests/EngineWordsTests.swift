import CaissonBuildModel
import Testing

@testable import CaissonRemedies

/// The words of real engines, and what becomes of them: dockerd 28, dockerd 20.10 and podman 4.3.
@Suite struct EngineWordsTests {
    /// A failure.
    struct Words: Sendable, CustomTestStringConvertible {
        var message: String
        var step = ""
        var exitCode: Int?
        var testDescription: String { message }

        init(_ message: String, step: String = "", exitCode: Int? = nil) {
            (self.message, self.step, self.exitCode) = (message, step, exitCode)
        }
    }

    private static let dockerfile = """
        ARG VERSION=1
        FROM scratch AS builder
        RUN test -n $VERSION
        FROM scratch
        """

    private static func said(
        _ words: Words,
        line: Int? = nil,
        _ change: (inout BuildRequest) -> Void = { _ in }
    ) -> String {
        var request = BuildRequest(context: .empty, dockerfile: .text(Array(dockerfile.utf8)))
        change(&request)
        let step = FailedStep(vertex: "", name: words.step, exitCode: words.exitCode)
        var error = BuildError(.step, words.message, step: words.step.isEmpty ? nil : step)
        if let line {
            let source = SourceInfo(filename: "Dockerfile", data: Array(dockerfile.utf8))
            error.excerpts = [SourceExcerpt(source: source, ranges: [SourceRange(startLine: line, endLine: line)])]
        }
        return error.withRemedy(for: request).message
    }

    @Test(arguments: [
        Words(
            "h:5/base:1.O: failed to resolve source metadata for h:5/base:1.O: h:5/base:1.O: not found",
            step: "[internal] load metadata for h:5/base:1.O"
        ),
        Words(
            "failed to create LLB definition: h:5/base:1.O: not found",
            step: "[internal] load metadata for h:5/base:1.O"
        ),
        Words(
            "creating build container: initializing source docker://h:5/base:1.O: reading manifest 1.O in h:5/base: manifest unknown: manifest unknown",
            step: "[1/2] FROM h:5/base:1.O"
        ),
    ])
    func `an image that isn't there is named once`(words: Words) {
        #expect(
            Self.said(words) == "the registry h:5 has no image “base” with the tag “1.O” — check the name and the tag"
        )
    }

    @Test func `an image of Docker Hub, and one by its digest`() {
        let hub = Self.said(Words("docker.io/library/debian:13x: not found", step: "FROM docker.io/library/debian:13x"))
        #expect(hub.hasPrefix("Docker Hub has no image “debian” with the tag “13x”"), "\(hub)")
        let digest = "sha256:" + String(repeating: "a", count: 64)
        let exact = Self.said(Words("x: not found", step: "[internal] load metadata for h.example/a/b@\(digest)"))
        #expect(
            exact.hasSuffix("no image “a/b” with the digest “\(digest)” — check the name and the digest"),
            "\(exact)"
        )
    }

    @Test func `a stage that podman looks for as an image is named`() {
        let words = "COPY --from=bulder: no stage or image found with that name"
        let near = Self.said(Words(words, step: "[stage-1 2/2] COPY --from=bulder /a /"))
        #expect(
            near
                == "no stage is called \"bulder\", and no image of that name can be had — did you mean the stage \"builder\"?"
        )
        let none = Self.said(Words(words.replacing("bulder", with: "x"), step: "[2/2] COPY --from=x /a /"))
        #expect(none.hasSuffix(" — check the name; the stages are builder"), "\(none)")
        let context = Self.said(Words(words.replacing("bulder", with: "src"), step: "[2/2] COPY --from=src a /")) {
            $0.contexts = ["srcc": .directory("src")]
        }
        #expect(context.hasSuffix(" — did you mean the context \"srcc\"?"), "\(context)")
    }

    @Test(arguments: [
        "target stage \"bulder\" could not be found (did you mean builder?)",
        "failed to create LLB definition: target stage bulder could not be found",
        "The target \"bulder\" was not found in the provided Dockerfile",
    ])
    func `a target that isn't there is told alike`(message: String) {
        let said = Self.said(Words(message)) { $0.target = "bulder" }
        #expect(said == "the Dockerfile has no stage \"bulder\", which target names — did you mean builder?")
        #expect(Self.said(Words(message)) { $0.target = "other" }.hasSuffix(" — it has builder"))
        let text = Array("FROM scratch\n".utf8)
        let unnamed = Self.said(Words(message)) { ($0.target, $0.dockerfile) = ("prod", .text(text)) }
        #expect(unnamed.hasSuffix(" — its stages have no names; give one with FROM … AS prod"))
    }

    @Test(arguments: [
        Words("failed to compute cache key: failed to calculate checksum of ref a::b: \"/x/a.txt\": not found"),
        Words("failed to compute cache key: \"/x/a.txt\" not found: not found"),
        Words(
            "building at STEP \"COPY\": checking on sources under \"/data/merged\": copier: stat: \"/x/a.txt\": no such file or directory"
        ),
    ])
    func `a file that a stage lacks is no reference of a cache`(words: Words) {
        var words = words
        words.step = "[stage-1 1/1] COPY --from=builder x/a.txt /"
        let said = Self.said(words)
        let start = "the stage \"builder\" has no x/a.txt — look at where its steps put it; such a path begins at /"
        #expect(said.hasPrefix(start), "\(said)")
        words.step = "[stage-1 1/1] COPY --from=h.example/i:1 /x/a.txt /b /"
        #expect(Self.said(words) == "\"h.example/i:1\" has no /x/a.txt")
    }

    @Test(arguments: [
        Words("failed to load cache key: invalid response status 404", step: "[1/1] ADD http://h.example/x.tar /"),
        Words("failed to load cache key: invalid response status 404", step: "http://h.example/x.tar"),
        Words(
            "building at STEP \"ADD\": reading \"http://h.example/x.tar\": invalid response status 404",
            step: "[2/2] ADD https://other.example/y http://h.example/x.tar /"
        ),
    ])
    func `an address that nothing is at is named`(words: Words) {
        let said = "http://h.example/x.tar isn't there: its server answers 404 — check the address"
        #expect(Self.said(words) == said)
        var refused = words
        refused.message = words.message.replacing("404", with: "403")
        #expect(Self.said(refused).hasPrefix("http://h.example/x.tar can't be had: its server answers 403 — "))
    }

    @Test(arguments: [
        ("failed to push h:5/a:1: failed to do request: Head \"https://h:5/v2/\"", "push with insecureRegistries h:5"),
        (
            "pushing h:5/a:1 failed — Get \"https://h:5/v2/\"",
            "‘insecure-registries’ in the daemon.json of that dockerd"
        ),
        (
            "pushing h:5/a:1 failed — trying to reuse blob sha256:a at destination: pinging container registry h:5: Get \"https://h:5/v2/\"",
            "in the registries.conf of that podman, with ‘insecure = true’"
        ),
    ])
    func `who pushes decides what lets it push without TLS`(words: String, advice: String) {
        let message = words + ": http: server gave HTTP response to HTTPS client"
        let said = Self.said(Words(message))
        #expect(
            said.hasPrefix("the registry h:5 doesn't speak TLS — if that is meant, ") && said.contains(advice),
            "\(said)"
        )
        let again = Self.said(Words(message)) { $0.insecureRegistries = ["h:5"] }
        #expect(!again.contains("insecureRegistries"), "\(again)")
    }

    @Test(arguments: [
        "failed to push h:5/a:1: unexpected status from HEAD request to http://h:5/v2/a/blobs/sha256:9: 401 Unauthorized",
        "pushing h:5/a:1 failed — no basic auth credentials",
        "pushing h:5/a:1 failed — trying to reuse blob sha256:9: checking whether a blob exists in h:5/a: unauthorized: authentication required",
    ])
    func `a push without a login is told without digests and HTTP`(message: String) {
        let said =
            "the registry h:5 wants a login to push h:5/a:1 — log in with ‘docker login h:5’, as somebody who may push there"
        #expect(Self.said(Words(message)) == said)
    }

    @Test(arguments: [
        Words("secret token: not found"), Words("secret token not found: not found"),
        Words(
            "building at STEP \"RUN\": resolving mountpoints for container \"9f\": secret required but no secret with id token found"
        ),
    ])
    func `a secret is asked for alike`(words: Words) {
        let said = Self.said(words)
        #expect(
            said.hasPrefix("the step needs the secret \"token\", which this build doesn't have — give it one with "),
            "\(said)"
        )
    }

    @Test(arguments: [
        "no SSH key \"\" forwarded from the client",
        "resolving mountpoints for container \"cd\": ssh required but no ssh with id default found",
    ])
    func `an SSH agent is asked for alike`(message: String) {
        #expect(Self.said(Words(message)).hasPrefix("the step needs an SSH agent that this build doesn't have — "))
    }

    @Test(arguments: [
        Words("process \"/bin/sh -c id\" did not complete successfully: unable to find user app: invalid argument"),
        Words("executor failed running [/bin/sh -c id]: unable to find user app: invalid argument"),
        Words("building at STEP \"RUN id\": determining run uid: user: unknown user error looking up user \"app\""),
    ])
    func `a user who isn't there is named`(words: Words) {
        #expect(Self.said(words).hasPrefix("the stage has no user \"app\" — make it in a step before"))
    }

    @Test(arguments: [
        ("[1/1] RUN ['echo', 'hi']", 127, "what follows RUN is no JSON list, so a shell ran it as it stands"),
        ("[1/1] RUN [\"echo\", \"hi\"", 127, "what follows RUN is no JSON list, so a shell ran it as it stands"),
        (
            "[1/1] RUN [ -f x ] && y", 127,
            "127 is for a program that isn't there, as the step's output says: install it"
        ),
        ("[1/1] RUN ./x", 126, "make it executable, with COPY --chmod=755 or RUN chmod +x"),
        (
            "[1/1] RUN --mount=type=secret,id=tok cat x", 1,
            "it mounts the secret \"tok\", which this build doesn't have"
        ),
    ])
    func `what the step shows of its failure is said`(step: String, code: Int, advice: String) {
        let texts = [
            "process \"x\" did not complete successfully: exit code: \(code)",
            "building at STEP \"RUN x\": while running runtime: exit status \(code)",
        ]
        for text in texts {
            let said = Self.said(Words(text, step: step, exitCode: code))
            #expect(said.hasPrefix("\(step) failed with exit code \(code)") && said.contains(advice), "\(said)")
        }
    }

    @Test func `a variable that is empty for its ARG before FROM is said of the step that uses it`() {
        let words = Words("executor failed running [x]: exit code: 1", step: "[1/1] RUN test -n $VERSION", exitCode: 1)
        let end =
            "(Dockerfile:3) — $VERSION is empty there: an ARG before FROM is for FROM alone; write “ARG VERSION” below FROM, too"
        #expect(Self.said(words, line: 3).hasSuffix(end))
        #expect(!Self.said(words, line: 2).contains("VERSION is empty"))
    }

    @Test(arguments: [
        "process \"x\" did not complete successfully: exit code: 1: exec /bin/busybox: exec format error",
        "building at STEP \"RUN x\": while running runtime: exit status 1: exec /bin/busybox: exec format error",
    ])
    func `a program of another platform is named`(message: String) {
        let words = Words(message, step: "[1/1] RUN x", exitCode: 1)
        let said = Self.said(words) { $0.platforms = [Platform(os: "linux", architecture: "arm64")] }
        #expect(
            said.hasPrefix("\"/bin/busybox\" can't be run: ") && said.contains("or give the engine an emulator"),
            "\(said)"
        )
        #expect(Self.said(words).contains("build for its platform with platforms"))
    }
}
