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

/// A volume's short form: `[SOURCE:]TARGET[:OPTIONS]`.
enum ComposeVolume {
    /// What is wrong with a short form; nil for a right one.
    static func problem(of text: String) -> String? {
        guard !text.isEmpty else { return "the volume is empty; write SOURCE:TARGET" }
        guard text.unicodeScalars.count > 2 else { return nil }
        let parts = parts(of: text)
        guard !parts.contains("") else { return "\(text.quoted) is no volume: a part between its colons is empty" }
        guard parts.count <= 3 else { return "\(text.quoted) is no volume: it has more than three parts" }
        return nil
    }

    /// Where a short form mounts its volume.
    static func target(of text: String) -> String {
        let parts = text.unicodeScalars.count > 2 ? parts(of: text) : [text]
        return parts.count > 1 ? parts[1] : parts[0]
    }

    /// The parts between colons; the colon of a Windows drive and those in variables' braces don't divide.
    private static func parts(of text: String) -> [String] {
        var parts: [String.UnicodeScalarView] = [.init()]
        var depth = 0
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            let last = parts.count - 1
            if scalar == "$", index + 1 < scalars.count, scalars[index + 1] == "{" { depth += 1 }
            if scalar == "}", depth > 0 { depth -= 1 }
            let isDrive = parts[last].count == 1 && parts[last].first?.properties.isAlphabetic == true
            if scalar == ":", depth == 0, !isDrive {
                parts.append(.init())
            } else {
                parts[last].append(scalar)
            }
        }
        return parts.map { String($0) }
    }
}
