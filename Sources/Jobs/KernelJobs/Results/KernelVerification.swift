package import CaissonArtifacts
package import CaissonBuildModel
package import CaissonContainerJobs
import CaissonSystem
import CaissonText

/// Looks at a folder of a kernel's artifacts: whether each is whole, and all are of one kernel.
///
/// What isn't expected is taken from the files themselves: the kernel's release and architecture, and from the first
/// module what all modules must be built for.
package struct KernelVerification: Sendable {
    /// The architecture; nil for that of the kernel that is there.
    package var architecture: KernelArchitecture?
    /// The release; nil for that of the kernel that is there.
    package var release: String?
    /// Files that must be there.
    package var patterns = ArtifactPatterns.none

    /// Expects nothing yet.
    package init() {}

    private static let sums = "SHA256SUMS"

    /// Looks at the files of a folder.
    ///
    /// - Parameter isWanted: Which paths are looked at.
    /// - Throws: `BuildError` where one can't be read.
    package func verify(
        _ folder: String,
        where isWanted: (String) -> Bool = { _ in true }
    ) throws(BuildError) -> KernelVerdict {
        var verdict = KernelVerdict()
        let collected = try CollectedFiles(of: folder, where: isWanted)
        for file in collected.files {
            var artifact: Artifact?
            if file.digest != nil {
                do throws(ArtifactProblem) {
                    artifact = try Artifact.read(path: PathFacts.join(folder, file.path))
                } catch {
                    verdict.findings.append(KernelFinding(error.code.code, of: file.path, error.message))
                }
            }
            verdict.files.append(KernelVerdict.File(file: file, artifact: artifact))
        }
        check(&verdict)
        checkDependencies(folder, &verdict)
        for pattern in patterns.unmatched(collected.files.map(\.path)) {
            verdict.findings.append(
                KernelFinding("artifact.missing", "nothing is there that \(pattern.quoted) matches")
            )
        }
        checkSums(collected, folder, &verdict)
        return verdict
    }

    /// Compares each file with what is expected of it.
    private func check(_ verdict: inout KernelVerdict) {
        let kernel = verdict.files.lazy.compactMap { $0.artifact?.kind.isKernel == true ? $0.artifact : nil }.first
        var expected = ArtifactExpectation()
        expected.architecture = architecture ?? kernel?.facts.architecture
        expected.release = release ?? verdict.release
        for file in verdict.files {
            guard let artifact = file.artifact else { continue }
            var own = expected
            switch artifact.facts {
            case .module(let module):
                own.moduleName = ModuleDependencies.name(of: file.file.path)
                // All modules are built for what the first one is.
                expected.vermagic = expected.vermagic ?? module.vermagic?.text
                own.vermagic = expected.vermagic
            // A fragment has no head, a program runs on the machine that builds, and a file of nothing has nothing to compare.
            case .config, .elf, .empty, .unknown, .compressed: own = ArtifactExpectation()
            default: break
            }
            for problem in artifact.check(own) {
                verdict.findings.append(
                    KernelFinding(
                        "\(artifact.kind.rawValue).\(problem.code.rawValue)",
                        of: file.file.path,
                        problem.message
                    )
                )
            }
        }
    }

    private func checkDependencies(_ folder: String, _ verdict: inout KernelVerdict) {
        var modules: [(key: String, value: [String])] = []
        var builtIn: Set<String> = []
        for file in verdict.files {
            if case .module(let module)? = file.artifact?.facts {
                modules.append((file.file.path, module.depends))
            }
        }
        guard !modules.isEmpty else { return }
        for file in verdict.files where PathFacts.split(file.file.path).name == "modules.builtin" {
            let bytes = try? BoundedFile.read(PathFacts.join(folder, file.file.path), limit: 16 << 20)
            builtIn.formUnion((bytes ?? []).split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) })
        }
        for missing in ModuleDependencies.missing(modules, builtIn: builtIn) {
            let text = "it needs the module \(missing.needs.quoted), which isn't there"
            verdict.findings.append(KernelFinding("module.missing-dependency", of: missing.module, text))
        }
    }

    private func checkSums(_ files: CollectedFiles, _ folder: String, _ verdict: inout KernelVerdict) {
        guard files.files.contains(where: { $0.path == Self.sums }) else { return }
        let sums: ChecksumFile
        do {
            let bytes = try BoundedFile.read(PathFacts.join(folder, Self.sums), limit: ChecksumFile.mostBytes)
            sums = try ChecksumFile(parsing: bytes)
        } catch {
            return verdict.findings.append(
                KernelFinding("checksum.unreadable", of: Self.sums, "it can't be read: \(error)")
            )
        }
        let found = ChecksumFile(files).digests
        let sorted = sums.digests.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        for (path, wanted) in sorted where found[path] != wanted {
            let text = found[path].map { "its SHA-256 is \($0.hex), and \(wanted.hex) is expected" }
            verdict.findings.append(
                KernelFinding(
                    text == nil ? "artifact.missing" : "checksum.mismatch",
                    of: String(pathBytes: path),
                    text ?? "it isn't there"
                )
            )
        }
    }
}

extension ArtifactProblem.Code {
    fileprivate var code: String { "artifact.\(rawValue)" }
}
