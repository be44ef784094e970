import CaissonBuildModel
import Glibc

/// Bytes that stay out of swap space and core dumps, as far as the system lets us, and are overwritten when let go.
// Safety: the memory is written by the initialiser alone, before anybody else has the object, and only read afterwards.
package final class LockedBytes: @unchecked Sendable {
    private let base: UnsafeMutableRawPointer
    private let capacity: Int
    /// How many bytes there are.
    package let count: Int

    /// Makes room for `capacity` bytes and lets `fill` write them; it returns how many it wrote.
    package init(capacity: Int, fill: (UnsafeMutableRawBufferPointer) throws -> Int) throws {
        let page = Int(sysconf(CInt(_SC_PAGESIZE)))
        let size = (max(1, capacity) + page - 1) / page * page
        guard let base = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), base != MAP_FAILED
        else { throw BuildError(.engine, "can't get memory for the secrets: \(String(cString: strerror(errno)))") }
        // Neither has to succeed: a small RLIMIT_MEMLOCK refuses the lock.
        mlock(base, size)
        madvise(base, size, MADV_DONTDUMP)
        do {
            count = min(capacity, max(0, try fill(UnsafeMutableRawBufferPointer(start: base, count: capacity))))
        } catch {
            LockedBytes.wipe(base, size)
            throw error
        }
        self.base = base
        self.capacity = size
    }

    /// Copies bytes.
    convenience init(copying bytes: some Collection<UInt8>) throws {
        try self.init(capacity: bytes.count) { room in
            room.copyBytes(from: bytes)
            return bytes.count
        }
    }

    deinit { LockedBytes.wipe(base, capacity) }

    /// Lends the bytes.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        // Not before the body has ended.
        try withExtendedLifetime(self) { try body(UnsafeRawBufferPointer(start: base, count: count)) }
    }

    /// Lends a copy of the bytes, which is overwritten afterwards.
    func withCopy<Result>(_ body: ([UInt8]) -> Result) -> Result {
        var copy = withBytes { Array($0) }
        defer { copy.wipe() }
        return body(copy)
    }

    private static func wipe(_ base: UnsafeMutableRawPointer, _ size: Int) {
        explicit_bzero(base, size)
        munmap(base, size)
    }
}

extension [UInt8] {
    /// Overwrites the bytes, as far as they are nobody else's.
    mutating func wipe() {
        withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            explicit_bzero(base, bytes.count)
        }
        removeAll()
    }
}
