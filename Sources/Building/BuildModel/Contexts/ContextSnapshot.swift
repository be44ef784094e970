/// The files of a context as they were sent to an engine: what the next build's files are compared with.
///
/// An event carries it, so it is one packed value rather than a list. For each file there are its path, as far as it
/// differs from the one before; its mode; and a stamp of its size and time.
public struct ContextSnapshot: Sendable, Hashable {
    /// Where the files were, and which were wanted.
    package struct Origin: Sendable, Hashable {
        /// What names the directory.
        package var directory: String
        /// The patterns of what was wanted, of what wasn't, and of the links that were followed, as the engine had them.
        package var patterns: [[[UInt8]]]

        /// Makes an origin.
        package init(directory: String, patterns: [[[UInt8]]]) {
            self.directory = directory
            self.patterns = patterns
        }
    }

    /// The context's name in the build: `context`, or that of a further one.
    public let name: String
    /// What names the directory and the selection of its files, the same in each build.
    public let key: String
    /// Where the files were; nil where that isn't remembered.
    package var origin: Origin?
    /// The files' paths, modes and stamps, packed.
    package private(set) var packed: [UInt8] = []
    /// A hash of the content of each file; 0 where it isn't known, as the engine didn't ask for it.
    package private(set) var contents: [UInt64] = []
    /// The path that was added last.
    private var last: [UInt8] = []

    /// Begins without files.
    package init(of name: String, key: String) {
        self.name = name
        self.key = key
    }

    /// Takes over what is kept elsewhere; what is no snapshot has no files.
    package init(of name: String, key: String, packed: [UInt8], contents: [UInt64]) {
        self.init(of: name, key: key)
        self.packed = packed
        self.contents = contents
    }

    /// How many files, directories and links there are.
    public var count: Int { contents.count }

    /// How many bytes it takes.
    package var size: Int { packed.count + 8 * contents.count }

    /// Adds a file; they come in the order of the transfer.
    ///
    /// - Parameters:
    ///   - path: Its path in the context.
    ///   - mode: Its kind and permissions.
    ///   - stamp: What changes with its size and time.
    ///   - content: A hash of its content; 0 where that isn't known.
    package mutating func add(_ path: [UInt8], mode: UInt32, stamp: UInt64, content: UInt64 = 0) {
        var shared = 0
        while shared < last.count, shared < path.count, last[shared] == path[shared] { shared += 1 }
        Self.append(UInt64(shared), to: &packed)
        Self.append(UInt64(path.count - shared), to: &packed)
        packed.append(contentsOf: path[shared...])
        Self.append(UInt64(mode), to: &packed)
        withUnsafeBytes(of: stamp.littleEndian) { packed.append(contentsOf: $0) }
        contents.append(content)
        last = path
    }

    /// Tells the content of the file with a number, from 0; unknown numbers are nobody's.
    package mutating func set(_ content: UInt64, of number: Int) {
        if contents.indices.contains(number) { contents[number] = content }
    }

    /// The same files with another name and other paths, such as those in which a secret was masked.
    package func mapTexts(_ transform: ([UInt8]) -> [UInt8]) -> ContextSnapshot {
        let name = String(decoding: transform(Array(name.utf8)), as: UTF8.self)
        var mapped = ContextSnapshot(of: name, key: key)
        mapped.origin = origin
        mapped.origin?.patterns = origin?.patterns.map { $0.map(transform) } ?? []
        var reader = ContextSnapshotReader(self)
        while let file = reader.next() {
            mapped.add(transform(file.path), mode: file.mode, stamp: file.stamp, content: file.content)
        }
        return mapped
    }

    /// A number in groups of seven bits, the lowest first.
    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

/// Reads the files of a snapshot; what was damaged on disk ends it.
package struct ContextSnapshotReader {
    /// A file of a snapshot.
    package struct File {
        /// Its path in the context.
        package var path: [UInt8]
        /// Its kind and permissions.
        package var mode: UInt32
        /// What changes with its size and time.
        package var stamp: UInt64
        /// A hash of its content; 0 where it isn't known.
        package var content: UInt64
    }

    private static let longestPath = 1 << 16
    private let bytes: [UInt8]
    private let contents: [UInt64]
    private var place = 0
    private var number = 0
    private var path: [UInt8] = []

    /// Begins before the first file.
    package init(_ snapshot: ContextSnapshot) {
        bytes = snapshot.packed
        contents = snapshot.contents
    }

    /// The next file; nil behind the last.
    package mutating func next() -> File? {
        guard number < contents.count, let shared = integer(), let own = integer(), shared <= path.count,
            own <= Self.longestPath, own <= bytes.count - place
        else { return nil }
        path.removeLast(path.count - shared)
        path.append(contentsOf: bytes[place..<(place + own)])
        place += own
        guard let mode = integer(), let stamp = stamp() else { return nil }
        defer { number += 1 }
        return File(path: path, mode: UInt32(truncatingIfNeeded: mode), stamp: stamp, content: contents[number])
    }

    private mutating func integer() -> Int? {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 56, by: 7) {
            guard place < bytes.count else { return nil }
            let byte = bytes[place]
            place += 1
            value |= UInt64(byte & 0x7F) << UInt64(shift)
            if byte < 0x80 { return Int(value) }
        }
        return nil
    }

    private mutating func stamp() -> UInt64? {
        guard bytes.count - place >= 8 else { return nil }
        defer { place += 8 }
        return bytes.withUnsafeBytes {
            UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: UInt64.self))
        }
    }
}
