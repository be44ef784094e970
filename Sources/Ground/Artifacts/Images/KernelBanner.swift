import CaissonText
import Glibc

/// What a kernel says of itself, as in `/proc/version`: `Linux version 6.1.0 (user@host) (gcc …) #1 SMP …`.
package struct KernelBanner: Sendable, Hashable {
    /// The whole line, at most 512 bytes of it.
    package let text: String
    /// The kernel's release, such as `6.1.0-57-amd64`.
    package let release: String
    /// Who built it and where: `user@host`.
    package let builder: String

    /// Whether a byte ends the line.
    static func isEnd(_ byte: UInt8) -> Bool { byte == 0 || byte == 0x0A }

    static let beginning = Array("Linux version ".utf8)
    static let longest = 512
    /// A release has no more bytes than this (`__NEW_UTS_LEN` of the kernel).
    static let longestRelease = 64

    /// Reads a banner that the bytes begin with; nil where they don't begin with a whole one.
    ///
    /// A release and `user@host` in parentheses are asked for: other texts begin with the same words.
    init?(_ bytes: some Collection<UInt8>) {
        guard bytes.starts(with: Self.beginning) else { return nil }
        let line = Array(bytes.prefix(Self.longest).prefix { !Self.isEnd($0) })
        let words = String(decoding: line.dropFirst(Self.beginning.count), as: UTF8.self)
        guard let (release, rest) = words.cut(at: " "), release.utf8.first?.isDigit == true,
            release.utf8.count <= Self.longestRelease, let (head, tail) = rest.cut(at: "("), head.isEmpty,
            let (builder, _) = tail.cut(at: ")")
        else { return nil }
        text = String(decoding: line, as: UTF8.self)
        self.release = release
        self.builder = builder
    }
}

/// Looks for the first banner in bytes that come in pieces; keeps no more of them than a banner is long.
struct BannerScanner {
    /// The banner, once there is one.
    private(set) var banner: KernelBanner?
    private var carry: [UInt8] = []

    /// Takes the next bytes, and tells whether more are needed.
    mutating func add(_ piece: UnsafeRawBufferPointer) -> Bool {
        guard banner == nil else { return false }
        carry.append(contentsOf: piece)
        search(isLast: false)
        return banner == nil
    }

    /// Takes the end of the bytes, and tells the banner that was found.
    mutating func finish() -> KernelBanner? {
        if banner == nil { search(isLast: true) }
        carry = []
        return banner
    }

    /// Looks through what is there, and keeps what may be the beginning of a banner.
    private mutating func search(isLast: Bool) {
        let kept = carry.withUnsafeBytes { bytes in
            var start = 0
            while let place = Self.place(
                of: KernelBanner.beginning,
                in: UnsafeRawBufferPointer(rebasing: bytes[start...])
            ) {
                start += place
                let line = bytes[start...].prefix(KernelBanner.longest)
                // One whose end isn't here yet is looked at again with what comes behind it.
                if !isLast, line.count < KernelBanner.longest, !line.contains(where: KernelBanner.isEnd) {
                    return start
                }
                banner = KernelBanner(line)
                if banner != nil { return start }
                start += KernelBanner.beginning.count
            }
            return max(start, bytes.count - KernelBanner.beginning.count + 1)
        }
        carry.removeFirst(min(kept, carry.count))
    }

    /// Where bytes occur first in others.
    static func place(of wanted: [UInt8], in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let base = bytes.baseAddress, let first = wanted.first, wanted.count <= bytes.count else { return nil }
        let last = bytes.count - wanted.count
        var place = 0
        while place <= last, let found = memchr(base + place, Int32(first), last - place + 1) {
            place = base.distance(to: UnsafeRawPointer(found))
            if wanted.withUnsafeBytes({ memcmp(base + place, $0.baseAddress ?? base, $0.count) }) == 0 { return place }
            place += 1
        }
        return nil
    }
}
