import CaissonBuildModel
import Foundation
import CaissonHTTPClient
import NIOCore
import Testing

@testable import CaissonBuildKit

/// Secrets of real builds: what steps get, and that nothing else gets it.
@Suite struct SecretTests {
    /// A value that nothing else has, with what escapes have to deal with.
    private static func value() -> String { "s3cr/t+\(uniqueImageName("v"))\"\u{e4}&<x>'\\" }

    /// Whether bytes hold a value as it is or in base64.
    private static func holds(_ data: Data, _ value: String) -> Bool {
        let encoded = Data(value.utf8).base64EncodedString()
        return [value, encoded, String(encoded.dropLast(4))].contains { data.range(of: Data($0.utf8)) != nil }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `steps get the secrets of variables and files, and only those that are named`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            let steps = """
                RUN --mount=type=secret,id=a,target=/x/a --mount=type=secret,id=b --mount=type=secret,id=PLAIN \\
                    --mount=type=secret,id=none \\
                    echo "a=$(cat /x/a) b=$(wc -c </run/secrets/b) p=$(cat /run/secrets/PLAIN)" \\
                         "none=$(ls /run/secrets/none 2>&1 | wc -w)"; exit 9

                """
            try TestContext.write(TestContext.busyboxBase + steps, to: directory)
            try Data([0, 1, 255, 10]).write(to: directory.appending(path: "file"))
            let flags = [
                "--no-mask", "--secret", "id=a,env=VALUE", "--secret", "id=b,src=file", "--secret", "PLAIN", ".",
            ]
            let variables = ["VALUE": "of the environment", "PLAIN": "bare"]
            let text = try await Build(flags, in: directory, on: engine, environment: variables)
                .fail(with: 1, saying: "a=of the environment b=4 p=bare none=")
            #expect(!text.contains("none=1\n"))
            #expect(text.contains("secret \"none\""))
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a required secret that isn't given fails the step by its name`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            let steps = "RUN --mount=type=secret,id=the-token,required=true true\n"
            try TestContext.write(TestContext.busyboxBase + steps, to: directory)
            try await Build(["."], in: directory, on: engine)
                .fail(with: 1, saying: "secret the-token", "not found", "--secret id=the-token,src=FILE")
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a secret that rotates rebuilds the steps after its argument`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            let mark = uniqueImageName("rotate")
            let steps = """
                FROM base AS one
                ARG CAISSON_SECRET_MY_TOKEN
                RUN --mount=type=secret,id=my-token echo \(mark)-one
                FROM base AS two
                RUN --mount=type=secret,id=my-token echo \(mark)-two
                FROM base
                COPY --from=one / /one
                COPY --from=two / /two

                """
            try TestContext.write(TestContext.busyboxBase + steps, to: directory)
            func ran(_ value: String, _ rotate: String) async throws -> [String] {
                let flags = ["--progress", "plain", "--secret", "id=my-token,env=TOKEN\(rotate)", "."]
                let text = try await Build(flags, in: directory, on: engine, environment: ["TOKEN": value]).succeed()
                    .errorOutput
                let isWarned = text.contains("ARG CAISSON_SECRET_MY_TOKEN before it")
                #expect(isWarned != rotate.isEmpty, "\(text)")
                let lines = text.split(separator: "\n").filter { !$0.contains("RUN") }
                return ["one", "two"].filter { step in lines.contains { $0.hasSuffix(" \(mark)-\(step)") } }
            }
            #expect(try await ran("first value", ",rotate=true") == ["one", "two"])
            #expect(try await ran("first value", ",rotate=true") == [])
            #expect(try await ran("second value", ",rotate=true") == ["one"])
            #expect(try await ran("first value", ",rotate=true") == [])
            #expect(try await ran("third value", "").contains("two") == false)
        }
    }

    @Test func `a value that isn't there stops the build before an engine is asked`() async throws {
        try await withTemporaryDirectory { directory in
            try TestContext.write("FROM scratch\n", to: directory)
            let away = ["--addr", "unix:///no/such.sock", "."]
            for (flag, word) in [("id=x,env=NOT_SET", "NOT_SET"), ("id=x,src=gone", "gone"), ("x", "\"x\"")] {
                let error = try await Build(["--secret", flag] + away, in: directory).fail(with: 2, saying: word)
                #expect(!error.contains("no/such.sock"))
            }
        }
    }

