import CaissonBuildModel
import CaissonReporting
import Foundation
import Testing

@Suite("The log of a failed build")
struct KeptLogTests {
    private static func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kept-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.appending(path: "logs").path)
    }

    private static func files(_ folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }

    private static func output(_ log: KeptLog, lines: Int) {
        log.receive(.status(SolveStatus(vertexes: [Vertex(digest: "v", name: "v", started: Timestamp(seconds: 1))])))
        for line in 0..<lines {
            let data = Array("line \(line) \(String(repeating: "x", count: 80))\n".utf8)
            let time = Timestamp(seconds: Int64(line))
            log.receive(.status(SolveStatus(logs: [VertexLog(vertex: "v", stream: 1, data: data, timestamp: time)])))
        }
    }

    @Test("it has every line, and only its owner can read it", arguments: [3, 5000])
    func kept(lines: Int) throws {
        try Self.inFolder { folder in
            let log = KeptLog(in: folder)
            Self.output(log, lines: lines)
            let path = try #require(log.keep())
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(text.components(separatedBy: " line ").count == lines + 1)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test("a build that succeeds leaves none", arguments: [3, 5000])
    func discarded(lines: Int) throws {
        try Self.inFolder { folder in
            let log = KeptLog(in: folder)
            Self.output(log, lines: lines)
            log.discard()
            #expect(Self.files(folder).isEmpty)
        }
    }

    @Test("the newest stay")
    func pruned() throws {
        try Self.inFolder { folder in
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            for number in 0..<30 {
                let path = "\(folder)/old\(number).log"
                try Data().write(to: URL(filePath: path))
                let date = Date(timeIntervalSince1970: Double(number))
                try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
            }
            try Data().write(to: URL(filePath: folder + "/other.txt"))
            let log = KeptLog(in: folder)
            Self.output(log, lines: 1)
            let path = try #require(log.keep())
            let left = Self.files(folder)
            #expect(left.count == KeptLog.fileLimit + 1 && left.contains(URL(filePath: path).lastPathComponent))
            #expect(left.contains("other.txt") && left.contains("old29.log") && !left.contains("old10.log"))
        }
    }

    @Test("a directory that can't be written costs the log alone")
    func unwritable() throws {
        let log = KeptLog(in: "/proc/self/logs")
        Self.output(log, lines: 2000)
        #expect(log.keep() == nil)
    }
}
