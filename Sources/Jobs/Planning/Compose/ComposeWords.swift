import CaissonText

/// Words that several messages share.
enum ComposeWords {
    /// Says that a key isn't known, and which one was probably meant.
    static func unknown(_ key: String, _ path: String, _ known: [String]) -> String {
        let hint = nearest(to: key, among: known).map { "; did you mean \($0)?" } ?? "; remove it, or begin it with x-"
        return "\(path.isEmpty ? "the file" : path) has no key \(key.quoted)\(hint)"
    }
}
