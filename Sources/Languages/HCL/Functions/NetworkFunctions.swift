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

extension Int {
    fileprivate func clampedAdding(_ other: Int) -> Int {
        let (sum, isOver) = addingReportingOverflow(other)
        return isOver ? (self < 0 ? .min : .max) : sum
    }
}
