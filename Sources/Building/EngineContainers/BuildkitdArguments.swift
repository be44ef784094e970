package import CaissonEngineDiscovery
import CaissonText

/// The arguments of a builder's buildkitd.
package enum BuildkitdArguments {
    private static let entitlement = "--allow-insecure-entitlement"

    /// The arguments in a text, and the leave to use the host's network, which is that of the container, unless the text or
    /// the configuration says which leave there is.
    ///
    /// - Throws: `EngineError` with code `badAddress` for quotes that don't end.
    package static func parse(
        _ text: String,
        network: String?,
        configuration: BuildkitdConfiguration?
    ) throws(EngineError) -> [String] {
        guard let words = words(of: text) else {
            throw EngineError(.badAddress, "the arguments “\(text)” of buildkitd end inside of quotes; close them")
        }
        let allowed = words.indices.compactMap { index -> String? in
            let (name, value) = words[index].cut(at: "=") ?? (words[index], nil)
            guard name == entitlement else { return nil }
            return value ?? (index + 1 < words.count ? words[index + 1] : "")
        }
        guard !allowed.contains("network.host"), configuration?.allowsHostNetwork != true || network == "host" else {
            return words
        }
        return allowed.isEmpty || network == "host" ? words + ["\(entitlement)=network.host"] : words
    }

    /// The words as a shell has them; nil where a quote doesn't end.
    static func words(of text: String) -> [String]? {
        let words = ShellWords(text)
        return words.isOpen ? nil : words.all
    }
}
