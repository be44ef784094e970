import CaissonBuildModel

extension ProgressModel {
    /// Takes in a counter.
    mutating func apply(_ status: VertexStatus) {
        guard let index = indexByDigest[status.vertex] else { return }
        let id = SafeText.line(status.id, limit: 512)
        let place: Int
        if let known = steps[index].counters.firstIndex(where: { $0.id == id }) {
            place = known
        } else {
            guard steps[index].counters.count < Self.counterLimit else { return }
            place = steps[index].counters.count
            steps[index].counters.append(
                ProgressCounter(id: id, current: 0, total: 0, timestamp: status.timestamp, started: nil, completed: nil)
            )
        }
        steps[index].counters[place].current = status.current
        steps[index].counters[place].total = status.total
        steps[index].counters[place].timestamp = status.timestamp
        steps[index].counters[place].started = status.started ?? steps[index].counters[place].started
        steps[index].counters[place].completed = status.completed
        changes.counters.append((index, place))
    }

    /// Takes in a warning, unless the same one has come before for this step or another.
    mutating func apply(_ warning: VertexWarning) {
        var kept = warning
        if let source = warning.source {
            // Each warning comes with the whole file; only one copy of it is kept.
            kept.source = sources[source] ?? source
            if sources.count < 64 { sources[source] = kept.source }
        }
        var key = kept
        key.vertex = ""
        guard !seenWarnings.contains(key) else { return }
        guard warnings.count < Self.warningLimit else {
            droppedWarnings += 1
            return
        }
        seenWarnings.insert(key)
        warnings.append(kept)
        guard let index = indexByDigest[warning.vertex] else { return }
        let text = SafeText.line(warning.short)
        if steps[index].warnings.count < 100 { steps[index].warnings.append(text) }
        changes.warnings.append((index, text))
    }

    /// Takes in a piece of output.
    mutating func apply(_ log: VertexLog) {
        guard let index = indexByDigest[log.vertex], !log.data.isEmpty else { return }
        // There are two streams; output of any other is put into the first.
        let stream = log.stream == 2 ? 2 : 1
        var lines: [LogAssembler.RawLine] = []
        steps[index].streams[stream, default: LogAssembler()].append(log.data, at: log.timestamp, to: &lines)
        steps[index].lastStream = stream
        steps[index].outputBytes &+= log.data.count
        take(lines, at: index)
    }

    /// Gives out the unfinished lines of a step that ended, and forgets the output if the step succeeded.
    mutating func finishOutput(of index: Int) {
        guard !steps[index].streams.isEmpty else { return }
        var lines: [LogAssembler.RawLine] = []
        for stream in steps[index].streams.keys.sorted() {
            steps[index].streams[stream]?.finish(to: &lines)
        }
        steps[index].streams = [:]
        take(lines, at: index)
        let phase = steps[index].phase
        if phase == .done || phase == .cached { steps[index].lastLines = LogTail() }
    }

    private mutating func take(_ lines: [LogAssembler.RawLine], at index: Int) {
        let start = steps[index].intervals.last?.start
        for raw in lines {
            let offset = start.map { max(0, raw.time.seconds(since: $0)) } ?? 0
            let line = LogLine(text: SafeText.line(raw.bytes, keepsTabs: true), offset: offset)
            steps[index].lastLines.append(line)
            changes.lines.append((index, line))
        }
    }
}
