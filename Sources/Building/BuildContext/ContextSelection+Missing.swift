import CaissonIgnoreFile
import CaissonSystem
import CaissonText
import Glibc

extension ContextSelection {
    /// Whether there is something at a path, which starts at the context's root and doesn't leave it, as engines read it.
    package func has(_ path: [UInt8]) -> Bool {
        (try? explain(Self.anchored(path).joinedPath))?.exists ?? false
    }

    /// Why an engine doesn't find a path in the context although a step names it; nil where nothing here explains it.
    ///
    /// - Parameter path: The path as the engine says it, from the context's root.
    package func reasonMissing(_ path: [UInt8]) -> String? {
        let names = Self.anchored(path)
        for end in names.indices {
            let place = names[...end].joinedPath
            guard let found = try? explain(place) else { return nil }
            if found.verdict == .ignored, found.exists, let match = found.matches.last {
                return "\(displayed(place)) is left out of the context by \(match.file):\(match.line), "
                    + "“\(displayed(match.pattern))”; take it back there with a line “!\(displayed(place))”"
            }
            guard found.exists else { return reasonAbsent(place, rest: names[(end + 1)...]) }
            if let reason = reasonLinkLeadsNowhere(place) { return reason }
        }
        return nil
    }

    /// The names of a path from the root, without `.` and with `..` taken back.
    private static func anchored(_ path: [UInt8]) -> [ArraySlice<UInt8>] {
        path.split(separator: UInt8(ascii: "/")).reduce(into: []) { names, name in
            if name.elementsEqual("..".utf8) {
                _ = names.popLast()
            } else if !name.elementsEqual(".".utf8) {
                names.append(name)
            }
        }
    }

    // MARK: What is there instead

    /// What could be meant by a path that isn't there, and what is there where nothing could.
    private func reasonAbsent(_ path: [UInt8], rest: ArraySlice<ArraySlice<UInt8>>) -> String? {
        guard let (parent, name) = try? split(path), let directory = try? source.directory(at: parent) else {
            return nil
        }
        let place = { (name: String) in ([parent].filter { !$0.isEmpty } + [name.pathBytes[...]]).joinedPath }
        let names = names(in: directory).filter { (try? explain(place($0)))?.verdict != .ignored }
        if let near = nearest(to: String(pathBytes: name), among: names) {
            let whole = ([place(near)[...]] + rest).joinedPath
            let isThere = (try? explain(whole))?.exists ?? false
            return "did you mean \(displayed(isThere ? whole : place(near)))?"
        }
        if let elsewhere = nearestFile(called: rest.last ?? name) { return "there is \(displayed(elsewhere))" }
        let visible = names.filter { !$0.hasPrefix(".") }
        let here = parent.isEmpty ? "the context" : displayed(Array(parent))
        guard !visible.isEmpty else { return "\(here) has no files that are sent" }
        let most = 5
        var listed = visible.prefix(most).map { displayed($0.pathBytes) }
        let last = visible.count > most ? "\(visible.count - most) more" : listed.removeLast()
        return "\(here) has \(listed.isEmpty ? "only" : "\(listed.joined(separator: ", ")) and") \(last)"
    }

    /// The file of a name that is sent and lies the least deep; only so many files are looked at.
    private func nearestFile(called name: ArraySlice<UInt8>) -> [UInt8]? {
        guard let walk = try? walk(options: FileInspector.Options(readsAttributes: false)) else { return nil }
        let slash = UInt8(ascii: "/")
        var best: (depth: Int, path: [UInt8])?
        for _ in 0..<20_000 {
            guard let entry = try? walk.next() else { break }
            guard entry.path.hasSuffix([slash] + name) else { continue }
            let depth = entry.path.count { $0 == slash }
            if depth < best?.depth ?? .max { best = (depth, entry.path) }
        }
        return best?.path
    }

    private func names(in directory: SharedDescriptor) -> [String] {
        var names: [String] = []
        var failure: Int32 = 0
        // One of its own, as reading moves its position.
        guard let own = SharedDescriptor.openDirectory(".", under: directory.raw, failure: &failure) else { return [] }
        DirectoryNames.visit(own.raw) { name in
            names.append(String(cPath: name))
            return names.count < 10_000
        }
        return names.sorted()
    }

    /// A link is sent as a link, and what it leads to is looked for in the context, with that as the root.
    private func reasonLinkLeadsNowhere(_ path: [UInt8]) -> String? {
        guard let (parent, name) = try? split(path), let directory = try? source.directory(at: parent) else {
            return nil
        }
        var failure: Int32 = 0
        guard let target = name.withCPath({ linkTarget($0, in: directory, failure: &failure) }) else { return nil }
        let link = "\(displayed(path)) is a link to \(displayed(target))"
        guard staysInside(target, from: parent) else {
            return
                "\(link), which lies outside of the context; copy the file into it, or name its directory as another context"
        }
        let inside = cleanedPath(((target.first == UInt8(ascii: "/") ? [] : Array(parent) + [0x2F]) + target)[...])
        guard let found = try? explain(inside.first == 0x2F ? Array(inside.dropFirst()) : inside) else { return nil }
        if !found.exists { return "\(link), which isn't there" }
        guard found.verdict == .ignored, let match = found.matches.last else { return nil }
        return "\(link), which is left out of the context by \(match.file):\(match.line), “\(displayed(match.pattern))”"
    }

    /// Whether a link's target is below the context's root on this machine.
    private func staysInside(_ target: [UInt8], from parent: ArraySlice<UInt8>) -> Bool {
        if target.first == UInt8(ascii: "/") { return false }
        var depth = parent.split(separator: UInt8(ascii: "/")).count
        for name in target.split(separator: UInt8(ascii: "/")) {
            if name.elementsEqual("..".utf8) { depth -= 1 } else if !name.elementsEqual(".".utf8) { depth += 1 }
            if depth < 0 { return false }
        }
        return true
    }
}

extension Collection where Element == ArraySlice<UInt8> {
    /// The names as one path.
    fileprivate var joinedPath: [UInt8] { Array(joined(separator: [UInt8(ascii: "/")])) }
}

extension [UInt8] {
    fileprivate func hasSuffix(_ end: [UInt8]) -> Bool { count >= end.count && suffix(end.count).elementsEqual(end) }
}
