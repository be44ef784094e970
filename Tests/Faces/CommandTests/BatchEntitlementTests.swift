import CaissonBuildModel
import CaissonPreparation
import CaissonSystem
import Glibc
import Testing

@testable import caisson

@Suite("Asking for what a definition wants")
struct BatchEntitlementTests {
    /// Asks about a build; the answer is what a pipe holds, which is no terminal.
    private static func ask(_ change: (inout BuildRequest) throws -> Void) throws {
        var request = BuildRequest(context: .directory("."), dockerfile: .text([]))
        try change(&request)
        let plan = BuildPlan([BuildPlan.Node("t", request)])
        let question = EntitlementQuestion(EntitlementDemands(of: plan, granted: try EntitlementGrants([])))
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        try BorrowedDescriptor(number: ends[1]).write(Array("y\n".utf8))
        try question.ask(input: BorrowedDescriptor(number: ends[0]), output: BorrowedDescriptor(number: ends[1]))
    }

    @Test("A build that wants nothing is not asked about")
    func nothing() throws {
        try Self.ask { _ in }
    }

    @Test("Without a terminal it is refused with the flags that grant it")
    func refusal() throws {
        let network =
            "nothing was built: the definition wants to run steps with the host's network, use your SSH agent; "
            + "if it may, add --allow=network.host --allow=ssh"
        #expect(throws: BuildError(.usage, "\(network)")) {
            try Self.ask {
                $0.entitlements = [try Entitlement(parsing: "network.host")]
                $0.ssh = [SSHSpec()]
            }
        }
        #expect {
            try Self.ask { $0.exports = [.local(directory: "/etc/a b", attributes: [:])] }
        } throws: { error in
            (error as? BuildError)?.message
                == "nothing was built: the definition wants to write /etc/a b; if it may, add "
                + "\"--allow=fs.write=/etc/a b\"; BUILDX_BAKE_ENTITLEMENTS_FS=0 lets definitions read and "
                + "write everywhere"
        }
    }
}
