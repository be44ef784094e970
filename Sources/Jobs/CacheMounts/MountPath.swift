/// Names within a mount as layers have them: no `./` before them and no `/` behind them; the mount itself is `.`.
enum MountPath {
    static let root: [UInt8] = [UInt8(ascii: ".")]
    private static let slash = UInt8(ascii: "/")

    /// The name in the form of layers; nil for one that is absolute or has `..` in it.
    static func normalised(_ path: [UInt8]) -> [UInt8]? {
        guard path.first != slash else { return nil }
        var parts: [ArraySlice<UInt8>] = []
        for part in path.split(separator: slash) where !part.elementsEqual(root) {
            guard !part.elementsEqual([UInt8(ascii: "."), UInt8(ascii: ".")]) else { return nil }
            parts.append(part)
        }
        return parts.isEmpty ? root : Array(parts.joined(separator: [slash]))
    }

    /// The folder that the name is in; nil for the mount itself.
    static func parent(_ path: [UInt8]) -> [UInt8]? {
        guard path != root else { return nil }
        guard let end = path.lastIndex(of: slash) else { return root }
        return Array(path[..<end])
    }

    /// Whether the name is in a folder that a restore, which was killed, left behind.
    static func isStaged(_ path: [UInt8]) -> Bool { path.starts(with: MountScript.staging.utf8) }

    /// Whether a name comes before another one.
    static func precedes(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        a.withUnsafeBytes { a in b.withUnsafeBytes { b in a.lexicographicallyPrecedes(b) } }
    }
}
