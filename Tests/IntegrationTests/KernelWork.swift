import Foundation

/// Kernel jobs upon a tree that answers a kernel's targets in no time, with tools that only pretend to be some.
enum KernelWork {
    static let tree = TestPaths.repository + "/Fixtures/fakelinux"

    /// An image with a shell, make and compilers that only pretend to be some.
    ///
    /// - Parameters:
    ///   - programs: Further programs of this machine that are in it.
    ///   - folders: Folders of this machine that are in it at the same place.
    ///   - prepare: Puts more into the folder that becomes its root.
    static func tools(
        on engine: TestEngine,
        programs: [String] = [],
        folders: [String] = [],
        _ prepare: (URL) async throws -> Void = { _ in }
    ) async throws -> String {
        let image = uniqueImageName("tools")
        try await withTemporaryDirectory { directory in
            try TestContext.write(
                TestContext.busyboxBase + "COPY root /\nCOPY bin /bin/\nENV PATH=/bin\n",
                to: directory
            )
            try await runSuccessfully(Command("cp", ["-R", tree + "/toolchain/bin", directory.path + "/bin"]))
            let root = directory.appending(path: "root")
            try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
            for program in ["/usr/bin/make"] + programs {
                try await copyLibraries(of: program, to: root.path)
                let name = (program as NSString).lastPathComponent
                try await runSuccessfully(Command("cp", ["-L", program, directory.path + "/bin/" + name]))
            }
            for folder in folders {
                try await runSuccessfully(Command("mkdir", ["-p", root.path + folder]))
                try await runSuccessfully(Command("cp", ["-a", folder + "/.", root.path + folder]))
            }
            try await prepare(root)
            try await Build(["-t", image, "."], in: directory, on: engine).succeed()
        }
        return image
    }

    private static func copyLibraries(of program: String, to root: String) async throws {
        let libraries = try await runSuccessfully(Command("ldd", [program])).output
        for file in libraries.split(whereSeparator: \.isWhitespace).map(String.init) where file.hasPrefix("/") {
            let target = root + (file as NSString).deletingLastPathComponent
            try await runSuccessfully(Command("mkdir", ["-p", target]))
            try await runSuccessfully(Command("cp", ["-L", file, target]))
        }
    }

    struct Manifest: Decodable {
        struct Step: Decodable {
            var name: String
            var status: String
            var why: String?
            var errors: Int?
        }
        struct Artifact: Decodable {
            var path: String
            var type: String?
            var kernelrelease: String?
        }
        struct Check: Decodable {
            var check: String
            var status: String
            var messages: [String]?
        }
        struct Input: Decodable {
            var kind: String
            var commit: String?
        }
        struct Reproducibility: Decodable {
            var mode: String
            var identical: [String]
            var different: [String]
        }
        var status: String
        var inputs: [Input]
        var reproducibility: Reproducibility?
        var steps: [Step]
        var artifacts: [Artifact]
        var validation: [Check]

        var paths: [String] { artifacts.map(\.path) }
        func state(_ step: String) -> String? { steps.first { $0.name == step }?.status }
    }

    /// A job in a folder, whose results are in `out`.
    struct Job {
        var directory: URL
        var engine: TestEngine
        var image: String

        var command: Command { command([]) }

        func command(_ words: [String], tree: String? = KernelWork.tree) -> Command {
            let source = tree.map { ["-C", $0] } ?? []
            let tools = image.isEmpty ? [] : ["-i", image]
            let own = ["kernel", "build", "--progress", "plain"] + source + tools + ["-o", "out"]
            var command = Command.caisson(own + words, on: engine)
            command.directory = directory.path
            command.environment["CAISSON_HOME"] = directory.appending(path: "state").path
            return command
        }

        func run(_ words: [String] = [], tree: String? = KernelWork.tree) async throws -> (Manifest, ProcessResult) {
            let result = try await IntegrationTests.run(command(words, tree: tree))
            let bytes = try Data(contentsOf: directory.appending(path: "out/manifest.json"))
            return (try JSONDecoder().decode(Manifest.self, from: bytes), result)
        }

        func text(_ path: String) -> String {
            (try? String(contentsOf: directory.appending(path: "out/" + path), encoding: .utf8)) ?? ""
        }
    }

    static func withJob(_ kind: EngineKind, _ body: (Job) async throws -> Void) async throws {
        let engine = try await TestEngine.shared(kind)
        let image = try await tools(on: engine)
        try await withTemporaryDirectory { directory in
            try await body(Job(directory: directory, engine: engine, image: image))
        }
    }
}
