import Foundation
import Testing

/// caisson as a plugin of a real docker command.
@Suite struct DockerPluginTests {
    /// Runs docker, or caisson, with a configuration of its own.
    private struct Setting {
        let engine: TestEngine
        let directory: URL
        let environment: [String: String]

        init(_ engine: TestEngine, _ directory: URL) {
            self.engine = engine
            self.directory = directory
            environment = [
                "DOCKER_HOST": engine.address, "DOCKER_CONFIG": directory.path + "/docker", "CAISSON_HOST": "",
                "CAISSON_HOME": directory.path + "/state",
            ]
        }

        func docker(_ words: String...) async throws -> ProcessResult {
            let program = EngineKind.docker28.programs + "/docker"
            var command = Command(program, words, environment: environment)
            command.directory = directory.path
            return try await run(command)
        }

        func caisson(_ words: String...) async throws -> ProcessResult {
            try await runCaisson(words, environment: environment)
        }

        func image(_ name: String) async throws -> String {
            let format = "{{json .RootFS}} {{json .Config}}"
            return try await engine.docker("image", "inspect", "-f", format, name)
        }
    }

    @Test(
        .requires(.docker28),
        .enabled(if: BuildxHelp.isThere, "skipped: no docker-buildx (Scripts/install-engines 28)")
    )
    func `docker build makes the same image through the plugin as by itself`() async throws {
        let engine = try await TestEngine.shared(.docker28)
        try await withTemporaryDirectory { directory in
            let setting = Setting(engine, directory)
            let text = "\(TestContext.busyboxBase)\nENV A=b\nRUN echo one >/one\nCMD [\"cat\", \"/one\"]\n"
            try TestContext.write(text, to: directory.appending(path: "context"))
            let folder = directory.appending(path: "docker/cli-plugins")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let buildx = folder.appending(path: "docker-buildx").path
            try FileManager.default.createSymbolicLink(atPath: buildx, withDestinationPath: BuildxHelp.program)

            let (own, ours) = (uniqueImageName("own"), uniqueImageName("ours"))
            let before = try await setting.docker("build", "-t", own, "context")
            #expect(before.succeeded, "\(before.errorOutput)")
            let installed = try await setting.caisson("plugins", "install", "--self", "--as-builder")
            #expect(installed.succeeded, "\(installed.errorOutput)")
            let after = try await setting.docker("build", "--progress", "plain", "-t", ours, "context")
            #expect(after.succeeded && after.errorOutput.contains("#0 building with dockerd"), "\(after.errorOutput)")
            #expect(try await setting.image(own) == setting.image(ours))

            let version = try await setting.docker("caisson", "version")
            #expect(version.output.hasPrefix("caisson "), "\(version.errorOutput)")
            #expect(try await setting.docker("info").output.contains("caisson: Build images"))

            #expect(try await setting.caisson("plugins", "install", "--remove").succeeded)
            let again = try await setting.docker("build", "--progress", "plain", "-t", own, "context")
            #expect(again.succeeded && !again.errorOutput.contains("#0 building with dockerd"), "\(again.errorOutput)")
            #expect(try await !setting.docker("caisson", "version").succeeded)
        }
    }
}
