import Foundation

/// Fills folders with what builds need.
enum TestContext {
    /// Writes a Dockerfile and the static busybox into a folder.
    static func write(_ dockerfile: String, to directory: URL, files: [String: String] = [:]) throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try Data(dockerfile.utf8).write(to: directory.appending(path: "Dockerfile"))
        let program = try Data(contentsOf: URL(filePath: TestPaths.busybox))
        try program.write(to: directory.appending(path: "busybox"))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755],
            ofItemAtPath: directory.appending(path: "busybox").path
        )
        for (name, text) in files {
            let file = directory.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
        }
    }

    /// The first lines of a Dockerfile whose RUN steps have a shell: `FROM scratch` with busybox as `/bin/sh`.
    static let busyboxBase = """
        FROM scratch AS base
        COPY busybox /bin/busybox
        RUN ["/bin/busybox", "--install", "-s", "/bin"]

        """
}

extension TestContext {
    /// Copies a folder of `Fixtures/integration` and puts the busybox, or the Debian root, beside the copy.
    static func copyFixture(_ name: String, to directory: URL, withDebian: Bool = false) throws {
        let fixture = URL(filePath: TestPaths.repository + "/Fixtures/integration/" + name)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        for file in try FileManager.default.contentsOfDirectory(at: fixture, includingPropertiesForKeys: nil) {
            try FileManager.default.copyItem(at: file, to: directory.appending(path: file.lastPathComponent))
        }
        let extra = withDebian ? ("debian.tar", TestPaths.debianTar) : ("busybox", TestPaths.busybox)
        let target = URL(filePath: extra.1).resolvingSymlinksInPath()
        try FileManager.default.copyItem(at: target, to: directory.appending(path: extra.0))
    }
}
