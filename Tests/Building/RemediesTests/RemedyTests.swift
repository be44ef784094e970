import CaissonBuildModel
import Testing

@testable import CaissonRemedies

@Suite struct RemedyTests {
    private static func request(_ text: String, _ change: (inout BuildRequest) -> Void = { _ in }) -> BuildRequest {
        var request = BuildRequest(context: .empty, dockerfile: .text(Array(text.utf8)))
        change(&request)
        return request
    }

    private static func said(
        _ message: String,
        step: String = "",
        exitCode: Int? = nil,
        _ request: BuildRequest = request("FROM scratch\n")
    ) -> String {
        let step = step.isEmpty && exitCode == nil ? nil : FailedStep(vertex: "", name: step, exitCode: exitCode)
        return BuildError(.step, message, step: step).withRemedy(for: request).message
    }

    @Test(arguments: [
        ("[1/2] COPY a b/c /d", ["a", "b/c"]), ("[stage 2/3] add --chown=1:1 a /", ["a"]), ("COPY a /", ["a"]),
        ("[1/1] COPY [\"a b\", \"c\", \"/\"]", ["a b", "c"]), ("[1/1] COPY --from=x a /", []), ("[1/1] RUN cp a /", []),
        ("[1/1] ADD https://x.example/a b /", ["b"]), ("[1/1] COPY *.md a? [ab] /", []), ("[1/1] COPY <<E /x", []),
        ("[1/1] COPY", []), ("", []), ("[", []), ("[1/1] COPY a", []),
    ])
    func `the sources of a step are its paths in the context`(name: String, sources: [String]) {
        #expect(Remedy.contextSources(ofStep: name) == sources)
    }

    @Test(arguments: ["Builder", "bilder", "buidler"])
    func `a stage's name that is misspelt is found`(word: String) {
        let request = Self.request("FROM scratch AS builder\nFROM \(word)\n")
        let name = "docker.io/library/\(word.lowercased())"
        for step in ["[internal] load metadata for \(name):latest", "[stage-1 1/2] FROM \(name)", "FROM \(name)"] {
            let message = Self.said("x: no such image (did you mean busybox?)", step: step, request)
            let end = "be had (no such image) — did you mean the stage \"builder\"?"
            #expect(message.hasSuffix(end) == (word != "Builder"), "\(message)")
        }
    }

    @Test(arguments: [
        "[internal] load metadata for docker.io/library/builder2:1",
        "[internal] load metadata for docker.io/me/bilder:latest",
        "[internal] load metadata for x.example/bilder:latest",
        "[internal] load metadata for docker.io/library/debian:latest",
        "[internal] load metadata for !", "[internal] load metadata for ",
    ])
    func `what can be no stage is none`(step: String) {
        let request = Self.request("FROM scratch AS builder\nFROM x\n")
        #expect(!Self.said("broken", step: step, request).contains("stage"))
    }

    @Test func `a target that isn't there is near to one that is`() {
        let request = Self.request("FROM scratch AS builder\n") { $0.target = "bulder" }
        #expect(Self.said("target stage bulder could not be found", request).hasSuffix(" — did you mean builder?"))
    }

