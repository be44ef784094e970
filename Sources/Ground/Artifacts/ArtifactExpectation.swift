import CaissonText

/// What an artifact should be; what is nil doesn't matter.
package struct ArtifactExpectation: Sendable, Hashable {
    /// The kinds that it may be of.
    package var kinds: Set<ArtifactKind>?
    /// The architecture.
    package var architecture: KernelArchitecture?
    /// The release of the kernel, such as `6.1.0-57-amd64`.
    package var release: String?
    /// The whole string that modules and kernel compare, such as `6.1.0-57-amd64 SMP preempt mod_unload modversions`.
    package var vermagic: String?
    /// The name of a module, as `ModuleDependencies.name(of:)` makes it of the file's name.
    package var moduleName: String?

    /// Expects nothing yet.
    package init() {}
}

extension Artifact {
    /// All that is wrong with it: by itself, and compared with what is expected.
    ///
    /// What a kind doesn't tell is not compared: a device tree has no architecture, a program no kernel's release.
    package func check(_ expected: ArtifactExpectation) -> [ArtifactProblem] {
        var found = problems
        if let kinds = expected.kinds, !kinds.contains(kind) { found.append(wrongKind(kinds)) }
        if let architecture = expected.architecture { found += machineProblems(architecture) }
        if let release = expected.release, let problem = releaseProblem(release) { found.append(problem) }
        guard case .module(let module) = facts else { return found }
        if let wanted = expected.vermagic.map({ Vermagic($0) }), let actual = module.vermagic, actual != wanted,
            // A wrong release was told already.
            expected.release == nil || actual.release == expected.release
        {
            let text = "its vermagic is \(actual.text.quoted), and \(wanted.text.quoted) is wanted"
            found.append(ArtifactProblem(.wrongVermagic, text))
        }
        if let wanted = expected.moduleName, let actual = module.name,
            ModuleDependencies.name(of: wanted) != ModuleDependencies.name(of: actual)
        {
            found.append(ArtifactProblem(.wrongName, "it is the module \(actual.quoted), and not \(wanted.quoted)"))
        }
        return found
    }

    private func wrongKind(_ kinds: Set<ArtifactKind>) -> ArtifactProblem {
        let wanted = kinds.map(\.rawValue).sorted().joined(separator: " or ")
        return ArtifactProblem(
            kinds.isSubset(of: ArtifactKind.kernels) ? .notKernelImage : .wrongKind,
            "it is \(kind.rawValue), and \(wanted.isEmpty ? "nothing" : wanted) is wanted"
        )
    }

    private func machineProblems(_ wanted: KernelArchitecture) -> [ArtifactProblem] {
        if let elf = facts.elf { return elf.machineProblems(wanted) }
        // A package for all architectures fits each.
        if case .debianPackage(let package) = facts, package.architecture == "all" { return [] }
        guard let actual = facts.architecture, actual != wanted else { return [] }
        return [ArtifactProblem(.wrongMachine, "it is for \(actual.rawValue), and \(wanted.rawValue) is wanted")]
    }

    private func releaseProblem(_ wanted: String) -> ArtifactProblem? {
        if case .config(let config) = facts {
            // The head names the version, which the release goes on from.
            guard let version = config.version, !wanted.hasPrefix(version) else { return nil }
            return ArtifactProblem(.wrongRelease, "it is of Linux \(version.quoted), and \(wanted.quoted) is wanted")
        }
        guard let actual = facts.release, actual != wanted else { return nil }
        guard case .module = facts else {
            return ArtifactProblem(.wrongRelease, "it is of release \(actual.quoted), and \(wanted.quoted) is wanted")
        }
        return ArtifactProblem(.wrongVermagic, "it is for release \(actual.quoted), and \(wanted.quoted) is wanted")
    }
}

extension ELFFacts {
    fileprivate func machineProblems(_ wanted: KernelArchitecture) -> [ArtifactProblem] {
        guard wanted.machines.contains(machine) else {
            let names = wanted.machines.map(\.name).joined(separator: " or ")
            return [ArtifactProblem(.wrongMachine, "it is for \(machine.name), and \(names) is wanted")]
        }
        guard let wide = wanted.is64Bit, wide != is64Bit else { return [] }
        let (actual, needed) = (is64Bit ? 64 : 32, wide ? 64 : 32)
        return [ArtifactProblem(.wrongMachine, "it has \(actual) bits, and \(needed) are wanted")]
    }
}
