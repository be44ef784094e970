package import CaissonBuildModel
import Synchronization

/// Shows the events of a build as they come.
///
/// `receive` only takes an event in and never waits. The scope's own task writes every 100 ms: a frame on a terminal,
/// otherwise the text since the last time. A reader that is slower than the build costs bounded memory: output of steps
/// is then left out, and the text says so; steps, warnings and the end are never left out. A reader that is gone costs
/// nothing.
package final class ProgressDisplay: BuildEventSink {
    /// The properties of a display, except for its output.
    package struct Options: Sendable {
        /// How to show progress; `auto` counts as `plain`, `none` as `quiet`.
        package var mode: ProgressMode
        /// The colours on a terminal.
        package var colors: ProgressColors
        /// How a terminal's lines are made.
        package var renderer: TTYRenderer
        /// What stands on a terminal in place of the steps while the work runs; nil for the steps.
        package var board: (@Sendable (_ width: Int, _ height: Int, _ now: Timestamp) -> [String])?
        /// The time now.
        package var clock: @Sendable () -> Timestamp

        /// Makes options; the clock is the system's if no other is given.
        package init(
            mode: ProgressMode,
            colors: ProgressColors = .none,
            renderer: TTYRenderer = TTYRenderer(),
            clock: @escaping @Sendable () -> Timestamp = { Timestamp.now }
        ) {
            self.mode = mode
            self.colors = colors
            self.renderer = renderer
            self.clock = clock
        }
    }

    private let options: Options
    private let output: ProgressOutput
    private let state: Mutex<ProgressBuffer>

    init(options: Options, output: ProgressOutput) {
        self.options = options
        self.output = output
        state = Mutex(ProgressBuffer(options: options))
    }

    /// Takes the next event.
    package func receive(_ event: BuildEvent) {
        let now = options.clock()
        state.withLock { $0.take(event, at: now) }
    }

    /// Shows what the user should know beside the build, such as what was passed over on the way to its engine.
    package func show(notice text: String) {
        let now = options.clock()
        state.withLock { $0.take(notice: text, at: now) }
    }

    /// The state of the build as it is known now, for the description of its error.
    package var model: ProgressModel {
        state.withLock { $0.model }
    }

    /// Writes until the calling task is cancelled.
    func run() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(100))
            if Task.isCancelled { return }
            advance()
        }
    }

    /// Writes the rest, and waits for a slow reader; in a cancelled task for at most a second.
    func finish() async {
        let now = options.clock()
        state.withLock { $0.close(at: now, size: output.size()) }
        var patience = 20
        while drain(), patience > 0 {
            if Task.isCancelled {
                // A cancelled task can't sleep, so the output has to do the waiting.
                output.wait(50)
                patience -= 1
            } else {
                try? await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    private func advance() {
        let now = options.clock()
        let size = output.size()
        state.withLock { $0.advance(to: now, size: size) }
        _ = drain()
    }

    /// Writes as much as it can without waiting; returns whether something is left.
    private func drain() -> Bool {
        while true {
            let chunk = state.withLock { $0.chunk }
            guard !chunk.isEmpty else { return false }
            let written = output.write(chunk)
            state.withLock { $0.wrote(written) }
            if written == 0 { return true }
        }
    }
}

/// Shows the events that `body` reports to its display.
///
/// When the scope ends, everything is written and the terminal is as it was before.
package func withProgressDisplay<Result: Sendable>(
    _ options: ProgressDisplay.Options,
    output: ProgressOutput,
    _ body: (ProgressDisplay) async throws -> Result
) async throws -> Result {
    let display = ProgressDisplay(options: options, output: output)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await display.run() }
        do {
            let result = try await body(display)
            group.cancelAll()
            try await group.waitForAll()
            await display.finish()
            return result
        } catch {
            group.cancelAll()
            try await group.waitForAll()
            await display.finish()
            throw error
        }
    }
}
