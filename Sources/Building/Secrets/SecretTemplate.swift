import CaissonBuildModel
import CaissonSystem
import CaissonText

/// A file in which the values of secrets are filled in: `{{ ID }}` stands for a value, `{{ "{{" }}` for two braces.
///
/// A value's last line end is left out, as the line goes on behind it. What comes of it is in memory only.
struct SecretTemplate {
    /// A part of the result.
    private enum Piece {
        case text(Range<Int>)
        case value(String)
    }

    private static let (open, close, braces) = (Array("{{".utf8), Array("}}".utf8), "\"{{\"")

    private let secret: SecretSpec
    private let bytes: [UInt8]
    private var pieces: [Piece] = []

    /// Reads the template of a secret; the others are those of its build.
    ///
    /// - Throws: `BuildError` with code `usage` that names file, line and column of what can't be filled in.
    init(_ path: String, uses ids: [String], of secret: SecretSpec, among others: [SecretSpec]) throws(BuildError) {
        self.secret = secret
        do throws(BoundedFile.Failure) {
            bytes = try BoundedFile.read(path, limit: SecretReader.limit)
        } catch {
            throw Self.usage(secret, "the template \(path.quoted) \(error.explanation); check its path")
        }
        try check(ids, others)
        try split(path, ids, others)
    }

    private static func usage(_ secret: SecretSpec, _ message: String) -> BuildError {
        BuildError(.usage, "secret \(secret.id.quoted): \(message)")
    }

    private func check(_ ids: [String], _ others: [SecretSpec]) throws(BuildError) {
        for id in ids {
            guard let other = others.last(where: { $0.id == id }) else {
                let meant = nearest(to: id, among: others.map(\.id)).map { "; did you mean \($0)?" } ?? ""
                throw Self.usage(secret, "its template may use \(id.quoted), which is no secret of the build\(meant)")
            }
            if case .template = other.source {
                throw Self.usage(secret, "its template may use \(id.quoted), which is a template itself; name a value")
            }
        }
    }

    /// Finds what is to be filled in.
    private mutating func split(_ path: String, _ ids: [String], _ others: [SecretSpec]) throws(BuildError) {
        var start = 0
        var next = 0
        while next + 1 < bytes.count {
            guard bytes[next...].starts(with: Self.open) else {
                next += 1
                continue
            }
            let line = bytes[(next + 2)...].prefix { $0 != 0x0A }
            let end = line.indices.first { line[$0...].starts(with: Self.close) }
            guard let end else {
                throw wrong(path, next, "the placeholder has no end; write }} behind the secret's id")
            }
            let id = String(decoding: line[..<end], as: UTF8.self).trimmed
            pieces.append(.text(start..<next))
            if id == Self.braces {
                pieces.append(.text(next..<next + 2))
            } else {
                if let problem = Self.problem(id, ids, others) { throw wrong(path, next, problem) }
                pieces.append(.value(id))
            }
            (start, next) = (end + 2, end + 2)
        }
        pieces.append(.text(start..<bytes.count))
    }

    private static func problem(_ id: String, _ ids: [String], _ others: [SecretSpec]) -> String? {
        if ids.contains(id) { return nil }
        if others.contains(where: { $0.id == id }) {
            return "the secret \(id.quoted) isn't among those that the template may use; add it to its secrets"
        }
        let meant = nearest(to: id, among: ids).map { "did you mean \($0)?" }
        return "there is no secret \(id.quoted); " + (meant ?? "two braces themselves are written {{ \(braces) }}")
    }

    private func wrong(_ path: String, _ offset: Int, _ problem: String) -> BuildError {
        Self.usage(secret, "\(path):\(TextPlace(of: offset, in: bytes)): \(problem)")
    }
}

// MARK: - Filling in

extension SecretTemplate {
    /// A template with its values.
    struct Filled {
        /// The whole.
        var text: LockedBytes
        /// The lines of it that values are in.
        var lines: [LockedBytes]
    }

    /// Fills in values; all that are used have to be there.
    ///
    /// - Throws: `BuildError` with code `usage` where the result is larger than a secret may be.
    func filled(_ values: [String: LockedBytes]) throws -> Filled {
        let size = pieces.reduce(0) { size, piece in
            switch piece {
            case .text(let range): size.clampedAdding(range.count)
            case .value(let id): size.clampedAdding(values[id]?.count ?? 0)
            }
        }
        guard size <= SecretReader.limit else {
            throw Self.usage(secret, "the template has \(size) bytes with its values; \(SecretReader.rule)")
        }
        var found: [Range<Int>] = []
        let text = try LockedBytes(capacity: size) { room in
            pieces.reduce(0) { start, piece in
                let end = start + fill(UnsafeMutableRawBufferPointer(rebasing: room[start...]), piece, values)
                if case .value = piece, end > start { found.append(start..<end) }
                return end
            }
        }
        return Filled(text: text, lines: try Self.lines(with: found, in: text))
    }

    /// Writes a piece, and tells how many bytes that are.
    private func fill(_ room: UnsafeMutableRawBufferPointer, _ piece: Piece, _ values: [String: LockedBytes]) -> Int {
        switch piece {
        case .text(let range):
            room.copyBytes(from: bytes[range])
            return range.count
        case .value(let id):
            return values[id]?.withBytes { value in
                let count = value.count - Self.lineEnd(of: value)
                room.copyBytes(from: value.prefix(count))
                return count
            } ?? 0
        }
    }

    /// How many bytes of a line end a text ends with.
    private static func lineEnd(of text: UnsafeRawBufferPointer) -> Int {
        guard text.last == 0x0A else { return 0 }
        return text.dropLast().last == 0x0D ? 2 : 1
    }

    private static func lines(with values: [Range<Int>], in text: LockedBytes) throws -> [LockedBytes] {
        try text.withBytes { bytes in
            var lines: [LockedBytes] = []
            var start = 0
            var left = values[...]
            while start < bytes.count, let first = left.first {
                let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
                // A value begins in this line, or goes on in it.
                if first.lowerBound < end {
                    lines.append(try LockedBytes(copying: UnsafeRawBufferPointer(rebasing: bytes[start..<end])))
                }
                start = end + 1
                left = left.drop { $0.upperBound <= start }
            }
            return lines
        }
    }
}
