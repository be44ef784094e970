import CaissonText
package import CaissonBuildContext
package import CaissonBuildModel
import NIOCore
import NIOPosix
import Synchronization

/// A tree of files that the engine may read.
package enum SyncedTree: Sendable {
    /// A directory of this machine.
    case directory(DirectorySource)
    /// Files that exist only in memory, by name, such as a Dockerfile from standard input.
    case files([MemoryFile])
}

/// A file that is only in memory.
package struct MemoryFile: Sendable {
    /// Its name in the root.
    package var name: String
    /// Its content.
    package var content: [UInt8]

    /// Makes a file.
    package init(name: String, content: [UInt8]) {
        self.name = name
        self.content = content
    }
}

/// `moby.filesync.v1.FileSync`: lets the engine read the trees of a build, by name: `context` and `dockerfile`.
///
/// The engine compares each entry with what it kept from the last build under the same shared key, and asks only for
/// the contents that it lacks.
package final class FileSyncService: SessionService {
    private let trees: [String: SyncedTree]
    private let failed = Mutex<BuildError?>(nil)
    private let notice: @Sendable (String) -> Void
    private let snapshots: SnapshotRequest?

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - trees: The trees by the names that the front end uses; nothing else is served.
    ///   - snapshots: Who wants to know which files were sent; nil for nobody.
    ///   - notice: Called for entries that were left out.
    package init(
        trees: [String: SyncedTree],
        snapshots: SnapshotRequest? = nil,
        notice: @escaping @Sendable (String) -> Void
    ) {
        self.snapshots = snapshots
        self.trees = trees
        self.notice = notice
    }

    /// Why a tree couldn't be read; the engine's own message only quotes this.
    package var failure: BuildError? { failed.withLock { $0 } }

    package var handlers: [String: SessionHandler] {
        [
            "/moby.filesync.v1.FileSync/DiffCopy": { call in
                do {
                    try await self.send(&call)
                } catch let error as BuildError {
                    self.failed.withLock { $0 = $0 ?? error }
                    throw GRPCError(.unknown, error.message)
                }
            }
        ]
    }

    private func send(_ call: inout GRPCServerCall) async throws {
        let name = call.values("dir-name").first ?? ""
        guard let tree = trees[name] else {
            throw GRPCError(.notFound, "no access allowed to dir \"\(name)\"")
        }
        let filter = call.walkFilter
        let collector = snapshots?.collector(of: name, filter)
        let sender = FileTreeSender(
            source: FileSource(tree, filter: filter, collector: collector, notice: notice),
            writer: call.writer,
            connection: call.connection
        )
        try await sender.run(&call.reader)
    }
}

extension GRPCServerCall {
    /// The patterns of a `DiffCopy` call.
    ///
    /// A key with values that aren't ASCII comes URL-encoded, and with it `<key>-encoded: 1` (moby/buildkit
    /// session/filesync `decodeOpts`).
    fileprivate var walkFilter: WalkFilter {
        WalkFilter(
            includePatterns: decodedValues("include-patterns"),
            excludePatterns: decodedValues("exclude-patterns"),
            followPaths: decodedValues("followpaths")
        )
    }

    private func decodedValues(_ key: String) -> [[UInt8]] {
        let isEncoded = values(key + "-encoded").first.flatMap(GoBoolean.parse) ?? false
        guard isEncoded else { return values(key).map { Array($0.utf8) } }
        return values(key).map { GRPCStatus.percentDecoded($0.utf8, plusIsSpace: true) }
    }
}
