import Foundation
import Glibc

/// One entry of an image's file system, as far as it must be the same whoever built the image.
///
/// Equality leaves out the time, which depends on when a test makes its tree.
struct ImageEntry: Hashable, Sendable, CustomStringConvertible {
    /// `f`ile, `d`irectory, symbolic `l`ink, `h`ard link, FIFO (`p`), or the type in the tar.
    var kind: Character
    var mode: mode_t
    var path: [UInt8]
    var linkTarget: [UInt8] = []
    var size = 0
    /// FNV-1a of the content.
    var hash: UInt64 = 0
    var userID = 0
    var groupID = 0
    /// The time of the last change, as the tar has it.
    @Unequal var modificationTime = ""

    init(kind: Character, mode: mode_t, path: [UInt8]) {
        self.kind = kind
        self.mode = mode
        self.path = path
    }

    var description: String {
        var text = "\(kind) \(String(mode, radix: 8)) \(Escapes.encode(path))"
        if !linkTarget.isEmpty { text += " => \(Escapes.encode(linkTarget))" }
        if kind == "f" { text += " (\(size) bytes, \(String(hash, radix: 16)))" }
        if userID != 0 || groupID != 0 { text += " owner \(userID):\(groupID)" }
        return text
    }

    mutating func setContent(_ bytes: some Collection<UInt8>) {
        size = bytes.count
        hash = bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}

/// A property that doesn't count when values are compared.
@propertyWrapper struct Unequal<Value: Sendable>: Hashable, Sendable {
    var wrappedValue: Value

    static func == (_: Self, _: Self) -> Bool { true }

    func hash(into _: inout Hasher) {}
}

extension ContextCase {
    /// The entries that the case's list and tree call for.
    func expectedEntries() throws -> [ImageEntry] {
        try expected.map { line in
            guard let file = file(at: line.path) else {
                throw TestSupportError("\(name): \(Escapes.encode(line.path)) is expected but not in the tree")
            }
            return entry(file, linkTarget: line.linkTarget)
        }
    }

    /// The entries of the image that Docker makes, where it is known to differ.
    func expectedEntriesByDocker() throws -> [ImageEntry] {
        let entries = try expectedEntries().map { entry in
            var entry = entry
            if emptiedByDocker.contains(entry.path) { entry.setContent([]) }
            return entry
        }
        return entries + addedByDocker.map { entry($0) }
    }

    /// The entries of an exported context: it has the Dockerfile even when that is ignored.
    func expectedEntriesOfExport() throws -> [ImageEntry] {
        var entries = try expectedEntries()
        let names = dockerfile.utf8.split(separator: UInt8(ascii: "/"))
        for count in 1...names.count {
            let path = Array(names.prefix(count).joined(separator: [UInt8(ascii: "/")]))
            if entries.contains(where: { $0.path == path }) { continue }
            if let file = file(at: path) { entries.append(entry(file)) }
        }
        return entries
    }

    private func entry(_ file: File, linkTarget: [UInt8]? = nil) -> ImageEntry {
        let original = file.kind == "h" ? self.file(at: file.payload) ?? file : file
        var entry = ImageEntry(kind: original.kind, mode: original.mode, path: file.path)
        if let linkTarget {
            entry.kind = "h"
            entry.linkTarget = linkTarget
        } else if original.kind == "l" {
            entry.linkTarget = original.payload
        } else if original.kind == "f" {
            entry.setContent(original.payload)
        } else if original.kind == "s" {
            // An empty file stands in its place.
            entry.kind = "f"
            entry.setContent([])
        }
        return entry
    }

    /// The file of the tree at a path, or the folder that other files make of it.
    func file(at path: [UInt8]) -> File? {
        if let file = files.first(where: { $0.path == path }) { return file }
        let isFolder = files.contains { $0.path.starts(with: path + [UInt8(ascii: "/")]) }
        return isFolder ? File(kind: "d", mode: 0o755, path: path, payload: []) : nil
    }
}

/// What two lists of entries don't have in common, for a message; empty when they are the same.
func differences(_ found: [ImageEntry], _ wanted: [ImageEntry]) -> [String] {
    var lines = Set(found).subtracting(wanted).map { "+ \($0)" } + Set(wanted).subtracting(found).map { "- \($0)" }
    if found.count != Set(found.map(\.path)).count { lines.append("+ a path comes twice") }
    return lines.sorted { $0.dropFirst(2) < $1.dropFirst(2) }
}
