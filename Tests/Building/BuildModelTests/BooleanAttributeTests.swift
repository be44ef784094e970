import CaissonText
import Testing

@testable import CaissonBuildModel

/// The words for on and off, which mean the same for every attribute.
let booleanWords: [(word: String, isOn: Bool)] =
    ["1", "t", "T", "true", "TRUE", "True", ""].map { ($0, true) }
    + ["0", "f", "F", "false", "FALSE", "False"].map { ($0, false) }

struct BooleanAttributeTests {
    private static let nonsense = ["yes", "on", "2", "tRuE", " true", "-"]

    /// An output of a type that knows the attribute.
    private static func output(_ key: String, _ value: String) throws(ParseError) -> ExportSpec {
        switch key {
        case "platform-split": try ExportSpec(parsing: "type=local,dest=d,\(key)=\(value)")
        case "tar": try ExportSpec(parsing: "type=oci,dest=d,\(key)=\(value)")
        default: try ExportSpec(parsing: "type=image,name=a,\(key)=\(value)")
        }
    }

    private static func meaning(_ key: String, in export: ExportSpec) -> Bool? {
        switch (key, export) {
        case ("push", .image(_, let isPushed)): isPushed
        case ("tar", _): export.layoutDirectory == nil
        case (_, .image(let attributes, _)), (_, .local(_, let attributes)): attributes.values.boolean(key)
        default: nil
        }
    }

    @Test(arguments: ExportAttributeRules.booleans.sorted())
    func `an output's attribute that is taken means what its word says`(key: String) throws {
        for (word, isOn) in booleanWords {
            #expect(try Self.meaning(key, in: Self.output(key, word)) == isOn, "\(key)=\(word)")
        }
        for word in Self.nonsense {
            #expect(throws: ParseError.self, "\(key)=\(word)") { try Self.output(key, word) }
        }
    }

    @Test(arguments: CacheAttributeRules.booleans.sorted())
    func `a cache's attribute that is taken means what its word says, to the engine, too`(key: String) throws {
        let cache =
            switch key {
            case "reset": "type=local,dest=d"
            case "use_path_style", "disable_accept_encoding": "type=s3,bucket=b,name=n"
            default: "type=registry,ref=a"
            }
        for (word, isOn) in booleanWords {
            let found = try #require(try CacheSpec.list(parsing: "\(cache),\(key)=\(word)", as: .destination).first)
            #expect(found.attributes.boolean(key) == isOn, "\(key)=\(word)")
            if key == "ignore-error" { #expect(found.mustSucceed == !isOn, "\(key)=\(word)") }
            let sent = try #require(found.withCredentials(of: [:])?.attributes[key])
            #expect(GoBoolean.parse(sent) == isOn, "\(key)=\(word)")
        }
        for word in Self.nonsense {
            #expect(throws: ParseError.self, "\(key)=\(word)") {
                try CacheSpec.list(parsing: "\(cache),\(key)=\(word)", as: .destination)
            }
        }
    }

    @Test func `a statement's parameters and switches mean what their words say`() throws {
        for (word, isOn) in booleanWords {
            #expect(try Attestation(parsing: word, kind: .sbom).isDisabled == !isOn, "--sbom=\(word)")
            #expect(try Attestation(parsing: "type=sbom,disabled=\(word)").isDisabled == isOn, "disabled=\(word)")
            for key in Attestation.booleans {
                let sent = try Attestation(parsing: "type=provenance,\(key)=\(word)").record
                #expect(GoBoolean.parse(String(sent.dropFirst(key.count + 1))) == isOn, "\(sent)")
            }
        }
    }

    @Test func `a secret's value rotates where the word says so`() throws {
        for (word, isOn) in booleanWords where !word.isEmpty {
            #expect(try SecretSpec(parsing: "id=a,rotate=\(word)").rotates == isOn, "rotate=\(word)")
        }
        #expect(try SecretSpec(parsing: "id=a,rotate=").rotates == false)
    }
}
