import CaissonText
package import CaissonBuildModel

/// The values of a build's secrets, from the moment they are read until the build has ended.
package struct SecretStore: Sendable {
    private let values: [String: LockedBytes]
    /// What replaces the values in texts; nil where there is nothing to replace.
    let mask: SecretMask?
    /// The ids of secrets whose values are too short to be told from ordinary words.
    package let unmasked: [String]

    /// Reads the secrets of a request.
    ///
    /// - Throws: `BuildError` with code `usage` that names a secret whose value isn't there or too large.
    package init(_ request: BuildRequest, environment: [String: String]) async throws {
        let reader = SecretReader(environment: environment)
        var values: [String: LockedBytes] = [:]
        // Of several with one id the last counts, as with docker.
        let last = request.secrets.reduce(into: [:]) { $0[$1.id] = $1 }
        for secret in request.secrets where last[secret.id] == secret {
            values[secret.id] = try await reader.value(of: secret)
        }
        let given = values
        var lines: [LockedBytes] = []
        for secret in request.secrets where last[secret.id] == secret {
            guard case .template(let path, let ids) = secret.source else { continue }
            let template = try SecretTemplate(path, uses: ids, of: secret, among: request.secrets)
            let filled = try template.filled(given)
            values[secret.id] = filled.text
            lines += filled.lines
        }
        self.values = values
        guard request.masksSecrets else {
            (mask, unmasked) = (nil, [])
            return
        }
        let sorted = given.sorted { $0.key < $1.key }
        unmasked = sorted.compactMap { id, value in
            value.count > 0 && value.withCopy { SecretForms.areNone(of: $0) } ? id : nil
        }
        // The other lines of a template are no secret, but encoded they can't be told from those that are.
        let templates = values.filter { given[$0.key] == nil }.sorted { $0.key < $1.key }.map(\.value)
        let arguments = try request.confidentialArguments.map { try LockedBytes(copying: $0.utf8) }
        let patterns = try SecretPatterns(ofValues: sorted.map(\.value) + lines + arguments, encoded: templates)
        mask = patterns.isEmpty ? nil : SecretMask(patterns)
    }

    /// What replaces the values in all that leaves the build.
    package var outgoing: OutgoingMask { OutgoingMask(mask) }

    /// The value of a secret; nil for one that this build doesn't have.
    package func value(_ id: String) -> LockedBytes? { values[id] }

    /// What the user should know of secrets that aren't masked; nil where all are.
    package var notice: String? {
        guard !unmasked.isEmpty else { return nil }
        let names = unmasked.map(\.quoted).joined(separator: ", ")
        return unmasked.count == 1
            ? "secret \(names) has fewer than 4 bytes and is not masked in the build's output"
            : "secrets \(names) have fewer than 4 bytes each and are not masked in the build's output"
    }
}
