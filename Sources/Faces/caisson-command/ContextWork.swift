import CaissonSystem
import CaissonText
import ArgumentParser
import CaissonBuildContext
import CaissonBuildModel
import Glibc
import Synchronization

/// Runs the work of `caisson context`, which waits for disks and pipes, where it keeps nothing else from running.
enum ContextWork {
    /// Runs work on a thread of its own that an interrupt cancels.
    static func run(
        _ work: @escaping @Sendable (_ isCancelled: @escaping @Sendable () -> Bool) throws -> Void
    ) async throws {
        try await withInterrupts(restoreTerminal: {}) {
            let flag = Flag()
            try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    start {
                        continuation.resume(with: Result { try work { flag.isSet } })
                    } orFail: {
                        continuation.resume(throwing: BuildError(.output, "can't start a thread: \($0)"))
                    }
                }
            } onCancel: {
                flag.set()
            }
        }
    }

    /// Calls with the errors of contexts turned into those of commands.
    /// - Parameter code: The kind of those that come of what was given rather than of the work.
    static func translating<Value>(
        _ code: BuildError.Code = .output,
        _ body: () throws(BuildContextError) -> Value
    ) throws(BuildError) -> Value {
        do throws(BuildContextError) {
            return try body()
        } catch {
            throw translated(error, code)
        }
    }

    /// The error of a command for one of a context.
    static func translated(_ error: BuildContextError, _ code: BuildError.Code = .output) -> BuildError {
        switch error.code {
        case .cancelled: BuildError(.cancelled, "cancelled")
        case .malformedPattern: BuildError(.usage, error.message)
        case .notFound, .notADirectory, .notAFile, .refused: BuildError(code, error.message)
        default: BuildError(.output, error.message)
        }
    }

    private final class Flag: Sendable {
        private let value = Atomic(false)
        var isSet: Bool { value.load(ordering: .relaxed) }
        func set() { value.store(true, ordering: .relaxed) }
    }

    private final class Start: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private static func start(_ run: @escaping @Sendable () -> Void, orFail: (Errno) -> Void) {
        let box = Unmanaged.passRetained(Start(run))
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
            nil,
            { raw in
                if let raw { Unmanaged<Start>.fromOpaque(raw).takeRetainedValue().run() }
                return nil
            },
            box.toOpaque()
        )
        guard code == 0 else {
            box.release()
            return orFail(Errno(code))
        }
        pthread_detach(thread)
    }
}

/// Where a tar is written: standard output, or a file that appears under its name when it is whole.
struct TarOutput: ~Copyable {
    /// Where the bytes go.
    let descriptor: CInt
    /// What it is called in messages.
    let shown: String
    private let path: String
    private let temporary: String?

    private init(adopting descriptor: CInt, shown: String, path: String, temporary: String?) {
        self.descriptor = descriptor
        self.shown = shown
        self.path = path
        self.temporary = temporary
    }

    /// Opens the output.
    static func open(_ output: String) throws(BuildError) -> TarOutput {
        guard output != "-" else {
            return TarOutput(adopting: 1, shown: "standard output", path: "-", temporary: nil)
        }
        let path = resolved(output)
        var descriptor: CInt
        var temporary: String?
        switch PathFacts.kind(of: path) {
        case .directory: throw BuildError(.usage, "--output \(output.quoted) is a directory; give a file in it")
        case .stream: descriptor = Glibc.open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
        case .regular, .missing:
            let (directory, name) = PathFacts.split(path)
            var template = Array(PathFacts.join(directory, ".\(name.prefix(50)).XXXXXX").utf8CString)
            descriptor = mkstemp(&template)
            temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        guard descriptor >= 0 else { throw BuildError(.output, "can't write \(output.quoted): \(Errno.last)") }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return TarOutput(adopting: descriptor, shown: output.quoted, path: path, temporary: temporary)
    }

    deinit {
        guard descriptor > 2 else { return }
        close(descriptor)
        if let temporary { unlink(temporary) }
    }

    /// The files that are no part of what is written: the one of that name, and the one that becomes it.
    var identities: (named: FileIdentity?, temporary: FileIdentity?) {
        let own = FileIdentity(ofRegularFile: descriptor)
        return temporary == nil ? (own, nil) : (FileIdentity(ofRegularFile: path), own)
    }

    /// Gives the file its name.
    func keep() throws(BuildError) {
        guard let temporary else { return }
        let mask = umask(0)
        umask(mask)
        guard fchmod(descriptor, 0o666 & ~mask) == 0, rename(temporary, path) == 0 else {
            throw BuildError(.output, "can't write \(shown): \(Errno.last)")
        }
    }

    /// The file that a link stands for, as that is what is to be replaced.
    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
}
