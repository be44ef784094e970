import Foundation
import Synchronization

/// Where things are for the tests: the repository, the engines' cache, the built program, scratch space.
enum TestPaths {
    /// The repository's top folder.
    static let repository = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// The folder that `Scripts/install-engines` fills.
    static let cache = environment("CAISSON_TEST_CACHE") ?? "/var/cache/caisson-tests"

    /// The static busybox that test images are made of.
    static let busybox = cache + "/engines/busybox/bin/busybox"

    /// A minimal Debian root file system as a tar.
    static let debianTar = cache + "/debian.tar"

    /// The `caisson` under test: the one built beside the tests, unless `CAISSON_TEST_EXECUTABLE` names another.
    static let caisson = environment("CAISSON_TEST_EXECUTABLE") ?? built("caisson")

    /// A program that was built beside the tests.
    static func built(_ name: String) -> String {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let beside = URL(filePath: own).deletingLastPathComponent().appending(path: name).path
        let isThere = FileManager.default.isExecutableFile(atPath: beside)
        return isThere ? beside : "\(repository)/.build/debug/\(name)"
    }

    /// Whether a missing engine is a failure rather than a reason to skip: in CI, and where the tests' script says so.
    static let enginesAreRequired =
        environment("CI") == "true" || environment("CAISSON_TEST_REQUIRE_ENGINES") == "1"

    /// Scratch space of this process, on a tmpfs where there is one, removed when the process exits.
    static let scratch: String = {
        let parent =
            environment("CAISSON_TEST_TMP")
            ?? (FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory())
        let path = "\(parent)/caisson-test-\(getpid())"
        try? FileManager.default.createDirectory(atPath: path + "/home", withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(atPath: TestPaths.scratch) }
        return path
    }()

    private static let counter = Atomic<Int>(0)

    /// A path in the scratch space that nothing else uses.
    static func uniquePath(_ name: String) -> String {
        "\(scratch)/\(name)-\(counter.add(1, ordering: .relaxed).newValue)"
    }

    private static func environment(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// What went wrong in the tests' own machinery, with enough to see why.
struct TestSupportError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Runs the body with an empty folder of its own, and removes the folder afterwards.
func withTemporaryDirectory<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
    let path = TestPaths.uniquePath("dir")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(URL(filePath: path, directoryHint: .isDirectory))
}
