/// What a program printed, of which the middle is left out where it is too long.
package struct BoundedOutput: Sendable, Hashable {
    /// So many bytes are kept: half of them from the beginning, half from the end.
    package let limit: Int
    /// How many bytes there were in all.
    package private(set) var count = 0
    private var head: [UInt8] = []
    /// The end, and at times as much again before it, so that it needn't be moved with every piece.
    private var tail: [UInt8] = []

    /// Makes an output of nothing.
    package init(limit: Int = 1 << 20) {
        self.limit = max(limit, 2)
    }

    private var half: Int { limit / 2 }

    /// Adds a piece at the end.
    package mutating func append(_ data: [UInt8]) {
        count += data.count
        let first = min(max(half - head.count, 0), data.count)
        head += data[..<first]
        tail += data[first...].suffix(half)
        if tail.count > 2 * half { tail.removeFirst(tail.count - half) }
    }

    /// The beginning: all where nothing is left out.
    ///
    /// Where something is left out, no character is cut in two.
    package var beginning: [UInt8] {
        guard isCut else { return head + tail }
        return Array(head.dropLast(Self.unfinished(head)))
    }

    /// The end behind what is left out; empty where nothing is.
    package var ending: [UInt8] {
        guard isCut else { return [] }
        let end = tail.suffix(half)
        return Array(end.dropFirst(end.prefix(3).prefix { $0 & 0xC0 == 0x80 }.count))
    }

    /// How many bytes are left out between beginning and end.
    package var omitted: Int { isCut ? count - beginning.count - ending.count : 0 }

    private var isCut: Bool { count > head.count + min(tail.count, half) }

    /// The whole as a text, with a line that tells of what is left out; bytes that aren't UTF-8 are U+FFFD.
    package var text: String {
        let start = String(decoding: beginning, as: UTF8.self)
        guard isCut else { return start }
        return "\(start)\n… \(omitted) bytes are left out …\n\(String(decoding: ending, as: UTF8.self))"
    }

    /// How many bytes at the end begin a character that isn't whole.
    private static func unfinished(_ bytes: [UInt8]) -> Int {
        for (place, byte) in bytes.suffix(4).reversed().enumerated() where byte & 0xC0 != 0x80 {
            let length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
            return length > place + 1 ? place + 1 : 0
        }
        return 0
    }
}
