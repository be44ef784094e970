import CaissonText
import CaissonBuildModel
import FoundationEssentials
import Glibc

/// What an SSH agent of a build is made of, looked up in the file system.
struct SSHSource: Sendable {
    /// Where signatures come from.
    enum Kind: Sendable {
        /// An agent's socket, narrowed to some keys or not.
        case socket(String, keys: Set<[UInt8]>?)
        /// Private keys, for an agent of the build's own.
        case keys([SSHKeyFile])
    }

    /// The agent's id.
    let id: String
    /// Where signatures come from.
    let kind: Kind

    /// Looks at the paths of a description.
    init(_ spec: SSHSpec, environment: [String: String], home: String) throws(BuildError) {
        id = spec.id
        var sockets: [String] = []
        var privateKeys: [SSHKeyFile] = []
        var publicKeys: Set<[UInt8]> = []
        for path in spec.paths.map({ $0.hasPrefix("~/") ? home + $0.dropFirst() : $0 }) {
            switch try SSHPath.look(path, id: spec.id) {
            case .socket: sockets.append(path)
            case .privateKey(let key): privateKeys.append(key)
            case .publicKeys(let keys): publicKeys.formUnion(keys)
            }
        }
        let problem = { (text: FieldMessage) in BuildError(.usage, "SSH agent \(spec.id.quoted): \(message: text)") }
        guard sockets.count <= 1 else { throw problem("only one socket can be forwarded; give each an id of its own") }
        guard privateKeys.isEmpty || sockets.isEmpty && publicKeys.isEmpty else {
            throw problem(
                "private keys can't be joined with an agent's socket or its public keys; give them their own id"
            )
        }
        guard privateKeys.isEmpty else {
            kind = .keys(privateKeys)
            return
        }
        guard let socket = sockets.first ?? environment["SSH_AUTH_SOCK"], !socket.isEmpty else {
            throw problem("SSH_AUTH_SOCK isn't set: start an ssh-agent, or name a key: \(field: .ssh) \(spec.id)=FILE")
        }
        kind = .socket(socket, keys: publicKeys.isEmpty ? nil : publicKeys)
    }
}

/// A private key as it lies in a file, without a passphrase.
struct SSHKeyFile: Sendable {
    /// The file.
    let path: String
    /// Its content.
    let content: LockedBytes
}

/// What a path of `--ssh` leads to.
enum SSHPath {
    case socket
    case privateKey(SSHKeyFile)
    case publicKeys(Set<[UInt8]>)

    /// A larger file is no key.
    private static let limit = 60 * 1024

    /// Looks a path up.
    ///
    /// - Throws: `BuildError` with code `usage` that names what is wrong with it.
    static func look(_ path: String, id: String) throws(BuildError) -> SSHPath {
        let problem = { (text: FieldMessage) in
            BuildError(.usage, "SSH agent \(id.quoted): \(path.quoted) \(message: text)")
        }
        var facts = stat()
        guard stat(path.cPath, &facts) == 0 else { throw problem("can't be used: \(String(cString: strerror(errno)))") }
        switch facts.st_mode & S_IFMT {
        case S_IFSOCK: return .socket
        case S_IFREG: break
        default: throw problem("is neither a socket nor a key")
        }
        guard facts.st_size <= limit else { throw problem("is too large for a key") }
        guard var bytes = read(path) else { throw problem("can't be read: \(String(cString: strerror(errno)))") }
        defer { bytes.wipe() }
        guard let form = SSHKeyForm(bytes) else {
            throw problem("is neither a private nor a public key of SSH")
        }
        switch form {
        case .publicKeys(let keys): return .publicKeys(keys)
        case .encrypted:
            throw problem(
                """
                has a passphrase; add it to your agent with “ssh-add” and name its public key: \
                \(field: .ssh) \(id)=\(path).pub
                """
            )
        case .privateKey:
            guard let content = try? LockedBytes(copying: bytes) else { throw problem("doesn't fit the memory") }
            return .privateKey(SSHKeyFile(path: path, content: content))
        }
    }

    private static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path.cPath, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var room = [UInt8](repeating: 0, count: limit + 1)
        defer { room.wipe() }
        var count = 0
        while count < room.count {
            let got = room.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress?.advanced(by: count), $0.count - count)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { return nil }
            if got == 0 { break }
            count += got
        }
        return Array(room[..<count])
    }
}

/// What the text of a key's file says it is.
enum SSHKeyForm: Equatable {
    case privateKey
    /// A private key that nobody can use without a passphrase.
    case encrypted
    /// Lines as in `id_ed25519.pub` or `authorized_keys`.
    case publicKeys(Set<[UInt8]>)

    /// Reads a file's text; nil where it is no key.
    init?(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        if text.contains("PRIVATE KEY-----") {
            let isMarked = text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED")
            self = isMarked || Self.cipher(text).map { $0 != "none" } ?? false ? .encrypted : .privateKey
            return
        }
        var keys: Set<[UInt8]> = []
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count >= 2, let blob = Data(base64Encoded: String(words[1])),
                blob.dropFirst(4).starts(with: words[0].utf8)
            else { return nil }
            keys.insert([UInt8](blob))
        }
        guard !keys.isEmpty else { return nil }
        self = .publicKeys(keys)
    }

    /// The name of the cipher in OpenSSH's own format: after `openssh-key-v1`, a NUL and its length.
    private static func cipher(_ text: String) -> String? {
        let marker = "-----BEGIN OPENSSH PRIVATE KEY-----"
        guard let start = text.ranges(of: marker).first?.upperBound else { return nil }
        let body = text[start...].prefix { $0 != "-" }
        guard let data = Data(base64Encoded: String(body.prefix(400)).filter { !$0.isWhitespace }.wholeGroups) else {
            return nil
        }
        let bytes = [UInt8](data)
        guard bytes.count > 19, Int(bytes[18]) < 64, bytes.count >= 19 + Int(bytes[18]) else { return nil }
        return String(decoding: bytes[19..<19 + Int(bytes[18])], as: UTF8.self)
    }
}

extension String {
    /// As much of base64 as can be decoded by itself.
    fileprivate var wholeGroups: String { String(prefix(count / 4 * 4)) }
}
