import CaissonText

extension HCLFunction {
    private static let prefix = Parameter("prefix", .string)

    /// Functions with networks of IP addresses.
    static let networks: Group = [
        "cidrhost": native(
            "Calculates a full host IP address within a given IP network address prefix.",
            [prefix, Parameter("hostnum", .number)]
        ) { call throws(HCLCallError) in
            let number = try call.integer(1)
            return .string(try network(call).host(number).description)
        },
        "cidrnetmask": native(
            "Converts an IPv4 address prefix given in CIDR notation into a subnet mask address.",
            [prefix]
        ) { call throws(HCLCallError) in .string(try network(call).mask.description) },
        "cidrsubnet": native(
            "Calculates a subnet address within a given IP network address prefix.",
            [prefix, Parameter("newbits", .number), Parameter("netnum", .number)]
        ) { call throws(HCLCallError) in
            let (bits, number) = (try call.integer(1), try call.integer(2))
            let network = try network(call)
            guard bits <= 32 else { throw HCLCallError("may not extend prefix by more than 32 bits") }
            return .string(try network.subnet(bits, number).description)
        },
        "cidrsubnets": native(
            "Calculates many consecutive subnet addresses at once, rather than just a single subnet extension.",
            [prefix],
            variadic: Parameter("newbits", .number)
        ) { call throws(HCLCallError) in try subnets(call) },
    ]

    private static func network(_ call: HCLCall, isArgument: Bool = false) throws(HCLCallError) -> IPNetwork {
        if let network = IPNetwork(call.text(0)) { return network }
        let reason = "invalid CIDR expression: invalid CIDR address: \(call.text(0))"
        throw HCLCallError(reason, argument: isArgument ? 0 : nil)
    }

    private static func subnets(_ call: HCLCall) throws(HCLCallError) -> HCLValue {
        let network = try network(call, isArgument: true)
        guard call.arguments.count > 1 else { return .strings([]) }
        let first = try call.integer(1, isArgument: true)
        var current = network.before(first.clampedAdding(network.length))
        var texts: [String] = []
        for index in 1..<call.arguments.count {
            let bits = try call.integer(index, isArgument: true)
            guard bits >= 1 else { throw HCLCallError("must extend prefix by at least one bit", argument: index) }
            guard bits <= 32 else {
                throw HCLCallError("may not extend prefix by more than 32 bits", argument: index)
            }
            let length = network.length + bits
            guard length <= network.width else {
                let version = network.width == 32 ? "IPv4" : "IPv6"
                throw HCLCallError(
                    "would extend prefix to \(length) bits, which is too long for an \(version) address",
                    argument: index
                )
            }
            guard let next = current.next(length), network.contains(next) else {
                throw HCLCallError(
                    "not enough remaining address space for a subnet with a prefix of \(length) bits after \(current)",
                    argument: index
                )
            }
            current = next
            texts.append(next.description)
        }
        return .strings(texts)
    }
}

/// An IP address of 32 or 128 bits.
struct IPAddress: CustomStringConvertible {
    var bits: UInt128
    /// 32 or 128.
    var width: Int

    /// The text: four numbers, or groups of hexadecimal digits with `::` for the longest run of zeros.
    var description: String {
        // An IPv4 address within IPv6 is written as one.
        guard width == 128, bits >> 32 != 0xFFFF else {
            return [24, 16, 8, 0].map { String(bits >> UInt128($0) & 0xFF) }.joined(separator: ".")
        }
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: bits >> UInt128(112 - 16 * $0)) }
        var longest = 0..<0
        var start = 0
        while start < 8 {
            let end = groups[start...].firstIndex { $0 != 0 } ?? 8
            if end - start >= 2, end - start > longest.count { longest = start..<end }
            start = max(end, start + 1)
        }
        let texts = groups.map { String($0, radix: 16) }
        guard !longest.isEmpty else { return texts.joined(separator: ":") }
        return texts[..<longest.lowerBound].joined(separator: ":") + "::"
            + texts[longest.upperBound...].joined(separator: ":")
    }
}

/// A network of IP addresses: those that begin with the same bits.
struct IPNetwork: CustomStringConvertible {
    /// The first address.
    var address: UInt128
    /// How many bits its addresses share.
    var length: Int
    /// How many bits an address has: 32 or 128.
    var width: Int

    var description: String { "\(IPAddress(bits: address, width: width))/\(length)" }

    init(address: UInt128, length: Int, width: Int) {
        self.length = length
        self.width = width
        self.address = address & Self.mask(length, width)
    }

