import CaissonSystem
import Glibc
import CaissonIgnoreFile

/// Finds what the `followpaths` of a request lead to, like fsutil's `FollowLinks`.
///
/// Each path is taken name by name. A symbolic link on the way is included itself, and the search goes on at its
/// target, as if the context's root were `/`. A name with wildcards stands for the links that match it. Nothing outside
/// of the root is looked at.
struct FollowedPaths {
    private let source: DirectorySource
    private var resolved: Set<[UInt8]> = []
    /// Paths still to be taken.
    private var waiting: [[UInt8]]

    private static let slash = UInt8(ascii: "/")

    /// The patterns to include, sorted; nil when one path is the root itself, so that nothing is left out.
    static func resolve(_ paths: [[UInt8]], in source: DirectorySource) throws(BuildContextError) -> [[UInt8]]? {
        var search = FollowedPaths(source: source, waiting: paths.reversed())
        while let path = search.waiting.popLast() { try search.follow(path) }
        return withoutNested(search.resolved.sorted { $0.lexicographicallyPrecedes($1) })
    }

    private init(source: DirectorySource, waiting: [[UInt8]]) {
        self.source = source
        self.waiting = waiting
    }

    private mutating func follow(_ path: [UInt8]) throws(BuildContextError) {
        let names = cleanedPath(([UInt8(ascii: "."), Self.slash] + path)[...]).split(separator: Self.slash)
        var current: [UInt8] = []
        for (index, name) in names.enumerated() {
            if !current.isEmpty { current.append(Self.slash) }
            current.append(contentsOf: name)
            let targets = try targets(of: current, name: name)
            let isLast = index == names.count - 1
            guard isLast || targets != nil else { continue }
            // It was seen before: a loop, or a path that was named twice.
            guard resolved.insert(current).inserted, let targets else { return }
            let rest = names[(index + 1)...].joined(separator: [Self.slash])
            waiting.append(contentsOf: targets.reversed().map { $0 + [Self.slash] + rest })
            return
        }
    }

    /// Where the links at a path point to, as paths from the root; nil when there is no link.
    private func targets(of path: [UInt8], name: ArraySlice<UInt8>) throws(BuildContextError) -> [[UInt8]]? {
        let parent = path.dropLast(name.count).dropLast()
        let isPlain = path.split(separator: Self.slash).allSatisfy {
            !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) && !$0.contains(0)
        }
        guard isPlain, let directory = try? source.directory(at: parent) else { return nil }
        if !FileNamePattern.hasWildcard(name) { return target(of: name, in: directory, parent: parent).map { [$0] } }
        var failure: Int32 = 0
        guard let own = SharedDescriptor.openDirectory(".", under: directory.raw, failure: &failure) else { return nil }
        let listing = try DirectoryListing(of: own, path: Array(parent))
        var targets: [[UInt8]] = []
        for index in 0..<listing.count where listing.kind(at: index) != .directory {
            var candidate: [UInt8] = []
            listing.appendName(at: index, to: &candidate)
            guard FileNamePattern.matches(Array(name), candidate) else { continue }
            if let target = target(of: candidate[...], in: own, parent: parent) { targets.append(target) }
        }
        return targets.isEmpty ? nil : targets
    }

    private func target(
        of name: ArraySlice<UInt8>,
        in directory: SharedDescriptor,
        parent: ArraySlice<UInt8>
    ) -> [UInt8]? {
        var failure: Int32 = 0
        guard let link = name.withCPath({ linkTarget($0, in: directory, failure: &failure) }) else { return nil }
        let isAbsolute = link.first == Self.slash
        let joined = isAbsolute ? link : [Self.slash] + parent + [Self.slash] + link
        // Cleaning an absolute path drops every `..` that would leave the root.
        return cleanedPath(joined[...])
    }
}
