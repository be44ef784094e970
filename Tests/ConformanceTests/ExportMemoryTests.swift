import Foundation
import Testing

/// What an export takes of the memory, on trees of very different sizes.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ExportMemoryTests {
    private static let count = 100_000

    /// The peak of an export to where bytes are gone, in bytes; the least of three, as threads come and go.
    private func peak(_ directory: URL) async throws -> Int { try await peaks(directory).min() ?? 0 }

    private func peaks(_ directory: URL) async throws -> [Int] {
        var peaks: [Int] = []
        for _ in 0..<3 {
            let command = Command.caisson(["context", "export", "-o", "/dev/null", directory.path])
            let result = try await run(command, within: .seconds(120))
            try #require(result.succeeded, "\(result.errorOutput)")
            peaks.append(result.peakResidentSize)
        }
        return peaks
    }

    private func make(_ script: String, in directory: URL) async throws -> URL {
        let tree = directory.appending(path: "tree")
        var command = Command("/usr/bin/python3", ["-c", "import os\nos.mkdir('tree')\nos.chdir('tree')\n" + script])
        command.directory = directory.path
        try await runSuccessfully(command, within: .seconds(120))
        return tree
    }

    /// Ten files of the kinds that the other trees have, so that all of the program's own memory is in use.
    ///
    /// It is the most of three, as on a busy machine some of it is never needed.
    private func base(_ directory: URL) async throws -> Int {
        let few = """
            for number in range(10): open('file%02d' % number, 'wb').write(bytes(1_000_000))
            """
        return try await withTemporaryDirectory { directory in
            try await peaks(try await make(few, in: directory)).max() ?? 0
        }
    }

    @Test func `the sizes of files make no difference`() async throws {
        try await withTemporaryDirectory { directory in
            let small = try await base(directory)
            let tree = try await make(
                "for n in range(4): open('f%d' % n, 'wb').truncate(1 << 29)",
                in: directory
            )
            let large = try await peak(tree)
            #expect(large - small < 4 << 20, "\(large >> 10) KiB, \(small >> 10) KiB for 10 MB")
        }
    }

    @Test(arguments: [
        ("one directory", "os.mkdir('d'); name = lambda n: 'd/%024d.txt' % n", 28),
        (
            "a thousand directories",
            "[os.mkdir(str(d)) for d in range(1000)]; name = lambda n: '%d/%022d' % (n % 1000, n)", 22
        ),
    ])
    func `a file costs no more than a hundred bytes and its name`(_: String, naming: String, length: Int) async throws {
        try await withTemporaryDirectory { directory in
            let small = try await base(directory)
            let many = naming + "\nfor n in range(\(Self.count)): open(name(n), 'wb').write(b'x' * 100)"
            let large = try await peak(try await make(many, in: directory))
            let each = (large - small) / Self.count
            #expect(each <= 100 + length, "\(each) bytes a file: \(large >> 10) KiB, \(small >> 10) KiB for ten")
        }
    }

    @Test func `a file of two names costs no more than a hundred bytes and its first path`() async throws {
        try await withTemporaryDirectory { directory in
            let small = try await base(directory)
            let half = Self.count / 2
            let twins = """
                for n in range(\(half)): open('%024d' % n, 'wb').close(); os.link('%024d' % n, 'z%024d' % n)
                """
            let large = try await peak(try await make(twins, in: directory))
            let each = (large - small) / Self.count
            // The first path is kept for its twin.
            #expect(each <= 100 + 25 + 25 / 2, "\(each) bytes a file: \(large >> 10) KiB, \(small >> 10) KiB for ten")
        }
    }
}
