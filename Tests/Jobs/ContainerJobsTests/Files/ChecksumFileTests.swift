import CaissonBuildModel
import CaissonText
import Foundation
import Testing

@testable import CaissonContainerJobs

@Suite struct ChecksumFileTests {
    private static func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "caisson-sums-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    /// Writes a file of a name of any bytes.
    private static func write(_ bytes: [UInt8], _ folder: String, _ name: [UInt8]) throws {
        let file = try #require(
            fopen((folder + "/").utf8.map { CChar(bitPattern: $0) } + name.map { CChar(bitPattern: $0) } + [0], "w")
        )
        defer { fclose(file) }
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    }

    /// What a shell says in a folder.
    private static func shell(_ script: String, in folder: String) throws -> (output: [UInt8], status: Int32) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", script]
        process.environment = ["LC_ALL": "C", "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]
        process.currentDirectoryURL = URL(filePath: folder)
        (process.standardOutput, process.standardError) = (output, FileHandle.nullDevice)
        try process.run()
        let bytes = Array(output.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
        return (bytes, process.terminationStatus)
    }

    private static let names: [[UInt8]] =
        [
            "plain", "two words", "back\\slash", "line\nend", "return\rhere", "both\r\nof them", "end\r", "\u{E9}",
            "e\u{301}", "\\\u{301}", "\n\u{301}", " before", "behind ", "*star", "#hash", "a\\nb", "\\", "\u{10FE80}",
        ].map { Array($0.utf8) } + [[0x66, 0xFF], [0x66, 0xC3], [0x5C, 0xFF, 0x0A]]

    @Test func `the file is what sha256sum itself writes, whatever bytes are in names`() throws {
        try Self.inFolder { folder in
            for name in Self.names { try Self.write(name, folder, name) }
            let checksums = ChecksumFile(try CollectedFiles(of: folder))
            #expect(checksums.digests.count == Self.names.count)
            #expect(checksums.bytes == (try Self.shell("sha256sum -- *", in: folder).output))
            try Self.write(checksums.bytes, folder, Array("SUMS".utf8))
            #expect(try Self.shell("sha256sum -c --strict --status SUMS", in: folder).status == 0)
            #expect(try ChecksumFile(parsing: checksums.bytes) == checksums)
        }
    }

    @Test(
        arguments: [
            "D  x\n", "D *x\n", "D  x", "D  x\r\n", "\n\nD  x\n\n", "# said\nD  x\n", "\tD  x\n", " \\D  x\n",
            "\\D  a\\nb\n",
            "\\D  r\\rs\n", "\\D  b\\\\s\n", "D  b\\s\n", "D\t x\n", "D  \n", "D  \u{E9}\n", "D  e\u{301}\n", "DD  x\n",
            "D",
            "D  none\n", "\\D  b\\s\n", "\\D  x\\\n", "\\D  a\\tb\n", "ab  x\n", "x\n", "\r\nD  x\n", "D   x\n",
        ]
    )
    func `a file is read if sha256sum reads it, and as it does`(_ form: String) throws {
        try Self.inFolder { folder in
            for name in ["x", "a\nb", "r\rs", "b\\s", "\u{E9}", " x"] { try Self.write([], folder, Array(name.utf8)) }
            let digest = ContentDigest(of: [])
            for hex in [digest.hex, digest.hex.uppercased()] {
                let bytes = Array(form.utf8).split(separator: UInt8(ascii: "D"), omittingEmptySubsequences: false)
                    .joined(separator: Array(hex.utf8))
                try Self.write(Array(bytes), folder, Array("SUMS".utf8))
                let isGood = try Self.shell("sha256sum -c --strict SUMS", in: folder).status == 0
                let found = ChecksumFile(try CollectedFiles(of: folder) { $0 != "SUMS" }).digests
                let read = try? ChecksumFile(parsing: Array(bytes))
                let isRead = read.map { $0.digests.allSatisfy { found[$0.key] == $0.value } } ?? false
                #expect(isRead == isGood, "\(form.debugDescription)")
            }
        }
    }

    @Test(arguments: [
        "x", "ab  c", String(repeating: "a", count: 64) + "  c\0d", String(repeating: "a", count: 64) + " c",
        "\\" + String(repeating: "a", count: 64) + "  a\\q",
    ])
    func `a line of another form is refused, by its number`(_ line: String) throws {
        let valid = "\n" + String(repeating: "b", count: 64) + "  y\n"
        let error = #expect(throws: ParseError.self) { try ChecksumFile(parsing: Array((valid + line).utf8)) }
        #expect(error?.text == "3")
    }

    @Test func `one file can't have two digests, and two can that only Unicode takes for one`() throws {
        let (one, two) = (String(repeating: "a", count: 64), String(repeating: "b", count: 64))
        let twice = "\(one)  x\n\(two)  x\n"
        #expect(throws: ParseError.self) { try ChecksumFile(parsing: Array(twice.utf8)) }
        #expect(try ChecksumFile(parsing: Array("\(one)  x\n\(one) *x\n".utf8)).digests.count == 1)
        let twins = try ChecksumFile(parsing: Array("\(one)  \u{E9}\n\(two)  e\u{301}\n".utf8))
        #expect(twins.digests[Array("\u{E9}".utf8)]?.hex == one)
        #expect(twins.digests[Array("e\u{301}".utf8)]?.hex == two)
    }

    @Test func `what is larger than any such file is refused`() {
        let line = Array((String(repeating: "a", count: 64) + "  ").utf8)
        for bytes in [
            line + [UInt8](repeating: 0x78, count: 20_000), [UInt8](repeating: 0x0A, count: 1_000_001),
            [UInt8](repeating: 0x0A, count: ChecksumFile.mostBytes + 1),
        ] {
            #expect(throws: ParseError.self) { try ChecksumFile(parsing: bytes) }
        }
    }

    @Test func `any bytes are a file or refused, and what was read is written so that it reads the same`() throws {
        var files = try ChecksumFile(parsing: [])
        for name in Self.names { files.digests[name] = ContentDigest(of: name) }
        let valid = files.bytes
        var read = 0
        for round in 0..<3000 {
            let line = Array(valid.split(separator: 0x0A).randomElement() ?? []) + [0x0A]
            let bytes = round % 3 == 0 ? RandomBytes.any(upTo: 200) : RandomBytes.mutated(line + line)
            guard let file = try? ChecksumFile(parsing: bytes) else { continue }
            read += 1
            #expect(try ChecksumFile(parsing: file.bytes) == file, "\(bytes)")
        }
        #expect(read > 30)
    }
}
