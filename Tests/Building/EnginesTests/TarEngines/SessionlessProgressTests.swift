import CaissonBuildModel
import Testing

@testable import CaissonEngines

/// What a recorded answer becomes, as text that can be compared.
private struct Played {
    var names: [String] = []
    var cached: Set<String> = []
    var completed: Set<String> = []
    var errors: [String: String] = [:]
    var logs: [String: String] = [:]
    var errorLogs = ""
    var counters: [String] = []
    var notices: [String] = []
    var progress: SessionlessProgress

    init(_ messages: [EngineMessage], isPodman: Bool) {
        progress = SessionlessProgress(ref: "r", isPodman: isPodman)
        var digests: [String: String] = [:]
        var events: [BuildEvent.Kind] = []
        for message in messages { events += progress.take(message, at: Timestamp(seconds: 1)) }
        events += progress.finish(at: Timestamp(seconds: 2))
        for event in events {
            if case .notice(let text) = event { notices.append(text.description) }
            guard case .status(let status) = event else { continue }
            for vertex in status.vertexes {
                if digests.updateValue(vertex.name, forKey: vertex.digest) == nil { names.append(vertex.name) }
                if vertex.isCached { cached.insert(vertex.name) }
                if vertex.completed != nil { completed.insert(vertex.name) }
                if !vertex.error.isEmpty { errors[vertex.name] = vertex.error }
            }
            for log in status.logs {
                let text = String(decoding: log.data, as: UTF8.self)
                logs[digests[log.vertex] ?? "?", default: ""] += text
                if log.stream == 2 { errorLogs += text }
            }
            counters += status.statuses.map {
                "\($0.id) \($0.current)/\($0.total)\($0.completed == nil ? "" : " done")"
            }
        }
    }

    init(_ streams: [String], isPodman: Bool) {
        self.init(streams.map { EngineMessage(stream: $0) }, isPodman: isPodman)
    }
}

/// The id that the recorded builds end with.
private let id = String(repeating: "0123456789abcdef", count: 4)

@Suite("What a tar engine's output means") struct SessionlessProgressTests {
    private static let podman = [
        "time=\"2026-11-21T04:11:26Z\" level=warning msg=\"missing \\\"TARGETPLATFORM\\\" build argument. Try adding\"\n",
        "[1/2] STEP 1/2: FROM scratch AS base\n", "[1/2] STEP 2/2: COPY busybox /bin/busybox\n",
        "--> Using cache \(id)\n", "--> 0123456789a\n", "[2/2] STEP 1/3: FROM \(id)\n", "[2/2] STEP 2/3: RUN echo hi\n",
        "hi\nSTEP 9/9: no step\n--> not done\n", "no end", "\n\(id)\n", "--> 0123456789b\n",
        "[2/2] STEP 3/3: CMD [\"sh\"]\n", "[2/2] COMMIT docker.io/library/app:1\n", "--> 0123456789c\n",
        "Successfully tagged docker.io/library/app:1\n", "\(id)\n",
    ]

