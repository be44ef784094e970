import Foundation
import Testing

extension Tag {
    /// Takes minutes and gigabytes.
    @Tag static var large: Self
}

/// Contexts of the sizes that real ones have, on engines of their own, so that their copies go with them.
@Suite(.tags(.large), .serialized, .timeLimit(.minutes(10)))
struct LargeContextTests {
    /// Steps that read everything through a mount: the only copy on the engine is the context itself.
    private static let steps =
        TestContext.busyboxBase + "RUN --mount=type=bind,target=/context find /context -type f | wc -l >/count\n"

    /// What a build sent of its context, by the engine's own counter, and the client's peak memory.
    private struct Sent {
        var bytes: Int64
        var peakResidentSize: Int
        var wallTime: Duration
    }

    private static func build(_ directory: URL, on engine: TestEngine) async throws -> Sent {
        let build = Build(["--progress", "rawjson", "."], in: directory, on: engine)
        let result = try await build.succeed(within: .seconds(300))
        let counters = ProgressLine.all(of: result.standardError).flatMap { $0.statuses ?? [] }
        let bytes = counters.filter { $0.id.hasPrefix("transferring context") }.map(\.current).max() ?? 0
        return Sent(bytes: bytes, peakResidentSize: result.peakResidentSize, wallTime: result.wallTime)
    }

    /// Which engines: each takes a minute for each kind of context, and what is held is the program's, so that every kind
    /// of engine is for `Scripts/nightly`.
    private static var kinds: [EngineKind] {
        let isFull = ProcessInfo.processInfo.environment["CAISSON_TEST_LARGE"] == "all"
        return isFull ? EngineKind.testable : Array(EngineKind.testable.suffix(1))
    }

    /// Makes files by a script in a folder that is beside a Dockerfile.
    private static func make(_ script: String, in directory: URL) async throws {
        try TestContext.write(steps, to: directory)
        var command = Command("bash", ["-c", "set -e\nmkdir -p data && cd data\n" + script])
        command.directory = directory.path
        try await runSuccessfully(command, within: .seconds(300))
    }

    /// What a context has, and what its builds may cost.
    private struct Size {
        var files: Int64
        var content: Int64
        var touched: String
        /// Beside what the program takes that does nothing: 14 MiB as it is released, twice that for debugging.
        var mebibytesOfMemory: Int
    }

    /// What the program takes that does nothing, in bytes.
    private static func programSize() async throws -> Int {
        try await runSuccessfully(Command.caisson(["version"])).peakResidentSize
    }

    /// Builds three times: everything new, nothing changed, one file changed.
    private func check(_ directory: URL, on kind: EngineKind, _ expected: Size) async throws {
        let memory = try await Self.programSize() + (expected.mebibytesOfMemory << 20)
        try await TestEngine.withOwn(kind) { engine in
            let first = try await Self.build(directory, on: engine)
            #expect(first.bytes >= expected.content)
            #expect(first.peakResidentSize <= memory, "\(first.peakResidentSize >> 10) KiB")

            let second = try await Self.build(directory, on: engine)
            // What is sent again are names and attributes: the counter has those, too.
            let attributes = min(first.bytes - expected.content, expected.files * 50)
            #expect(second.bytes <= attributes + 4096, "\(second.bytes) bytes after \(first.bytes)")
            #expect(second.peakResidentSize <= memory, "\(second.peakResidentSize >> 10) KiB")

            let file = directory.appending(path: "data/" + expected.touched)
            let size = try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int64 ?? 0
            try FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: file.path)
            let third = try await Self.build(directory, on: engine)
            let more = third.bytes - second.bytes
            #expect(more >= size && more <= size + size / 100 + 256, "\(more) bytes for a file of \(size)")
            print(
                "\(kind.testDescription): \(expected.content >> 20) MiB in \(first.wallTime), again in \(second.wallTime);",
                "peak memory \(first.peakResidentSize >> 20), \(second.peakResidentSize >> 20) MiB;",
                "sent \(first.bytes), \(second.bytes), \(third.bytes) bytes"
            )
        }
    }

    @Test(.requiresEngine)
    func `twenty files of 100 MiB go once and take little memory`() async throws {
        try await withTemporaryDirectory { directory in
            let script = "for n in $(seq 10 29); do head -c 104857600 /dev/urandom >large-$n; done"
            try await Self.make(script, in: directory)
            let size = Size(files: 20, content: 20 * 104_857_600, touched: "large-17", mebibytesOfMemory: 60)
            for kind in Self.kinds { try await check(directory, on: kind, size) }
        }
    }

    @Test(.requiresEngine)
    func `100,000 small files go once and take little memory`() async throws {
        try await withTemporaryDirectory { directory in
            // 100 folders of 1000 files of 400 random bytes.
            let script = """
                for folder in $(seq 100 199); do
                    mkdir "folder-$folder"
                    head -c 400000 /dev/urandom | split -b 400 -a 3 -d - "folder-$folder/small-"
                done
                """
            try await Self.make(script, in: directory)
            let size = Size(
                files: 100_000,
                content: 100_000 * 400,
                touched: "folder-150/small-500",
                mebibytesOfMemory: 146
            )
            for kind in Self.kinds { try await check(directory, on: kind, size) }
        }
    }
}
