import CaissonIgnoreFile
import Foundation
import Testing

@testable import CaissonBuildContext

/// 20,000 ignore lists against the answers of Docker's own walk; `Fixtures/ignore-lists/README.md` says which.
@Suite struct TargetedListTests {
    private static let shards = 8
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/ignore-lists").path

    @Test(arguments: 0..<shards)
    func `each list has the answer of Docker's walk`(shard: Int) throws {
        let trees = TargetedLists.trees
        let expected = try Self.answers()
        try #require(expected.count == TargetedLists.count)
        var differences = 0
        for number in stride(from: shard, to: TargetedLists.count, by: Self.shards) {
            let (tree, list) = TargetedLists.list(number, of: trees)
            let answer = Self.answer(tree, list)
            guard answer != expected[number] else { continue }
            differences += 1
            let text = String(decoding: list, as: UTF8.self).debugDescription
            if differences <= 10 { Issue.record("list \(number): \(answer), not \(expected[number]): \(text)") }
        }
        #expect(differences == 0)
    }

    /// What the answers are compared with is decided name by name; the walk over real files must come to the same.
    @Test(arguments: 0..<Int(TargetedLists.treeCount))
    func `a walk over real files has the same answer`(tree number: Int) throws {
        let trees = TargetedLists.trees
        let expected = try Self.answers()
        let real = try TemporaryTree()
        defer { real.remove() }
        for path in trees[number].paths {
            if path.isDirectory { real.directory(path.bytes) } else { real.file(path.bytes) }
        }
        let step = trees.count * 25
        for index in stride(from: number, to: TargetedLists.count, by: step) {
            let list = TargetedLists.list(index, of: trees).bytes
            let answer = Self.answer(list) { patterns, _ throws(BuildContextError) in
                let walk = try DirectorySource(path: real.path).walk(WalkFilter(excludePatterns: patterns))
                var paths: [[UInt8]] = []
                while let entry = try walk.next() { paths.append(entry.path) }
                return paths
            }
            #expect(answer == expected[index], "list \(index)")
        }
    }

    /// Writes the trees and lists for another walk to answer, where the variable names a file.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["CAISSON_IGNORE_LISTS"] != nil))
    func `lists to be answered elsewhere`() throws {
        let path = try #require(ProcessInfo.processInfo.environment["CAISSON_IGNORE_LISTS"])
        func hex(_ bytes: [UInt8]) -> String { bytes.map { String(format: "%02x", $0) }.joined() }
        let trees = TargetedLists.trees
        var lines = trees.map {
            "T " + $0.paths.map { hex($0.bytes + ($0.isDirectory ? [0x2F] : [])) }.joined(separator: " ")
        }
        for number in 0..<TargetedLists.count {
            lines.append("L \(number % trees.count) \(hex(TargetedLists.list(number, of: trees).bytes))")
        }
        try (lines.joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    }

    private static func answers() throws -> [String] {
        let text = try String(contentsOfFile: folder + "/answers.txt", encoding: .utf8)
        var answers: [String] = []
        for line in text.split(separator: "\n") {
            let characters = Array(line)
            for start in stride(from: 0, to: characters.count, by: 4) {
                answers.append(String(characters[start..<min(start + 4, characters.count)]))
            }
        }
        return answers
    }

    /// What a list does to a tree, decided without files.
    private static func answer(_ tree: ListedTree, _ list: [UInt8]) -> String {
        answer(list) { _, matcher throws(BuildContextError) in
            let filter = CompiledFilter(excluding: matcher.patterns.isEmpty ? nil : matcher)
            var walk = PlainWalk(filter: filter, paths: tree.paths)
            try walk.visit(parent: CompiledFilter.Results(), below: 0)
            return zip(tree.paths, walk.isSent).compactMap { $1 ? $0.bytes : nil }
        }
    }

    private static func answer(
        _ list: [UInt8],
        sending: ([[UInt8]], PatternMatcher) throws(BuildContextError) -> [[UInt8]]
    ) -> String {
        guard let file = try? IgnoreFile(parsing: list) else { return "!lin" }
        guard let matcher = try? file.matcher() else { return "!pat" }
        guard let sent = try? sending(file.patterns, matcher) else { return "!wlk" }
        var hash: UInt32 = 2_166_136_261
        Array(sent.sorted { $0.lexicographicallyPrecedes($1) }.map { $0 + [0] }.joined()).withUnsafeBytes { bytes in
            var index = 0
            while index < bytes.count {
                hash = (hash ^ UInt32(bytes[index])) &* 16_777_619
                index += 1
            }
        }
        let folded = hash >> 8 ^ hash & 0xFF
        return Data([UInt8(folded >> 16), UInt8(folded >> 8 & 0xFF), UInt8(folded & 0xFF)]).base64EncodedString()
    }
}

/// A walk over a list of paths instead of files.
private struct PlainWalk {
    let filter: CompiledFilter
    let paths: [ListedTree.Path]
    private(set) var isSent: [Bool]
    private var directories: [Int] = []
    private var next = 0

    init(filter: CompiledFilter, paths: [ListedTree.Path]) {
        self.filter = filter
        self.paths = paths
        isSent = [Bool](repeating: false, count: paths.count)
    }

    mutating func visit(parent: CompiledFilter.Results, below depth: Int) throws(BuildContextError) {
        while next < paths.count, paths[next].depth >= depth {
            let (number, path) = (next, paths[next])
            next += 1
            var results = CompiledFilter.Results()
            let verdict =
                filter.isEmpty
                ? CompiledFilter.Verdict.emit
                : try filter.decide(path.bytes, isDirectory: path.isDirectory, parent: parent, results: &results)
            if verdict == .emit {
                // A file brings its directories.
                for index in directories + [number] { isSent[index] = true }
            }
            if verdict == .prune {
                while next < paths.count, paths[next].depth > depth { next += 1 }
            } else if path.isDirectory {
                directories.append(number)
                try visit(parent: results, below: depth + 1)
                directories.removeLast()
            }
        }
    }
}
