import CaissonText

extension ExtraHost {
    /// Reads `HOST:IP` or `HOST=IP`; an address may stand in brackets, and `host-gateway` for the engine's own.
    public init(parsing text: String) throws(ParseError) {
        func wrong(_ problem: String) -> ParseError {
            ParseError("extra host", text, problem, expected: "HOST:IP or HOST=IP, IP an address or host-gateway")
        }
        guard let (name, rest) = text.cut(at: "=") ?? text.cut(at: ":") else { throw wrong("it has no ':' or '='") }
        let isNameByte = { (byte: UInt8) in byte.isAlphanumeric || [0x2D, 0x2E, 0x5F].contains(byte) }
        guard !name.isEmpty, name.utf8.count <= 255, name.utf8.allSatisfy(isNameByte) else {
            throw wrong("\(name.quoted) is no host name")
        }
        let isBracketed = rest.hasPrefix("[") && rest.hasSuffix("]")
        let address = isBracketed ? String(rest.dropFirst().dropLast()) : rest
        guard rest == "host-gateway" || IPAddress.isV4(address) || IPAddress.isV6(address) else {
            throw wrong("\(rest.quoted) is no IP address")
        }
        self.init(name: name, address: address)
    }

    /// The entries of a comma list, which is how docker's `--add-host` takes several in one.
    public static func list(parsing text: String) throws(ParseError) -> [ExtraHost] {
        var found: [ExtraHost] = []
        for piece in text.pieces(at: ",") { found.append(try ExtraHost(parsing: piece)) }
        return found
    }
}

extension ExtraHost: CustomStringConvertible {
    /// `HOST=IP`, which is also the form BuildKit's front end takes.
    public var description: String { "\(name)=\(address)" }
}
