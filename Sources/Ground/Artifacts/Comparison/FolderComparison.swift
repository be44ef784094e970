import CaissonSystem
import CaissonText

/// Where two folders that should be equal differ.
package struct FolderDifferences: Sendable, Hashable {
    /// A file that differs.
    package struct File: Sendable, Hashable, CustomStringConvertible {
        /// Its path from the folder; one that isn't UTF-8 stands as `String(pathBytes:)` has it.
        package var path: String
        /// Where it differs first.
        package var difference: FileDifference

        /// One line: the path and what differs.
        package var description: String { "\(path.quoted): \(difference)" }
    }

    /// The files that differ, in the order of their paths: the first of them, up to the limit.
    package var files: [File] = []
    /// How many files differ in all, folders that are only in one counted once.
    package var count = 0
    /// The paths of the files, links and folders that are equal.
    package var equal: [String] = []

    /// Whether nothing differs.
    package var isEqual: Bool { count == 0 }
}

/// Compares two folders of files that should be equal, such as the artifacts of two builds.
package struct FolderComparison: Sendable {
    private let limits: ComparisonLimits

    /// Makes a comparison.
    package init(limits: ComparisonLimits = ComparisonLimits()) { self.limits = limits }

    /// Where the folders differ: the files by their bytes, the links by what they hold; no times, owners or modes.
    ///
    /// - Parameter isIgnored: Tells by the path which files and folders aren't compared.
    /// - Throws: `unreadable` where a folder can't be read, `limitExceeded` where they have too many files.
    package func differences(
        _ first: String,
        _ second: String,
        isIgnored: (String) -> Bool = { _ in false }
    ) throws(ArtifactProblem) -> FolderDifferences {
        let names = try [first, second].map { folder throws(ArtifactProblem) in
            try FolderListing(folder, limits, isIgnored).entries
        }
        var walk = FolderMerge(first: names[0], second: names[1])
        var found = FolderDifferences()
        while let pair = walk.next() {
            let path = String(pathBytes: pair.path)
            let difference = try difference(pair, first, second, isExplained: found.files.count < limits.explanations)
            guard let difference else {
                found.equal.append(path)
                continue
            }
            found.count += 1
            guard found.files.count < limits.explanations else { continue }
            found.files.append(FolderDifferences.File(path: path, difference: difference))
        }
        return found
    }

    private func difference(
        _ pair: FolderMerge.Pair,
        _ first: String,
        _ second: String,
        isExplained: Bool
    ) throws(ArtifactProblem) -> FileDifference? {
        guard let kind = pair.first else { return FileDifference(.onlyInSecond) }
        guard let other = pair.second else { return FileDifference(.onlyInFirst) }
        guard kind != .file || other != .file else {
            let path = String(pathBytes: pair.path)
            return fileDifference(PathFacts.join(first, path), PathFacts.join(second, path), isExplained)
        }
        if case .link(let target) = kind, case .link(let another) = other, target != another {
            let texts = [target, another].map { String(pathBytes: $0).quoted }
            return FileDifference(.attribute("target", texts[0], texts[1]))
        }
        return kind == other ? nil : FileDifference(.fileType(kind.name, other.name))
    }

    /// The difference of two files; what can't be read is one, so that the others are compared all the same.
    private func fileDifference(_ first: String, _ second: String, _ isExplained: Bool) -> FileDifference? {
        do throws(ArtifactProblem) {
            let files = (try ArtifactBytes.open(first), try ArtifactBytes.open(second))
            if isExplained { return try FileComparison(limits: limits).difference(files.0, files.1) }
            return try ByteComparison.firstDifference(files.0, files.1).map { FileDifference(.content, offset: $0) }
        } catch {
            return FileDifference(.unreadable(error.message))
        }
    }
}

/// Goes through two sorted lists of files side by side.
struct FolderMerge {
    /// A path, and what it is in each folder; nil where it isn't there.
    struct Pair {
        var path: [UInt8]
        var first: FolderListing.Kind?
        var second: FolderListing.Kind?
    }

    private var first: ArraySlice<FolderListing.Entry>
    private var second: ArraySlice<FolderListing.Entry>

    init(first: [FolderListing.Entry], second: [FolderListing.Entry]) {
        (self.first, self.second) = (first[...], second[...])
    }

    /// The next path; what is in a folder that only one has is passed over.
    mutating func next() -> Pair? {
        guard let entry = first.first else { return second.first.map { takeSecond($0) } }
        guard let other = second.first else { return takeFirst(entry) }
        if precedes(entry.path, other.path) { return takeFirst(entry) }
        if precedes(other.path, entry.path) { return takeSecond(other) }
        _ = first.popFirst()
        _ = second.popFirst()
        if entry.kind == .folder, other.kind != .folder { Self.skip(&first, under: entry.path) }
        if other.kind == .folder, entry.kind != .folder { Self.skip(&second, under: entry.path) }
        return Pair(path: entry.path, first: entry.kind, second: other.kind)
    }

    private mutating func takeFirst(_ entry: FolderListing.Entry) -> Pair {
        _ = first.popFirst()
        Self.skip(&first, under: entry.path)
        return Pair(path: entry.path, first: entry.kind, second: nil)
    }

    private mutating func takeSecond(_ entry: FolderListing.Entry) -> Pair {
        _ = second.popFirst()
        Self.skip(&second, under: entry.path)
        return Pair(path: entry.path, first: nil, second: entry.kind)
    }

    private static func skip(_ entries: inout ArraySlice<FolderListing.Entry>, under path: [UInt8]) {
        let start = path + [UInt8(ascii: "/")]
        entries = entries.drop { $0.path.starts(with: start) }
    }
}
