import CaissonText
import CaissonSystem
package import CaissonBuildModel
import Glibc

/// Makes a changed secret rebuild the steps that use it.
///
/// BuildKit leaves a secret's value out of a step's cache key on purpose. An argument that the Dockerfile declares is part
/// of it: so a digest of the value goes there, salted with a value of this machine's or the user's own, so that nobody can
/// guess a secret from what an engine's history shows.
package struct SecretRotation: Sendable {
    /// The variable for a salt that several machines share.
    package static let variable = "CAISSON_SECRET_SALT"

    package let secrets: [SecretSpec]

    /// Makes the rotation of those secrets that ask for it.
    ///
    /// - Throws: `BuildError` with code `usage` where two would set one argument, or the user sets it, too.
    package init(_ request: BuildRequest) throws(BuildError) {
        let last = request.secrets.reduce(into: [:]) { $0[$1.id] = $1 }
        secrets = last.values.filter(\.rotates).sorted { $0.id < $1.id }
        var owners: [String: String] = [:]
        for secret in secrets {
            let name = secret.rotationArgument
            if let other = owners.updateValue(secret.id, forKey: name) {
                throw BuildError(
                    .usage,
                    "secrets \(other.quoted) and \(secret.id.quoted) would both set the build argument \(name); rename one"
                )
            }
            guard request.buildArgs[name] == nil else {
                throw BuildError(
                    .usage,
                    """
                    \(field: .buildArgs) \(name) is set by rotate=true of the secret \(secret.id.quoted); leave one of them \
                    out
                    """
                )
            }
        }
    }

    /// The front end's options: build arguments, with a digest of each value.
    package func attributes(
        _ values: SecretStore,
        environment: [String: String],
        home: String
    ) throws(BuildError) -> [String: String] {
        guard !secrets.isEmpty else { return [:] }
        var salt = try salt(environment, home)
        defer { salt.wipe() }
        var attributes: [String: String] = [:]
        for secret in secrets {
            guard let value = values.value(secret.id) else { continue }
            attributes["build-arg:\(secret.rotationArgument)"] = Self.digest(secret.id, value, salt)
        }
        return attributes
    }

    /// HMAC-SHA256 of id and value, half of it.
    package static func digest(_ id: String, _ value: LockedBytes, _ salt: [UInt8]) -> String {
        var key = salt.count > 64 ? hash([salt]) : salt
        defer { key.wipe() }
        key += [UInt8](repeating: 0, count: 64 - key.count)
        var inner = SHA256()
        inner.update(key.map { $0 ^ 0x36 } + Array(id.utf8) + [0])
        value.withBytes { inner.update($0) }
        var outer = SHA256()
        outer.update(key.map { $0 ^ 0x5C } + inner.bytes)
        return String(outer.hexadecimal().prefix(32))
    }

    private static func hash(_ parts: [[UInt8]]) -> [UInt8] {
        var hash = SHA256()
        for part in parts { hash.update(part) }
        return hash.bytes
    }

    private func salt(_ environment: [String: String], _ home: String) throws(BuildError) -> [UInt8] {
        if let shared = environment[Self.variable], !shared.isEmpty { return Array(shared.utf8) }
        do {
            let directory = try StateDirectory.path(
                variables: environment,
                home: home,
                userID: geteuid()
            )
            return try SaltFile(directory: try StateDirectory.prepare(directory, userID: geteuid())).read()
        } catch let error as SystemError {
            throw BuildError(error.code == .badValue ? .usage : .engine, error.message)
        } catch {
            throw BuildError(.engine, "\(error)")
        }
    }
}

/// The salt of this machine: random bytes in a file that only its owner may read.
package struct SaltFile: Sendable {
    private static let size = 32

    private let path: String

    /// Names the file in the state directory.
    package init(directory: String) {
        path = directory + "/secret-salt"
    }

    /// The salt, which is made when it isn't there.
    package func read() throws(BuildError) -> [UInt8] {
        if let salt = try existing() { return salt }
        var random = SystemRandomNumberGenerator()
        do throws(Errno) {
            // Of several builds that begin at once, all take the first one's.
            try AtomicFile.create(path, with: (0..<Self.size).map { _ in UInt8.random(in: 0...255, using: &random) })
        } catch {
            throw problem(error.number)
        }
        guard let agreed = try existing() else { throw problem(ENOENT) }
        return agreed
    }

    private func existing() throws(BuildError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            guard errno == ENOENT else { throw problem(errno) }
            return nil
        }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw problem(errno) }
        guard facts.st_uid == geteuid(), facts.st_mode & 0o077 == 0, facts.st_mode & S_IFMT == S_IFREG else {
            throw BuildError(.usage, "others can read the salt of secrets, \(path); remove it, and a new one is made")
        }
        var salt = [UInt8](repeating: 0, count: Self.size)
        guard Glibc.read(descriptor, &salt, salt.count) == salt.count else {
            throw BuildError(.usage, "the salt of secrets, \(path), is cut short; remove it, and a new one is made")
        }
        return salt
    }

    private func problem(_ code: CInt) -> BuildError {
        BuildError(.engine, "the salt of secrets, \(path), can't be used: \(String(cString: strerror(code)))")
    }
}
