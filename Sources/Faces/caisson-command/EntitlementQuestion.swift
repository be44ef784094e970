import CaissonBuildModel
import CaissonPreparation
import CaissonReporting
import CaissonSystem
import CaissonText

/// Asks the user whether a definition may have what it wants beyond the usual.
struct EntitlementQuestion {
    private let demands: [EntitlementDemands.Demand]

    init(_ demands: EntitlementDemands) { self.demands = demands.all }

    /// Asks on a terminal; without one, or with another answer than yes, it throws.
    ///
    /// - Throws: `BuildError` with the code `usage`.
    func ask(input: BorrowedDescriptor, output: BorrowedDescriptor) throws(BuildError) {
        guard !demands.isEmpty else { return }
        guard input.isTerminal, output.isTerminal else { throw refusal }
        output.writeIgnoringErrors("\(list)\nDo you allow this? [y/N] ")
        let answer = (try? input.readOnce(upTo: 256)) ?? []
        let word = String(decoding: answer, as: UTF8.self).trimmed.lowercased()
        guard word == "y" || word == "yes" else { throw refusal }
    }

    /// What is wanted, a line each.
    private var list: String {
        demands.reduce("The definition asks for more than a build usually may:\n") { text, demand in
            text + "  - \(SafeText.line(demand.purpose))\n"
        }
    }

    /// The flags that grant it all.
    private var flags: String {
        demands.map { demand in
            let flag = "--allow=\(demand.grant)"
            return flag.utf8.allSatisfy { $0.isAlphanumeric || "-=./_,:+@".utf8.contains($0) } ? flag : flag.quoted
        }.joined(separator: " ")
    }

    private var refusal: BuildError {
        let files = demands.contains { $0.grant.hasPrefix("fs") }
        let hint = files ? "; BUILDX_BAKE_ENTITLEMENTS_FS=0 lets definitions read and write everywhere" : ""
        let wanted = demands.map(\.purpose).joined(separator: ", ")
        return BuildError(
            .usage,
            "nothing was built: the definition wants to \(wanted); if it may, add \(flags)\(hint)"
        )
    }
}
