/// Deterministic trees and ignore lists, made to meet each other where Docker's walk is hard to follow: exceptions below
/// pruned directories, ranges, malformed parts behind stars, `**`, anchors, escapes, comments.
///
/// The answers in `Fixtures/ignore-lists` belong to exactly these: a change here needs them recorded again.
struct TargetedLists {
    /// How many lists there are.
    static let count = 20_000
    /// How many trees the lists are tried on, in turn.
    static let treeCount: UInt64 = 8

    private var random: SeededGenerator
    private let tree: ListedTree

    /// The list with a number, as the bytes of an ignore file, and its tree.
    static func list(_ number: Int, of trees: [ListedTree]) -> (tree: ListedTree, bytes: [UInt8]) {
        let tree = trees[number % trees.count]
        var lists = TargetedLists(random: SeededGenerator(state: UInt64(number) &* 7919 &+ 17), tree: tree)
        return (tree, lists.list())
    }

    /// All trees.
    static var trees: [ListedTree] { (0..<treeCount).map { ListedTree(seed: $0) } }

    private mutating func list() -> [UInt8] {
        var lines: [[UInt8]] = []
        if chance(60) { lines.append(pick(Self.wide)) }
        for _ in 0...Int(random.below(6)) { lines.append(line()) }
        let end = chance(10) ? bytes("\r\n") : bytes("\n")
        let start = chance(3) ? bytes("\u{FEFF}") : []
        return start + Array(lines.joined(separator: end)) + (chance(70) ? end : [])
    }

    private mutating func line() -> [UInt8] {
        if chance(5) { return pick(Self.oddLines) }
        var line = chance(82) ? fromPath() : fromPieces()
        if chance(45) { line = (chance(8) ? bytes("! ") : bytes("!")) + line }
        if chance(4) { line = bytes(" ") + line + bytes("\t") }
        return line
    }

    /// A pattern that was a path of the tree, with some of its names replaced.
    private mutating func fromPath() -> [UInt8] {
        var names = tree.paths[Int(random.below(UInt64(tree.paths.count)))].bytes.split(separator: 0x2F).map {
            Array($0)
        }
        for index in names.indices where chance(35) { names[index] = changed(names[index]) }
        if chance(10) { names.insert(bytes("**"), at: Int(random.below(UInt64(names.count + 1)))) }
        if chance(6) {
            let place = Int(random.below(UInt64(names.count + 1)))
            names.insert(contentsOf: pick([[bytes("..")], [bytes(".")], [bytes("zz"), bytes("..")], [[]]]), at: place)
        }
        if chance(15), names.count > 1 { names.removeLast() }
        let start = pick([
            [], [], [], [], [], bytes("/"), bytes("./"), bytes("**/"), bytes("*/"), bytes("../"), bytes("**"),
        ])
        let end = pick([
            [], [], [], [], [], bytes("/"), bytes("/*"), bytes("/**"), bytes("/*/**"), bytes("*"), bytes("**"),
        ])
        return start + Array(names.joined(separator: [0x2F])) + end
    }

    /// A name with a wildcard, a class or an escape in it.
    private mutating func changed(_ name: [UInt8]) -> [UInt8] {
        let place = Int(random.below(UInt64(name.count)))
        let (head, tail) = (Array(name[..<place]), Array(name[place...].dropFirst()))
        let byte = name[place]
        switch random.below(10) {
        case 0, 1: return bytes("*")
        case 2: return bytes("**")
        case 3: return head + bytes("?") + tail
        case 4: return head + bytes("*")
        case 5: return bytes("*") + tail
        case 6: return head + bytes("[") + [byte] + bytes("-z]") + tail
        case 7: return head + bytes("\\") + [byte] + tail
        case 8: return head + oneClass() + tail
        default: return head + bytes("*") + oneClass() + bytes("*")
        }
    }

    private mutating func oneClass() -> [UInt8] { chance(12) ? pick(Self.badClasses) : pick(Self.classes) }