    @Test("podman's stages and steps have BuildKit's names, and what a step prints stays with it")
    func podmanSteps() {
        let played = Played(Self.podman, isPodman: true)
        #expect(
            played.names == [
                "[base 1/2] FROM scratch AS base", "[base 2/2] COPY busybox /bin/busybox", "[stage-1 1/3] FROM \(id)",
                "[stage-1 2/3] RUN echo hi", "[stage-1 3/3] CMD [\"sh\"]", "exporting to image docker.io/library/app:1",
            ]
        )
        #expect(played.completed == Set(played.names))
        #expect(played.cached == ["[base 2/2] COPY busybox /bin/busybox"])
        #expect(
            played.logs == ["[stage-1 2/3] RUN echo hi": "hi\nSTEP 9/9: no step\n--> not done\nno end\n\(id)\n"]
        )
        #expect(played.errors.isEmpty && played.notices.isEmpty)
        #expect(played.progress.imageID == "sha256:" + id)
    }

    @Test("text means the same however it is cut", arguments: [1, 2, 7, 64])
    func cuts(size: Int) {
        var pieces: [String] = []
        var rest = Substring(Self.podman.joined())
        while !rest.isEmpty {
            pieces.append(String(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        let (whole, cut) = (Played(Self.podman, isPodman: true), Played(pieces, isPodman: true))
        #expect(cut.names == whole.names && cut.logs == whole.logs && cut.cached == whole.cached)
        #expect(cut.progress.imageID == whole.progress.imageID)
    }

    @Test("podman's failing step ends with its exit status")
    func podmanFailure() throws {
        var messages = ["STEP 1/2: FROM a\n", "STEP 2/2: RUN false\n", "oh\n"].map { EngineMessage(stream: $0) }
        var failing = EngineMessage(stream: "")
        failing.error = "building at STEP \"RUN false\": while running runtime: exit status 7\n"
        messages.append(failing)
        let played = Played(messages, isPodman: true)
        let failure = try #require(played.progress.failure)
        #expect(failure.step?.name == "[2/2] RUN false" && failure.step?.exitCode == 7)
        #expect(played.errors == ["[2/2] RUN false": failure.message])
        #expect(!failure.message.hasSuffix("\n"))
        #expect(played.progress.imageID == nil)
    }

    @Test("podman's insides are no output of a step")
    func podmanInsides() {
        let inside =
            #"time="2026-11-30T21:18:09Z" level=error msg="+(UNHANDLED LOGLEVEL) &imagebuilder.Step{Env:[]string{}}""#
        let messages = ["STEP 1/2: FROM a\n", "STEP 2/2: COPYY a\n", inside + "\n", "own\n"].map {
            EngineMessage(stream: $0)
        }
        #expect(Played(messages, isPodman: true).logs == ["[2/2] COPYY a": "own\n"])
    }

    @Test("the classic builder's steps, standard error and result")
    func classic() throws {
        var aux = EngineMessage(stream: "")
        aux.imageID = "sha256:" + id
        let messages =
            [
                "Step 1/3 : FROM a", "\n", " ---> 4e0ab942ee85\n", "Step 2/3 : COPY a b", "\n", " ---> Using cache\n",
                " ---> 54f9f9794c65\n", "Step 3/3 : RUN x", "\n", " ---> Running in ff83155fc821\n", "out\n",
                "\u{1B}[91merr\n\u{1B}[0m", "Removing intermediate container ff83155fc821\n", " ---> 4e0ab942ee85\n",
            ].map { EngineMessage(stream: $0) } + [aux]
            + ["Successfully built 0123456789ab\n", "Successfully tagged a:1\n"].map { EngineMessage(stream: $0) }
        let played = Played(messages, isPodman: false)
        #expect(played.names == ["[1/3] FROM a", "[2/3] COPY a b", "[3/3] RUN x"])
        #expect(played.cached == ["[2/3] COPY a b"] && played.completed.count == 3)
        #expect(played.logs == ["[3/3] RUN x": "out\nerr\n"] && played.errorLogs == "err\n")
        #expect(played.progress.imageID == "sha256:" + id)
        // Each stage has an id, too: without the last words there is no result.
        #expect(Played(Array(messages.dropLast(2)), isPodman: false).progress.imageID == nil)
    }

    @Test("a build that ends without its last word has no result, and its open step an error")
    func brokenOff() {
        let played = Played(Array(Self.podman[..<8]), isPodman: true)
        #expect(played.progress.imageID == nil)
        #expect(played.errors == ["[stage-1 2/3] RUN echo hi": "the engine broke off"])
    }

    @Test("dockerd's layers are counted, one counter for download and one for extraction")
    func layers() throws {
        func layer(_ status: String, _ current: Int64 = 0, _ total: Int64 = 0) -> EngineMessage {
            var message = EngineMessage(stream: "")
            (message.status, message.id, message.current, message.total) = (status, "l1", current, total)
            return message
        }
        let played = Played(
            [
                EngineMessage(stream: "Step 1/1 : FROM a\n"), layer("Pulling fs layer"), layer("Downloading", 5, 9),
                layer("Download complete"), layer("Extracting", 3, 9), layer("Pull complete"),
            ],
            isPodman: false
        )
        #expect(
            played.counters == [
                "l1 0/0", "l1 5/9", "l1 9/9 done", "extracting l1 3/9", "extracting l1 9/9 done",
            ]
        )
    }

    @Test("steps that run beside each other keep their own ends")
    func interleaved() {
        let played = Played(
            [
                "[2/2] STEP 1/2: FROM a\n", "[2/2] STEP 2/2: COPY --from=build /x /\n",
                "[1/2] STEP 1/1: FROM b AS build\n",
                "--> 0123456789a\n", "--> 0123456789b\n", "[2/2] COMMIT\n", "--> 0123456789c\n", "\(id)\n",
            ],
            isPodman: true
        )
        #expect(played.completed == Set(played.names) && played.names.count == 4 && played.errors.isEmpty)
        #expect(played.progress.imageID != nil)
    }

    @Test("random text neither traps nor makes a step or a result out of nothing", arguments: 0..<300)
    func noise(seed: Int) {
        var random = NoiseDice(state: UInt64(seed))
        let parts = [
            "STEP ", "1/2", ": ", "[", "] ", "\n", "\r\n", "-->", " ", "Using cache ", "COMMIT", "Step ", " : ",
            " ---> ",
            "0123", "é", "\u{1B}[91m", "\u{1B}[0m", "Successfully built ", "99999999999999999999/1", "time=\"", "\"",
        ]
        for isPodman in [true, false] {
            let streams = (0..<40).map { _ in
                (0..<3).map { _ in parts[Int(random.next() % UInt64(parts.count))] }.joined()
            }
            let played = Played(streams, isPodman: isPodman)
            #expect(played.progress.imageID == nil)
            #expect(played.completed == Set(played.names))
        }
    }
}

/// A small generator whose seed is the test's argument.
private struct NoiseDice {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
