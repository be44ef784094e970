import CaissonBuildModel

/// What a display has taken in and not yet written: the state behind its lock, without any input or output.
struct ProgressBuffer: Sendable {
    /// How many bytes may wait to be written before output of steps is left out.
    static let limit = 16 * 1024 * 1024

    private let options: ProgressDisplay.Options
    private var plain = PlainRenderer()
    private var ownModel = ProgressModel()
    private var screen = TTYScreen()
    private var notices: [String] = []
    private var waiting: [UInt8] = []
    private var written = 0
    private var leftOut = 0
    private var lastEvent: Timestamp?
    private var isReaderGone = false

    init(options: ProgressDisplay.Options) {
        self.options = options
    }

    /// What is known of the build.
    var model: ProgressModel { isPlain ? plain.model : ownModel }

    /// The next bytes to write; empty when there are none.
    ///
    /// It is a copy: a slice would make the next append copy everything that waits.
    var chunk: ArraySlice<UInt8> { Array(waiting[written...].prefix(64 * 1024))[...] }

    private var isPlain: Bool { options.mode == .plain || options.mode == .auto }
    private var backlog: Int { waiting.count - written }

    /// Takes in an event.
    mutating func take(_ event: BuildEvent, at now: Timestamp) {
        lastEvent = now
        switch options.mode {
        case .plain, .auto:
            add(plain.text(for: affordable(event)))
        case .rawjson:
            ownModel.apply(event, receivedAt: now)
            guard !isReaderGone else { return }
            waiting += RawJSONRenderer().bytes(for: affordable(event.sayingLossAsWarning))
        case .tty:
            ownModel.apply(event, receivedAt: now)
            if let words = event.kind.words { show(notice: words) }
        case .quiet, .none:
            ownModel.apply(event, receivedAt: now)
            if let loss = event.loss { add("notice: \(SafeText.line(loss))\n") }
        }
    }

    /// Takes in what the user should know and no build says.
    mutating func take(notice text: String, at now: Timestamp) {
        lastEvent = now
        if isPlain { return add(plain.text(ofNotice: text)) }
        ownModel.apply(notice: text)
        if options.mode == .tty { show(notice: text) }
    }

    private mutating func show(notice text: String) {
        if notices.count < 100 { notices.append("notice: " + SafeText.line(text)) }
    }

    /// Makes the text that has to be written now.
    mutating func advance(to now: Timestamp, size: TerminalSize) {
        if options.mode == .tty {
            // A frame is drawn only when the last one was written, so a slow terminal gets fewer frames.
            guard backlog == 0, hasSomething else { return }
            let frame =
                options.board?(size.width, size.height, now)
                ?? options.renderer.render(
                    ownModel,
                    width: size.width,
                    height: size.height,
                    now: now,
                    colors: options.colors
                )
            add(screen.draw(frame, above: notices, width: size.width, height: size.height))
            notices = []
        } else if isPlain, let lastEvent, now.seconds(since: lastEvent) >= PlainRenderer.interval {
            add(plain.flush())
        }
        sayWhatWasLeftOut()
    }

    /// Makes what is to be written last.
    mutating func close(at now: Timestamp, size: TerminalSize) {
        if options.mode == .tty, hasSomething {
            let frame = options.renderer.renderFinal(ownModel, width: size.width, now: now, colors: options.colors)
            add(screen.finish(frame, above: notices, width: size.width))
        } else if isPlain {
            add(plain.flush())
        }
        sayWhatWasLeftOut()
    }

    /// Notes that bytes were written; nil when the reader is gone.
    mutating func wrote(_ count: Int?) {
        guard let count else {
            isReaderGone = true
            waiting = []
            written = 0
            return
        }
        written += count
        if written >= waiting.count {
            waiting.removeAll(keepingCapacity: waiting.count < 1024 * 1024)
            written = 0
        } else if written > 1024 * 1024 {
            waiting.removeFirst(written)
            written = 0
        }
        sayWhatWasLeftOut()
    }

    private var hasSomething: Bool { ownModel.start != nil || !ownModel.steps.isEmpty || !notices.isEmpty }

    private mutating func add(_ text: String) {
        guard !isReaderGone else { return }
        waiting += Array(text.utf8)
    }

    /// The event without the parts that there is no room for: output first, then counters; never steps or warnings.
    private mutating func affordable(_ event: BuildEvent) -> BuildEvent {
        guard backlog > Self.limit, case .status(var status) = event.kind else { return event }
        leftOut += status.logs.reduce(0) { $0 + $1.data.count }
        status.logs = []
        if backlog > 2 * Self.limit { status.statuses = [] }
        var event = event
        event.kind = .status(status)
        return event
    }

    private mutating func sayWhatWasLeftOut() {
        guard leftOut > 0, backlog < Self.limit / 2 else { return }
        if isPlain { add("#0 notice: \(leftOut) bytes of output left out, as they were not read in time\n") }
        leftOut = 0
    }
}

extension BuildEvent {
    /// What the result lacks, where that is what it tells.
    fileprivate var loss: String? {
        guard case .notice(let message) = kind, message.isOfLoss else { return nil }
        return message.description
    }

    /// The event for a reader of engines' messages, among which only warnings are for people.
    fileprivate var sayingLossAsWarning: BuildEvent {
        guard let loss else { return self }
        var event = self
        event.kind = .status(SolveStatus(warnings: [VertexWarning(vertex: "", short: Array(loss.utf8))]))
        return event
    }
}
