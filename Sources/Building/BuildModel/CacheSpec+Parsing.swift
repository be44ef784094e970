import CaissonText

extension CacheSpec {
    private static let form = "type=registry|local|inline|gha|s3|azblob[,KEY=VALUE…], or a name at a registry"

    /// Reads the value of one flag: `type=KIND[,KEY=VALUE…]` with `"` around fields that hold a comma, or names at
    /// registries with commas between; an empty text is no cache.
    ///
    /// Credentials of a wrong text are not repeated in the error.
    public static func list(parsing text: String, as direction: Direction) throws(ParseError) -> [CacheSpec] {
        guard !text.isEmpty else { return [] }
        guard !text.utf8.contains(0) else { throw wrong(text, "it has a NUL character") }
        guard let fields = CommaFields.parse(text) else { throw wrong(text, "its quotes don't match") }
        guard text.utf8.contains(UInt8(ascii: "=")) else {
            var caches: [CacheSpec] = []
            for field in fields {
                caches.append(try CacheSpec(kind: .registry, attributes: ["ref": field]).checked(direction, text))
            }
            return caches
        }
        var attributes = try pairs(fields, of: text)
        guard let name = attributes.removeValue(forKey: "type"), !name.isEmpty else {
            throw wrong(text, "type is missing")
        }
        let names = Kind.allCases.map(\.rawValue)
        guard let kind = Kind(rawValue: name) else {
            let hint = nearest(to: name, among: names) ?? names.joined(separator: ", ")
            throw wrong(text, "unknown type \(name.quoted) (did you mean \(hint)?)")
        }
        return [try CacheSpec(kind: kind, attributes: attributes).checked(direction, text)]
    }

    private func checked(_ direction: Direction, _ text: String) throws(ParseError) -> CacheSpec {
        if kind == .inline, direction == .source {
            throw CacheSpec.wrong(text, "an inline cache is read from the image that holds it: type=registry,ref=IMAGE")
        }
        if let problem = CacheAttributeRules.problem(in: self, as: direction) { throw CacheSpec.wrong(text, problem) }
        return self
    }

    private static func pairs(_ fields: [String], of text: String) throws(ParseError) -> [String: String] {
        var attributes: [String: String] = [:]
        for field in fields {
            guard let (rawKey, value) = field.cut(at: "=") else { throw wrong(text, "\(field.quoted) has no '='") }
            let key = rawKey.trimmed.lowercased()
            guard attributes.updateValue(value, forKey: key) == nil else {
                throw wrong(text, "\(key.quoted) is given twice")
            }
        }
        return attributes
    }

    private static func wrong(_ text: String, _ problem: String) -> ParseError {
        ParseError("cache", redacted(text), problem, expected: form)
    }

    /// The text without the values of credentials, as far as it can be taken apart.
    private static func redacted(_ text: String) -> String {
        text.pieces(at: ",").map { piece in
            guard let (key, _) = piece.cut(at: "="),
                CacheAttributeRules.isSecret(key.pieces(at: "\"").joined().trimmed)
            else { return piece }
            return "\(key)=***"
        }.joined(separator: ",")
    }
}

// MARK: - What the environment adds

extension CacheSpec {
    /// The cache with the credentials of the environment where it has none of its own, as docker-buildx takes them.
    ///
    /// - Returns: Nil where a cache of GitHub has no token or address, as outside of its runners: there it is none.
    public func withCredentials(of environment: [String: String]) -> CacheSpec? {
        var cache = CacheSpec(kind: kind, attributes: CacheAttributeRules.spelledOut(attributes))
        func fill(_ key: String, _ variables: String...) {
            guard cache.attributes[key] == nil else { return }
            let values = variables.compactMap { environment[$0] }
            cache.attributes[key] = values.first { !$0.isEmpty }
        }
        switch kind {
        case .s3:
            guard attributes["access_key_id"] == nil || attributes["secret_access_key"] == nil else { return cache }
            fill("access_key_id", "AWS_ACCESS_KEY_ID")
            fill("secret_access_key", "AWS_SECRET_ACCESS_KEY")
            fill("session_token", "AWS_SESSION_TOKEN")
        case .gha:
            let isVersion2 = environment.boolean("ACTIONS_CACHE_SERVICE_V2") ?? false
            fill("token", "ACTIONS_RUNTIME_TOKEN")
            if attributes["version"] == "2" || attributes["version"] == nil && isVersion2 {
                fill("url_v2", "ACTIONS_RESULTS_URL")
            }
            fill("url", "ACTIONS_CACHE_URL", "ACTIONS_RESULTS_URL")
            let hasAddress = cache.attributes["url"] != nil || cache.attributes["url_v2"] != nil
            return cache.attributes["token", default: ""].isEmpty || !hasAddress ? nil : cache
        case .registry, .local, .inline, .azblob:
            break
        }
        return cache
    }
}
