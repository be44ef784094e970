import CaissonBuildContext
import CaissonBuildModel
import CaissonDockerfile
import CaissonDockerfileLint
import CaissonPreparation
import CaissonRegistry
import CaissonSystem
import CaissonText
import Glibc

/// A Dockerfile that is to be checked.
struct LintInput: Sendable, Hashable {
    /// Where it is; nil for standard input.
    var path: String?
    /// Its name in the report.
    var name: String

    /// The most files that are found in directories.
    private static let mostFiles = 100_000
    /// How deep directories are looked into.
    private static let deepest = 64
    /// Directories that hold others' files.
    private static let skipped: Set<String> = [".git", ".hg", ".svn", "node_modules", ".build", "target", "vendor"]

    /// The Dockerfiles that arguments name; directories are searched.
    static func find(_ arguments: [String], named name: String?) throws(BuildError) -> [LintInput] {
        var inputs: [LintInput] = []
        for argument in arguments.isEmpty ? [defaultFile()] : arguments {
            if argument == "-" {
                inputs.append(LintInput(path: nil, name: name ?? "-"))
                continue
            }
            switch PathFacts.kind(of: argument) {
            case .directory:
                var found: [String] = []
                search(argument, depth: 0, into: &found)
                guard !found.isEmpty else {
                    throw BuildError(
                        .usage,
                        "no Dockerfile in \(argument.quoted); its name is Dockerfile*, *.Dockerfile or Containerfile"
                    )
                }
                inputs += found.map { LintInput(path: $0, name: $0) }
            case .regular, .stream:
                inputs.append(LintInput(path: argument, name: name ?? argument))
            case .missing(let reason):
                throw missing(argument, reason)
            }
        }
        return inputs
    }

    private static func missing(_ path: String, _ reason: Errno) -> BuildError {
        guard reason.number == ENOENT else {
            return BuildError(.usage, "can't read the Dockerfile \(path.quoted): \(reason)")
        }
        let (directory, name) = PathFacts.split(path)
        let names = DirectoryNames.sorted(in: directory, limit: 10_000) { $0 != name }
        let near = nearest(to: name, among: names) ?? names.first(where: isDockerfile)
        let start = path.hasSuffix("/\(name)") ? String(path.dropLast(name.count)) : ""
        let hint = near.map { "; did you mean \(start)\($0)?" } ?? "; name it, or - to read it from standard input"
        return BuildError(.usage, "no such Dockerfile: \(path.quoted)\(hint)")
    }

    private static func defaultFile() -> String {
        let names = ResolvedDockerfile.defaultNames + ["Containerfile"]
        return names.first { if case .regular = PathFacts.kind(of: $0) { true } else { false } } ?? names[0]
    }

    private static func search(_ directory: String, depth: Int, into found: inout [String]) {
        guard depth < deepest else { return }
        for name in DirectoryNames.sorted(in: directory, limit: 10_000) where found.count < mostFiles {
            let path = PathFacts.join(directory, name)
            if PathFacts.linkTarget(of: path) != nil, PathFacts.kind(of: path) == .directory { continue }
            switch PathFacts.kind(of: path) {
            case .directory: if !skipped.contains(name) { search(path, depth: depth + 1, into: &found) }
            case .regular: if isDockerfile(name) { found.append(path) }
            default: continue
            }
        }
    }

    /// Whether a file of this name is a Dockerfile.
    static func isDockerfile(_ name: String) -> Bool {
        if name.hasSuffix(".dockerignore") { return false }
        let lower = name.lowercased()
        return name == "Containerfile" || name == "dockerfile" || lower.hasPrefix("dockerfile.")
            || lower.hasSuffix(".dockerfile")
            || name.hasPrefix("Dockerfile") || name.hasPrefix("Containerfile.")
    }

    /// The file's bytes.
    func read() throws(BuildError) -> [UInt8] {
        guard let path else {
            return try StandardInput(descriptor: .standardInput).text()
        }
        let number = open(path.cPath, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard number >= 0 else { throw BuildError(.usage, "can't read the Dockerfile \(path.quoted): \(Errno.last)") }
        defer { close(number) }
        return try StandardInput(descriptor: BorrowedDescriptor(number: number)).text()
    }

    /// Writes the fixed file beside the old one and puts it in its place; standard input goes to standard output.
    func write(_ bytes: [UInt8], instead old: [UInt8]) throws(BuildError) {
        guard let path else {
            return BorrowedDescriptor.standardOutput.writeIgnoringErrors(String(decoding: bytes, as: UTF8.self))
        }
        guard bytes != old else { return }
        do throws(Errno) {
            // A link's target is what is fixed, not the link; what is open already has no other name.
            if PathFacts.kind(of: path) == .stream {
                try FileInPlace.write(bytes, to: path)
            } else {
                try FileInPlace.replace(path, with: bytes)
            }
        } catch {
            throw BuildError(.output, "can't write \(path.quoted): \(error)")
        }
    }
}

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
