extension BuildRequest {
    /// A digest of all that is asked for, the same in each process: two requests with one fingerprint ask for the same.
    ///
    /// What the request only names, such as the files of its context, isn't part of it.
    package var fingerprint: String {
        var asked = self
        asked.id = nil
        // That the same files are of another commit changes nothing in what is made of them.
        asked.revision = nil
        // How much is told of a build isn't part of it.
        asked.provenanceDetail = .none
        asked.imageMeasurement = .never
        asked.tellsContexts = false
        return SHA256.digest(Array(Self.canonical(asked, depth: 0).utf8))
    }

    /// No part of a request is nested as deep as this.
    private static let deepest = 32

    /// A value with all that is in it, in an order that doesn't depend on the process.
    ///
    /// By reflection, so that no part of a request is ever left out.
    private static func canonical(_ value: Any, depth: Int) -> String {
        let mirror = Mirror(reflecting: value)
        guard depth < deepest, !mirror.children.isEmpty else { return "\(type(of: value)) \(value)" }
        if let bytes = value as? [UInt8] { return "bytes \(bytes)" }
        let parts = mirror.children.map { "\($0.label ?? ""):\(canonical($0.value, depth: depth + 1))" }
        let isUnordered = mirror.displayStyle == .dictionary || mirror.displayStyle == .set
        return "{" + (isUnordered ? parts.sorted() : parts).joined(separator: "\u{0}") + "}"
    }
}
