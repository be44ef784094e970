import CaissonSystem

/// Takes back the packet filter rules that dockerd made for our bridge; it leaves them behind when it ends.
///
/// Only rules that name the bridge go: chains and rules that the system's dockerd shares stay.
enum BridgeRules {
    /// Removes the rules of a bridge from each table of both protocols.
    static func remove(bridge: String, search: ProgramSearch) async {
        for name in ["iptables", "ip6tables"] {
            guard let program = search.find(name) else { continue }
            for table in ["filter", "nat", "raw"] {
                guard let listing = await run(program, ["-w", "5", "-t", table, "-S"]) else { continue }
                for rule in deletions(in: listing, bridge: bridge) {
                    _ = await run(program, ["-w", "5", "-t", table] + rule)
                }
            }
        }
    }

    /// The arguments that delete each rule of a `-S` listing that names the bridge.
    static func deletions(in listing: String, bridge: String) -> [[String]] {
        listing.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            // dockerd writes no quoted comments into these; splitting one would delete something else.
            guard words.first == "-A", words.contains(bridge), !line.contains("\"") else { return nil }
            return ["-D"] + words.dropFirst()
        }
    }

    private static func run(_ program: String, _ arguments: [String]) async -> String? {
        var call = HelperProgram(
            executable: program,
            arguments: arguments,
            environment: ["PATH=" + InstalledEngine.systemPath.joined(separator: ":")]
        )
        call.deadline = .seconds(10)
        call.outputLimit = 16 << 20
        guard let outcome = try? await call.run(), outcome.status == 0 else { return nil }
        return String(decoding: outcome.output, as: UTF8.self)
    }
}
