package import CaissonBuildModel

/// Records the builds of this process in the history: one for a process.
///
/// A build pays for making a line in memory of each event. All that touches the disk happens on a thread of its own,
/// and what goes wrong there is told once and ends no build.
package final class HistoryJournal: Sendable {
    private let writer: JournalWriter

    /// Records to this place; nothing is made there before the first build.
    ///
    /// - Parameter notice: Told at most once why builds aren't recorded; called from any thread.
    package init(_ place: HistoryPlace, notice: @escaping @Sendable (String) -> Void) {
        writer = JournalWriter(place, notice: notice)
    }

    deinit { writer.stop() }

    /// Begins to record a build, which waits for its turn until its recorder is told otherwise.
    package func recorder(of submission: BuildSubmission) -> BuildRecorder {
        BuildRecorder(of: submission, by: writer)
    }

    /// Waits until all that was told so far is written, but no longer than a limit; called before the process ends.
    package func finish(within limit: Duration) async {
        await withTaskGroup { group in
            group.addTask { await self.writer.finish() }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }
}

/// Records one build; it takes what is told of it in order, and never waits for the disk.
package final class BuildRecorder: BuildEventSink, Sendable {
    private let recording: JournalRecording
    private let writer: JournalWriter

    init(of submission: BuildSubmission, by writer: JournalWriter) {
        self.writer = writer
        recording = JournalRecording(of: submission, by: writer)
        if writer.open() { recording.tell() } else { recording.ignoreAll() }
    }

    deinit { recording.abandon() }

    /// Takes the next event; the last one ends the recording.
    package func receive(_ event: BuildEvent) {
        switch event.kind {
        case .finished(let outcome): recording.end(outcome.end(at: event.time), outcome)
        case .started: recording.begin { $0.add(event.kind, at: event.time, under: .none) }
        case .context(let snapshot): recording.tell(snapshot, at: event.time)
        default:
            let pressure = writer.pressure
            recording.tell { $0.add(event.kind, at: event.time, under: pressure) }
        }
    }

    /// Takes what the build's Dockerfile says; one that is longer than 256 KiB isn't kept.
    package func keep(dockerfile text: [UInt8]) {
        if text.count <= DockerfileMemory.longest { recording.tell(dockerfile: text) }
    }

    /// Takes something that people are told of the build beside its events.
    ///
    /// - Parameter isWait: Whether it is why the build waits, which is the reason of how it stands until it begins.
    package func note(_ text: String, isWait: Bool = false) {
        recording.tell { $0.add(remark: text, isWait: isWait, at: .now) }
    }

    /// Takes that the build waits or runs; how it ended is said by `end` or by an event.
    package func changeStatus(_ status: BuildStatus) {
        switch status {
        case .queued: recording.tell { $0.add(.queued, at: .now) }
        case .running: recording.begin { $0.add(.running, at: .now) }
        default: end(status)
        }
    }

    /// Takes how the build ended, where no event tells that; of several ends the first counts.
    ///
    /// - Parameters:
    ///   - duration: How long it ran; nil where that is as long as since it was first told to run.
    ///   - outcome: What came of it; nil where that is told by nothing else.
    package func end(
        _ status: BuildStatus,
        reason: String? = nil,
        at time: Timestamp = .now,
        duration: Duration? = nil,
        outcome: BuildOutcome? = nil
    ) {
        guard status.isFinal else { return }
        recording.end(JournalEnd(status, reason: reason, at: time, duration: duration), outcome)
    }
}

extension BuildOutcome {
    /// The end that it is.
    fileprivate func end(at time: Timestamp) -> JournalEnd {
        switch self {
        case .succeeded, .answered: JournalEnd(.succeeded, at: time)
        case .cancelled: JournalEnd(.cancelled, at: time)
        case .failed(let error):
            switch error.code {
            case .deadlineExceeded: JournalEnd(.timedOut, reason: error.message, at: time)
            case .cancelled: JournalEnd(.cancelled, reason: error.message, at: time)
            default: JournalEnd(.failed, reason: error.message, at: time)
            }
        }
    }
}
