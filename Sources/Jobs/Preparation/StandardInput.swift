package import CaissonBuildModel
package import CaissonSystem
import Glibc
import CaissonBuildContext
import Synchronization

/// Standard input with what was already read of it.
///
/// Whoever sends it on sends `prefix` first and then reads `descriptor` to its end.
package struct StandardInput: Sendable, Hashable {
    /// The bytes that were read to see what they are.
    package var prefix: [UInt8]
    /// Where the rest is.
    package var descriptor: BorrowedDescriptor

    /// Takes over an input of which `prefix` was read.
    package init(prefix: [UInt8] = [], descriptor: BorrowedDescriptor) {
        self.prefix = prefix
        self.descriptor = descriptor
    }

    /// What begins like this.
    enum Content: Equatable {
        /// A tar, plain or compressed in a way that BuildKit takes.
        case tar
        /// An archive or compression that BuildKit doesn't take, by its name.
        case unsupported(String)
        /// Anything else: the text of a Dockerfile.
        case text
        /// Nothing at all.
        case nothing
    }

    /// Reads enough of a descriptor to tell what is in it.
    static func open(_ descriptor: BorrowedDescriptor?) throws(BuildError) -> StandardInput {
        guard let descriptor else { throw BuildError(.usage, "no standard input was given to build from") }
        guard !descriptor.isTerminal else {
            throw BuildError(
                .usage,
                "standard input is a terminal; redirect a tar or a Dockerfile to it, as with - < FILE"
            )
        }
        do {
            let prefix = try withoutGlobalHeaders(try descriptor.read(upTo: looked), descriptor)
            return StandardInput(prefix: prefix, descriptor: descriptor)
        } catch {
            throw BuildError(.usage, "can't read standard input: \(error)")
        }
    }

    /// How many bytes engines look at to see what an input is.
    private static let looked = 1024
    /// The longest global headers that are left out; what is longer goes as it is.
    private static let longestGlobals = 1 << 20

    /// Leaves out the pax global headers that a tar begins with, as `git archive` and tars with comments do.
    ///
    /// Engines ignore them, but where the records don't fit into the bytes that they look at, they take the tar for a
    /// Dockerfile.
    private static func withoutGlobalHeaders(
        _ prefix: [UInt8],
        _ descriptor: BorrowedDescriptor
    ) throws(Errno) -> [UInt8] {
        var prefix = prefix
        var left = 0
        while let length = globalHeaderLength(prefix), left + length <= longestGlobals {
            left += length
            let missing = length + looked - prefix.count
            if missing > 0 { prefix += try descriptor.read(upTo: missing) }
            prefix.removeFirst(min(length, prefix.count))
        }
        return prefix
    }

    /// How many bytes the global header takes that an input begins with, its records included; nil for anything else.
    private static func globalHeaderLength(_ prefix: [UInt8]) -> Int? {
        let kind = UInt8(ascii: "g")
        guard prefix.count >= 512, prefix[257..<262].elementsEqual("ustar".utf8), prefix[156] == kind else {
            return nil
        }
        let digits = prefix[124..<135].drop { $0 == 0x20 }.prefix { (0x30...0x37).contains($0) }
        let size = digits.reduce(0) { $0 * 8 + Int($1 - 0x30) }
        return 512 + (size + 511) / 512 * 512
    }

    /// Tells by its first bytes what the input is.
    var content: Content { Self.content(of: prefix) }

    /// Tells by its first bytes, at least 512 of a tar, what an input is.
    static func content(of prefix: [UInt8]) -> Content {
        guard !prefix.isEmpty else { return .nothing }
        let tars: [[UInt8]] = [[0x1F, 0x8B], [0x42, 0x5A, 0x68], [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]]
        if tars.contains(where: { prefix.starts(with: $0) }) || isTar(prefix) { return .tar }
        let others: [(String, [UInt8])] = [
            ("zstd", [0x28, 0xB5, 0x2F, 0xFD]), ("zip", [0x50, 0x4B, 0x03, 0x04]), ("lz4", [0x04, 0x22, 0x4D, 0x18]),
            ("7z", [0x37, 0x7A, 0xBC, 0xAF]),
        ]
        if let other = others.first(where: { prefix.starts(with: $0.1) }) { return .unsupported(other.0) }
        return .text
    }

    /// A tar is known by the magic of its first header, or, as old ones have none, by that header's checksum.
    private static func isTar(_ prefix: [UInt8]) -> Bool {
        guard prefix.count >= 512 else { return false }
        if prefix[257..<262].elementsEqual("ustar".utf8) { return true }
        // An empty archive is blocks of zeros.
        if prefix.allSatisfy({ $0 == 0 }) { return true }
        let digits = prefix[148..<156].filter { (0x30...0x37).contains($0) }
        guard !digits.isEmpty, prefix[0] != 0 else { return false }
        let stated = digits.reduce(0) { $0 * 8 + Int($1 - 0x30) }
        let sum = prefix[..<512].reduce(0) { $0 + Int($1) }
        return stated == sum - prefix[148..<156].reduce(0) { $0 + Int($1) } + 8 * 0x20
    }

    /// What gives the next bytes with each call, those that were looked at first, and none at the end.
    ///
    /// It never blocks a thread: whoever writes the input may be slow or stuck, and cancelling must work all the same.
    func source() -> @Sendable () async throws -> [UInt8] {
        let unsent = Mutex(prefix)
        let descriptor = descriptor
        return {
            let first = unsent.withLock { bytes in
                defer { bytes = [] }
                return bytes
            }
            guard first.isEmpty else { return first }
            var pause = Duration.milliseconds(1)
            while !descriptor.isReadable {
                try await Task.sleep(for: pause)
                pause = min(pause * 2, .milliseconds(50))
            }
            return try descriptor.readOnce(upTo: 256 * 1024)
        }
    }

    /// The whole input as the text of a Dockerfile.
    package func text() throws(BuildError) -> [UInt8] {
        let rest: [UInt8]
        do {
            rest = try descriptor.read(upTo: ResolvedDockerfile.largest + 1 - prefix.count)
        } catch {
            throw BuildError(.usage, "can't read the Dockerfile's text: \(error)")
        }
        guard prefix.count + rest.count <= ResolvedDockerfile.largest else {
            throw BuildError(.usage, "the input is over 16 MiB and no tar: that is no Dockerfile")
        }
        return prefix + rest
    }
}
