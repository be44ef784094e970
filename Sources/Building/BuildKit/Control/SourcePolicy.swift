package import CaissonBuildModel
import SwiftProtobuf

/// Which sources a build may use: the rules of BuildKit's source policies.
package enum SourcePolicy {
    /// Checks a policy in JSON as BuildKit's tools write it.
    ///
    /// - Throws: `ParseError` that says what is wrong with it.
    package static func check(_ json: [UInt8], file: String) throws(ParseError) {
        let policy: WireSourcePolicy
        do {
            policy = try decoded(json)
        } catch {
            throw ParseError("source policy", file, "it is no JSON of a policy: \(error)")
        }
        guard !policy.rules.isEmpty else { throw ParseError("source policy", file, "it has no rules") }
        for (number, rule) in policy.rules.enumerated() {
            guard !rule.selector.identifier.isEmpty else {
                throw ParseError("source policy", file, "rule \(number + 1) has no selector.identifier")
            }
            if case .UNRECOGNIZED(let value) = rule.action {
                throw ParseError("source policy", file, "rule \(number + 1) has the unknown action \(value)")
            }
        }
    }

    static func decoded(_ json: [UInt8]) throws -> WireSourcePolicy {
        // Unknown fields are an error: such a field may be what makes a rule strict.
        try WireSourcePolicy(jsonUTF8Bytes: json)
    }
}
