import CaissonCArchive
import Glibc

/// Reads a tar, plain or compressed by gzip, bzip2, xz or zstd, that may come from anybody.
///
/// Nothing in it is trusted: names, counts and sizes are bounded, and what isn't a tar is an error. Names are given as
/// they stand in the archive; a caller that creates files with these names has to check where they lead.
package struct TarReader: ~Copyable {
    /// How much of each is taken.
    package struct Limits: Sendable, Hashable {
        /// The number of entries.
        package var entries = 10_000_000
        /// The bytes of a name or of a link's target.
        package var nameLength = 32_768
        /// The bytes of an entry's extended attributes, names included.
        package var attributeBytes = 1 << 20
        /// The sum of the sizes of all entries, unpacked, in bytes.
        package var contentBytes = Int64.max
        /// How many unpacked bytes each byte of input may give, so that a small archive can't keep a reader busy.
        package var expansion: Int64 = 10_000

        /// The limits by default.
        package init() {}
    }

    /// Gives the next bytes of the archive, none at its end.
    package typealias Source = () throws(ArchiveError) -> [UInt8]

    private let raw: OpaquePointer
    private let entry: OpaquePointer
    private let callback: SourceCallback
    private let limits: Limits
    private var count = 0
    private var content: Int64 = 0
    private var unpacked: Int64 = 0
    private var isOver = false

    private init(adopting raw: OpaquePointer, entry: OpaquePointer, limits: Limits, source: @escaping Source) {
        self.raw = raw
        self.entry = entry
        self.limits = limits
        callback = SourceCallback(source)
    }

    deinit {
        carchive_read_free(raw)
        carchive_entry_free(entry)
    }

    /// Begins to read.
    ///
    /// - Parameter isPlain: Whether it must not be compressed: what was unpacked already isn't unpacked again.
    package static func open(
        limits: Limits = Limits(),
        isPlain: Bool = false,
        source: @escaping Source
    ) throws(ArchiveError) -> TarReader {
        try ArchiveLibrary.load()
        guard let raw = carchive_read_new() else { throw ArchiveError(.system, "can't read a tar: no memory") }
        guard let entry = carchive_entry_new() else {
            carchive_read_free(raw)
            throw ArchiveError(.system, "can't read a tar: no memory")
        }
        let reader = TarReader(adopting: raw, entry: entry, limits: limits, source: source)
        let input = reader.callback.raw
        try reader.check(isPlain ? carchive_read_open_plain_tar(raw, input) : carchive_read_open_tar(raw, input))
        return reader
    }

    /// The next entry, or nil at the end; content that wasn't read is passed over.
    package mutating func next() throws(ArchiveError) -> TarEntry? {
        guard !isOver else { return nil }
        do throws(ArchiveError) {
            let result = carchive_read_next_header(raw, entry)
            if result == carchive_eof {
                isOver = true
                return nil
            }
            try check(result)
            count += 1
            guard count <= limits.entries else { throw tooMuch("more than \(limits.entries) entries") }
            let next = try parsed()
            let (total, overflow) = content.addingReportingOverflow(next.contentSize)
            content = total
            guard !overflow, total <= limits.contentBytes else {
                throw tooMuch("more than \(limits.contentBytes) bytes of content")
            }
            return next
        } catch {
            isOver = true
            throw error
        }
    }

    /// Reads the next piece of the last entry's content into a buffer; 0 at its end.
    package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        guard !isOver, let base = buffer.baseAddress, !buffer.isEmpty else { return 0 }
        let count = carchive_read_data(raw, base, buffer.count)
        do throws(ArchiveError) {
            guard count >= 0 else {
                try check(Int32(clamping: count))
                return 0
            }
            unpacked += Int64(count)
            // The sizes of sparse files and compressed runs of zeros can claim exabytes in a few bytes.
            if unpacked / limits.expansion > callback.consumed + 1 {
                throw tooMuch("more than \(limits.expansion) bytes for each of its own")
            }
            return count
        } catch {
            isOver = true
            throw error
        }
    }
}

extension TarReader {
    private borrowing func parsed() throws(ArchiveError) -> TarEntry {
        guard let path = try name(carchive_entry_pathname(entry)) else {
            throw ArchiveError(.malformed, "entry \(count) of the tar has no name, or one that can't be read")
        }
        var next = TarEntry(path: path, kind: .directory, permissions: carchive_entry_permissions(entry))
        next.kind = try kind(of: path)
        next.userID = carchive_entry_user(entry)
        next.groupID = carchive_entry_group(entry)
        next.modificationTime = carchive_entry_mtime(entry)
        next.attributes = try attributes()
        return next
    }

    private borrowing func kind(of path: [UInt8]) throws(ArchiveError) -> TarEntry.Kind {
        if let target = try name(carchive_entry_hardlink(entry)) { return .hardLink(target: target) }
        let major = carchive_entry_device_major(entry)
        let minor = carchive_entry_device_minor(entry)
        switch carchive_entry_kind(entry) & S_IFMT {
        case S_IFREG:
            let size = carchive_entry_size(entry)
            guard size >= 0 else { throw ArchiveError(.malformed, "\(displayed(path)) of the tar has a negative size") }
            return .file(size: size)
        case S_IFDIR: return .directory
        case S_IFLNK: return .symbolicLink(target: try name(carchive_entry_symlink(entry)) ?? [])
        case S_IFIFO: return .fifo
        case S_IFCHR: return .characterDevice(major: major, minor: minor)
        case S_IFBLK: return .blockDevice(major: major, minor: minor)
        default: throw ArchiveError(.malformed, "\(displayed(path)) of the tar is of a kind that a tar can't have")
        }
    }

    private borrowing func name(_ text: UnsafePointer<CChar>?) throws(ArchiveError) -> [UInt8]? {
        guard let text else { return nil }
        let length = strnlen(text, limits.nameLength + 1)
        guard length <= limits.nameLength else { throw tooMuch("a name of more than \(limits.nameLength) bytes") }
        return Array(UnsafeRawBufferPointer(start: text, count: length))
    }

    private borrowing func attributes() throws(ArchiveError) -> [TarAttribute] {
        guard carchive_entry_xattr_reset(entry) > 0 else { return [] }
        var found: [TarAttribute] = []
        var total = 0
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var size = 0
        while carchive_entry_xattr_next(entry, &name, &value, &size) == carchive_ok, let name {
            let bytes = value.map { Array(UnsafeRawBufferPointer(start: $0, count: size)) } ?? []
            total += strlen(name) + size
            guard total <= limits.attributeBytes else {
                throw tooMuch("more than \(limits.attributeBytes) bytes of extended attributes on one file")
            }
            found.append(TarAttribute(name: String(cString: name), value: bytes))
        }
        return found.sorted { $0.name < $1.name }
    }

    private borrowing func tooMuch(_ what: String) -> ArchiveError {
        ArchiveError(.limitExceeded, "the tar has \(what); refused")
    }

    /// Throws the error that a result of libarchive means; a warning is only about the character set of a name.
    private borrowing func check(_ result: Int32) throws(ArchiveError) {
        if let failure = callback.failure { throw failure }
        guard result != carchive_ok, result != carchive_warn else { return }
        throw ArchiveError(.malformed, "can't read the tar: \(ArchiveLibrary.reason(raw))")
    }
}
