import CaissonBuildContext
import CaissonBuildModel
import CaissonDockerfile

/// Whether a build runs programs of the platforms that it is for, which an engine of another kind can only emulate.
enum TargetPrograms {
    /// Reads the Dockerfile; nil where that can't be told: it isn't here, or is for a front end of its own.
    static func areRun(by request: BuildRequest) -> Bool? {
        guard !request.platforms.isEmpty, let text = try? ResolvedDockerfile(request)?.text() else {
            return nil
        }
        let file = Dockerfile(parsing: text)
        guard file.problems.isEmpty, !file.stages.isEmpty,
            isPlain(file.directives.last { $0.name == "syntax" }?.value)
        else { return nil }
        guard let target = target(of: request, in: file) else { return nil }
        return needed(from: target, in: file).contains { index in
            let stage = file.stages[index]
            guard file.instructions[stage.body].contains(where: { $0.keyword == .run }) else { return false }
            return isForTarget(index, in: file)
        }
    }

    /// Whether a syntax line names no front end, or Docker's own.
    static func isPlain(_ syntax: String?) -> Bool {
        guard let syntax else { return true }
        return syntax.hasPrefix("docker/dockerfile") || syntax.hasPrefix("docker.io/docker/dockerfile")
    }

    private static func target(of request: BuildRequest, in file: Dockerfile) -> Int? {
        guard let name = request.target else { return file.stages.count - 1 }
        if let found = Stage.find(name, among: file.stages) { return found }
        return Int(name).flatMap { file.stages.indices.contains($0) ? $0 : nil }
    }

    /// A stage and all that it is made from.
    private static func needed(from target: Int, in file: Dockerfile) -> Set<Int> {
        var found: Set<Int> = []
        var waiting = [target]
        while let next = waiting.popLast() {
            guard file.stages.indices.contains(next), found.insert(next).inserted else { continue }
            waiting += file.stages[next].sources
            if case .stage(let base) = file.stages[next].base { waiting.append(base) }
        }
        return found
    }

    /// Whether a stage is for the platform that is built for: it says nothing else, and neither does what it begins with.
    private static func isForTarget(_ index: Int, in file: Dockerfile) -> Bool {
        var index = index
        while true {
            let stage = file.stages[index]
            if let platform = file.instructions[stage.from].flag("platform")?.value {
                return ["$TARGETPLATFORM", "${TARGETPLATFORM}"].contains(platform)
            }
            // A stage begins with an earlier one, so this ends.
            guard case .stage(let base) = stage.base, base < index else { return true }
            index = base
        }
    }
}
