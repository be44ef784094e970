@testable import CaissonDockerfileLint
import Testing

/// The checks that BuildKit and hadolint have: each has its name and its weight here.
@Suite("Rules of others")
struct CoverageTests {
    /// BuildKit's ruleset.
    static let buildKit = """
        StageNameCasing FromAsCasing NoEmptyContinuation ConsistentInstructionCasing DuplicateStageName
        ReservedStageName JSONArgsRecommended MaintainerDeprecated UndefinedArgInFrom WorkdirRelativePath UndefinedVar
        MultipleInstructionsDisallowed LegacyKeyValueFormat InvalidBaseImagePlatform RedundantTargetPlatform
        SecretsUsedInArgOrEnv InvalidDefaultArgInFrom FromPlatformFlagConstDisallowed CopyIgnoredFile
        InvalidDefinitionDescription ExposeProtoCasing ExposeInvalidFormat
        """

    /// The rules that hadolint 2.15.1 lists, by the severity that it gives them.
    static let hadolint = [
        (
            Severity.error,
            """
            DL3000 DL3004 DL3011 DL3012 DL3020 DL3021 DL3023 DL3024 DL3026 DL3043 DL3044 DL3061
            DL4000 DL4004 DL1000
            """
        ),
        (
            Severity.warning,
            """
            DL3002 DL3003 DL3006 DL3007 DL3008 DL3013 DL3014 DL3016 DL3018 DL3022 DL3025 DL3027
            DL3028 DL3029 DL3030 DL3032 DL3033 DL3034 DL3035 DL3036 DL3037 DL3038 DL3040 DL3041
            DL3042 DL3045 DL3046 DL3051 DL3052 DL3053 DL3054 DL3055 DL3056 DL3058 DL3062 DL3063
            DL3064 DL3065 DL3067 DL4001 DL4003 DL4005 DL4006
            """
        ),
        (
            Severity.info,
            """
            DL3001 DL3009 DL3010 DL3015 DL3019 DL3047 DL3049 DL3050 DL3059 DL3060 DL3066
            """
        ),
        (
            Severity.style,
            """
            DL3048
            """
        ),
        (
            Severity.ignore,
            """
            DL1001 DL3057
            """
        ),
    ]

    private static func words(_ text: String) -> [String] {
        text.split { $0 == " " || $0 == "\n" }.map(String.init)
    }

    @Test("Each of BuildKit's checks is a rule of its name", arguments: words(buildKit))
    func buildKitsChecks(_ name: String) throws {
        #expect(try #require(Rules.named(name)).id == name)
        #expect(Linter.isBuildKits(name))
    }

    @Test("There are no more of BuildKit's checks than BuildKit has")
    func noOthers() {
        #expect(Set(Rules.all.map(\.id).filter(Linter.isBuildKits)) == Set(Self.words(Self.buildKit)))
    }

    @Test("Each of hadolint's codes is a name here, and weighs as much", arguments: hadolint)
    func hadolintsCodes(_ severity: Severity, _ codes: String) throws {
        for code in Self.words(codes) {
            let rule = try #require(Rules.named(code), "\(code)")
            #expect(rule.severity(as: code) == severity, "\(code)")
        }
    }
}
