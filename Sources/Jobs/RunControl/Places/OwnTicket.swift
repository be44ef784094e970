import CaissonSystem
import Synchronization

/// A ticket of this process, and whoever waits for what becomes of it.
final class OwnTicket: Sendable {
    /// What becomes of it.
    enum News: Sendable {
        /// It has to wait.
        case waits(PlaceWait)
        /// It has its place.
        case begins
        /// It can't wait any more.
        case failed(RunControlError)
        /// Nobody wants the place any more.
        case withdrawn
    }

    private struct State {
        var ticket: PlaceTicket
        /// What wasn't taken yet; the last of what it waits for, or how its waiting ends.
        var news: News?
        var reader: CheckedContinuation<News, Never>?
        var told: PlaceWait?
        var askedAt = -OwnTicket.pause
    }

    /// How often at most it's told what it waits for, in nanoseconds.
    fileprivate static let pause: Int64 = 500_000_000

    let name: String
    let file: SharedDescriptor
    private let state: Mutex<State>

    init(_ ticket: PlaceTicket, file: SharedDescriptor) {
        name = ticket.name
        self.file = file
        state = Mutex(State(ticket: ticket))
    }

    /// What its file says.
    var ticket: PlaceTicket {
        get { state.withLock { $0.ticket } }
        set { state.withLock { $0.ticket = newValue } }
    }

    /// Whether it may be told at this moment what it waits for.
    func isDue(at now: Int64) -> Bool { state.withLock { $0.askedAt <= now - Self.pause } }

    /// Tells what it waits for, where that changed.
    func tell(_ wait: PlaceWait, at now: Int64) {
        let isNew = state.withLock { state in
            defer { state.told = wait }
            state.askedAt = now
            return state.told != wait
        }
        if isNew { tell(.waits(wait)) }
    }

    /// Tells what becomes of it.
    ///
    /// A wait is forgotten once something newer is known; how its waiting ended stays.
    func tell(_ news: News) {
        let reader = state.withLock { state -> CheckedContinuation<News, Never>? in
            if let reader = state.reader {
                state.reader = nil
                return reader
            }
            switch state.news {
            case nil, .waits: state.news = news
            case .begins, .failed, .withdrawn: break
            }
            return nil
        }
        reader?.resume(returning: news)
    }

    /// The next news; withdrawn when the task is cancelled.
    func next() async -> News {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if let news = takeNews(for: continuation) { continuation.resume(returning: news) }
            }
        } onCancel: {
            tell(.withdrawn)
        }
    }

    /// News that are there already; nil where the reader has to wait for them.
    private func takeNews(for reader: CheckedContinuation<News, Never>) -> News? {
        state.withLock { state in
            if state.news == nil { state.reader = reader }
            return state.news.take()
        }
    }
}
