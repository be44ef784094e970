package import CaissonBuildContext
package import CaissonBuildModel
import CaissonText

/// Looks at a directory as a transfer would, without an engine: what the next build would send.
package enum ContextScan {
    /// The files of a selection as they are now, with hashes of their contents.
    ///
    /// A file whose size and time are what they were isn't read again: an engine doesn't ask for it either.
    ///
    /// - Parameters:
    ///   - directory: The directory.
    ///   - earlier: What was sent of it before, in the selection that is looked at; without its origin nothing is found.
    /// - Throws: `BuildError` where a file can't be read; `CancellationError`.
    package static func snapshot(
        of directory: DirectorySource,
        like earlier: ContextSnapshot
    ) throws -> ContextSnapshot? {
        guard let origin = earlier.origin, origin.patterns.count == 3 else { return nil }
        let filter = WalkFilter(
            includePatterns: origin.patterns[0],
            excludePatterns: origin.patterns[1],
            followPaths: origin.patterns[2]
        )
        var found = ContextSnapshot(of: earlier.name, directory: origin.directory, filter)
        // Where a secret was masked in a pattern, another selection would be looked at.
        guard found.key == earlier.key else { return nil }
        var sizes: [Int64] = []
        do {
            let walk = try directory.walk(filter)
            while let entry = try walk.next() {
                try Task.checkCancellation()
                found.add(entry)
                sizes.append(entry.mode.isRegular ? entry.size : -1)
            }
            var known = found.changes(since: earlier, of: BuildID()).1
            try known.readContents(of: directory, sizes)
            return known
        } catch let error as BuildContextError {
            throw FileSource.buildError(error)
        }
    }
}

extension ContextSnapshot {
    /// Reads the files whose contents aren't known.
    fileprivate mutating func readContents(of directory: DirectorySource, _ sizes: [Int64]) throws {
        var reader = ContextSnapshotReader(self)
        var buffer: [UInt8] = []
        for (number, size) in sizes.enumerated() {
            guard let file = reader.next() else { return }
            guard file.content == 0, size >= 0 else { continue }
            try Task.checkCancellation()
            let content = try directory.open(file.path, announcedSize: size)
            var hash = ContentHash()
            while try content.read(into: &buffer) { buffer.withUnsafeBytes { hash.add($0) } }
            set(hash.value, of: number)
        }
    }
}
