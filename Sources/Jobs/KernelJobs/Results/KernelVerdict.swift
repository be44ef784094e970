package import CaissonArtifacts
package import CaissonContainerJobs
package import CaissonJSON

/// Something that was found of a kernel's artifacts.
package struct KernelFinding: Sendable, Hashable {
    /// A short name of the kind, such as `artifact.missing`.
    package var code: String
    /// FAIL, or WARN of what may be meant.
    package var state: StepState
    /// The file; nil where it is about all of them.
    package var path: String?
    /// What was found.
    package var message: String

    /// Makes a finding.
    package init(_ code: String, as state: StepState = .fail, of path: String? = nil, _ message: String) {
        (self.code, self.state, self.path, self.message) = (code, state, path, message)
    }
}

/// What came of looking at a folder of artifacts.
package struct KernelVerdict: Sendable, Hashable {
    /// What was found, in the order of the files.
    package var findings: [KernelFinding] = []
    /// The files, with what their bytes tell.
    package var files: [File] = []

    /// A file with what its bytes tell.
    package struct File: Sendable, Hashable {
        /// The file.
        package var file: CollectedFile
        /// What its bytes tell; nil of a link.
        package var artifact: Artifact?
    }

    /// FAIL where anything is wrong, else WARN where anything may be, else PASS.
    package var state: StepState {
        findings.contains { $0.state == .fail } ? .fail : findings.isEmpty ? .pass : .warn
    }

    /// How many files there are of a kind.
    package func count(_ kind: ArtifactKind) -> Int { files.count { $0.artifact?.kind == kind } }

    /// The release that the kernel tells; nil where there is no kernel, or none that tells.
    package var release: String? {
        let kernels = files.compactMap { $0.artifact?.kind.isKernel == true ? $0.artifact?.facts.release : nil }
        return kernels.first ?? files.lazy.compactMap { $0.artifact?.facts.release }.first
    }
}

extension Artifact {
    /// What a manifest tells of it.
    package var members: [JSONMember] {
        var members = [JSONMember("type", .string(kind.rawValue))]
        if let compression { members.append(JSONMember("compression", .string(compression.rawValue))) }
        if let release = facts.release { members.append(JSONMember("kernelrelease", .string(release))) }
        if let machine = facts.elf?.machine.name ?? facts.architecture?.rawValue {
            members.append(JSONMember("machine", .string(machine)))
        }
        switch facts {
        case .module(let module):
            if let vermagic = module.vermagic { members.append(JSONMember("vermagic", .string(vermagic.text))) }
            members.append(JSONMember("license", .string(module.licenses.joined(separator: ", "))))
            members.append(JSONMember("depends", .array(module.depends.map(JSON.string))))
        case .vmlinux(let elf, let banner):
            members.append(JSONMember("banner", .string(banner.text)))
            if let id = elf.buildID { members.append(JSONMember("build_id", .string(id))) }
        case .deviceTree(let tree):
            if let model = tree.model { members.append(JSONMember("model", .string(model))) }
            members.append(JSONMember("compatible", .array(tree.compatible.map(JSON.string))))
        case .debianPackage(let package):
            for (name, value) in [("package", package.name), ("version", package.version)] {
                if let value { members.append(JSONMember(name, .string(value))) }
            }
        default: break
        }
        return members
    }
}
