import CaissonBuildModel
import CaissonDockerfile
import CaissonDockerfileLint
import CaissonRegistry
import CaissonSystem
import CaissonText

/// What the registries say of the platforms of base images, each image asked for once.
actor LintPlatforms {
    private let client: RegistryClient
    private var known: [String: [String]] = [:]

    init(_ client: RegistryClient) {
        self.client = client
    }

    /// The platforms of all images that a file's stages begin with; what can't be looked up is told on standard error.
    func platforms(for file: Dockerfile, _ settings: RuleSettings) async throws -> [String: [String]] {
        for name in BaseImage.names(in: file, settings: settings) where known[name] == nil {
            do {
                known[name] = try await lookUp(name)
            } catch let error as CancellationError {
                throw error
            } catch {
                known[name] = []
                let reason = (error as? RegistryError)?.wording.text(\.flag) ?? "\(error)"
                BorrowedDescriptor.standardError.writeIgnoringErrors(
                    "warning: --online: the platforms of \(name) can't be looked up: \(reason)\n"
                )
            }
        }
        return known.filter { !$0.value.isEmpty }
    }

    private func lookUp(_ name: String) async throws -> [String] {
        let reference = try ImageReference(parsing: name)
        let root = try await client.manifest(reference)
        let children = root.manifests.filter { $0.platform?.architecture != "unknown" }
        let told = children.compactMap(\.platform?.normalised.description)
        // An index that doesn't tell, or a single image, whose configuration tells.
        if root.isIndex, !told.isEmpty, told.count == children.count { return told }
        return try await ImageDetails.load(reference, root: root, client).images.map(\.platform)
    }
}

/// What `caisson lint --list` and `--explain` print.
enum LintText {
    /// A line a rule.
    static func list() -> String {
        let width = Rules.all.map(\.id.utf8.count).max() ?? 0
        return Rules.all.map { rule in
            let name = rule.id + String(repeating: " ", count: width - rule.id.utf8.count)
            let severity = rule.severity.name + String(repeating: " ", count: 7 - rule.severity.name.utf8.count)
            let fix = rule.fix.map { $0 == .safe ? "fix   " : "unsafe" } ?? "      "
            let also = rule.aliases.isEmpty ? "" : " (\(rule.aliases.joined(separator: ", ")))"
            return
                "\(name)  \(severity)  \(fix)  \(rule.summary)\(also)\(rule.isOptional ? "; off unless asked for" : "")\n"
        }.joined()
    }

    /// The manual of a rule, by any of its names.
    static func manual(of name: String) throws(BuildError) -> String {
        guard let rule = Rules.named(name) else {
            let near = nearest(to: name, among: Rules.all.flatMap(\.names)).map { "; did you mean \($0)?" } ?? ""
            throw BuildError(.usage, "--explain: there is no rule \(name.quoted)\(near)")
        }
        let also = rule.aliases.isEmpty ? "" : " (\(rule.aliases.joined(separator: ", ")))"
        return "# \(rule.id)\(also)\n\n\(rule.manual)\n"
    }
}
