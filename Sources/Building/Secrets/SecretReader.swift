import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

/// Reads the values of secrets, once, before a build begins.
struct SecretReader: Sendable {
    /// The most bytes that BuildKit takes.
    static let limit = 500 * 1024
    /// How long a pipe may take: somebody may have to type a passphrase at its other end.
    static let patience = Duration.seconds(120)

    private let environment: [String: String]

    /// Makes a reader; values of `automatic` and `environment` sources come from these variables.
    init(environment: [String: String]) {
        self.environment = environment
    }

    /// The value of a secret; nil for a template, which is filled in with the values of others.
    ///
    /// - Throws: `BuildError` with code `usage` that names the secret and what isn't there.
    func value(of secret: SecretSpec) async throws -> LockedBytes? {
        switch secret.source {
        case .template: return nil
        case .environment(let name):
            guard let value = environment[name] else { throw unset(name, secret) }
            return try variable(name, value, secret)
        case .file(let path):
            return try await file(path, secret)
        case .automatic:
            if let value = environment[secret.id] { return try variable(secret.id, value, secret) }
            guard access(secret.id.cPath, F_OK) == 0 || errno != ENOENT else { throw nowhere(secret) }
            return try await file(secret.id, secret)
        }
    }

    /// Finds out whether a secret can be had, without reading it: a pipe can be read only once.
    ///
    /// - Throws: `BuildError` with code `usage` that names the secret and what isn't there; of a template also what can't be
    ///   filled in.
    func check(_ secret: SecretSpec, among others: [SecretSpec]) throws(BuildError) {
        switch secret.source {
        case .template(let path, let ids):
            _ = try SecretTemplate(path, uses: ids, of: secret, among: others)
        case .environment(let name):
            if environment[name] == nil { throw unset(name, secret) }
        case .file(let path):
            if access(path.cPath, R_OK) != 0 { throw unreadable(path, errno, secret) }
        case .automatic:
            if environment[secret.id] == nil, access(secret.id.cPath, R_OK) != 0 {
                throw errno == ENOENT ? nowhere(secret) : unreadable(secret.id, errno, secret)
            }
        }
    }

    private func unset(_ name: String, _ secret: SecretSpec) -> BuildError {
        usage(secret, "the environment variable \(name.quoted) isn't set; set it, or name a file with src=")
    }

    private func nowhere(_ secret: SecretSpec) -> BuildError {
        usage(secret, "there is neither an environment variable nor a file of that name; say env=VARIABLE or src=FILE")
    }

    private func variable(_ name: String, _ value: String, _ secret: SecretSpec) throws -> LockedBytes {
        guard value.utf8.count <= Self.limit else {
            throw usage(secret, "the environment variable \(name.quoted) has \(value.utf8.count) bytes; \(Self.rule)")
        }
        // A value that isn't UTF-8 was mended on its way here: where it is this process' own, its bytes are taken.
        if let own = getenv(name), String(cString: own) == value {
            return try LockedBytes(copying: UnsafeRawBufferPointer(start: own, count: strlen(own)))
        }
        return try LockedBytes(copying: value.utf8)
    }

    // MARK: Files

    private func file(_ path: String, _ secret: SecretSpec) async throws -> LockedBytes {
        let descriptor = open(path.cPath, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw unreadable(path, errno, secret) }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw unreadable(path, errno, secret) }
        let isRegular = facts.st_mode & S_IFMT == S_IFREG
        guard !isRegular || facts.st_size <= Self.limit else {
            throw usage(secret, "the file \(path.quoted) has \(facts.st_size) bytes; \(Self.rule)")
        }
        // A byte more than allowed shows that there is too much.
        var input = SecretInput(capacity: Self.limit + 1)
        defer { input.wipe() }
        let end = ContinuousClock.now + Self.patience
        while try input.isWaiting(for: descriptor, or: { unreadable(path, $0, secret) }) {
            guard ContinuousClock.now < end else {
                throw BuildError(
                    .deadlineExceeded,
                    "secret \(secret.id.quoted): nothing came from \(path.quoted) within two minutes"
                )
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        guard input.count <= Self.limit else {
            throw usage(secret, "the file \(path.quoted) has more than \(Self.limit) bytes; \(Self.rule)")
        }
        return try LockedBytes(copying: input.bytes)
    }

    static let rule = "a secret may have \(limit) (500 KiB) — mount a larger file from a named context"

    private func unreadable(_ path: String, _ code: CInt, _ secret: SecretSpec) -> BuildError {
        guard code == ENOENT else {
            return usage(secret, "can't read the file \(path.quoted): \(String(cString: strerror(code)))")
        }
        let (directory, name) = PathFacts.split(path)
        let others = DirectoryNames.sorted(in: directory, limit: 10_000) { $0 != name }
        let start = path.hasSuffix("/\(name)") ? String(path.dropLast(name.count)) : ""
        let hint = nearest(to: name, among: others).map { "; did you mean \(start)\($0)?" } ?? "; check its path"
        return BuildError(.usage, "\(field: .secrets) id=\(secret.id): there is no file \(path.quoted)\(hint)")
    }

    private func usage(_ secret: SecretSpec, _ message: String) -> BuildError {
        BuildError(.usage, "secret \(secret.id.quoted): \(message)")
    }
}

/// What has come from a descriptor so far.
private struct SecretInput {
    private var room: [UInt8]
    private(set) var count = 0

    init(capacity: Int) { room = [UInt8](repeating: 0, count: capacity) }

    var bytes: ArraySlice<UInt8> { room[..<count] }

    mutating func wipe() { room.wipe() }

    /// Reads what is there; false at the end.
    mutating func isWaiting(for descriptor: CInt, or failure: (CInt) -> BuildError) throws -> Bool {
        while count < room.count {
            // A pipe that nobody has opened for writing yet reads as if it had ended; polled, it is only silent.
            var question = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&question, 1, 0) > 0 else { return true }
            let got = room.withUnsafeMutableBytes {
                read(descriptor, $0.baseAddress?.advanced(by: count), $0.count - count)
            }
            if got < 0, errno == EINTR { continue }
            if got < 0, errno == EAGAIN { return true }
            guard got >= 0 else { throw failure(errno) }
            guard got > 0 else { return false }
            count += got
        }
        return false
    }
}