    /// Reads `10.0.0.0/8` or `fd00::/8`.
    init?(_ text: String) {
        guard let (head, tail) = text.cut(at: "/"), !tail.isEmpty, tail.utf8.count <= 3,
            tail.utf8.allSatisfy(\.isDigit), let length = Int(tail)
        else { return nil }
        if let bits = Self.four(head), length <= 32 {
            self.init(address: bits, length: length, width: 32)
        } else if head.contains(":"), let bits = Self.six(head), length <= 128 {
            self.init(address: bits, length: length, width: 128)
        } else {
            return nil
        }
    }

    /// The bits that the addresses of a network share.
    static func mask(_ length: Int, _ width: Int) -> UInt128 {
        guard length > 0 else { return 0 }
        let all: UInt128 = width == 128 ? .max : (1 << 32) - 1
        return length >= width ? all : all & ~((1 << UInt128(width - length)) - 1)
    }

    /// The bits that the addresses share, as an address.
    var mask: IPAddress { IPAddress(bits: Self.mask(length, width), width: width) }

    private static func four(_ text: String) -> UInt128? {
        let parts = text.pieces(at: ".")
        guard parts.count == 4 else { return nil }
        var bits: UInt128 = 0
        for part in parts {
            guard part == "0" || part.utf8.first != 0x30, part.utf8.count <= 3, part.utf8.allSatisfy(\.isDigit),
                let number = UInt8(part)
            else { return nil }
            bits = bits << 8 | UInt128(number)
        }
        return bits
    }

    private static func six(_ text: String) -> UInt128? {
        var text = text
        if text.contains("."), let colon = text.lastIndex(of: ":") {
            guard let bits = four(String(text[text.index(after: colon)...])) else { return nil }
            text = text[...colon] + String(bits >> 16, radix: 16) + ":" + String(bits & 0xFFFF, radix: 16)
        }
        let halves = text.split(at: "::")
        guard halves.count <= 2, let head = groups(halves[0]), let tail = groups(halves.count == 2 ? halves[1] : "")
        else {
            return nil
        }
        let count = head.count + tail.count
        guard halves.count == 2 ? count < 8 : count == 8 else { return nil }
        let all = head + [UInt16](repeating: 0, count: 8 - count) + tail
        return all.reduce(0) { $0 << 16 | UInt128($1) }
    }

    private static func groups(_ text: String) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var groups: [UInt16] = []
        for part in text.pieces(at: ":") {
            guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy(\.isHexDigit),
                let group = UInt16(part, radix: 16)
            else { return nil }
            groups.append(group)
        }
        return groups
    }
}

// MARK: - Networks within networks

extension IPNetwork {
    /// An address by its number within the network; below zero from the end.
    func host(_ number: Int) throws(HCLCallError) -> IPAddress {
        let most: UInt128 = width - length >= 128 ? .max : (1 << UInt128(width - length)) - 1
        let fromEnd = UInt128(number < 0 ? (number + 1).magnitude : 0)
        let place = number < 0 ? fromEnd : UInt128(number.magnitude)
        guard place <= most else {
            throw HCLCallError("prefix of \(length) does not accommodate a host numbered \(number)")
        }
        return IPAddress(bits: address | (number < 0 ? most - fromEnd : place), width: width)
    }

    /// A network by its number among those that share so many bits more.
    func subnet(_ bits: Int, _ number: Int) throws(HCLCallError) -> IPNetwork {
        let (longer, isOver) = length.addingReportingOverflow(bits)
        guard !isOver, longer >= 0, bits >= 0 else { throw HCLCallError("must not extend prefix by less than no bits") }
        guard longer <= width else {
            throw HCLCallError("insufficient address space to extend prefix of \(length) by \(bits)")
        }
        guard number >= 0, number < 1 << bits else {
            throw HCLCallError("prefix extension of \(bits) does not accommodate a subnet numbered \(number)")
        }
        return IPNetwork(address: address | UInt128(number) << UInt128(width - longer), length: longer, width: width)
    }

    private var all: UInt128 { Self.mask(width, width) }

    /// The network of a length that ends right before this one; before the first address comes the last.
    func before(_ length: Int) -> IPNetwork {
        IPNetwork(address: address == 0 ? all : address - 1, length: min(max(length, 0), width), width: width)
    }

    /// The network of a length that begins right behind this one; nil behind the last address.
    func next(_ length: Int) -> IPNetwork? {
        let last = address | (all & ~Self.mask(self.length, width))
        let end = (last & Self.mask(length, width)) | (all & ~Self.mask(length, width))
        return end == all ? nil : IPNetwork(address: end + 1, length: length, width: width)
    }

    /// Whether another network's first address is in this one.
    func contains(_ other: IPNetwork) -> Bool { other.address & Self.mask(length, width) == address }
}
