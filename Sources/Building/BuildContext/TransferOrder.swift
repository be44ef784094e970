/// Checks that a receiver can make the paths of a transfer without leaving its root, like fsutil's `Validator`.
///
/// Every path is clean, comes once, and comes after its directory and after everything that sorts before it. So a
/// directory that was announced can't be turned into a symbolic link later, and nothing is reached through a link.
struct TransferOrder {
    /// The longest name of one file.
    static let longestName = 255
    /// The longest path, and the longest target of a link, in bytes.
    static let longestPath = 4096

    private struct Level {
        var path: [UInt8]
        var last: [UInt8]
    }

    private var levels = [Level(path: [], last: [])]

    /// Takes the next path.
    mutating func accept(_ path: [UInt8], isDirectory: Bool) throws(BuildContextError) {
        guard path.count <= Self.longestPath else {
            throw BuildContextError(
                .limitExceeded,
                "a path of \(path.count) bytes was sent, \(displayed(Array(path.prefix(80))))…; refused"
            )
        }
        let (parent, name) = try split(path)
        guard name.count <= Self.longestName else {
            throw BuildContextError(
                .limitExceeded,
                "a file name of \(name.count) bytes was sent, \(displayed(Array(name.prefix(80))))…; refused"
            )
        }
        while levels.count > 1, let level = levels.last, !level.path.elementsEqual(parent) { levels.removeLast() }
        guard let level = levels.last, level.path.elementsEqual(parent) else {
            throw BuildContextError(
                .refused,
                "\(displayed(path)) was sent, but not the directory that it is in, or too late; refused"
            )
        }
        guard level.last.lexicographicallyPrecedes(name) else {
            throw BuildContextError(
                .refused,
                "\(displayed(path)) was sent twice or after what comes behind it; refused"
            )
        }
        levels[levels.count - 1].last = Array(name)
        if isDirectory { levels.append(Level(path: path, last: [])) }
    }
}
