import CaissonText
package import CaissonBuildModel

// What keys something stays as it is: digests of steps, references, an image's id. All that people or programs read as
// text is masked.

extension SecretMask {
    /// The event with secrets in its texts replaced; output of steps is not looked at, as it comes in pieces.
    package func apply(_ event: BuildEvent) -> BuildEvent {
        switch event {
        case .started(var start):
            start.engine = apply(start.engine)
            return .started(start)
        case .status(let status): return .status(apply(status))
        case .notice(let text): return .notice(apply(text))
        case .finished(.succeeded(let result)): return .finished(.succeeded(apply(result)))
        case .finished(.failed(let text)): return .finished(.failed(apply(text)))
        case .finished(.cancelled): return event
        }
    }

    /// The result with secrets in what the exporters said replaced.
    package func apply(_ result: BuildResult) -> BuildResult {
        var result = result
        result.exporterResponse = result.exporterResponse.mapValues { $0.isDigest ? $0 : apply($0) }
        return result
    }

    /// The error with secrets replaced in its message, its step's name and its excerpts.
    package func apply(_ error: BuildError) -> BuildError {
        var error = error
        error.message = apply(error.message)
        if let name = error.step?.name { error.step?.name = apply(name) }
        error.excerpts = error.excerpts.map { SourceExcerpt(source: apply($0.source), ranges: $0.ranges) }
        return error
    }

    private func apply(_ status: SolveStatus) -> SolveStatus {
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
            counter.id = counter.id.isDigest ? counter.id : apply(counter.id)
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

    private func apply(_ source: SourceInfo) -> SourceInfo {
        SourceInfo(filename: apply(source.filename), data: apply(source.data), language: source.language)
    }
}

extension String {
    /// Whether it is `sha256:` and 64 hexadecimal digits: nobody's secret, but it may hold the digits of a short one.
    fileprivate var isDigest: Bool {
        let prefix = "sha256:"
        return hasPrefix(prefix) && utf8.count == prefix.utf8.count + 64
            && utf8.dropFirst(prefix.utf8.count).allSatisfy(\.isHexDigit)
    }
}
