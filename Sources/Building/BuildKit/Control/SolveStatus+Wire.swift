import CaissonBuildModel

extension SolveStatus {
    /// Reads an update from the wire.
    ///
    /// Every value comes from the peer and is taken unchecked.
    init(_ wire: WireStatusResponse) {
        self.init(
            vertexes: wire.vertexes.map(Vertex.init),
            statuses: wire.statuses.map(VertexStatus.init),
            logs: wire.logs.map(VertexLog.init),
            warnings: wire.warnings.map(VertexWarning.init)
        )
    }
}

extension Timestamp {
    init(_ wire: WireTimestamp) { self.init(seconds: wire.seconds, nanoseconds: wire.nanos) }
}

extension Vertex {
    init(_ wire: WireVertex) {
        self.init(
            digest: wire.digest,
            inputs: wire.inputs,
            name: wire.name,
            isCached: wire.cached,
            started: wire.hasStarted ? Timestamp(wire.started) : nil,
            completed: wire.hasCompleted ? Timestamp(wire.completed) : nil,
            error: wire.error,
            group: wire.hasProgressGroup ? ProgressGroup(wire.progressGroup) : nil
        )
    }
}

extension ProgressGroup {
    init(_ wire: WireProgressGroup) { self.init(id: wire.id, name: wire.name, isWeak: wire.weak) }
}

extension VertexStatus {
    init(_ wire: WireVertexStatus) {
        self.init(
            id: wire.id,
            vertex: wire.vertex,
            name: wire.name,
            current: wire.current,
            total: wire.total,
            timestamp: Timestamp(wire.timestamp),
            started: wire.hasStarted ? Timestamp(wire.started) : nil,
            completed: wire.hasCompleted ? Timestamp(wire.completed) : nil
        )
    }
}

extension VertexLog {
    init(_ wire: WireVertexLog) {
        self.init(
            vertex: wire.vertex,
            stream: Int(clamping: wire.stream),
            data: [UInt8](wire.msg),
            timestamp: Timestamp(wire.timestamp)
        )
    }
}

extension VertexWarning {
    init(_ wire: WireVertexWarning) {
        self.init(
            vertex: wire.vertex,
            level: Int(clamping: wire.level),
            short: [UInt8](wire.short),
            detail: wire.detail.map { [UInt8]($0) },
            url: wire.url,
            source: wire.hasInfo ? SourceInfo(wire.info) : nil,
            ranges: wire.ranges.map(SourceRange.init)
        )
    }
}

extension SourceInfo {
    init(_ wire: WireSourceInfo) {
        self.init(filename: wire.filename, data: [UInt8](wire.data), language: wire.language)
    }
}

extension SourceRange {
    init(_ wire: WireRange) {
        self.init(
            startLine: Int(wire.start.line),
            startCharacter: Int(wire.start.character),
            endLine: Int(wire.end.line),
            endCharacter: Int(wire.end.character)
        )
    }
}
