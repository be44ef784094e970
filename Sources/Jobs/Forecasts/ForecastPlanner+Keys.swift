import CaissonDockerfile
import CaissonText

extension ForecastPlanner {
    /// What a RUN's key is made from.
    func complete(run instruction: Instruction, _ scope: ForecastScope, _ step: inout PlannedStep) {
        step.exact += [instruction.restText, scope.directory, scope.user]
        step.exact += documents(instruction)
        // The shell is a part of the command in the shell form alone.
        step.exact.append(instruction.isJSON ? "json" : scope.shell)
        step.loose = instruction.flags.map { $0.name + "=" + (scope.expand($0.value ?? "", file.escape) ?? "") }
        step.environment = scope.environment
        if asked.changesRuns { step.doubt = "hosts and limits of earlier builds aren't kept" }
        for (mount, flag) in zip(instruction.mounts, instruction.flags.filter { $0.name == "mount" }) {
            guard mount.type == "bind" else {
                if mount.from != nil { step.sources.append(.unclear("a mount that is written to has a source")) }
                continue
            }
            let fields = (flag.value ?? "").pieces(at: ",").map { $0.lowercased() }
            let isWritten = fields.contains { field in
                ["rw", "readwrite"].contains { field == $0 || field.hasPrefix($0 + "=") }
            }
            guard !isWritten, !(flag.value ?? "").contains("$") else {
                step.sources.append(.unclear("a mount can be written to"))
                continue
            }
            let path = mount.source.isEmpty ? "/" : mount.source
            step.sources.append(source(mount.from?.text, paths: [path], [], before: step.stage))
        }
    }

    /// What a COPY's or ADD's key is made from.
    func complete(copy instruction: Instruction, _ scope: ForecastScope, _ step: inout PlannedStep) {
        let words = instruction.words.map { scope.expand($0.text, file.escape) ?? $0.text }
        // Files of another place in a stage may be the same ones: their content alone is in the key.
        if instruction.flag("from") == nil { step.exact += words.dropLast() } else { step.loose += words.dropLast() }
        if let last = words.last {
            step.exact.append(scope.path(last) + (last.hasSuffix("/") || last == "." ? "/" : ""))
        }
        step.exact += documents(instruction)
        if instruction.heredocs.contains(where: \.expands), !instruction.heredocs.isEmpty {
            step.loose += scope.environment
        }
        step.loose += instruction.flags.map { $0.name + "=" + (scope.expand($0.value ?? "", file.escape) ?? "") }
        let local = words.dropLast().filter { !$0.hasPrefix("<<") }
        let remote = step.keyword == .add ? local.filter(Self.isAddress) : []
        if !remote.isEmpty {
            let isPinned = instruction.flag("checksum") != nil && remote.count == 1
            step.sources.append(isPinned ? .pinned : .unclear("what an address holds may have changed"))
        }
        let files = local.filter { !remote.contains($0) }
        guard !files.isEmpty else { return }
        let exclusions = instruction.flags.filter { $0.name == "exclude" }.compactMap(\.value)
        step.sources.append(source(instruction.flag("from")?.value, paths: files, exclusions, before: step.stage))
    }

    private func documents(_ instruction: Instruction) -> [String] {
        instruction.heredocs.prefix(100).map { document in
            "\(document.expands) \(document.stripsTabs) \(document.descriptor) \(file.source.text(document.body))"
        }
    }

    private static func isAddress(_ source: String) -> Bool {
        let schemes = ["http://", "https://", "git://", "ssh://", "git@", "github.com/"]
        return schemes.contains { source.utf8.starts(with: $0.utf8) } || source.hasSuffix(".git")
    }

    private func source(
        _ from: String?,
        paths: [String],
        _ exclusions: [String],
        before stage: Int
    ) -> PlannedStep.Source {
        guard let from else {
            guard asked.hasLocalContext else { return .unclear("the context isn't on this machine") }
            return local("context", paths, exclusions)
        }
        let name = Expansion.unquoted(from)
        if let isLocal = asked.contexts[name.lowercased()] {
            return isLocal ? local(name, paths, exclusions) : .unclear("a named context may have changed")
        }
        let earlier = Array(file.stages.prefix(stage))
        let number = Stage.find(name, among: earlier) ?? Int(name).flatMap { earlier.indices.contains($0) ? $0 : nil }
        if let number { return tips[number].map { .step($0) } ?? .pinned }
        return name.contains("@sha256:") ? .pinned : .unclear("the image \(name.quoted) may have changed")
    }

    private func local(_ name: String, _ paths: [String], _ exclusions: [String]) -> PlannedStep.Source {
        let isKnown = !paths.contains { $0.contains(ForecastScope.symbol) || $0.contains(ForecastScope.hidden) }
        return isKnown
            ? .context(name, paths: paths, exclusions: exclusions) : .unclear("which files it takes isn't known")
    }
}
