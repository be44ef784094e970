import CaissonSystem
package import FoundationEssentials

/// The part of docker's `config.json`, and of podman's `auth.json`, that says who we are to which registry.
package struct DockerConfig: Sendable {
    /// One entry of `auths`, with secrets in clear text, which must never get into a message.
    struct Entry: Sendable {
        var auth: String?
        var username: String?
        var password: String?
        var identityToken: String?
    }

    /// The file that it was read from, for messages.
    package let path: String
    let auths: [String: Entry]
    let credentialHelpers: [String: String]
    let credentialsStore: String?
    private let proxies: [String: [String: String]]

    /// Reads a file; nil when there is none.
    package static func read(_ path: String) throws(RegistryError) -> DockerConfig? {
        let content: [UInt8]
        do {
            content = try BoundedFile.read(path)
        } catch .missing {
            return nil
        } catch {
            throw RegistryError(.configuration, "\(path) \(error.explanation); repair it or set DOCKER_CONFIG")
        }
        return try DockerConfig(path: path, content: Data(content))
    }

    /// Reads a file's content; an empty file is an empty configuration.
    package init(path: String, content: Data) throws(RegistryError) {
        self.path = path
        let file: ConfigFile
        do {
            let blank = content.allSatisfy { [0x20, 0x09, 0x0a, 0x0d].contains($0) }
            file = blank ? ConfigFile() : try JSONDecoder().decode(ConfigFile.self, from: content)
        } catch {
            // The decoder's words may quote the file, with its secrets.
            throw RegistryError(.configuration, "\(path) is not a docker configuration file: \(Self.place(of: error))")
        }
        auths = (file.auths ?? [:]).mapValues {
            Entry(
                auth: $0.auth,
                username: $0.username,
                password: $0.password,
                identityToken: $0.identitytoken
            )
        }
        credentialHelpers = file.credHelpers ?? [:]
        credentialsStore = file.credsStore.flatMap { $0.isEmpty ? nil : $0 }
        proxies = (file.proxies ?? [:]).mapValues { $0.compactMapValues(\.self) }
    }

    /// The proxies for builds on an engine, as build arguments in both spellings (docker/cli
    /// cli/config/configfile/file.go).
    package func proxyArguments(for address: String) -> [String: String] {
        let names = [
            "httpProxy": "HTTP_PROXY", "httpsProxy": "HTTPS_PROXY", "noProxy": "NO_PROXY", "ftpProxy": "FTP_PROXY",
            "allProxy": "ALL_PROXY",
        ]
        var arguments: [String: String] = [:]
        for (key, value) in proxies[address] ?? proxies["default"] ?? [:] where !value.isEmpty {
            guard let name = names[key] else { continue }
            arguments[name] = value
            arguments[name.lowercased()] = value
        }
        return arguments
    }

    /// The suffix of the helper program that answers for a registry, if there is one.
    func helper(for host: RegistryHost) -> String? {
        for key in host.keys {
            if let helper = credentialHelpers[key] { return helper.isEmpty ? nil : helper }
        }
        return credentialsStore
    }

    /// The credentials that the file itself has for a registry.
    func stored(for host: RegistryHost) throws(RegistryError) -> Credentials? {
        for key in host.keys {
            if let entry = auths[key] { return try credentials(entry, key: key) }
        }
        // Keys of older files have the scheme or a path in them. They are sorted, so that the answer is always the
        // same.
        let hosts = Set(host.keys.map(RegistryHost.hostname))
        for (key, entry) in auths.sorted(by: { $0.key < $1.key }) where hosts.contains(RegistryHost.hostname(of: key)) {
            if let found = try credentials(entry, key: key) { return found }
        }
        return nil
    }

    private func credentials(_ entry: Entry, key: String) throws(RegistryError) -> Credentials? {
        if let token = entry.identityToken, !token.isEmpty { return Credentials(identityToken: token) }
        if let auth = entry.auth, !auth.isEmpty { return try decode(auth, key: key) }
        guard let username = entry.username, let password = entry.password, !username.isEmpty else { return nil }
        return Credentials(username: username, password: password)
    }

    private func decode(_ auth: String, key: String) throws(RegistryError) -> Credentials {
        guard let bytes = Data(base64Encoded: auth), let text = String(validating: bytes, as: UTF8.self),
            let colon = text.firstIndex(of: ":")
        else {
            throw RegistryError(
                .configuration,
                "the “auth” of \(key) in \(path) is not base64 of user:password; log in there again"
            )
        }
        // Docker pads passwords with NULs.
        let password = text[text.index(after: colon)...].trimmingNULs
        return Credentials(username: String(text[..<colon]), password: password)
    }

    private static func place(of error: any Error) -> String {
        guard let error = error as? DecodingError else { return "not valid JSON" }
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context):
            // Keys are the names of registries; only values are secrets.
            return "a wrong type at “\(context.codingPath.map(\.stringValue).joined(separator: "."))”"
        default:
            return "not valid JSON"
        }
    }
}

extension DockerConfig: CustomStringConvertible, CustomReflectable {
    /// The file's path, and no more.
    package var description: String { "DockerConfig(\(path))" }
    /// A mirror without children, because the entries are secrets.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

private struct ConfigFile: Decodable {
    var auths: [String: AuthEntry]?
    var credHelpers: [String: String]?
    var credsStore: String?
    var proxies: [String: [String: String?]]?
}

private struct AuthEntry: Decodable {
    var auth: String?
    var username: String?
    var password: String?
    var identitytoken: String?
}

extension Substring {
    fileprivate var trimmingNULs: String {
        var rest = self
        while rest.unicodeScalars.last?.value == 0 { rest.unicodeScalars.removeLast() }
        return String(rest)
    }
}
