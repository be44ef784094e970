/// How much would be sent, and which part of it could be left out.
package struct ContextSize: Sendable {
    /// Files and bytes.
    package struct Amount: Sendable, Hashable {
        /// The number of files of any kind.
        package var files = 0
        /// The bytes of their content.
        package var bytes: Int64 = 0

        mutating func add(_ size: Int64) {
            files += 1
            // The sizes of sparse files may add up to more than 64 bits hold.
            bytes = bytes.addingReportingOverflow(size).overflow ? .max : bytes + size
        }
    }

    /// A file with its size.
    package struct File: Sendable, Hashable {
        /// The path under the root.
        package var path: [UInt8]
        /// Its size.
        package var bytes: Int64
        /// The bytes that the files take on the disk.
        package var allocated: Int64
    }

    /// A line for the ignore file, and how much it would save.
    package struct Suggestion: Sendable, Hashable {
        /// The line.
        package var line: [UInt8]
        /// What it would save.
        package var saving: Amount
    }

    /// How many of the largest files are kept.
    package static let mostLargest = 10
    /// Names of directories that a tool can make again, or that only concern this machine.
    static let wasteful: Set<String> = [
        ".git", ".hg", ".svn", "node_modules", "target", ".venv", "venv", "dist", "build", ".build", "__pycache__",
        ".tox",
        ".mypy_cache", ".pytest_cache", ".ruff_cache", ".gradle", ".next", ".nuxt", ".terraform", ".cache", ".idea",
        ".vscode", "coverage",
    ]

    /// Everything except for directories.
    package private(set) var total = Amount()
    /// The number of directories.
    package private(set) var directoryCount = 0
    /// By directory, as deep as was asked for; `.` has the files of the root itself.
    package private(set) var directories: [[UInt8]: Amount] = [:]
    /// By the extension of the name with its `.`; empty for names without one.
    package private(set) var extensions: [[UInt8]: Amount] = [:]
    /// The largest files, the largest first.
    package private(set) var largest: [File] = []
    /// Sparse files: they are sent in full.
    package private(set) var sparse: [File] = []

    private let depth: Int
    private var waste: [[UInt8]: (saving: Amount, isNested: Bool)] = [:]

    /// How many extensions and directories are counted separately; the others are counted in the total only.
    private static let mostGroups = 100_000
    /// How many bytes larger than its disk space a file must be to be called sparse.
    private static let leastHole: Int64 = 1 << 20

    /// Makes a count of nothing.
    /// - Parameter depth: Down to which depth directories are counted separately.
    package init(depth: Int = 1) { self.depth = depth }

    /// Counts a file.
    package mutating func add(_ entry: Entry) {
        let size = entry.isHardLink || !entry.mode.isRegular ? 0 : entry.size
        guard !entry.mode.isDirectory else { return directoryCount += 1 }
        total.add(size)
        add(size, to: \.directories, directory(of: entry.path))
        add(size, to: \.extensions, Self.fileExtension(of: entry.path))
        addWaste(entry.path, size)
        guard entry.mode.isRegular, !entry.isHardLink else { return }
        let file = File(path: entry.path, bytes: size, allocated: entry.allocatedSize)
        if size - entry.allocatedSize >= Self.leastHole, sparse.count < Self.mostGroups { sparse.append(file) }
        if size > 0 { rank(file) }
    }

    /// What lines in the ignore file would save, the largest saving first.
    package var suggestions: [Suggestion] {
        waste.map { name, found in
            Suggestion(line: (found.isNested ? Array("**/".utf8) : []) + name, saving: found.saving)
        }.sorted {
            ($0.saving.bytes, $0.saving.files, $1.line.count) > ($1.saving.bytes, $1.saving.files, $0.line.count)
        }
    }

    private mutating func add(_ size: Int64, to group: WritableKeyPath<Self, [[UInt8]: Amount]>, _ key: [UInt8]) {
        guard self[keyPath: group][key] != nil || self[keyPath: group].count < Self.mostGroups else { return }
        self[keyPath: group][key, default: Amount()].add(size)
    }

    private func directory(of path: [UInt8]) -> [UInt8] {
        var end = 0
        var level = 0
        for index in path.indices where path[index] == UInt8(ascii: "/") {
            end = index
            level += 1
            if level == depth { break }
        }
        return level == 0 ? [UInt8(ascii: ".")] : Array(path[..<end])
    }

    private static func fileExtension(of path: [UInt8]) -> [UInt8] {
        let start = (path.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1
        guard let dot = path.lastIndex(of: UInt8(ascii: ".")), dot > start, dot + 1 < path.count else { return [] }
        return Array(path[dot...])
    }

    private mutating func addWaste(_ path: [UInt8], _ size: Int64) {
        var start = 0
        while let end = path[start...].firstIndex(of: UInt8(ascii: "/")) {
            let name = path[start..<end]
            if Self.isWasteful(name) {
                var found = waste[Array(name)] ?? (Amount(), false)
                found.saving.add(size)
                found.isNested = found.isNested || start > 0
                waste[Array(name)] = found
                return
            }
            start = end + 1
        }
    }

    private static func isWasteful(_ name: ArraySlice<UInt8>) -> Bool {
        guard let first = name.first, ".ntvdb_c".utf8.contains(first) else { return false }
        return wasteful.contains(String(decoding: name, as: UTF8.self))
    }

    private mutating func rank(_ file: File) {
        if largest.count == Self.mostLargest, let last = largest.last, last.bytes >= file.bytes { return }
        let place = largest.firstIndex { $0.bytes < file.bytes } ?? largest.count
        largest.insert(file, at: place)
        if largest.count > Self.mostLargest { largest.removeLast() }
    }
}
