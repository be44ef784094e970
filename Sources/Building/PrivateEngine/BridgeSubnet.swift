import CaissonSystem
import Glibc

/// A /24 for the engine's bridge that nothing on this machine uses.
struct BridgeSubnet: Sendable, Hashable {
    /// The network's address, in host byte order.
    var network: UInt32

    /// The bridge's own address in it.
    var gateway: UInt32 { network | 1 }
    /// The network in the usual spelling.
    var description: String { Self.dotted(network) + "/24" }

    /// Part of the address space that is taken.
    struct Route: Sendable, Hashable {
        var destination: UInt32
        var mask: UInt32
        var interface: String

        /// Whether this is the default route, which takes nothing.
        var isDefault: Bool { mask == 0 }
    }

    /// The first candidate that meets no route and no name server; nil when all do.
    static func choose(routes: [Route], nameServers: [UInt32]) -> BridgeSubnet? {
        candidates.map(BridgeSubnet.init).first { subnet in
            routes.allSatisfy { route in
                let mask = route.mask & 0xffff_ff00
                return route.isDefault || route.destination & mask != subnet.network & mask
            } && nameServers.allSatisfy { $0 & 0xffff_ff00 != subnet.network }
        }
    }

    /// High ends of private ranges: docker takes its own from the low ends.
    private static let candidates: [UInt32] =
        (240..<256).reversed().map { 0xac1f_0000 | $0 << 8 } + (200..<232).map { 0x0ae7_0000 | $0 << 8 }
        + (224..<255).reversed().map { 0xc0a8_0000 | $0 << 8 }

    /// This machine's routes.
    static func routesOfThisMachine() -> [Route] {
        let content = try? BoundedFile.read("/proc/net/route", limit: 8 << 20)
        return routes(in: String(decoding: content ?? [], as: UTF8.self))
    }

    /// Understands /proc/net/route, whose addresses are in network byte order read as a little-endian number.
    static func routes(in text: String) -> [Route] {
        text.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split { $0 == "\t" || $0 == " " }
            guard fields.count > 7, let destination = UInt32(fields[1], radix: 16),
                let mask = UInt32(fields[7], radix: 16)
            else { return nil }
            return Route(
                destination: UInt32(bigEndian: destination),
                mask: UInt32(bigEndian: mask),
                interface: String(fields[0])
            )
        }
    }

    /// The IPv4 name servers of a resolv.conf.
    static func nameServers(in text: String) -> [UInt32] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split { $0 == " " || $0 == "\t" }
            guard words.count > 1, words[0] == "nameserver" else { return nil }
            var address = in_addr()
            guard inet_pton(AF_INET, String(words[1]), &address) == 1 else { return nil }
            return UInt32(bigEndian: address.s_addr)
        }
    }

    static func dotted(_ address: UInt32) -> String {
        [24, 16, 8, 0].map { String(address >> $0 & 0xff) }.joined(separator: ".")
    }
}
