import CaissonBuildModel
import CaissonText
import Foundation
import Testing

@testable import CaissonKernelJobs

@Suite struct KernelResultsTests {
    private static func inFolder(_ body: (String, KernelBuild) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "caisson-kernel-results-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var job = KernelJob(for: TargetArchitecture.all[0])
        job.source = .image(try ImageReference(parsing: "linux:1"), folder: "/")
        let tools = try ImageReference(parsing: "tools:1")
        try body(folder.path, try KernelBuild(job, run: BuildID(), image: tools, machine: nil))
    }

    private static func write(_ text: String, _ path: String) throws {
        let url = URL(filePath: path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    @Test func `what a run has left is taken over, whatever names are among it`() throws {
        try Self.inFolder { folder, build in
            try Self.write("a: error: x\r", folder + "/.caisson/logs/00-image.log")
            try Self.write("", folder + "/.caisson/logs/01-\u{301}x\u{600}.log")
            try Self.write("", folder + "/.caisson/logs/plain.log")
            try Self.write("::caisson begin image 1\n::caisson end image FAIL 2 3\n", folder + "/.caisson/facts/steps")
            for name in ["\u{E9}", "e\u{301}"] { try Self.write(name, folder + "/.caisson/results/\(name)") }
            let results = try KernelResults(of: build, in: folder)
            #expect(results.logs == ["image": "logs/00-image.log", "\u{301}x\u{600}": "logs/01-\u{301}x\u{600}.log"])
            #expect(results.failure()?.lines == ["a: error: x"])
            for name in ["\u{E9}", "e\u{301}"] {
                #expect(try String(contentsOfFile: folder + "/" + name, encoding: .utf8).utf8.elementsEqual(name.utf8))
            }
        }
    }

    @Test func `what a failed job has left isn't thrown away where it can't be read`() throws {
        try Self.inFolder { folder, build in
            let left = folder + "/.caisson/results"
            try Self.write("kept", left)
            let error = #expect(throws: BuildError.self) { try KernelResults(of: build, in: folder) }
            #expect(error?.message.contains(left) == true)
            #expect(try String(contentsOfFile: left, encoding: .utf8) == "kept")
        }
    }
}
