package import CaissonBuildModel
import CaissonText

/// Which of a job's files are wanted, by patterns such as `*.ko`, `arch/*/boot/bzImage` and `modules/**`.
///
/// `*` and `?` stand for anything but a slash, `[a-z]` for one of these, `**` as a whole part for any folders. A
/// pattern without a slash means a file of that name in any folder. Names are bytes, as they are for the file system:
/// `?` is one of them, and letters that only look alike are others.
package struct ArtifactPatterns: Sendable, Hashable {
    /// The patterns as they were written.
    package let texts: [String]
    private let patterns: [[Part]]

    private enum Part: Sendable, Hashable {
        case folders
        case name([Item])
    }

    private enum Item: Sendable, Hashable {
        case byte(UInt8)
        case any
        case anything
        case range([ClosedRange<UInt8>], isExcluded: Bool)
    }

    private static let slash = UInt8(ascii: "/")
    /// A longer pattern is refused.
    private static let longest = 4096

    /// No patterns at all.
    package static let none = ArtifactPatterns()

    private init() { (texts, patterns) = ([], []) }

    /// Reads patterns.
    ///
    /// - Throws: `ParseError` where one is empty, absolute, leads out of the folder, or has a bracket that isn't closed.
    package init(_ texts: [String]) throws(ParseError) {
        self.texts = texts
        var patterns: [[Part]] = []
        for text in texts { patterns.append(try Self.parse(text)) }
        self.patterns = patterns
    }

    private static func parse(_ text: String) throws(ParseError) -> [Part] {
        let bytes = text.pathBytes
        guard !bytes.isEmpty, bytes.count <= longest, !bytes.contains(0), !bytes.contains(0x0A) else {
            throw ParseError("pattern", text, "it must have 1 to \(longest) bytes, and no zero byte or line feed")
        }
        guard bytes.first != slash else {
            throw ParseError(
                "pattern",
                text,
                "it is absolute",
                expected: "a path below the build, such as arch/*/boot/bzImage"
            )
        }
        var parts: [Part] = bytes.contains(slash) ? [] : [.folders]
        for name in bytes.split(separator: slash) where !name.elementsEqual(".".utf8) {
            guard !name.elementsEqual("..".utf8) else {
                throw ParseError("pattern", text, "it leads out of the build")
            }
            parts.append(name.elementsEqual("**".utf8) ? .folders : .name(try items(Array(name), of: text)))
        }
        // A folder means all that is in it.
        if bytes.last == slash { parts.append(.folders) }
        guard parts.contains(where: { $0 != .folders }) || bytes.elementsEqual("**".utf8) else {
            throw ParseError("pattern", text, "it names nothing")
        }
        return parts
    }

    private static func items(_ bytes: [UInt8], of text: String) throws(ParseError) -> [Item] {
        var items: [Item] = []
        var place = 0
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "*"): if items.last != .anything { items.append(.anything) }
            case UInt8(ascii: "?"): items.append(.any)
            case UInt8(ascii: "["):
                guard let (item, end) = range(bytes, from: place + 1) else {
                    throw ParseError("pattern", text, "a bracket isn't closed, or what is in it makes no sense")
                }
                items.append(item)
                place = end
            case UInt8(ascii: "\\") where place + 1 < bytes.count:
                place += 1
                items.append(.byte(bytes[place]))
            default: items.append(.byte(bytes[place]))
            }
            place += 1
        }
        return items
    }

    /// What is between brackets, and where the closing one is.
    private static func range(_ bytes: [UInt8], from start: Int) -> (Item, Int)? {
        var place = start
        let isExcluded = place < bytes.count && [UInt8(ascii: "!"), UInt8(ascii: "^")].contains(bytes[place])
        if isExcluded { place += 1 }
        var ranges: [ClosedRange<UInt8>] = []
        while place < bytes.count, bytes[place] != UInt8(ascii: "]") || ranges.isEmpty {
            let low = bytes[place]
            if place + 2 < bytes.count, bytes[place + 1] == UInt8(ascii: "-"), bytes[place + 2] != UInt8(ascii: "]") {
                guard low <= bytes[place + 2] else { return nil }
                ranges.append(low...bytes[place + 2])
                place += 3
            } else {
                ranges.append(low...low)
                place += 1
            }
        }
        return place < bytes.count ? (.range(ranges, isExcluded: isExcluded), place) : nil
    }

    // MARK: Matching

    /// The places of the patterns that a path matches.
    package func matches(_ path: String) -> [Int] {
        let names = Self.names(path)
        return patterns.indices.filter { Self.matches(patterns[$0][...], names[...]) }
    }

    /// The patterns that none of these paths matches.
    package func unmatched(_ paths: some Sequence<String>) -> [String] {
        var rest = Set(patterns.indices)
        for path in paths where !rest.isEmpty {
            let names = Self.names(path)
            rest = rest.filter { !Self.matches(patterns[$0][...], names[...]) }
        }
        return rest.sorted().map { texts[$0] }
    }

    private static func names(_ path: String) -> [[UInt8]] { path.pathBytes.split(separator: slash).map { Array($0) } }

    /// Goes back to the last `**` alone, as an earlier one can't do better.
    private static func matches(_ parts: ArraySlice<Part>, _ names: ArraySlice<[UInt8]>) -> Bool {
        var (part, name) = (parts.startIndex, names.startIndex)
        var retry: (part: Int, name: Int)?
        while name < names.endIndex {
            if part < parts.endIndex, parts[part] == .folders {
                // As the last part it means files, at any depth.
                if part + 1 == parts.endIndex { return true }
                retry = (part, name)
                part += 1
            } else if part < parts.endIndex, case .name(let items) = parts[part], matches(items, names[name]) {
                part += 1
                name += 1
            } else if let again = retry {
                retry = (again.part, again.name + 1)
                (part, name) = (again.part + 1, again.name + 1)
            } else {
                return false
            }
        }
        return part == parts.endIndex
    }

    private static func matches(_ items: [Item], _ name: [UInt8]) -> Bool {
        var (item, place) = (0, 0)
        var retry: (item: Int, place: Int)?
        while place < name.count {
            if item < items.count, items[item] == .anything {
                retry = (item, place)
                item += 1
            } else if item < items.count, matches(items[item], name[place]) {
                item += 1
                place += 1
            } else if let again = retry {
                retry = (again.item, again.place + 1)
                (item, place) = (again.item + 1, again.place + 1)
            } else {
                return false
            }
        }
        while item < items.count, items[item] == .anything { item += 1 }
        return item == items.count
    }

    private static func matches(_ item: Item, _ byte: UInt8) -> Bool {
        switch item {
        case .byte(let wanted): wanted == byte
        case .any, .anything: true
        case .range(let ranges, let isExcluded): ranges.contains { $0.contains(byte) } != isExcluded
        }
    }
}
