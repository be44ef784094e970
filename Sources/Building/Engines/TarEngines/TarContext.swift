import CaissonBuildContext
import CaissonBuildKit
import CaissonBuildModel
import CaissonHTTPClient

/// The files of a build as the one tar that an engine without sessions takes.
struct TarContext: Sendable {
    private enum Source: Sendable {
        /// A directory here, packed while it is sent.
        case directory(ContextSelection, ContextTar.Options)
        /// A tar that somebody sends us.
        case input(UploadService.Source)
        /// A tar that is small and there.
        case bytes([UInt8])
    }

    /// What the engine must be told of the tar.
    private(set) var place = TarEngineQuery.Place()
    private let source: Source

    /// Sees whether the engine takes what it is sent.
    let stall = UploadStall()

    /// Opens what the request names.
    ///
    /// - Throws: `BuildError` with code `usage` that names what isn't there.
    init(_ request: BuildRequest, for engine: TarEngine) throws(BuildError) {
        switch request.context {
        case .tarOnInput:
            guard let input = request.input else {
                throw BuildError(.usage, "no standard input was given for the build context")
            }
            source = .input(input.next)
            if case .inContext(let name) = request.dockerfile { place.dockerfile = name ?? "Dockerfile" }
        case .remote:
            source = .bytes(try TarContext.translating { () throws(BuildContextError) in try ContextTar.bytes(of: []) })
            if case .inContext(let name?) = request.dockerfile { place.dockerfile = name }
        case .empty:
            var additions = TarAdditions()
            if case .text(let text) = request.dockerfile { additions.hide(text) }
            if !engine.isPodman { additions.listHidden() }
            place = TarEngineQuery.Place(dockerfile: additions.dockerfile, hidden: additions.patterns)
            source = .bytes(
                try TarContext.translating { () throws(BuildContextError) in try ContextTar.bytes(of: additions.files) }
            )
        case .directory(let root):
            let opened = try TarContext.translating { () throws(BuildContextError) in
                try TarAdditions.open(root, request.dockerfile, isListed: !engine.isPodman)
            }
            place = TarEngineQuery.Place(dockerfile: opened.additions.dockerfile, hidden: opened.additions.patterns)
            var options = ContextTar.Options()
            options.additions = opened.additions.files
            source = .directory(opened.selection, options)
        }
    }

    /// The request's body, which tells how many bytes each piece that was sent had.
    func body(sent: @escaping @Sendable (Int) -> Void, notice: @escaping @Sendable (String) -> Void) -> HTTPRequestBody
    {
        let send: @Sendable ([UInt8], HTTPBodyWriter) async throws -> Void = { [stall] chunk, writer in
            try await stall.watch { try await writer.write(chunk) }
            sent(chunk.count)
        }
        switch source {
        case .bytes(let bytes):
            return .stream(length: Int64(bytes.count)) { writer in try await send(bytes, writer) }
        case .input(let next):
            return .stream(length: nil) { writer in
                while case let chunk = try await next(), !chunk.isEmpty { try await send(chunk, writer) }
            }
        case .directory(let selection, let options):
            return .stream(length: nil) { writer in
                let tar = ContextTar(selection, options: options)
                let remarks = try await TarContext.pack(tar) { block in try await send(block, writer) }
                for remark in remarks.notices where !remark.isOfDockerfile { notice(remark.message) }
            }
        }
    }

    /// Makes a tar on a thread for files and gives it on, block by block.
    private static func pack(_ tar: ContextTar, _ send: ([UInt8]) async throws -> Void) async throws -> ContextRemarks {
        let pipe = TarPipe()
        return try await withThrowingTaskGroup(of: ContextRemarks.self) { group in
            group.addTask(executorPreference: FileExecutor.shared) {
                defer { pipe.finish() }
                return try write(tar, into: pipe)
            }
            do {
                while let block = await pipe.next() { try await send(block) }
                try Task.checkCancellation()
            } catch {
                pipe.close()
                throw error
            }
            // An error of the reading side: the request ends without the tar's end then.
            return try await group.next() ?? ContextRemarks()
        }
    }

    private static func write(_ tar: ContextTar, into pipe: TarPipe) throws -> ContextRemarks {
        try tar.write(isCancelled: { pipe.isClosed }) { block throws(ContextTar.SinkError) in
            guard pipe.give(Array(block)) else { throw .nobodyReads }
        }.remarks
    }

    /// Calls with the errors of contexts turned into those of builds.
    private static func translating<Value>(
        _ body: () throws(BuildContextError) -> Value
    ) throws(BuildError) -> Value {
        do throws(BuildContextError) {
            return try body()
        } catch {
            throw BuildError(error)
        }
    }
}

extension ContextNotice {
    /// Whether it is about the Dockerfile's place in a tar, which no step of a build sees.
    fileprivate var isOfDockerfile: Bool {
        switch self {
        case .dockerfileKept, .dockerfileAdded: true
        default: false
        }
    }
}

extension BuildError {
    /// What a failure to read the context means for the exit status.
    init(_ error: BuildContextError) {
        switch error.code {
        case .notFound, .notADirectory, .notAFile, .notPermitted, .malformedPattern, .refused:
            self.init(.usage, error.message)
        case .cancelled: self.init(.cancelled, "the build was cancelled")
        default: self.init(.output, error.message)
        }
    }
}
