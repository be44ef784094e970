import CaissonArtifacts
package import CaissonBuildModel
package import CaissonContainerJobs
import CaissonSystem
import CaissonText
import Glibc

/// What a kernel job has left in its folder: brought into its final form, looked at, and told.
package struct KernelResults: Sendable {
    /// The build that it came from.
    package let build: KernelBuild
    /// Where it is.
    package let folder: String
    /// The steps, as far as they came.
    package private(set) var steps = JobSteps([])
    /// What the steps found out, by name; the first line of each.
    package private(set) var facts: [String: String] = [:]
    /// The same, whole.
    private(set) var texts: [String: String] = [:]
    /// The logs of steps, below the folder.
    package private(set) var logs: [String: String] = [:]

    /// Where a run leaves what is no artifact.
    private static let remains = ".caisson"
    /// What is written here, and isn't looked at as an artifact.
    private static let own: Set<String> = [
        "logs", "facts", "steps", "fragments", "Dockerfile", "Dockerfile.dockerignore", "build.log", "manifest.json",
        "metadata.json",
        "SHA256SUMS", "status.json",
    ]
    private static let factLimit = 1 << 20

    /// Takes over a folder that an engine has written a run's results to.
    ///
    /// - Throws: `BuildError` where something in it can't be moved.
    package init(of build: KernelBuild, in folder: String) throws(BuildError) {
        (self.build, self.folder) = (build, folder)
        let remains = PathFacts.join(folder, Self.remains)
        try Self.move(PathFacts.join(remains, "logs"), to: PathFacts.join(folder, "logs"))
        // What a failed job has left comes from its mount.
        let left = PathFacts.join(remains, "results")
        for name in try Self.names(in: left) {
            try Self.move(PathFacts.join(left, name), to: PathFacts.join(folder, name))
        }
        try Self.move(PathFacts.join(remains, "facts"), to: PathFacts.join(folder, "facts"))
        DirectoryRemoval.remove(remains)
        let told = PathFacts.join(folder, "facts")
        for name in DirectoryNames.sorted(in: told, limit: 1000) {
            guard let bytes = try? BoundedFile.read(PathFacts.join(told, name), limit: Self.factLimit) else { continue }
            if name == "steps" {
                steps = JobSteps(bytes)
            } else {
                facts[name] = LogText.line(bytes.prefix { $0 != 0x0A })
                texts[name] = String(decoding: bytes, as: UTF8.self)
            }
        }
        for name in DirectoryNames.sorted(in: PathFacts.join(folder, "logs"), limit: 1000) where name.ends(with: ".log")
        {
            // A log is called NUMBER-STEP.log.
            guard let rest = name.cut(at: "-")?.tail else { continue }
            logs[String(decoding: rest.utf8.dropLast(4), as: UTF8.self)] = "logs/\(name)"
        }
    }

    /// The names in a folder; none where there is no such folder.
    private static func names(in folder: String) throws(BuildError) -> [String] {
        do throws(Errno) {
            return try DirectoryNames.all(in: folder, limit: 100_000)
        } catch {
            guard error.number != ENOENT else { return [] }
            throw BuildError(.output, "can't read \(folder.quoted): \(error)")
        }
    }

    private static func move(_ old: String, to new: String) throws(BuildError) {
        // What was brought last has more.
        if access(old.cPath, F_OK) == 0 { DirectoryRemoval.remove(new) }
        guard rename(old.cPath, new.cPath) != 0, errno != ENOENT else { return }
        throw BuildError(.output, "can't move \(old.quoted) to \(new.quoted): \(Errno.last)")
    }

    /// Writes the scripts that the steps were.
    package func writeScripts() throws(BuildError) {
        for file in build.dockerfile.files {
            let path = PathFacts.join(PathFacts.join(folder, "steps"), file.path)
            do throws(Errno) {
                try Directories.make(PathFacts.split(path).directory)
                try AtomicFile.replace(path, with: file.bytes, .usual)
            } catch {
                throw BuildError(.output, "can't write \(path.quoted): \(error)")
            }
        }
    }

    /// Reads what the steps' logs tell.
    package func findings() -> [String: LogFindings] {
        logs.compactMapValues { try? LogFile.findings(PathFacts.join(folder, $0)) }
    }

    /// The first error of the step that failed, or what its log ends with, with the log's name; nil where none failed.
    package func failure() -> (log: String, lines: [String])? {
        guard let step = steps.failed, let log = logs[step.name] else { return nil }
        let path = PathFacts.join(folder, log)
        let findings = try? LogFile.findings(path)
        if let place = findings?.firstError { return (log, LogFile.context(path, at: place, before: 5, behind: 10)) }
        return (log, LogFile.tail(path, lines: 20))
    }

    /// Whether a path is an artifact, and not what is told of them.
    static func isArtifact(_ path: String) -> Bool {
        !own.contains(path.cut(at: "/")?.head ?? path)
    }
}

