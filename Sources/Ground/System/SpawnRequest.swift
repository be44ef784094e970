import CaissonText
import CaissonCSpawn
import Glibc

/// A program to start: argument vector, environment and the three standard descriptors, and nothing else of ours.
///
/// Every other descriptor is closed in the child, and all signals are back to their defaults and unblocked there.
package struct SpawnRequest: Sendable {
    /// The program's path; never looked up.
    package var executable: String
    /// The argument vector, the program's name included.
    package var arguments: [String]
    /// The whole environment of the child, as `NAME=value`.
    package var environment: [String]
    /// What the child has as its standard input, output and error; nil is `/dev/null`.
    package var standard: [Int32?] = [nil, nil, nil]
    /// A descriptor that the child finds under number 3.
    package var extra: Int32?
    /// Whether the child leads a session of its own, so that no terminal's signals reach it.
    package var newSession = false

    /// Makes a request.
    package init(executable: String, arguments: [String], environment: [String]) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
    }

    /// Starts the program and returns its process id, or throws the errno.
    package func start() throws(SpawnFailure) -> Int32 {
        // A NUL would silently cut an argument short in C.
        let texts = [executable] + arguments + environment
        guard !texts.contains(where: { $0.utf8.contains(0) }) else { throw SpawnFailure(code: EINVAL) }
        // The attribute types are plain C structs: both are destroyed on every way out.
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        var code = posix_spawn_file_actions_init(&actions)
        guard code == 0 else { throw SpawnFailure(code: code) }
        defer { posix_spawn_file_actions_destroy(&actions) }
        code = posix_spawnattr_init(&attributes)
        guard code == 0 else { throw SpawnFailure(code: code) }
        defer { posix_spawnattr_destroy(&attributes) }
        code = configure(&attributes)
        guard code == 0 else { throw SpawnFailure(code: code) }
        code = configure(&actions)
        guard code == 0 else { throw SpawnFailure(code: code) }
        var child: pid_t = 0
        code = withCStrings(arguments) { argv in
            withCStrings(environment) { envp in
                posix_spawn(&child, executable.cPath, &actions, &attributes, argv, envp)
            }
        }
        guard code == 0 else { throw SpawnFailure(code: code) }
        return child
    }

    private func configure(_ attributes: inout posix_spawnattr_t) -> Int32 {
        var all = sigset_t()
        var none = sigset_t()
        sigfillset(&all)
        sigemptyset(&none)
        // POSIX_SPAWN_SETSID; the header shows it to _GNU_SOURCE only.
        let setsid: Int32 = newSession ? 0x80 : 0
        let flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | setsid
        var code = posix_spawnattr_setsigdefault(&attributes, &all)
        if code == 0 { code = posix_spawnattr_setsigmask(&attributes, &none) }
        if code == 0 { code = posix_spawnattr_setflags(&attributes, Int16(flags)) }
        return code
    }

    private func configure(_ actions: inout posix_spawn_file_actions_t) -> Int32 {
        var code: Int32 = 0
        var targets: [(Int32, Int32?)] = zip(Int32(0)..., standard).map { ($0, $1) }
        if let extra { targets.append((3, extra)) }
        // Moved out of the low numbers first, so that no dup2 overwrites the source of a later one.
        let safe = Self.lowestSafe
        for (target, source) in targets where code == 0 {
            if let source { code = posix_spawn_file_actions_adddup2(&actions, source, safe + target) }
        }
        for (target, source) in targets where code == 0 {
            if source != nil {
                code = posix_spawn_file_actions_adddup2(&actions, safe + target, target)
            } else {
                let mode = target == 0 ? O_RDONLY : O_WRONLY
                code = posix_spawn_file_actions_addopen(&actions, target, "/dev/null", mode, 0)
            }
        }
        // In the child, so that what another thread opens meanwhile isn't missed; it closes the safe numbers, too.
        if code == 0 { code = cspawn_add_close_from(&actions, extra == nil ? 3 : 4) }
        return code
    }

    /// Numbers that no descriptor of ours is likely to have, below the usual soft limit of 1024.
    private static let lowestSafe: Int32 = 1000
}

/// The operating system did not start a program.
package struct SpawnFailure: Error, Sendable {
    /// The errno.
    package var code: Int32
    /// The errno in words.
    package var explanation: String { String(cString: strerror(code)) }
}

/// Calls `body` with a NULL-terminated array of C strings.
private func withCStrings<R>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R) -> R {
    var pointers = strings.map { strdup($0.cPath) }
    defer { for pointer in pointers { free(pointer) } }
    pointers.append(nil)
    return body(pointers)
}
