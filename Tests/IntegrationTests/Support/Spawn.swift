import Foundation
import Glibc
import Synchronization

/// Held while a pipe is made and while a process is spawned: no child gets the end of another's pipe.
private let spawning = Mutex<Void>(())

/// The descriptors of a process to be: where its input comes from and where its outputs go.
struct SpawnedFiles {
    var input: Int32
    var output: Int32
    var errorOutput: Int32
    var heldInput: Int32?

    init(_ source: CommandInput) throws {
        output = try Self.unlinkedFile()
        errorOutput = try Self.unlinkedFile()
        switch source {
        case .none:
            input = open("/dev/null", O_RDONLY | O_CLOEXEC)
        case .file(let path):
            input = open(path, O_RDONLY | O_CLOEXEC)
        case .data(let data):
            let (reader, writer) = try Self.pipe()
            input = reader
            // A thread of its own: a pipe holds 64 KiB, and the reader may never read.
            Thread.detachNewThread { Self.feed(data, to: writer) }
        case .held:
            let (reader, writer) = try Self.pipe()
            input = reader
            heldInput = writer
        }
        guard input >= 0 else { throw TestSupportError("the input of a command can't be opened: errno \(errno)") }
    }

    func closeChildsInput() {
        close(input)
    }

    /// All that was written to a file so far; the file's own position stays where it is.
    static func contents(of descriptor: Int32) -> Data {
        var result = Data()
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = pread(descriptor, &buffer, buffer.count, off_t(result.count))
            guard count > 0 else { return result }
            result.append(contentsOf: buffer[..<count])
        }
    }

    private static func pipe() throws -> (reader: Int32, writer: Int32) {
        var ends: [Int32] = [-1, -1]
        let failure = spawning.withLock { _ in
            guard Glibc.pipe(&ends) == 0 else { return errno }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            return 0
        }
        guard failure == 0 else { throw TestSupportError("pipe: errno \(failure)") }
        return (ends[0], ends[1])
    }

    private static func unlinkedFile() throws -> Int32 {
        let path = TestPaths.uniquePath("output")
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw TestSupportError("\(path) can't be made: errno \(errno)") }
        unlink(path)
        return descriptor
    }

    private static func feed(_ data: Data, to writer: Int32) {
        // The reader may be gone: EPIPE instead of the signal, for this thread only.
        var pipeSignal = sigset_t()
        sigemptyset(&pipeSignal)
        sigaddset(&pipeSignal, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &pipeSignal, nil)
        data.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while let base = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
                let count = write(writer, base, rest.count)
                guard count > 0 || errno == EINTR else { return }
                rest = rest.dropFirst(max(count, 0))
            }
        }
        close(writer)
    }
}

/// Starts a process in a new process group, with default signal handling.
func spawn(_ command: Command, _ files: SpawnedFiles) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, files.input, 0)
    posix_spawn_file_actions_adddup2(&actions, files.output, 1)
    posix_spawn_file_actions_adddup2(&actions, files.errorOutput, 2)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
    posix_spawnattr_setflags(&attributes, Int16(flags))

    let words = command.directory.map { ["/usr/bin/env", "-C", $0] } ?? []
    let line = words + [command.executable] + command.arguments
    let arguments = line.map { strdup($0) } + [nil]
    let environment = command.environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { (arguments + environment).forEach { free($0) } }
    var processID: pid_t = 0
    let failure = spawning.withLock { _ in
        posix_spawnp(&processID, line[0], &actions, &attributes, arguments, environment)
    }
    guard failure == 0 else {
        throw TestSupportError("\(command.executable) can't be started: \(String(cString: strerror(failure)))")
    }
    return processID
}