    /// A step prints the value in every way; then all that is left of the build is searched for it.
    @Test(.requiresEngine, arguments: EngineKind.testable, [0, 3])
    func `no trace of a secret is left anywhere`(kind: EngineKind, status: Int) async throws {
        let engine = try await TestEngine.shared(kind)
        let value = Self.value()
        try await withTemporaryDirectory { directory in
            let name = uniqueImageName("secret")
            let steps = """
                ARG KEY=\(name)
                RUN --mount=type=secret,id=token,required=true f=/run/secrets/token; \\
                    echo "as it is: $(cat $f)"; base64 $f; printf 'user:%s' "$(cat $f)" | base64 -w 0; echo; \\
                    dd if=$f bs=7 count=1 2>/dev/null; sleep 0.3; dd if=$f bs=7 skip=1 2>/dev/null; echo; \\
                    cat $f >&2; exit \(status)
                RUN echo done >/done

                """
            try TestContext.write(TestContext.busyboxBase + steps, to: directory)
            let since = Int(Date().timeIntervalSince1970) - 1
            var told: [Data] = []
            for mode in ["plain", "rawjson", "tty"] {
                // A name that goes from one image to the next lets containerd collect what the next one needs
                // (moby/buildkit#6521).
                let files = [
                    "--metadata-file", "meta.json", "--iidfile", "id.txt", "-t", "\(name)-\(mode)", "--no-cache",
                ]
                let flags = ["--progress", mode, "--secret", "id=token,env=TOKEN", "."]
                let result = try await Build(files + flags, in: directory, on: engine, environment: ["TOKEN": value])
                    .run()
                #expect(result.status == .exited(status == 0 ? 0 : 1), "\(result.errorOutput)")
                #expect(mode != "plain" || result.errorOutput.contains("as it is: ***"), "\(result.errorOutput)")
                told += [result.standardOutput, result.standardError]
            }
            for file in ["meta.json", "id.txt"] {
                if let data = FileManager.default.contents(atPath: directory.appending(path: file).path) {
                    told.append(data)
                }
            }
            if status == 0 { told += try await image("\(name)-tty", of: engine, in: directory) }
            if status == 0, kind.features.contains(.imageExporters) {
                told += try await provenance(value, of: engine, in: directory)
            }
            told += try await memory(of: engine, since: since)
            // The search would find something.
            let open = ["--progress", "plain", "--no-mask", "--no-cache", "--secret", "id=token,env=TOKEN", "."]
            let shown = try await Build(open, in: directory, on: engine, environment: ["TOKEN": value]).run()
            #expect(Self.holds(shown.standardError, value))
            for (index, data) in told.enumerated() {
                #expect(!Self.holds(data, value), "source \(index) of what was told")
            }
        }
    }

    /// What an engine keeps of an image: its layers unpacked, its configuration and its history.
    private func image(_ name: String, of engine: TestEngine, in directory: URL) async throws -> [Data] {
        let archive = directory.appending(path: "image.tar").path
        try await engine.docker("save", "-o", archive, name)
        // Layers may be compressed: the files of the image are looked at, too.
        let script = """
            mkdir all && cd all && tar xf ../image.tar && find . -type f | while read -r f; do
                cat "$f"; gzip -dc "$f" 2>/dev/null
            done
            """
        var command = Command("/bin/bash", ["-c", script])
        command.directory = directory.path
        return [
            Data(try await engine.docker("image", "inspect", name).utf8),
            Data(try await engine.docker("history", "--no-trunc", name).utf8),
            try await run(command).standardOutput,
        ]
    }