extension KernelResults {
    /// Looks at the artifacts, and at whether the configuration is what was asked for.
    ///
    /// - Throws: `BuildError` where one can't be read.
    package func verdict() throws(BuildError) -> KernelVerdict {
        try dropUnwanted()
        var verification = KernelVerification()
        verification.architecture = build.job.architecture.artifacts
        verification.release = facts["kernelrelease"]
        var verdict = try verification.verify(folder, where: Self.isArtifact)
        verdict.findings += missing(verdict)
        verdict.findings += try unmetSymbols()
        return verdict
    }

    /// Removes what `find` took for a pattern's and isn't, as a star stands for slashes there.
    private func dropUnwanted() throws(BuildError) {
        guard !build.job.results.patterns.texts.isEmpty else { return }
        let usual = Set(usualNames)
        let files = try CollectedFiles(of: folder, where: Self.isArtifact)
        for file in files.files where build.job.results.patterns.matches(file.path).isEmpty {
            let top = file.path.cut(at: "/")?.head ?? file.path
            if !usual.contains(top) { unlink(PathFacts.join(folder, file.path).cPath) }
        }
    }

    /// What is there without a pattern.
    private var usualNames: [String] {
        let suffix = KernelEnvironment.packing(build.job.results.compression).suffix
        let archives = ["modules", "dtbs", "headers"].flatMap { [$0, "\($0).tar", "\($0).tar\(suffix)"] }
        let packages = DirectoryNames.sorted(in: folder, limit: 10_000) { name in
            [".deb", ".changes", ".buildinfo"].contains { name.ends(with: $0) }
        }
        return ["config", build.job.imageName, "vmlinux", "System.map"] + archives + packages
    }

    /// What the job should have given and didn't, though its steps say that all is well.
    private func missing(_ verdict: KernelVerdict) -> [KernelFinding] {
        let paths = verdict.files.map(\.file.path)
        var findings: [KernelFinding] = []
        for (step, name) in [("config", "config"), ("image", build.job.imageName)] {
            guard steps[step]?.state == .pass, !paths.contains(name) else { continue }
            findings.append(
                KernelFinding(
                    "artifact.missing",
                    of: name,
                    "the step \(step) says that all is well, and has not given it"
                )
            )
        }
        let wanted = build.job.results.patterns.unmatched(paths).filter { pattern in
            // A pattern for what was rightly skipped finds nothing.
            let isModule = pattern.ends(with: ".ko") || pattern.begins(with: "modules")
            let isTree = pattern.ends(with: ".dtb") || pattern.begins(with: "dtbs")
            return !(isModule && steps["modules"]?.state == .skip || isTree && steps["dtbs"]?.state == .skip)
        }
        return findings
            + wanted.map { KernelFinding("artifact.missing", "nothing in the build matches \($0.quoted)") }
    }

    /// The symbols that were asked for and are otherwise in the configuration.
    private func unmetSymbols() throws(BuildError) -> [KernelFinding] {
        let path = PathFacts.join(folder, "config")
        guard steps["config"]?.state == .pass, let bytes = try? BoundedFile.read(path, limit: 16 << 20),
            let config = try? KernelConfig(parsing: bytes)
        else { return [] }
        // The last of several values counts.
        var last: [String: KernelBuild.RequestedSymbol] = [:]
        for symbol in build.requested { last[symbol.name] = symbol }
        let state = build.job.config.isStrict ? StepState.fail : .warn
        return last.values.sorted { $0.name < $1.name }.compactMap { symbol in
            let wanted = KernelConfig(of: [String(symbol.name.dropFirst(7)): KernelConfig.Value(symbol.value)])
            guard let difference = config.differences(from: wanted).first else { return nil }
            let text =
                "\(difference.problem.message) (\(symbol.place)): it may need another symbol, or not be of this tree"
            return KernelFinding("config.unmet", as: state, of: "config", text)
        }
    }
}
