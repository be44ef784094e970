package import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

/// What the builds of a definition want that nobody has granted (docker/buildx bake/entitlements.go).
///
/// A definition is often somebody else's: before it reads a file elsewhere, or uses the host's network, its user is asked.
package struct EntitlementDemands: Sendable {
    /// One thing that is wanted.
    package struct Demand: Sendable, Hashable {
        /// What would be done, as a sentence's end: `read /etc/passwd`.
        package var purpose: String
        /// The value of `--allow` that grants it.
        package var grant: String
    }

    /// What is wanted, sorted; what concerns files comes last.
    package private(set) var all: [Demand] = []

    /// How many links the system follows in a path.
    private static let mostLinks = 40

    private let grants: EntitlementGrants
    private var read: Set<String> = []
    private var written: Set<String> = []
    private var powers: [String: String] = [:]

    /// Looks through the builds of a plan.
    ///
    /// - Parameters:
    ///   - overrides: What the command line sets for targets, which is its user's own.
    ///   - looksAtFiles: Whether reading and writing elsewhere is asked for, too.
    package init(
        of plan: BuildPlan,
        granted grants: EntitlementGrants,
        overrides: [String] = [],
        looksAtFiles: Bool = true
    ) {
        self.grants = grants
        for node in plan.nodes { add(node.request) }
        let own = EntitlementOverrides(overrides)
        for (grant, purpose) in powers.sorted(by: { $0.key < $1.key }) {
            guard !own.powers.contains(grant), !grants.powers.contains(grant) else { continue }
            if grant.hasPrefix("device="), grants.powers.contains("device") { continue }
            if grant == "ssh", !looksAtFiles { continue }
            all.append(Demand(purpose: purpose, grant: grant))
        }
        guard looksAtFiles else { return }
        let reading = outside(read, of: grants.readable, own.readable)
        let writing = outside(written, of: grants.writable, own.writable)
        for path in reading.union(writing).sorted() {
            let (reads, writes) = (reading.contains(path), writing.contains(path))
            let (verb, grant) =
                reads && writes ? ("read and write", "fs") : reads ? ("read", "fs.read") : ("write", "fs.write")
            all.append(Demand(purpose: "\(verb) \(path)", grant: "\(grant)=\(path)"))
        }
    }

    private mutating func add(_ request: BuildRequest) {
        for entitlement in request.entitlements {
            switch entitlement.text {
            case "network.host": powers["network.host"] = "run steps with the host's network"
            case "security.insecure":
                powers["security.insecure"] = "run privileged steps, which can change this machine"
            case "device": powers["device"] = "give devices to steps"
            case let text where text.hasPrefix("device="):
                let name = CommaFields.parse(String(text.dropFirst(7)))?.first ?? ""
                powers["device=\(name)"] = "give the device \(name) to steps"
            default: break
            }
        }
        if request.exports.contains(where: \.isMirror) {
            powers["buildx.local.delete"] = "delete files in output directories that the result doesn't have"
        }
        if request.ssh.contains(where: \.paths.isEmpty) { powers["ssh"] = "use your SSH agent" }
        addSources(of: request)
        addFiles(of: request)
    }

    private mutating func addSources(of request: BuildRequest) {
        if case .directory(let path) = request.context { read.insert(path) }
        if case .file(let path) = request.dockerfile { read.insert(path) }
        for context in request.contexts.values {
            switch context {
            case .directory(let path), .layout(let path, _, _): read.insert(path)
            case .remote, .image, .target: break
            }
        }
    }

    private mutating func addFiles(of request: BuildRequest) {
        for cache in request.caches.sources where cache.kind == .local {
            if let path = cache.attributes["src"] { read.insert(path) }
        }
        for cache in request.caches.destinations where cache.kind == .local {
            if let path = cache.attributes["dest"] { written.insert(path) }
        }
        for secret in request.secrets {
            switch secret.source {
            case .file(let path), .template(let path, _): read.insert(path)
            // Without a variable of that name it is the file of that name.
            case .automatic: read.insert(secret.id)
            case .environment: break
            }
        }
        for agent in request.ssh { read.formUnion(agent.paths) }
        written.formUnion(request.exports.compactMap(\.path))
    }

    /// Those of the paths that lie neither in the working directory nor in one that is granted; without those that lie in
    /// others of them.
    private func outside(_ paths: Set<String>, of granted: [String], _ own: [String]) -> Set<String> {
        if granted.contains("*") { return [] }
        let roots = (["."] + granted + own).map(Self.real)
        var left: [String] = []
        for path in paths.map(Self.real).sorted(by: { $0.utf8.count < $1.utf8.count }) {
            if roots.contains(where: { Self.lies(path, in: $0) }) { continue }
            if left.contains(where: { Self.lies(path, in: $0) }) { continue }
            left.append(path)
        }
        return Set(left)
    }

    private static func lies(_ path: String, in root: String) -> Bool {
        path == root || root == "/" || path.hasPrefix(root + "/")
    }

    /// The path from the root, with all links resolved; it need not be there.
    private static func real(_ path: String) -> String {
        var there = path.isEmpty ? "." : path
        var rest: [String] = []
        var links = 0
        while true {
            while there.utf8.count > 1, there.hasSuffix("/") { there.removeLast() }
            if let resolved = realpath(there.cPath, nil) {
                defer { free(resolved) }
                let base = String(cString: resolved)
                return rest.isEmpty ? base : PathFacts.join(base, rest.reversed().joined(separator: "/"))
            }
            let (parent, name) = PathFacts.split(there)
            // What is written through a link to nothing is made where it leads.
            if links < Self.mostLinks, let target = PathFacts.linkTarget(of: there) {
                links += 1
                there = target.hasPrefix("/") ? target : PathFacts.join(parent, target)
                continue
            }
            guard parent != there, name != "..", !there.isEmpty else { return path }
            if name != "." { rest.append(name) }
            there = parent
        }
    }
}
