import CaissonSystem
import CaissonText
import Glibc

/// Bytes that were unpacked, to be read at any place: few are in memory, and more in a file that has no name.
struct Spool {
    /// `O_TMPFILE`, which the Glibc module doesn't have.
    private static let namelessFile = 0o20_000_000 | O_DIRECTORY

    private let limits: ComparisonLimits
    private var memory: [UInt8] = []
    private var file: SharedDescriptor?

    init(_ limits: ComparisonLimits) { self.limits = limits }

    /// Takes the next bytes.
    mutating func add(_ bytes: UnsafeRawBufferPointer) throws(ArtifactProblem) {
        if file == nil, bytes.count <= limits.bytesInMemory - memory.count {
            memory.append(contentsOf: bytes)
            return
        }
        let target = if let file { file } else { try begin() }
        try Self.write(bytes, to: target)
    }

    /// All that was taken.
    func content() throws(ArtifactProblem) -> ArtifactBytes {
        guard let file else { return ArtifactBytes(memory) }
        return try ArtifactBytes(file)
    }

    /// Moves what is in memory into a file.
    private mutating func begin() throws(ArtifactProblem) -> SharedDescriptor {
        let file = try open()
        do throws(Errno) {
            try BorrowedDescriptor(number: file.raw).write(memory)
        } catch {
            throw Self.problem(error)
        }
        memory = []
        self.file = file
        return file
    }

    private func open() throws(ArtifactProblem) -> SharedDescriptor {
        let folder = limits.temporaryFolder
        let nameless = Glibc.open(folder.cPath, O_RDWR | O_CLOEXEC | Self.namelessFile, 0o600)
        if nameless >= 0 { return SharedDescriptor(adopting: nameless) }
        // Some file systems have no files without a name.
        var template = (folder + "/caisson-comparison.XXXXXX").cPath
        let named = mkstemp(&template)
        guard named >= 0 else { throw Self.problem(.last) }
        _ = fcntl(named, F_SETFD, FD_CLOEXEC)
        unlink(template)
        return SharedDescriptor(adopting: named)
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, to file: SharedDescriptor) throws(ArtifactProblem) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(file.raw, rest.baseAddress, rest.count)
            if count >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            } else if errno != EINTR {
                throw problem(.last)
            }
        }
    }

    /// No `unreadable`: the files that are compared are sound, and the difference can be told less precisely.
    private static func problem(_ reason: Errno) -> ArtifactProblem {
        ArtifactProblem(.limitExceeded, "there is no room for what is unpacked (\(reason)); set TMPDIR")
    }
}
