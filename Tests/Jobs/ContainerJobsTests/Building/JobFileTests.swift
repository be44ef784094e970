import CaissonBuildModel
import Foundation
import Testing

@testable import CaissonContainerJobs

@Suite struct JobFileTests {
    /// What a shell makes of the commands that write files.
    private static func written(_ files: [JobFile]) throws -> [String: [UInt8]] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "caisson-job-files-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        for words in JobFile.commands(writing: files, below: folder.path) {
            #expect(words.map(\.utf8.count).max() ?? 0 < 128 << 10)
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = words
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
        return try files.reduce(into: [:]) {
            $0[$1.path] = Array(try Data(contentsOf: folder.appending(path: $1.path)))
        }
    }

    @Test func `a shell writes each byte of each file`() throws {
        let all = (0...255).map { UInt8($0) }
        let large = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let files = [
            JobFile("all", all), JobFile("steps/image.sh", "#!/bin/sh\necho \"$1\" '\\' %s \\c \\0101\n"),
            JobFile("empty", ""), JobFile("a/b/c", "no end of a line"), JobFile("large", large),
            JobFile("odd $(x) 'é", all.reversed() + all),
        ]
        let written = try Self.written(files)
        for file in files { #expect(written[file.path] == file.bytes, "\(file.path)") }
    }

    @Test func `many files go into instructions that no engine finds too long`() {
        let files = (0..<100).map { JobFile("\($0)", Array(repeating: UInt8(ascii: "x"), count: 20_000)) }
        let commands = JobFile.commands(writing: files, below: "/caisson")
        #expect(commands.count >= 4)
        for words in commands { #expect(words.map(\.utf8.count).reduce(0, +) < 700_000) }
        #expect(JobFile.commands(writing: [], below: "/caisson") == [])
    }
}
