package import CaissonHCL
import CaissonText

/// What compose files and bake files declare together: the targets and groups before any is asked for.
package struct BatchDefinition: Sendable {
    /// What is declared.
    package var configuration: BakeConfiguration
    /// The manifest of ours, where the definition is one.
    private(set) var manifest: Manifest?
    /// What is probably misspelt, a line each.
    package var warnings: [String] = []

    /// What definitions are read with besides their files.
    package struct Surroundings: Sendable {
        /// The environment, the variables of the command line, and what the machine is.
        package var inputs: BakeInputs
        /// The user's home directory, which `~` stands for in compose files.
        package var home: String?
        /// Tells what there is at a path that a compose file names.
        package var read: @Sendable (_ path: String, _ limit: Int) -> ComposeSources.Content

        /// Makes surroundings.
        package init(
            inputs: BakeInputs,
            home: String? = nil,
            read: @escaping @Sendable (_ path: String, _ limit: Int) -> ComposeSources.Content
        ) {
            self.inputs = inputs
            self.home = home
            self.read = read
        }
    }

    /// Reads files: those of compose first, then bake files, each kind in the given order.
    ///
    /// Throws everything that is wrong with the files of the kind that is read first with something wrong.
    package init(reading files: [BakeFile], in surroundings: Surroundings) throws(BatchError) {
        if let file = files.first(where: { Manifest.isNamed(by: $0.name) }) {
            let own = try Self.manifest(file, alone: files.count == 1, surroundings)
            (manifest, configuration) = (own, own.configuration)
            return
        }
        var compose: [BakeFile] = []
        var bake: [BakeFile] = []
        for file in files {
            if Self.isCompose(file, surroundings) { compose.append(file) } else { bake.append(file) }
        }
        do throws(ComposeError) {
            let project = compose.isEmpty ? nil : try ComposeProject(loading: surroundings.sources(compose))
            let base = surroundings.inputs.usesFileRelativePaths ? compose.first?.name : nil
            configuration = BakeConfiguration(project, relativeTo: base)
            warnings += (project?.warnings ?? []).map(\.description)
        } catch {
            throw BatchError(error)
        }
        guard !bake.isEmpty else { return }
        do throws(BakeError) {
            configuration = try BakeConfiguration(reading: bake, after: configuration, inputs: surroundings.inputs)
        } catch {
            throw BatchError(error)
        }
    }

    private static func manifest(
        _ file: BakeFile,
        alone isAlone: Bool,
        _ surroundings: Surroundings
    ) throws(BatchError) -> Manifest {
        guard isAlone else {
            let message = "\(file.name) can't be read together with other definitions; name it alone, or leave it out"
            throw BatchError([BatchError.Problem(message)])
        }
        do throws(BakeError) {
            return try Manifest(reading: file, kinds: [.build, .kernel], inputs: surroundings.inputs)
        } catch {
            throw BatchError(error)
        }
    }

    /// Whether a file is compose's, which only its text tells where its name doesn't.
    private static func isCompose(_ file: BakeFile, _ surroundings: Surroundings) -> Bool {
        switch file.kind {
        case .compose: return true
        case .hcl, .json: return false
        case .unknown:
            return (try? ComposeProject(loading: surroundings.sources([file]))) != nil
        }
    }
}

extension BatchDefinition.Surroundings {
    fileprivate func sources(_ files: [BakeFile]) -> ComposeSources {
        ComposeSources(
            files: files.map { ComposeSources.File(name: $0.name, bytes: $0.bytes) },
            environment: inputs.environment,
            overrides: inputs.variables,
            home: home,
            read: read
        )
    }
}

extension BakeConfiguration {
    /// The services' builds as targets, and the group of all of them.
    init(_ project: ComposeProject?, relativeTo file: String? = nil) {
        let names = project?.defaultGroup
        var targets = (project?.targets ?? []).map { BakeTarget($0) }
        if let file { for place in targets.indices { targets[place].rebase(to: file) } }
        self.init(groups: names.map { [BakeGroup("default", targets: $0)] } ?? [], targets: targets)
    }
}

/// Everything that is wrong with definitions, or with what is asked of them.
package struct BatchError: Error, Sendable {
    /// One thing that is wrong.
    package struct Problem: Sendable, Hashable {
        /// Where it is, what it is, and what to do: one line.
        package var message: String
        /// The lines of the file that it is about; empty for none.
        package var excerpt = ""

        /// Makes a problem.
        package init(_ message: String, excerpt: String = "") {
            self.message = message
            self.excerpt = excerpt
        }
    }

    /// The problems, in the order in which they were found; never empty.
    package var problems: [Problem]

    /// Makes an error of problems.
    package init(_ problems: [Problem]) { self.problems = problems }

    /// What is wrong with bake files, or with what is asked of them.
    package init(_ error: BakeError) { self.init(error.problems.map { Problem($0) }) }

    /// What is wrong with compose files.
    package init(_ error: ComposeError) { self.init(error.problems.map { Problem($0.description) }) }
}

extension BatchError.Problem {
    /// A problem of a bake file.
    package init(_ diagnostic: HCLDiagnostic) {
        self.init(diagnostic.description, excerpt: diagnostic.excerpt)
    }
}
