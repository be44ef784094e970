import CaissonBuildModel
import CaissonText

/// A port's short form: `[[ADDRESS:]HOST_PORT:]PORT[/PROTOCOL]`, ports being numbers or ranges.
enum ComposePort {
    /// What is wrong with a short form; nil for a right one.
    static func problem(of text: String) -> String? {
        let pieces = text.pieces(at: ":")
        let container = pieces.last ?? ""
        let host = pieces.count > 1 ? pieces[pieces.count - 2] : ""
        let address = pieces.dropLast(2).joined(separator: ":")
        let (port, name) = container.cut(at: "/") ?? (container, "tcp")
        guard !port.isEmpty else { return "\(text.quoted) names no port; write HOST_PORT:PORT" }
        guard ["", "tcp", "udp", "sctp"].contains(name.lowercased()) else {
            return "\(name.quoted) is no protocol; write tcp, udp or sctp"
        }
        guard address.isEmpty || isAddress(address) else { return "\(address.quoted) is no IP address" }
        guard let inner = range(port) else { return "\(port.quoted) is no port or range of ports" }
        guard !host.isEmpty else { return nil }
        guard let outer = range(host) else { return "\(host.quoted) is no port or range of ports" }
        guard inner.count == outer.count || inner.count == 1 else {
            return "\(text.quoted): the ranges \(host) and \(port) have different lengths"
        }
        return nil
    }

    private static func isAddress(_ text: String) -> Bool {
        let bare = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
        return IPAddress.isV4(bare) || IPAddress.isV6(bare)
    }

    private static func range(_ text: String) -> ClosedRange<Int>? {
        let (first, last) = text.cut(at: "-") ?? (text, text)
        guard let low = Int(first), let high = Int(last), low >= 0, high <= 65535, low <= high else { return nil }
        return low...high
    }
}
