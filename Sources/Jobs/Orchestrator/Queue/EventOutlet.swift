import CaissonBuildModel
import Synchronization

/// What a reader of a queue's events hasn't taken yet: no more than it asked for, and as many ends of builds again.
///
/// It lives as long as its reader: the queue doesn't keep it.
final class EventOutlet: Sendable {
    private struct State {
        var events: [BuildQueueEvent] = []
        var missed = 0
        var hasEnded = false
        var news = Latch()
    }

    private let bound: Int
    private let state = Mutex(State())

    init(bound: Int) {
        self.bound = max(bound, 1)
    }

    func tell(_ event: BuildQueueEvent) {
        state.withLock { state in
            // Of the ends alone there may be as many again, so that a reader that never reads costs no more and more.
            let beyond = state.events.count - bound
            if beyond >= 0, !event.isEnd || beyond >= bound {
                state.missed += 1
            } else {
                state.events.append(event)
            }
            state.news.open()
        }
    }

    func end() {
        state.withLock { state in
            state.hasEnded = true
            state.news.open()
        }
    }

    func next() async -> BuildQueueEvent? {
        while !Task.isCancelled {
            let (event, news) = state.withLock { Self.take(&$0) }
            guard let news else { return event }
            await news.wait()
        }
        return nil
    }

    /// The next event, or what is to be waited for; neither at the end.
    private static func take(_ state: inout State) -> (event: BuildQueueEvent?, news: Latch?) {
        if !state.events.isEmpty { return (state.events.removeFirst(), nil) }
        if state.missed > 0 {
            defer { state.missed = 0 }
            return (.missed(state.missed), nil)
        }
        guard !state.hasEnded else { return (nil, nil) }
        state.news = Latch()
        return (nil, state.news)
    }
}

extension BuildQueueEvent {
    fileprivate var isEnd: Bool {
        switch self {
        case .completed, .failed, .cancelled: true
        case .submitted, .started, .stepStarted, .stepCompleted, .resourcesAllocated, .resourcesReleased, .missed: false
        }
    }
}
