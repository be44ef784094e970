import CaissonBuildContext
package import CaissonBuildModel
import NIOCore
import Synchronization

/// Where one exporter's result goes on this side.
package enum ExportTarget: Sendable, Hashable {
    /// A stream of bytes, such as a tar archive, into a file or to standard output.
    case file(File)
    /// A tree of files into a directory.
    case directory(String)
    /// A tree of files into a directory that will have nothing else at the end: see `FileSendService.removeOthers()`.
    case mirror(String)
    /// A stream of bytes into an open descriptor, which its owner has to close.
    case descriptor(CInt)
    /// A stream of bytes that is no longer wanted.
    case discard

    /// Where a stream of bytes goes.
    package typealias File = CaissonBuildModel.ExportFile
}

/// `moby.filesync.v1.FileSend`: takes what exporters send.
///
/// Each exporter names its target by its place in the request's list; engines before BuildKit 0.13 name none and have
/// one.
package final class FileSendService: SessionService {
    private let targets: [Int: ExportTarget]
    private let failed = Mutex<BuildError?>(nil)
    private let progress = Mutex((begun: Set<Int>(), finished: Set<Int>()))
    private let mirrors = Mutex<[String: [ReceivedTree]]>([:])

    /// Makes the service for the exporters that have a target here, by their place in the request.
    package init(targets: [Int: ExportTarget]) {
        self.targets = targets
    }

    /// Why an export couldn't be written here.
    ///
    /// The engine's own message only says that the client failed.
    package var failure: BuildError? { failed.withLock { $0 } }

    /// The exports that were received completely, by their place.
    package var finished: Set<Int> { progress.withLock { $0.finished } }

    /// Finds an export that wasn't received whole, for when the engine calls the build a success.
    package func checkComplete() throws(BuildError) {
        if let failure { throw failure }
        let finished = finished
        guard let missing = targets.keys.sorted().first(where: { !finished.contains($0) }) else { return }
        let place: String
        switch targets[missing] {
        case .file(.path(let path)), .directory(let path), .mirror(let path): place = path
        case .file(.standardOutput): place = "standard output"
        case .descriptor: place = "dockerd"
        case .discard, nil: return
        }
        throw BuildError(
            .engine,
            "the engine says that the build succeeded, but sent nothing for \(place) — check its log"
        )
    }

    /// Whether bytes went to standard output or a descriptor, where they can't be taken back.
    package var hasBegunStreams: Bool {
        progress.withLock(\.begun).contains { place in
            switch targets[place] {
            case .file(.standardOutput), .descriptor: true
            default: false
            }
        }
    }

    package var handlers: [String: SessionHandler] {
        [
            "/moby.filesync.v1.FileSend/DiffCopy": { call in
                do {
                    // Writing blocks.
                    try await withTaskExecutorPreference(FileExecutor.shared) { try await self.receive(&call) }
                } catch let error as BuildError {
                    // A write that was stopped together with the build didn't cause the failure.
                    if error.code != .cancelled { self.failed.withLock { $0 = $0 ?? error } }
                    throw GRPCError(.unknown, error.message)
                }
            }
        ]
    }

    private func receive(_ call: inout GRPCServerCall) async throws {
        let index = call.values("buildkit-attachable-exporter-id").first.flatMap { Int($0) } ?? 0
        progress.withLock { _ = $0.begun.insert(index) }
        switch targets[index] {
        case .file(let file): try await FileSendService.receive(&call, into: ExportWriter.open(file))
        case .descriptor(let number): try await FileSendService.receive(&call, into: ExportWriter.borrowing(number))
        case .directory(let path): return try await FileSendService.receive(&call, into: path) { _ in finish(index) }
        case .mirror(let path):
            return try await FileSendService.receive(&call, into: path) { tree in
                mirrors.withLock { $0[path, default: []].append(tree) }
                finish(index)
            }
        case .discard: while try await call.reader.next() != nil {}
        case nil: throw GRPCError(.notFound, "no export number \(index) in this build")
        }
        finish(index)
    }

    private func finish(_ index: Int) { progress.withLock { _ = $0.finished.insert(index) } }

    private static func receive(_ call: inout GRPCServerCall, into file: consuming ExportWriter) async throws {
        while var message = try await call.reader.next() {
            while let field = try message.readField() {
                guard field.number == 1, case .bytes(let bytes) = field.value else { continue }
                try bytes.withUnsafeReadableBytes { (bytes) throws(BuildError) in try file.write(bytes) }
            }
        }
        try file.finish()
    }

    /// Removes everything that no result has from the directories that mirror a result.
    ///
    /// Called when the whole build has succeeded, because several platforms come as several trees, and because a build
    /// that fails must not delete anything.
    package func removeOthers() throws(BuildError) {
        for (path, trees) in mirrors.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            do throws(BuildContextError) {
                try ReceivedTree.removeOthers(than: trees)
            } catch {
                throw BuildError(.output, "can't remove what the result doesn't have from \(path) — \(error.message)")
            }
        }
    }

    private static func receive(
        _ call: inout GRPCServerCall,
        into directory: String,
        whenComplete: (ReceivedTree) -> Void
    ) async throws {
        do {
            let receiver = try DirectoryReceiver(path: directory)
            var transfer = FileTreeReceiver(into: receiver, writer: call.writer)
            try await transfer.run(&call.reader) { whenComplete(receiver.received) }
        } catch let error as BuildContextError {
            throw BuildError(.output, "can't write the export into \(directory) — \(error.message)")
        }
    }
}
