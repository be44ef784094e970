import CaissonBuildModel
import CaissonJSON
import Foundation
import Testing

@testable import CaissonContainerJobs

@Suite struct RecordTests {
    private static var status: JobStatus {
        JobStatus(BuildID(), name: "x86-boot", kind: "kernel", started: Timestamp(seconds: 1_700_000_000), process: 7)
    }

    @Test func `a status is replaced at once, and read back by any reader of JSON`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "caisson-status-\(UUID())").path
        defer { unlink(path) }
        var status = Self.status
        for state in [JobState.running, .pass] {
            status.state = state
            try status.write(to: path)
            let json = try JSON(parsing: Array(try Data(contentsOf: URL(filePath: path))))
            #expect(json["state"]?.string == state.rawValue)
            #expect(json["schema"]?.string == "caisson.status/1")
            #expect(json["started"]?.string == "2023-11-14T22:13:20Z")
        }
    }

    @Test func `times that no calendar has are no trap`() {
        for seconds in [Int64.min, Int64.max, 0] { #expect(!Timestamp(seconds: seconds).text.isEmpty) }
    }

    @Test func `a manifest tells steps, files and checks`() throws {
        var step = JobStep("image", at: 1000)
        step.end = StepMarker.End("image", .fail, status: 2, at: 3500)
        step.end?.cpu = 7
        let digest = ContentDigest(of: Array("abc".utf8))
        var status = Self.status
        status.state = .fail
        var manifest = JobManifest(
            status,
            finished: Timestamp(seconds: 1_700_000_002, nanoseconds: 500_000_000),
            generator: "1",
            engine: "unix:///x",
            specification: digest
        )
        manifest.steps = [JobManifest.Step(step, log: "logs/02-image.log", findings: LogFindings())]
        let file = CollectedFile(path: "bzImage", kind: .file(size: 3, digest: digest), mode: 0o644)
        manifest.artifacts = [JobManifest.Artifact(file, facts: [JSONMember("type", .string("linux-bzimage"))])]
        manifest.checks = [JobManifest.Check("artifact.missing", .fail, ["*.ko"])]
        let json = try JSON(parsing: manifest.json.goBytes(indented: true))
        #expect(json["status"]?.string == "FAIL")
        #expect(json["wall_s"] == .number("2.500"))
        let told = json["steps"]?.array?.first
        #expect(told?["wall_s"] == .number("2.500"))
        #expect(told?["exit"] == .number("2"))
        #expect(told?["cpu_s"] == .number("0.007"))
        let artifact = json["artifacts"]?.array?.first
        #expect(artifact?["mode"]?.string == "0644")
        #expect(artifact?["type"]?.string == "linux-bzimage")
        #expect(artifact?["sha256"]?.string == digest.hex)
        #expect(json["validation"]?.array?.first?["messages"] == .array([.string("*.ko")]))
    }
}
