package import CaissonBuildModel

/// The parts of events.
extension OutgoingMask {
    func apply(_ attempt: BuildAttempt) -> BuildAttempt {
        var attempt = attempt
        attempt.what = apply(attempt.what)
        attempt.reason = attempt.reason.map { apply($0) }
        attempt.engine = attempt.engine.map { apply($0) }
        return attempt
    }

    func apply(_ artifact: BuildArtifact) -> BuildArtifact {
        switch artifact {
        case .image(var image):
            image.names = image.names.map { apply($0) }
            return .image(image)
        case .file(let path): return .file(apply(path))
        case .directory(let path): return .directory(apply(path))
        case .standardOutput: return artifact
        case .cache(let name): return .cache(apply(name))
        }
    }

    /// The outcome without secrets in what was made or went wrong.
    package func apply(_ outcome: BuildOutcome) -> BuildOutcome {
        switch outcome {
        case .succeeded(let result): .succeeded(apply(result))
        case .answered(let answer): .answered(apply(answer))
        case .failed(let error): .failed(apply(error))
        case .cancelled: outcome
        }
    }

    func apply(_ status: SolveStatus) -> SolveStatus {
        var status = status
        status.vertexes = status.vertexes.map { vertex in
            var vertex = vertex
            vertex.name = apply(vertex.name)
            if !vertex.error.isEmpty { vertex.error = apply(vertex.error) }
            if let name = vertex.group?.name { vertex.group?.name = apply(name) }
            return vertex
        }
        status.statuses = status.statuses.map { counter in
            var counter = counter
            counter.id = apply(counter.id)
            counter.name = apply(counter.name)
            return counter
        }
        status.warnings = status.warnings.map { apply($0) }
        return status
    }

    private func apply(_ warning: VertexWarning) -> VertexWarning {
        var warning = warning
        warning.short = apply(warning.short)
        warning.detail = warning.detail.map { apply($0) }
        warning.url = apply(warning.url)
        warning.source = warning.source.map { apply($0) }
        return warning
    }

    func apply(_ source: SourceInfo) -> SourceInfo {
        SourceInfo(filename: apply(source.filename), data: apply(source.data), language: apply(source.language))
    }
}
