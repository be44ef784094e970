import CaissonText

/// The proxies that the environment names, as Go's programs read them.
package struct ProxySettings: Sendable, Hashable {
    private let http: String?
    private let https: String?
    private let exceptions: [String]

    /// Reads `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, in upper or lower case.
    package init(variables: [String: String]) {
        func value(_ name: String) -> String? {
            [name, name.lowercased()].lazy.compactMap { variables[$0] }.first { !$0.isEmpty }
        }
        http = value("HTTP_PROXY")
        https = value("HTTPS_PROXY")
        exceptions = (value("NO_PROXY") ?? "").pieces(at: ",").map { $0.trimmed.lowercased() }.filter { !$0.isEmpty }
    }

    /// The proxy for a host; empty for none.
    package func proxy(isTLS: Bool, host: String, port: UInt16) -> String {
        guard let proxy = isTLS ? https : http, !isExcepted(host.lowercased(), port) else { return "" }
        return proxy
    }

    private func isExcepted(_ host: String, _ port: UInt16) -> Bool {
        let address = IPv4(host)
        // Go's programs never ask a proxy for this machine.
        if host == "localhost" || host == "::1" || address?.isLoopback == true { return true }
        return exceptions.contains { exception in
            if exception == "*" { return true }
            if let address, let (network, bits) = exception.cut(at: "/") {
                return IPv4(network)?.contains(address, bits: bits) ?? false
            }
            var name = exception
            if let (head, number) = exception.cut(at: ":"), !number.utf8.contains(UInt8(ascii: ":")) {
                guard UInt16(number) == port else { return false }
                name = head
            }
            if name.hasPrefix("*.") { name = String(name.dropFirst()) }
            if name.hasPrefix(".") { return host.hasSuffix(name) }
            return host == name || (address == nil && host.hasSuffix("." + name))
        }
    }
}

/// An address of four numbers.
package struct IPv4: Sendable, Hashable {
    let value: UInt32

    package init?(_ text: String) {
        let parts = text.pieces(at: ".")
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy(\.isDigit), let byte = UInt8(part) else {
                return nil
            }
            value = value << 8 | UInt32(byte)
        }
        self.value = value
    }

    /// Whether it is in 127.0.0.0/8.
    package var isLoopback: Bool { value >> 24 == 127 }

    /// Whether an address is in this network, whose prefix has so many bits.
    package func contains(_ address: IPv4, bits: String) -> Bool {
        guard let bits = UInt32(bits), bits <= 32 else { return false }
        return bits == 0 || value >> (32 - bits) == address.value >> (32 - bits)
    }
}
