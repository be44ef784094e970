import CaissonBuildContext
import Testing

@testable import CaissonBuildKit

@Suite struct RequestPaceTests {
    /// How often a connection is paused while an engine asks for files in batches of one size.
    private static func pauses(files: Int, batch: Int, averageSize: Int = 100) -> Int {
        var pace = RequestPace()
        return stride(from: 0, to: files, by: batch).count { _ in
            pace.shouldPause(after: batch, averageSize: averageSize)
        }
    }

    @Test(
        arguments: [
            // A small build isn't held up at all, nor one of large files, nor one whose requests come together anyway.
            (60, 1, 100, 0...0), (60, 20, 100, 0...0), (20_000, 30, 1 << 20, 0...0), (20_000, 300, 100, 0...0),
            // Many small files are asked for: nearly every read is followed by a pause.
            (20_000, 20, 100, 990...1000), (20_000, 100, 16 << 10, 190...200),
            // Pauses bring nothing where an engine asks for few at a time, so there are hardly any.
            (20_000, 1, 100, 16...80), (20_000, 2, 100, 16...160),
        ] as [(Int, Int, Int, ClosedRange<Int>)]
    )
    func `only pauses that bring many requests are made`(
        files: Int,
        batch: Int,
        averageSize: Int,
        expected: ClosedRange<Int>
    ) {
        let pauses = Self.pauses(files: files, batch: batch, averageSize: averageSize)
        #expect(expected.contains(pauses), "\(pauses)")
    }
}

extension Wire {
    @Suite(.timeLimit(.minutes(1))) struct ManyFilesTests {
        @Test func `three thousand small files arrive, each with its own content`() async throws {
            let tree = TemporaryTree()
            for folder in 0..<30 {
                tree.directory("d\(folder)")
                for file in 0..<100 { tree.file("d\(folder)/f\(file)", "\(folder) \(file)") }
            }
            let service = FileSyncService(trees: ["context": .directory(try DirectorySource(path: tree.path))]) { _ in
                _ = tree
            }
            let received = try await withSession([service]) { client in
                try await client.diffCopy([("dir-name", "context")])
            }
            #expect(received.failure == nil && received.contents.count == 3000)
            for (number, name) in received.names.enumerated() where name.contains("/") {
                let text = received.contents[UInt32(number)].map { String(decoding: $0, as: UTF8.self) }
                #expect(text == name.split(separator: "/").map { $0.dropFirst() }.joined(separator: " "))
            }
        }
    }
}
