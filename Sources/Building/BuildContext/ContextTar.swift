package import CaissonArchive
package import CaissonSystem
import Glibc
import Synchronization

/// Writes a context as a tar, for receivers that take nothing else.
///
/// One thread walks and reads, another makes headers, compresses and writes. What waits between them is bounded, so a
/// slow receiver slows the reading down, and memory doesn't grow with the files.
package struct ContextTar: Sendable {
    /// How the tar is made.
    package struct Options: Sendable {
        /// How it is compressed.
        package var compression = Compression.none
        /// The modification time of all entries in seconds since 1970; nil for their own.
        package var fixedTime: Int64?
        /// The file that the tar is written to or will replace, so that the tar isn't put into itself.
        package var output: FileIdentity?
        /// The file that has the tar until it gets its name; the user isn't told that it was left out.
        package var temporary: FileIdentity?
        /// Files at the tar's end, which replace the context's files of the same names.
        ///
        /// If this is set, a Dockerfile from elsewhere comes as one of them or not at all.
        package var additions: [Addition]?

        /// The options by default.
        package init() {}
    }

    /// A file that the context doesn't have, or has with another content.
    package struct Addition: Sendable, Hashable {
        /// Its path in the tar.
        package var path: [UInt8]
        /// Its content.
        package var content: [UInt8]

        /// Makes a file.
        package init(path: String, content: [UInt8]) {
            self.path = Array(path.utf8)
            self.content = content
        }
    }

    /// Why a sink takes no more.
    package typealias SinkError = ArchiveError

    /// What was written.
    package struct Summary: Sendable, Hashable {
        /// The number of entries.
        package var entries = 0
        /// The bytes of content.
        package var contentBytes: Int64 = 0
        /// What the user should know.
        package var remarks = ContextRemarks()
    }

    private let selection: ContextSelection
    private let options: Options

    /// Prepares to write the files of a selection.
    package init(_ selection: ContextSelection, options: Options = Options()) {
        self.selection = selection
        self.options = options
    }

    /// Writes the tar, and blocks its thread until that is done.
    /// - Parameters:
    ///   - isCancelled: Asked often, on any thread; once it is true, the tar is left without its end.
    ///   - sink: Takes the tar's bytes.
    package func write(
        isCancelled: @escaping @Sendable () -> Bool = { false },
        to sink: @escaping TarWriter.Sink
    ) throws(BuildContextError) -> Summary {
        var summary = Summary()
        var writer = try translating { () throws(ArchiveError) in
            try TarWriter.open(compression: options.compression, sink: sink)
        }
        if options.additions == nil, case .outside(let path) = selection.dockerfile {
            try addDockerfile(path, to: &writer, &summary)
        }
        let shared = ContextPacker.Shared(
            header: try translating { () throws(ArchiveError) in try PlainHeader() },
            fixedTime: options.fixedTime,
            options: FileInspector.Options(output: options.output, temporary: options.temporary),
            isCancelled: isCancelled
        )
        if let path = selection.ignoredDockerfile { summary.remarks.notices.append(.dockerfileKept(path: path)) }
        var assembly = TarAssembly(writer: writer, shared: shared, summary: summary)
        let selection = selection
        try ParallelWalk<ContentBatch>().run(
            { () throws(BuildContextError) in try selection.walk(keepsDockerfile: true, options: shared.options) },
            work: { chunk, give in ContextPacker.pack(chunk, shared, give: give) },
            { batch throws(BuildContextError) in try assembly.take(batch) }
        )
        // They come last, so that they replace what was unpacked before them.
        for addition in options.additions ?? [] { try assembly.add(addition) }
        return try assembly.finish()
    }

    /// Puts a Dockerfile from elsewhere at the beginning of the tar, as docker's client does.
    private func addDockerfile(
        _ path: String,
        to writer: inout TarWriter,
        _ summary: inout Summary
    ) throws(BuildContextError) {
        let content = try Self.dockerfile(path)
        let name = Self.dockerfileName(content)
        let size = Int64(content.count)
        do throws(ArchiveError) {
            try writer.add(Addition(path: name, content: content), time: options.fixedTime ?? 0)
        } catch {
            throw BuildContextError(error)
        }
        summary.entries += 1
        summary.contentBytes += size
        summary.remarks.notices.append(.dockerfileAdded(path: path, name: name))
    }

    /// The name that a Dockerfile from elsewhere gets in a tar, made from its content.
    package static func dockerfileName(_ content: [UInt8]) -> String {
        var hash = StableHash()
        hash.add(content)
        return ".dockerfile." + hash.hexadecimal.prefix(20)
    }

    private static let largestDockerfile = 16 << 20

    /// The content of a Dockerfile that lies anywhere on this machine.
    package static func dockerfile(_ path: String) throws(BuildContextError) -> [UInt8] {
        var failure: Int32 = 0
        let opened = path.withCString {
            SharedDescriptor.open($0, under: AT_FDCWD, O_RDONLY | O_NOCTTY, failure: &failure)
        }
        guard let opened else { throw .failed("read the Dockerfile", Array(path.utf8), failure) }
        let reader = FileReader(opened, path: Array(path.utf8), announcedSize: Int64(largestDockerfile))
        var content: [UInt8] = []
        var chunk: [UInt8] = []
        while try reader.read(into: &chunk, limit: 64 * 1024) {
            content += chunk
            guard content.count <= largestDockerfile else {
                throw BuildContextError(
                    .limitExceeded,
                    "the Dockerfile \(displayed(Array(path.utf8))) has more than 16 MiB"
                )
            }
        }
        return content
    }
}

extension BuildContextError {
    /// The same failure as an error of a context.
    init(_ error: ArchiveError) {
        let code: Code =
            switch error.code {
            case .libraryMissing: .libraryMissing
            case .limitExceeded: .limitExceeded
            case .closed: .closed
            case .diskFull: .diskFull
            case .cancelled: .cancelled
            case .invalid: .changed
            case .malformed, .system: .system
            }
        self.init(code, error.message)
    }
}

/// Runs the closure, and turns errors about tars into errors about contexts.
private func translating<Value: ~Copyable>(
    _ body: () throws(ArchiveError) -> Value
) throws(BuildContextError) -> Value {
    do throws(ArchiveError) {
        return try body()
    } catch {
        throw BuildContextError(error)
    }
}