    /// A pattern of pieces that have a meaning somewhere.
    private mutating func fromPieces() -> [UInt8] {
        var text: [UInt8] = []
        for _ in 0...Int(random.below(5)) { text += pick(Self.pieces) }
        return text
    }

    private static let wide = ["*", "**", "/*", "*/*", "**/*", "src", "lib/**", "*/**", "[a-z]*", "?*", "/", "."].map(
        bytes
    )
    private static let classes = [
        "[a-c]", "[^a]", "[!a]", "[a-z]", "[a-z.]", "[0-9.]", "[^/]", "[a/]", "[*]", "[\\]a]", "[é-ü]", "[a\\-c]",
        "[^a-c]", "?",
    ].map(bytes)
    /// Classes that `filepath.Match`, the regular expression or both refuse, once they are read that far.
    private static let badClasses = [
        "[_-]", "[-x]", "[]a]", "[z-a]", "[a", "[", "]", "[^", "[a-", "[:alpha:]", "[[:alpha:]]", "[]",
    ].map(bytes)
    private static let pieces =
        [
            "*", "**", "?", "/", "/", ".", "..", "a", "b", "src", "app", "logs", "\\", "\\*", "\\d", "\\.", "|", "{",
            "}", "{2}",
            "^", "$", "+", "(", ")", "-", "!", "#", " ", "é", "\u{FEFF}", "x.md", "*.md", "**/", "/**", "[_-]", "*[-_]",
            "[z-a]",
        ].map(bytes) + classes + [[0xFF], [0xC3]]
    private static let oddLines = [
        "", "  ", "!", "! ", "#", "# a", " # a", "!#a", "!!a", "!!", ".", "..", "/", "//", "!.", "!/", "!..", "../a",
        "!../a",
        "\u{FEFF}a", "\u{A0}a\u{2003}", "\\", "!\\", "a/", "/a/", "a//b", "./a/./b", "a/../b", "!/a", "! /a", "\\!a",
        "\\#a",
        "a\\ ", "a/**/../b", "**/..", "*/..",
    ].map(bytes)

    private mutating func chance(_ percent: UInt64) -> Bool { random.below(100) < percent }

    private mutating func pick<Element>(_ all: [Element]) -> Element { all[Int(random.below(UInt64(all.count)))] }
}

/// A tree of files, in the order of a walk.
struct ListedTree {
    /// A file or directory.
    struct Path { let bytes: [UInt8], depth: Int, isDirectory: Bool }

    private(set) var paths: [Path] = []

    private static let names =
        [
            "a", "b", "ab", "abc", "src", "app", "lib", "logs", "build", "x.md", "README.md", "y.txt", "z.js", ".git",
            ".env",
            "build_1", "build-2", "logs-0", "a b", "#a", "!a", "a|b", "aa", "a+b", "(a)", "$a", "[a]", "*", "?", "a\\b",
            "é",
            "ü.md", "日本", "-", "_", "^a", "]", "A", "d", "a\nb", "{2}", ".a", "..a",
        ].map(bytes) + [[0xFF, 0x61]]

    init(seed: UInt64) {
        var random = SeededGenerator(state: seed &+ 1)
        add(below: [], depth: 0, &random)
    }

    private mutating func add(below directory: [UInt8], depth: Int, _ random: inout SeededGenerator) {
        var names: Set<[UInt8]> = []
        // The first names are those that patterns are made of, so most of a tree is made of them.
        for _ in 0..<(depth == 0 ? 9 : 4) {
            let most = UInt64(random.below(2) == 0 ? 10 : Self.names.count)
            names.insert(Self.names[Int(random.below(most))])
        }
        for name in names.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let isDirectory = depth < 3 && random.below(10) < (depth == 0 ? 6 : 4)
            let path = directory + name
            paths.append(Path(bytes: path, depth: depth, isDirectory: isDirectory))
            if isDirectory { add(below: path + [0x2F], depth: depth + 1, &random) }
        }
    }
}

/// Numbers that are the same everywhere and in every version of Swift's library.
struct SeededGenerator {
    var state: UInt64

    mutating func below(_ bound: UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return (mixed ^ mixed >> 31) % bound
    }
}

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
