/// An attestation, a cache, an output, a secret, an SSH agent or a policy of a target.
package struct BakeEntry: Sendable, Hashable {
    /// What kinds of entries there are.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case attestation, cache, output, secret, ssh, policy

        /// The attribute by which one entry takes the place of another; nil where only equal entries are one.
        var identity: String? {
            switch self {
            case .attestation: "type"
            case .secret, .ssh: "id"
            case .cache, .output, .policy: nil
            }
        }
    }

    /// The attributes by name, `type`, `dest`, `id`, `src` and `env` among them.
    package var attributes: [String: String]
    /// The keys and sockets of an SSH entry, the files of a policy.
    package var paths: [String]

    /// Makes an entry.
    package init(_ attributes: [String: String], paths: [String] = []) {
        self.attributes = attributes
        self.paths = paths
    }
}

extension [BakeEntry] {
    /// The entries without doubles, as bake leaves them: of equal ones the last is moved to an earlier's place.
    func normalised(_ kind: BakeEntry.Kind) -> [BakeEntry] {
        if kind == .policy { return self }
        if let identity = kind.identity { return unique(by: identity) }
        var entries = self
        for index in indices.dropLast().reversed() where index < entries.count {
            let later = entries[(index + 1)...]
            guard let double = later.firstIndex(of: entries[index]) else { continue }
            entries.swapAt(double, entries.count - 1)
            entries.removeLast()
        }
        return entries
    }

    private func unique(by identity: String) -> [BakeEntry] {
        var places: [String: Int] = [:]
        var entries: [BakeEntry] = []
        for entry in self {
            let name = entry.attributes[identity] ?? ""
            if let place = places[name] {
                entries[place] = entry
            } else {
                places[name] = entries.count
                entries.append(entry)
            }
        }
        return entries
    }
}
