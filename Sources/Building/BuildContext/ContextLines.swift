import Glibc

/// What a listing says about a file, in a form that needs no memory of its own.
package struct ListedFile {
    /// Kind and permissions.
    package let mode: FileMode
    /// The size of a regular file; 0 for all others.
    package let size: Int64
    /// The path under the root; valid only during the call that received it.
    package let path: UnsafeRawBufferPointer
    /// The target of a symbolic link, or the path under which a hard link's file was listed before.
    package let linkname: [UInt8]

    /// Whether it is another name of a file that was listed before.
    package var isHardLink: Bool { mode.isRegular && !linkname.isEmpty }
}

/// Appends the bytes that stand for a file in a listing.
package typealias LineFormat = @Sendable (ListedFile, inout [UInt8]) -> Void

/// What was found in a stretch of a walk, as far as it can be made into lines without knowing what came before it.
struct ListedStretch: Sendable {
    /// What comes next.
    enum Item: Sendable {
        /// Ready lines of files, which end at this place in `lines`.
        case lines(end: Int)
        /// Anything that depends on what came before.
        case step(WalkStep)
    }

    private(set) var items: [Item] = []
    private(set) var lines: [UInt8] = []
    private var hasOpenLines = false

    /// Looks at all of a stretch.
    init(_ chunk: WalkChunk, _ inspector: inout FileInspector, _ format: LineFormat) {
        lines.reserveCapacity(chunk.byteCount + 24 * chunk.items.count)
        for item in chunk.items {
            switch item {
            case .enter(let number):
                let (entry, isIncluded) = chunk.entered[number]
                add(.enter(entry, isIncluded: isIncluded))
            case .leave: add(.leave)
            case .name(let name):
                if addLine(name, chunk, inspector, format) { continue }
                guard addSteps(name, chunk, &inspector) else { return }
            }
        }
        if let failure = chunk.failure { add(.failure(failure)) }
        close()
    }

    /// Adds what is found about a file that needs a closer look; false after a failure, which ends the stretch.
    private mutating func addSteps(
        _ name: WalkChunk.Name,
        _ chunk: WalkChunk,
        _ inspector: inout FileInspector
    ) -> Bool {
        do throws(BuildContextError) {
            var steps: [WalkStep] = []
            try inspector.look(at: name, of: chunk, &steps)
            for step in steps { add(step) }
            return true
        } catch {
            add(.failure(error))
            return false
        }
    }

    private mutating func add(_ step: WalkStep) {
        close()
        items.append(.step(step))
    }

    private mutating func close() {
        if hasOpenLines { items.append(.lines(end: lines.count)) }
        hasOpenLines = false
    }

    /// Adds the line of an ordinary file, which has a single name and looks harmless; false for all others.
    private mutating func addLine(
        _ name: WalkChunk.Name,
        _ chunk: WalkChunk,
        _ inspector: FileInspector,
        _ format: LineFormat
    ) -> Bool {
        guard name.isRegular else { return false }
        let directory = chunk.directoryNumber(of: name)
        let isOrdinary = chunk.withPath(of: name) { path, text -> Bool in
            guard !SensitiveFile.mayBeSensitive(UnsafeRawBufferPointer(rebasing: path.suffix(name.lengthInDirectory)))
            else { return false }
            var status = stat()
            guard fstatat(directory, text, &status, AT_SYMLINK_NOFOLLOW) == 0, status.st_mode & S_IFMT == S_IFREG,
                status.st_nlink == 1, !inspector.isOutput(status)
            else { return false }
            let file = ListedFile(mode: FileMode(status.st_mode), size: Int64(status.st_size), path: path, linkname: [])
            format(file, &lines)
            return true
        }
        if isOrdinary { hasOpenLines = true }
        return isOrdinary
    }
}
