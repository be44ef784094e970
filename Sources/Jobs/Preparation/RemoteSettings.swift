import CaissonText

/// What git's configuration says of remotes: each question to git itself starts it again, and this is read in one.
struct RemoteSettings {
    /// The settings that are read, as a pattern of `git config`.
    static let pattern = #"^(remote|branch|url)\."#

    private let entries: [(key: String, value: String)]

    /// Reads what `git config -z --get-regexp` prints: the key, a line's end, the value and a zero byte.
    init(_ output: [UInt8]) {
        entries = output.split(separator: 0).compactMap { entry in
            // A setting without a value is one that is on.
            String(validating: entry, as: UTF8.self).map { text in
                text.cut(at: "\n").map { ($0.head, $0.tail) } ?? (text, "true")
            }
        }
    }

    /// The remote that a branch follows; nil where what it follows isn't fetched from there.
    ///
    /// - Parameter branch: Its name, without `refs/heads/`.
    func remote(followedBy branch: String) -> String? {
        guard let name = values("branch.\(branch).remote").last, let merged = values("branch.\(branch).merge").first
        else { return nil }
        let fetched = values("remote.\(name).fetch").map { $0.hasPrefix("+") ? String($0.dropFirst()) : $0 }
        let sources = fetched.compactMap { $0.cut(at: ":") }.filter { !$0.tail.isEmpty }.map(\.head)
        return sources.contains { Self.matches(merged, $0) } ? name : nil
    }

    /// A remote's first address, with the beginning that `insteadOf` gives it; nil where there is no such remote.
    func address(of name: String) -> String? {
        let urls = values("remote.\(name).url").split(separator: "", omittingEmptySubsequences: false).last
        // Git takes the name for the address of one that has settings, but no address.
        let isKnown = entries.contains { $0.key.hasPrefix("remote.\(name).") }
        return (urls?.first ?? (isKnown ? name : nil)).map(rewritten)
    }

    /// An address with the longest of the beginnings that `insteadOf` names replaced.
    private func rewritten(_ address: String) -> String {
        let suffix = ".insteadof"
        var best: (base: Substring, old: String)?
        for (key, old) in entries where key.hasPrefix("url.") && key.hasSuffix(suffix) {
            guard address.utf8.starts(with: old.utf8), old.utf8.count > best?.old.utf8.count ?? -1 else { continue }
            best = (key.dropFirst("url.".count).dropLast(suffix.count), old)
        }
        guard let best else { return address }
        return best.base + String(Substring(address.utf8.dropFirst(best.old.utf8.count)))
    }

    private func values(_ key: String) -> [String] { entries.filter { $0.key == key }.map(\.value) }

    /// Whether a pattern with one `*` at most stands for a name of a branch.
    private static func matches(_ name: String, _ pattern: String) -> Bool {
        guard let (start, end) = pattern.cut(at: "*") else { return name == pattern }
        return name.utf8.count >= start.utf8.count + end.utf8.count && name.hasPrefix(start) && name.hasSuffix(end)
    }
}
