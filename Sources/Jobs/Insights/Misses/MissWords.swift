package import CaissonBuildModel
import CaissonText

/// The words that causes are told in.
package enum MissWords {
    /// As many characters of a name are shown.
    private static let longest = 100

    /// A name of a peer on one line, control characters as escapes; a long one is cut.
    package static func shown(_ text: String) -> String {
        var out = ""
        for (count, scalar) in text.unicodeScalars.enumerated() {
            if count == longest { return out + "…" }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
                out += scalar.shownByte ?? scalar.escaped(asASCII: true)
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    /// The beginning of a build's id.
    package static func short(_ id: BuildID) -> String { String(id.description.prefix(8)) + "…" }

    /// The beginning of a digest, with its algorithm.
    package static func digest(_ digest: String) -> String {
        let text = shown(digest)
        return text.unicodeScalars.count > 19 ? String(text.prefix(19)) + "…" : text
    }

    /// What changed in the files of a context.
    package static func files(_ match: NetContextChanges.Match, unseen: Int, since: BuildID) -> String {
        let end = " since build \(short(since))"
        guard let first = match.changes.first else {
            return "some of \(unseen) files that aren't told one by one changed" + end
        }
        let others = (match.changes.count - 1).clampedAdding(match.more)
        let path = shown(first.path)
        if others > 0 { return "\(path) and \(others) other \(others == 1 ? "file" : "files") changed" + end }
        switch first.kind {
        case .added: return "\(path) was added" + end
        case .removed: return "\(path) was removed" + end
        case .mode: return "\(path) has other permissions" + end
        case .content, .perhaps: return "\(path) changed" + end
        }
    }

    /// How an argument differs.
    static func argument(_ difference: MissRequest.Difference) -> String {
        let name = "the build argument \(shown(difference.name))"
        switch (difference.before, difference.now) {
        case (let before?, let now?): return "\(name) is “\(shown(now))” and was “\(shown(before))”"
        case (nil, let now?): return "\(name) is “\(shown(now))” and wasn't given before"
        case (let before?, nil): return "\(name) isn't given and was “\(shown(before))”"
        case (nil, nil): return "\(name) differs"
        }
    }

    /// Which secrets are given that weren't, and the other way round.
    static func secrets(added: [String], removed: [String]) -> String {
        func list(_ ids: [String]) -> String { ids.map(shown).joined(separator: ", ") }
        let new = added.isEmpty ? nil : "the secret \(list(added)) wasn't given before"
        let old = removed.isEmpty ? nil : "the secret \(list(removed)) isn't given any more"
        return [new, old].compactMap(\.self).joined(separator: ", and ")
    }

    /// What was asked for before.
    static func target(_ change: MissCause.Kind, since: BuildID) -> String {
        guard case .targetOrPlatformChanged(let before, let now) = change else { return "" }
        return "build \(short(since)) was for \(shown(before)), this one is for \(shown(now))"
    }

    /// What removed it.
    static func removal(_ removal: CacheRemoval, isNamed: Bool) -> String {
        let cause = shown(removal.cause)
        if isNamed { return "\(cause) removed its result from the engine's cache" }
        let records = removal.count == 1 ? "one record" : "\(max(0, removal.count)) records"
        return "\(cause) removed \(records) from the engine's cache, its result among them"
    }
}
