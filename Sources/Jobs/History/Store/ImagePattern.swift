import CaissonBuildModel

/// What names of images are looked for: `*` stands for any characters, `?` for one.
struct ImagePattern: Sendable {
    private let pattern: [Unicode.Scalar]

    /// Reads what the user wrote; a name may have the `docker.io/` and `library/` that people leave out.
    init(_ text: String) {
        var text = Substring(text)
        for prefix in ["docker.io/", "library/"] where text.hasPrefix(prefix) { text = text.dropFirst(prefix.count) }
        pattern = Array(text.unicodeScalars)
    }

    /// The pattern as `GLOB` of SQLite reads it, to which brackets mean something, too.
    var glob: String {
        var glob = String.UnicodeScalarView()
        for scalar in pattern { glob.append(contentsOf: scalar == "[" ? Array("[[]".unicodeScalars) : [scalar]) }
        return String(glob)
    }

    /// The name itself, where the pattern is one.
    var exactName: String? {
        guard !pattern.contains("*"), !pattern.contains("?") else { return nil }
        return String(String.UnicodeScalarView(pattern))
    }

    /// Whether a name is one of those.
    func matches(_ name: String) -> Bool {
        let name = Array(name.unicodeScalars)
        var (at, wanted) = (0, 0)
        // Where the last `*` was, and up to where it was taken to reach.
        var star: (pattern: Int, name: Int)?
        while at < name.count {
            if wanted < pattern.count, pattern[wanted] == "*" {
                star = (wanted, at)
                wanted += 1
            } else if wanted < pattern.count, pattern[wanted] == "?" || pattern[wanted] == name[at] {
                at += 1
                wanted += 1
            } else if let last = star {
                star = (last.pattern, last.name + 1)
                at = last.name + 1
                wanted = last.pattern + 1
            } else {
                return false
            }
        }
        return pattern[wanted...].allSatisfy { $0 == "*" }
    }
}

extension BuildRecord {
    /// The names that the build is found by as an image: those that were asked for and those that were made, each as
    /// people write it, with its tag and without.
    var searchableImages: Set<String> {
        var names: Set<String> = []
        for text in submission.images + images.flatMap(\.names) {
            guard var name = try? ImageReference(parsing: text) else {
                names.insert(text)
                continue
            }
            names.insert(name.familiar)
            (name.tag, name.digest) = (nil, nil)
            names.insert(name.familiar)
        }
        return names
    }
}
