import CaissonArtifacts
import Glibc
import Testing

struct ArtifactBytesTests {
    /// Calls the closure with the path of a file of these bytes.
    private static func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
        var template = Array("/tmp/caisson-artifacts.XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        try #require(descriptor >= 0)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            close(descriptor)
            unlink(path)
        }
        #expect(bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) } == bytes.count)
        try body(path)
    }

    @Test
    func `A file gives the same as bytes in memory`() throws {
        for bytes in [KernelFixture.module(), DeviceTreeFixture.machine.bytes(), try PackageFixture.package(), []] {
            let wanted = try Artifact.read(ArtifactBytes(bytes))
            try Self.withFile(bytes) { path in
                let artifact = try Artifact.read(path: path)
                #expect(artifact == wanted)
            }
        }
    }

    @Test
    func `Windows are as large as what is there`() throws {
        let memory = ArtifactBytes([0, 1, 2, 3, 4])
        try Self.withFile([0, 1, 2, 3, 4]) { path in
            for bytes in [memory, try ArtifactBytes.open(path)] {
                let window = bytes.window(at: 1, count: 3)
                #expect(window.size == 3)
                #expect(try window.read(2, at: 1, "x") == [2, 3])
                #expect(try window.prefix(.max) == [1, 2, 3])
                #expect(try window.prefix(2, at: 9) == [])
                #expect(window.window(at: 2).size == 1 && window.window(at: -4, count: -1).size == 0)
                #expect(bytes.window(at: .max, count: .max).size == 0)
                for (count, offset) in [(3, 1), (1, -1), (-1, 0), (.max, 1), (1, .max)] {
                    #expect(throws: ArtifactProblem.self) { try window.read(count, at: offset, "x") }
                }
            }
        }
    }

    @Test
    func `What is no regular file can't be read`() {
        for path in ["/nowhere/at/all", "/dev", "/dev/null", "/tmp/a\0b"] {
            let problem = #expect(throws: ArtifactProblem.self) { try Artifact.read(path: path) }
            #expect(problem?.code == .unreadable)
        }
    }
}
