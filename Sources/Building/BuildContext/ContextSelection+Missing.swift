import CaissonIgnoreFile
import CaissonSystem
import CaissonText
import Glibc

extension ContextSelection {
    /// Why an engine doesn't find a path in the context although a step names it; nil where nothing here explains it.
    ///
    /// - Parameter path: The path as the engine says it, from the context's root.
    package func reasonMissing(_ path: [UInt8]) -> String? {
        let slash = UInt8(ascii: "/")
        let names = path.split(separator: slash)
        for end in names.indices {
            let place = Array(names[...end].joined(separator: [slash]))
            guard let found = try? explain(place) else { return nil }
            if found.verdict == .ignored, found.exists, let match = found.matches.last {
                return "\(displayed(place)) is left out of the context by \(match.file):\(match.line), "
                    + "“\(displayed(match.pattern))”; take it back there with a line “!\(displayed(place))”"
            }
            guard found.exists else { return reasonAbsent(place) }
            if let reason = reasonLinkLeadsNowhere(place) { return reason }
        }
        return nil
    }

    private func reasonAbsent(_ path: [UInt8]) -> String? {
        guard let (parent, name) = try? split(path), let directory = try? source.directory(at: parent) else {
            return nil
        }
        let names = names(in: directory)
        guard let near = nearest(to: String(pathBytes: name), among: names) else { return nil }
        let place = parent.isEmpty ? near.pathBytes : Array(parent) + [UInt8(ascii: "/")] + near.pathBytes
        return "did you mean \(displayed(place))?"
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
