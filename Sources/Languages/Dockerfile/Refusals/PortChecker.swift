import CaissonText

/// Reads the ports of EXPOSE: `[[address:]host:]port[-port][/protocol]`.
enum PortChecker {
    /// Why a text is none.
    static func complaint(_ text: String) -> String? {
        var parts = text.pieces(at: ":")
        let own = parts.removeLast()
        let host = parts.popLast() ?? ""
        let address = parts.joined(separator: ":")
        let (port, transport) = own.cut(at: "/") ?? (own, "")
        if port.isEmpty { return "invalid port: \(quoted(text)): no port specified" }
        if !["", "tcp", "udp", "sctp"].contains(transport.lowercased()) {
            return "invalid port: \(quoted(text)): invalid proto: \(transport)"
        }
        if !address.isEmpty, !isAddress(address) { return "invalid IP address: \(address)" }
        guard let ports = range(port) else {
            return "invalid containerPort: \(port): it must be a number up to 65535, or two with - between"
        }
        if host.isEmpty { return nil }
        guard let hosts = range(host) else { return "invalid hostPort: \(host)" }
        guard hosts.count == ports.count || ports.count == 1 else {
            return "invalid ranges specified for container and host Ports: \(port) and \(host)"
        }
        return nil
    }

    private static func range(_ text: String) -> ClosedRange<Int>? {
        let (first, last) = text.cut(at: "-") ?? (text, text)
        guard let start = number(first) else { return nil }
        if first == last { return start...start }
        guard let end = number(last), end >= start else { return nil }
        return start...end
    }

    private static func number(_ text: String) -> Int? {
        Int(text).flatMap { (0...65535).contains($0) ? $0 : nil }
    }

    private static func isAddress(_ text: String) -> Bool {
        guard text.hasPrefix("[") else { return isIPv4(text) || isIPv6(text) }
        guard text.hasSuffix("]") else { return false }
        let inner = String(text.dropFirst().dropLast())
        return !inner.utf8.contains { $0 == 0x5B || $0 == 0x5D } && (isIPv4(inner) || isIPv6(inner))
    }

    private static func isIPv4(_ text: String) -> Bool {
        let parts = text.pieces(at: ".")
        return parts.count == 4
            && parts.allSatisfy { part in
                part.utf8.allSatisfy(\.isDigit) && UInt8(part) != nil && (part == "0" || !part.hasPrefix("0"))
            }
    }

    private static func isIPv6(_ text: String) -> Bool {
        var groups = text.pieces(at: ":")
        guard groups.count >= 3 else { return false }
        var wanted = 8
        if let last = groups.last, last.utf8.contains(0x2E) {
            guard isIPv4(last) else { return false }
            groups.removeLast()
            groups.append("0")
            wanted = 7
        }
        // `::` at an end makes two empty groups of one.
        if groups.first == "" {
            guard groups[1] == "" else { return false }
            groups.removeFirst()
        }
        if groups.last == "" {
            guard groups.count > 1, groups[groups.count - 2] == "" || groups.count == 1 else { return false }
            groups.removeLast()
        }
        let empty = groups.count { $0.isEmpty }
        let areFine = groups.allSatisfy { $0.utf8.count <= 4 && $0.utf8.allSatisfy(\.isHexDigit) }
        return areFine && (empty == 0 ? groups.count == wanted : empty == 1 && groups.count - 1 < wanted)
    }
}
