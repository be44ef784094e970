/// Rules for values by their paths: a tree that is walked beside the values.
///
/// A path is written with dots; `*` stands for any key of a table and for any item of a list.
final class ComposeRules<Rule: Sendable>: Sendable {
    /// The rule for the value that the walk has come to.
    let rule: Rule?
    private let children: [String: ComposeRules]

    private init(_ rule: Rule?, _ children: [String: ComposeRules]) {
        self.rule = rule
        self.children = children
    }

    /// Makes a tree of paths and their rules.
    convenience init(_ rules: [String: Rule]) {
        self.init(paths: rules.map { ($0.key.split(separator: ".").map(String.init)[...], $0.value) })
    }

    private convenience init(paths: [(path: ArraySlice<String>, rule: Rule)]) {
        var below: [String: [(ArraySlice<String>, Rule)]] = [:]
        for (path, rule) in paths {
            if let first = path.first { below[first, default: []].append((path.dropFirst(), rule)) }
        }
        self.init(paths.first { $0.path.isEmpty }?.rule, below.mapValues { ComposeRules(paths: $0) })
    }

    /// The rules below a key of a table or, for `*`, below an item of a list.
    func below(_ key: String) -> ComposeRules? { children[key] ?? children["*"] }
}
