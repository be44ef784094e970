import CaissonText

/// What a COPY takes of a context: a path, with all beneath it where that is a directory, or a pattern of paths.
///
/// Patterns are those of Go's `path/filepath` (`*`, `?`, `[a-z]`, `\`), which match within one name; a name of `**`
/// stands for any number of names, as in `.dockerignore`.
package struct SourcePattern: Sendable, Hashable {
    /// The names between slashes; none for the whole context.
    let names: [[UInt8]]
    /// Whether there is anything but a path in it.
    package let isPattern: Bool

    /// Reads a source as it stands in a Dockerfile: `src`, `./src/`, `/src`, `src/*.c`, `.`.
    package init(_ text: String) {
        var names: [[UInt8]] = []
        for name in text.pathBytes.split(separator: UInt8(ascii: "/")) where name != [UInt8(ascii: ".")] {
            // Nothing lies above the context's root.
            if name == Array("..".utf8)[...] { _ = names.popLast() } else { names.append(Array(name)) }
        }
        self.names = names
        isPattern = names.contains { $0.contains { "*?[\\".utf8.contains($0) } }
    }

    /// The path that it is, without a slash at either end; nil for a pattern.
    var path: [UInt8]? { isPattern ? nil : Array(names.joined(separator: [UInt8(ascii: "/")])) }

    /// Whether a path, or a directory that it lies in, is what is meant.
    ///
    /// The work is bounded by the product of the lengths: a `*` never goes back further than to the last one.
    package func matches(_ path: [UInt8]) -> Bool {
        let parts = path.split(separator: UInt8(ascii: "/"))
        var (part, name) = (0, 0)
        var back: (part: Int, name: Int)?
        while name < names.count {
            if names[name] == Array("**".utf8) {
                name += 1
                back = (part, name)
                if name == names.count { return true }
            } else if part < parts.count, Self.match(names[name], parts[part]) {
                part += 1
                name += 1
            } else if let (from, next) = back, from < parts.count {
                back = (from + 1, next)
                (part, name) = (from + 1, next)
            } else {
                return false
            }
        }
        return true
    }

    private static func match(_ pattern: [UInt8], _ text: ArraySlice<UInt8>) -> Bool {
        var (place, next) = (text.startIndex, 0)
        var back: (place: Int, next: Int)?
        while place < text.endIndex || next < pattern.count {
            if next < pattern.count, pattern[next] == UInt8(ascii: "*") {
                next += 1
                back = (place, next)
            } else if place < text.endIndex, let end = end(of: pattern, at: next, matching: text[place]) {
                place += 1
                next = end
            } else if let (from, after) = back, from < text.endIndex {
                back = (from + 1, after)
                (place, next) = (from + 1, after)
            } else {
                return false
            }
        }
        return true
    }

    /// Where the pattern goes on behind what stands for one byte; nil where it stands for another.
    private static func end(of pattern: [UInt8], at start: Int, matching byte: UInt8) -> Int? {
        guard start < pattern.count else { return nil }
        switch pattern[start] {
        case UInt8(ascii: "?"): return start + 1
        case UInt8(ascii: "["): return endOfClass(pattern, at: start, matching: byte)
        case UInt8(ascii: "\\") where start + 1 < pattern.count: return pattern[start + 1] == byte ? start + 2 : nil
        case byte: return start + 1
        default: return nil
        }
    }

    private static func endOfClass(_ pattern: [UInt8], at start: Int, matching byte: UInt8) -> Int? {
        var next = start + 1
        let isNegated = next < pattern.count && pattern[next] == UInt8(ascii: "^")
        if isNegated { next += 1 }
        var isIn = false
        while next < pattern.count, pattern[next] != UInt8(ascii: "]") {
            let low = pattern[next]
            var high = low
            if next + 2 < pattern.count, pattern[next + 1] == UInt8(ascii: "-"), pattern[next + 2] != UInt8(ascii: "]")
            {
                high = pattern[next + 2]
                next += 2
            }
            if low <= byte, byte <= high { isIn = true }
            next += 1
        }
        return next < pattern.count && isIn != isNegated ? next + 1 : nil
    }
}