    @Test func `a secret that a step needs is named with the flag that gives it`() {
        let message = "failed to solve: secret tok: not found"
        #expect(
            Self.said(message).contains("the step needs the secret \"tok\", which this build doesn't have — give it")
        )
        #expect(Self.said("secret tok not found").contains("secrets id=tok,src=FILE"))
        #expect(Self.said("secret tok not found: not found").contains("secrets id=tok,src=FILE"))
        let near = Self.request("FROM scratch\n") { $0.secrets = [SecretSpec(id: "token")] }
        #expect(Self.said("secret tokn: not found", near).contains("it has \"token\""))
        for other in [
            "the secret of life: not found", "secret : not found", "mysecret a: not found", "secret a b: not found",
        ] {
            #expect(Self.said(other) == other)
        }
        #expect(Self.said("no SSH key \"\" forwarded from the client").contains("ssh default"))
    }

    @Test(arguments: [
        (
            "failed to push h.example:5000/x:1: failed to do request: Head \"https://h.example:5000/v2/\"",
            "exporting to image"
        ),
        ("failed to do request: Head \"https://h.example:5000/v2/x/manifests/1\"", "exporting to image"),
        ("failed to do request", "[internal] load metadata for h.example:5000/x:1"),
        ("pushing h.example:5000/x:1 failed", "exporting to image"), ("pushing h.example:5000/x:1 failed", ""),
    ])
    func `a registry without TLS or a login is named`(words: String, step: String) {
        let plain = Self.said("\(words): http: server gave HTTP response to HTTPS client", step: step)
        #expect(plain.hasPrefix("the registry h.example:5000 doesn't speak TLS — "), "\(plain)")
        #expect(plain.contains("insecureRegistries h.example:5000") == !step.hasPrefix("[internal]"), "\(plain)")
        let denied = Self.said("\(words): 401 Unauthorized", step: step)
        #expect(denied.contains("‘docker login h.example:5000’"), "\(denied)")
        let unknown = Self.said(
            "\(words): tls: failed to verify certificate: x509: certificate signed by unknown authority",
            step: step
        )
        #expect(unknown.hasPrefix("nobody vouches for the certificate of the registry h.example:5000"), "\(unknown)")
    }

    @Test func `docker's own registry needs no name to log in`() {
        let words =
            "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope"
        let said = Self.said(words, step: "[internal] load metadata for docker.io/me/x:latest")
        #expect(said.hasSuffix("or log in with ‘docker login’ where it isn't public"), "\(said)")
        #expect(
            Self.said("denied: requested access to the resource is denied")
                == "denied: requested access to the resource is denied"
        )
    }

    @Test(arguments: ["dial tcp: lookup h.example on 1.1.1.1:53: no such host", "dial tcp 1.1.1.1:443: i/o timeout"])
    func `a registry that the engine can't reach is named`(words: String) {
        let said = Self.said(words, step: "[internal] load metadata for h.example/x:1")
        let reason = words.hasSuffix("timeout") ? "i/o timeout" : "no such host"
        #expect(said.hasPrefix("the engine can't reach the registry h.example: \(reason) — check the name"), "\(said)")
        #expect(Self.said(words, step: "[2/2] RUN wget https://h.example") == words)
    }

    @Test func `what another attempt at a registry may mend is no failure of the step`() {
        let step = FailedStep(vertex: "", name: "[internal] load metadata for h.example/x:1", exitCode: nil)
        func found(_ words: String, _ step: FailedStep) -> BuildError {
            BuildError(.step, words, step: step).withRemedy(for: Self.request("FROM scratch\n"))
        }
        let busy = found("unexpected status from HEAD request to https://h.example/v2/: 503 Service Unavailable", step)
        #expect(busy.message.hasPrefix("the registry h.example answers 503 Service Unavailable — "), "\(busy)")
        #expect(busy.code == .engine)
        #expect(found("dial tcp 1.1.1.1:443: i/o timeout", step).code == .engine)
        #expect(found("dial tcp: lookup h.example: no such host", step).code == .step)
        let own = FailedStep(vertex: "", name: "[2/2] RUN curl https://h.example", exitCode: 22)
        #expect(found("503 Service Unavailable, exit code: 22", own).code == .step)
    }

    @Test func `a program that can't be started is named`() {
        let begin =
            "process \"x\" did not complete successfully: exit code: 1: runc run failed: unable to start container process: "
        let shell = Self.said(begin + "exec: \"/bin/sh\": stat /bin/sh: no such file or directory", exitCode: 1)
        #expect(shell.hasPrefix("the stage has no shell, /bin/sh, to run the step with — "), "\(shell)")
        let program = Self.said(begin + "exec: \"nope\": executable file not found in $PATH: unknown", exitCode: 1)
        #expect(program.hasPrefix("there is no program \"nope\" in the stage — "), "\(program)")
        let other = Self.said(begin + "exec: \"/a\": exec format error", exitCode: 1)
        #expect(other.hasPrefix("\"/a\" can't be run: it was built for another platform"), "\(other)")
        for unknown in [begin + "exec: \"", begin + "exec: \"a\": permission denied", begin] {
            #expect(Self.said(unknown, exitCode: 1) == unknown)
        }
    }

    @Test(arguments: [(126, true), (127, true), (137, true), (1, false), (0, false)])
    func `statuses that a shell gives a meaning are explained`(status: Int, isExplained: Bool) {
        #expect(Self.said("exit code: \(status)", exitCode: status).contains(" — \(status) is for ") == isExplained)
    }

    @Test(arguments: [
        "curl https://h.example || echo 401 Unauthorized", "echo : secret tok: not found",
        "echo no space left on device",
        "echo x509: certificate https://h.example", "exec: \"/bin/sh\": no such file or directory",
    ])
    func `what a command says is no failure of the engine`(command: String) {
        let message = "process \"/bin/sh -c \(command)\" did not complete successfully: exit code: 1"
        let step = "[1/1] RUN \(command)"
        #expect(Self.said(message, step: step, exitCode: 1) == "\(step.prefix(72)) failed with exit code 1")
    }

    @Test(arguments: [
        ("process \"/bin/sh -c make\" did not complete successfully: exit code: 3", true),
        ("failed to solve: process \"/bin/sh -c make\" did not complete successfully: exit code: 3", true),
        ("executor failed running [/bin/sh -c make]: exit code: 3", true),
        ("process \"/bin/sh -c make\" did not complete successfully: exit code: 3: context canceled", false),
        ("build error: exit code: 3", false), ("process \"x\" did not complete successfully: exit code: 4", false),
    ])
    func `a failed process is told in one line with its step, place and exit code`(message: String, isTold: Bool) {
        var error = BuildError(.step, message, step: FailedStep(vertex: "", name: "[2/3] RUN make", exitCode: 3))
        let source = SourceInfo(filename: "Dockerfile", data: [])
        error.excerpts = [SourceExcerpt(source: source, ranges: [SourceRange(startLine: 4, endLine: 5)])]
        let told = error.withRemedy(for: Self.request("FROM scratch\n"))
        #expect(told.message == (isTold ? "[2/3] RUN make failed with exit code 3 (Dockerfile:4)" : message))
        #expect(told.step == error.step && told.excerpts == error.excerpts)
    }

    @Test(arguments: [
        ("RUN make", "ld: write error: No space left on device", "docker builder prune"),
        ("RUN make", "cp: /dev/shm/a: No space left on device", "with shmSize SIZE"),
        ("RUN cp a /dev/shm/a", "cp: write error: No space left on device", "with shmSize SIZE"),
        ("RUN --mount=type=tmpfs,target=/t,size=1m make", "write: no space left on device", "a larger size="),
        ("RUN --mount=type=tmpfs,target=/t make", "write: no space left on device", "docker builder prune"),
    ])
    func `a step whose output ends with a full disk says what to do`(step: String, line: String, advice: String) {
        let message = "process \"/bin/sh -c make\" did not complete successfully: exit code: 1"
        let error = BuildError(.step, message, step: FailedStep(vertex: "", name: "[2/2] \(step)", exitCode: 1))
        let told = error.withRemedy(for: Self.request("FROM scratch\n"), fullDisk: line).message
        #expect(told.hasPrefix("[2/2] \(step) failed with exit code 1 — ") && told.contains(advice), "\(told)")
    }

    @Test func `what nobody knows stays as it is`() {
        for message in [
            "", "x", "no space", "secret ", "failed to push ", "failed to push : 401 Unauthorized", "https://",
        ] {
            #expect(Self.said(message) == message)
        }
        #expect(Self.said("write /x: no space left on device").contains("docker builder prune"))
        let cancelled = BuildError(.cancelled, "no space left on device")
        #expect(cancelled.withRemedy(for: Self.request("FROM scratch\n")) == cancelled)
    }
}
