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
    /// What it is called in messages.
    let shown: String
    private let place: Place

    /// Where the bytes go.
    private enum Place: ~Copyable {
        case standardOutput
        /// A pipe or a device.
        case stream(OwnedDescriptor)
        case file(AtomicFile)
    }

    /// Where the bytes go.
    var descriptor: CInt {
        switch place {
        case .standardOutput: BorrowedDescriptor.standardOutput.number
        case .stream(let descriptor): descriptor.number
        case .file(let file): file.descriptor
        }
    }

    /// Opens the output.
    static func open(_ output: String) throws(BuildError) -> TarOutput {
        guard output != "-" else { return TarOutput(shown: "standard output", place: .standardOutput) }
        let path = resolved(output)
        do throws(Errno) {
            switch PathFacts.kind(of: path) {
            case .directory: break
            case .stream:
                let descriptor = Glibc.open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
                guard descriptor >= 0 else { throw .last }
                return TarOutput(shown: output.quoted, place: .stream(OwnedDescriptor(adopting: descriptor)))
            case .regular, .missing:
                return TarOutput(shown: output.quoted, place: .file(try AtomicFile.open(path, .usual)))
            }
        } catch {
            throw BuildError(.output, "can't write \(output.quoted): \(error)")
        }
        throw BuildError(.usage, "--output \(output.quoted) is a directory; give a file in it")
    }

    /// The files that are no part of what is written: the one of that name, and the one that becomes it.
    var identities: (named: FileIdentity?, temporary: FileIdentity?) {
        switch place {
        case .standardOutput: (FileIdentity(ofRegularFile: BorrowedDescriptor.standardOutput.number), nil)
        case .stream: (nil, nil)
        case .file(let file): (FileIdentity(ofRegularFile: file.path), FileIdentity(ofRegularFile: file.descriptor))
        }
    }

    /// Gives the file its name.
    consuming func keep() throws(BuildError) {
        let shown = shown
        guard case .file(let file) = place else { return }
        do throws(Errno) {
            try file.replace()
        } catch {
            throw BuildError(.output, "can't write \(shown): \(error)")
        }
    }

    /// The file that a link stands for, as that is what is to be replaced.
    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path.cPath, nil) else { return path }
        defer { free(real) }
        return String(cPath: real)
    }
}
