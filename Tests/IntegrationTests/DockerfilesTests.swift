import Foundation
import Testing

/// The Dockerfiles that caisson itself comes in.
@Suite struct DockerfilesTests {
    /// Puts the program under test into a folder, without what only debuggers need.
    private static func copyProgram(to directory: URL) async throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let copy = directory.appending(path: "caisson").path
        try await runSuccessfully(Command("strip", ["--strip-debug", "-o", copy, TestPaths.caisson]))
    }

    /// Puts the libraries of Swift's, and SQLite, that a debug build loads into a folder, each at the path where it is looked for.
    ///
    /// A release build loads none of them.
    private static func copyLibraries(to directory: URL) async throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let lines = try await runSuccessfully(Command("ldd", [TestPaths.caisson])).output.split(separator: "\n")
        let paths = lines.compactMap { $0.components(separatedBy: " => ").last?.split(separator: " ").first }
        for path in paths.map(String.init) where path.contains("/swift/") || path.contains("/libsqlite3.") {
            // In the image /lib is a link, as it is here.
            let target = URL(filePath: directory.path + (path.hasPrefix("/lib/") ? "/usr" : "") + path)
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            let source = URL(filePath: path).resolvingSymlinksInPath()
            try FileManager.default.copyItem(at: source, to: target)
        }
    }

    @Test(.requires(.docker26))
    func `the image of a prebuilt caisson runs it`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        let name = uniqueImageName("self")
        try await withTemporaryDirectory { directory in
            // Debian with the libraries of a debug build: a release build needs none.
            let base = directory.appending(path: "base-context")
            try await Self.copyLibraries(to: base.appending(path: "libraries"))
            try Data("FROM scratch\nADD debian.tar /\nCOPY libraries/ /\n".utf8).write(
                to: base.appending(path: "Dockerfile")
            )
            try FileManager.default.copyItem(
                at: URL(filePath: TestPaths.debianTar).resolvingSymlinksInPath(),
                to: base.appending(path: "debian.tar")
            )
            let layout = directory.appending(path: "base").path
            try await Build(["-o", "type=oci,tar=false,dest=\(layout)", "."], in: base, on: engine)
                .succeed(within: .seconds(300))
            try await Self.copyProgram(to: directory.appending(path: "binary"))
            let contexts = ["base=oci-layout://\(layout)", "binary=\(directory.appending(path: "binary").path)"]
            let arguments = ["BASE_IMAGE=base", "SWIFT_IMAGE=scratch"].flatMap { ["--build-arg", $0] }
            let flags = arguments + ["--network", "host", "-t", name]
            let dockerfile = TestPaths.repository + "/Dockerfiles/caisson/Dockerfile"
            let empty = directory.appending(path: "empty")
            try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: false)
            try await Build(
                flags + contexts.flatMap { ["--build-context", $0] } + ["-f", dockerfile, "."],
                in: empty,
                on: engine
            )
            .succeed(within: .seconds(600))
            let here = try await runSuccessfully(.caisson(["version"])).output
            #expect(try await engine.runContainer(name, "version") == here)
            let format =
                "{{.Config.User}} {{json .Config.Entrypoint}} {{index .Config.Labels \"org.opencontainers.image.title\"}}"
            let inspected = try await engine.docker("image", "inspect", "--format", format, name)
            #expect(inspected == "10001 [\"/usr/local/bin/caisson\"] caisson\n")
        }
    }
}
