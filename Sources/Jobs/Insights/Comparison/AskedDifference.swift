import CaissonBuildModel
import CaissonJSON

/// Something that two builds were asked for differently.
package struct AskedDifference: Sendable, Hashable {
    /// What of the request it is in.
    package enum Part: Sendable, Hashable {
        /// The names that the image is to have.
        case images
        /// Where the files come from.
        case context
        /// The Dockerfile.
        case dockerfile
        /// The stage.
        case target
        /// What it is built for.
        case platforms
        /// Where the files stand in version control: `source`, `commit`, `context`, `dockerfile`.
        case revision
        /// The engine that took it.
        case engine
        /// A part of `BuildSubmission.request` by its key there, such as `args`, `labels`, `secrets`, `cache-from`.
        case request(String)
    }

    /// What of the request it is in.
    package var part: Part
    /// The name in it, such as that of an argument; nil where the part has no names.
    package var name: String?
    /// What the first build was asked for; nil where the second has something in addition.
    package var first: String?
    /// What the second was asked for; nil where the first had something in addition.
    package var second: String?

    /// The differences of two builds, by part and in an order that doesn't depend on the process.
    ///
    /// What records keep as `***` is taken to be the same in both.
    static func all(_ first: BuildRecord, _ second: BuildRecord) -> [AskedDifference] {
        let (a, b) = (first.submission, second.submission)
        var found = list(.images, a.images, b.images)
        found += text(.context, a.context, b.context)
        found += text(.dockerfile, a.dockerfile, b.dockerfile)
        found += text(.target, a.target, b.target)
        found += list(.platforms, a.platforms, b.platforms)
        found += text(.revision, a.revision?.source, b.revision?.source, named: "source")
        found += text(.revision, a.revision?.commit, b.revision?.commit, named: "commit")
        found += text(.revision, a.revision?.context, b.revision?.context, named: "context")
        found += text(.revision, a.revision?.dockerfile, b.revision?.dockerfile, named: "dockerfile")
        found += text(.engine, first.engine, second.engine)
        for key in names(a.request, b.request) {
            found += value(.request(key), a.request[key], b.request[key])
        }
        return found
    }

    private static func text(_ part: Part, _ a: String?, _ b: String?, named name: String? = nil) -> [AskedDifference] {
        a == b ? [] : [AskedDifference(part: part, name: name, first: a, second: b)]
    }

    /// What is in one list and not in the other; the order doesn't matter, and how often something is in it does.
    private static func list(_ part: Part, _ a: [String], _ b: [String]) -> [AskedDifference] {
        var counts: [String: Int] = [:]
        for text in b { counts[text, default: 0] += 1 }
        var removed: [AskedDifference] = []
        for text in a {
            if let count = counts[text], count > 0 {
                counts[text] = count - 1
            } else {
                removed.append(AskedDifference(part: part, first: text))
            }
        }
        let added = b.reversed()
            .filter { text in
                guard let count = counts[text], count > 0 else { return false }
                counts[text] = count - 1
                return true
            }
        return removed + added.reversed().map { AskedDifference(part: part, second: $0) }
    }

    private static func value(_ part: Part, _ a: JSON?, _ b: JSON?) -> [AskedDifference] {
        guard a != b else { return [] }
        let isObject = (a ?? .null).isObject || (b ?? .null).isObject
        if isObject, a?.isObject ?? true, b?.isObject ?? true {
            let (a, b) = (a ?? .object([]), b ?? .object([]))
            return names(a, b).flatMap { text(part, a[$0].map(words), b[$0].map(words), named: $0) }
        }
        let isList = a?.array != nil || b?.array != nil
        if isList, a.map({ $0.array != nil }) ?? true, b.map({ $0.array != nil }) ?? true {
            return list(part, (a?.array ?? []).map(words), (b?.array ?? []).map(words))
        }
        return text(part, a.map(words), b.map(words))
    }

    private static func words(_ value: JSON) -> String { value.string ?? value.goText(indented: false) }

    private static func names(_ a: JSON, _ b: JSON) -> [String] {
        Set(((a.members ?? []) + (b.members ?? [])).map(\.name)).sorted(by: JSON.precedes)
    }
}