    /// All that is kept beside the image where everything about its making is to be kept.
    private func provenance(_ value: String, of engine: TestEngine, in directory: URL) async throws -> [Data] {
        let outputs = ["-o", "type=oci,dest=stated.tar", "--metadata-file", "stated.json"]
        let flags = ["--provenance", "mode=max", "--no-cache", "--secret", "id=token,env=TOKEN"]
        try await Build(flags + outputs + ["."], in: directory, on: engine, environment: ["TOKEN": value]).succeed()
        let layout = try await ImageBlobs.unpack(directory.appending(path: "stated.tar"))
        let blobs = layout.folder.appending(path: "blobs/sha256")
        let files = try FileManager.default.contentsOfDirectory(at: blobs, includingPropertiesForKeys: nil)
        let all = try (files + [directory.appending(path: "stated.json")]).map { try Data(contentsOf: $0) }
        // It is the statement with all steps that is looked at, the one that mounts the secret included.
        let statement = try #require(all.first { $0.range(of: Data("llbDefinition".utf8)) != nil })
        #expect(String(decoding: statement, as: UTF8.self).contains("run/secrets/token"))
        return all
    }

    /// What an engine's API and its log tell of its builds.
    private func memory(of engine: TestEngine, since: Int) async throws -> [Data] {
        var found = [Data(engine.log.utf8)]
        for arguments in [["system", "df", "-v"], ["info"], ["events", "--since", "\(since)", "--until", "0s"]] {
            let command = Command(engine.kind.programs + "/docker", ["-H", engine.address] + arguments)
            found.append(try await runSuccessfully(command).standardOutput)
        }
        let stream = try await dial(try Endpoint(parsing: engine.address)).upgrade("/grpc")
        let (descriptor, alreadyRead) = try stream.take()
        let records = try await withBuildKit(over: ByteStream(descriptor: descriptor, alreadyRead: alreadyRead)) {
            control in
            let usage = try await control.answers("DiskUsage", request: [])
            // EarlyExit: the records there are, and no more.
            let history = (try? await control.answers("ListenBuildHistory", request: [0x18, 1])) ?? []
            // The log of a build is asked for by its ref. BuildKit waits six seconds for a build that it doesn't know, and a
            // record may name many that are none, such as runs of tasks: so all are asked for at once.
            var logs = await withTaskGroup(of: [[UInt8]].self) { group in
                for ref in Set(history.flatMap(Self.references)) {
                    let request = [0x0A, 25] + Array(ref.utf8)
                    group.addTask { (try? await control.answers("Status", request: request)) ?? [] }
                }
                return await group.reduce(into: []) { $0 += $1 }
            }
            for record in history {
                // Every digest in a record is that of something it keeps.
                for digest in Self.digests(in: record) {
                    let read = "/containerd.services.content.v1.Content/Read"
                    logs += (try? await control.answers(to: read, request: [0x0A, 71] + Array(digest.utf8))) ?? []
                }
            }
            return usage + history + logs
        }
        return found + records.map { Data($0) }
    }

    /// What a record names by digest: logs, traces, and the attestations that the engine keeps of its own accord.
    private static func digests(in record: [UInt8]) -> [String] {
        String(decoding: record, as: UTF8.self).components(separatedBy: "sha256:").dropFirst().compactMap { rest in
            let hex = rest.prefix { "0123456789abcdef".contains($0) }
            return hex.count == 64 ? "sha256:" + hex : nil
        }
    }

    /// The words in a record that look like the reference of a build.
    private static func references(in record: [UInt8]) -> [String] {
        let words = record.split { !(0x30...0x39).contains($0) && !(0x61...0x7A).contains($0) }
        return words.filter { $0.count == 25 }.map { String(decoding: $0, as: UTF8.self) }
    }
}

extension ControlClient {
    /// The bytes of all answers to a call.
    fileprivate func answers(_ method: String, request: [UInt8]) async throws -> [[UInt8]] {
        try await answers(to: "/moby.buildkit.v1.Control/\(method)", request: request)
    }

    /// The bytes of all answers to a call of any service.
    fileprivate func answers(to method: String, request: [UInt8]) async throws -> [[UInt8]] {
        try await client.call(method) { reader, writer in
            var message = ByteBuffer()
            message.writeGRPCMessage { $0.writeBytes(request) }
            try await writer.send(framed: message, isLast: true)
            var answers: [[UInt8]] = []
            while let answer = try await reader.next() { answers.append(Array(buffer: answer)) }
            return answers
        }
    }
}
