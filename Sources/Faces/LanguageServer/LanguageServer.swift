import CaissonJSON
package import CaissonSystem
import CaissonText
import Glibc

/// Serves one editor over a pair of descriptors, by the Language Server Protocol 3.17.
///
/// ```
/// editor ─▶ InputChunks ─▶ ServerSession ─▶ Action ─┬▶ outgoing ─▶ PatientOutput ─▶ editor
///                              ▲                    └▶ LintRunner ─┐
///                              └──────────── LintReport ───────────┘
/// ```
package actor LanguageServer {
    private typealias Check = (job: LintJob, cancelled: AsyncStream<Void>)

    private let runner: LintRunner
    private let errors: PatientOutput
    private var session: ServerSession
    private var status: Int32 = 1
    private var watched: Int32?
    private var cancellations: [String: AsyncStream<Void>.Continuation] = [:]
    private let checks: AsyncStream<Check>
    private let checksContinuation: AsyncStream<Check>.Continuation
    private let outgoing: AsyncStream<[UInt8]>
    private let outgoingContinuation: AsyncStream<[UInt8]>.Continuation
    private var unwritten = 0

    /// How many bytes may wait for the editor to read them, before nothing more is read from it.
    private static let mostUnwritten = 32 << 20
    private static let longestLine = 1000

    /// Makes a server.
    /// - Parameters:
    ///   - width: How many documents are checked at a time.
    ///   - errors: Where lines for people go; none where it isn't read.
    package init(
        _ service: LintService,
        width: Int = 4,
        errors: BorrowedDescriptor = .standardError
    ) {
        runner = LintRunner(service: service)
        session = ServerSession(version: service.version, width: width)
        self.errors = PatientOutput(descriptor: errors)
        (checks, checksContinuation) = AsyncStream.makeStream(of: Check.self)
        (outgoing, outgoingContinuation) = AsyncStream.makeStream(of: [UInt8].self)
    }

    /// Serves until the editor says `exit`, goes away, or closes the input.
    /// - Returns: The exit status: 0 when `shutdown` came first, else 1.
    /// - Throws: `CancellationError`, and `Errno` when no thread can be started.
    package func serve(from input: BorrowedDescriptor, to output: BorrowedDescriptor) async throws -> Int32 {
        let chunks = try InputChunks(input)
        async let writing: Void = write(to: PatientOutput(descriptor: output))
        await withDiscardingTaskGroup { group in
            group.addTask { await self.read(chunks) }
            group.addTask { await self.watch() }
            for await check in checks { group.addTask { await self.run(check) } }
            group.cancelAll()
        }
        outgoingContinuation.finish()
        await writing
        try Task.checkCancellation()
        return status
    }

    // MARK: Input

    private func read(_ chunks: InputChunks) async {
        for await bytes in chunks.stream {
            session.receive(bytes)
            perform()
            await waitForReader()
            chunks.useNext()
        }
        guard !Task.isCancelled else { return }
        session.inputEnded()
        perform()
    }

    /// Waits while an editor that doesn't read has much to read: it is not read from, and nothing is checked for it.
    private func waitForReader() async {
        while unwritten > Self.mostUnwritten, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Looks now and then whether the editor's process is still there.
    private func watch() async {
        while (try? await Task.sleep(for: .seconds(3))) != nil {
            guard let process = watched, kill(process, 0) != 0, errno == ESRCH else { continue }
            session.clientEnded()
            perform()
        }
    }

    // MARK: Actions

    private func perform() {
        for action in session.takeActions() {
            switch action {
            case .send(let message):
                let frame = Outgoing.frame(message)
                unwritten += frame.count
                outgoingContinuation.yield(frame)
            case .start(let job):
                let (cancelled, continuation) = AsyncStream.makeStream(of: Void.self)
                cancellations[job.uri] = continuation
                checksContinuation.yield((job, cancelled))
            case .cancel(let uri): cancellations[uri]?.finish()
            case .log(let text): log(text)
            // A process of another PID namespace seems to be none; it would end the server at once.
            case .watch(let process): watched = kill(process, 0) == 0 || errno != ESRCH ? process : nil
            case .end(let status):
                self.status = status
                checksContinuation.finish()
            }
        }
    }

    private func log(_ text: String) {
        let line = "caisson lint --lsp: \(String(text.quoted.dropFirst().dropLast()))\n"
        if errors.isReady { errors.descriptor.writeIgnoringErrors(String(line.prefix(Self.longestLine))) }
    }

    private func write(to output: PatientOutput) async {
        do {
            for await frame in outgoing {
                try await output.write(frame)
                unwritten -= frame.count
            }
        } catch {
            guard !Task.isCancelled else { return }
            session.outputFailed("\(error)")
            perform()
        }
    }

    // MARK: Checks

    /// Runs a check to its end, or until a newer text makes it useless.
    private func run(_ check: Check) async {
        let (job, cancelled) = check
        await waitForReader()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.runner.run(job) { await self.take($0, of: job) } }
            group.addTask { for await _ in cancelled {} }
            await group.next()
            group.cancelAll()
        }
        cancellations[job.uri] = nil
        session.ended(job)
        perform()
    }

    private func take(_ report: LintReport, of job: LintJob) {
        session.take(report, of: job)
        perform()
    }
}
