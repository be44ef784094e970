import CaissonBuildModel
import Testing

@Suite("Build arguments")
struct BuildArgumentTests {
    @Test(
        "an argument is for all platforms or for the one before its colon",
        arguments: [
            ("A=b", nil, "A", "b"), ("A", nil, "A", nil), ("A=linux/arm64:x", nil, "A", "linux/arm64:x"),
            ("linux/arm64:A=b=c", "linux/arm64", "A", "b=c"), ("linux/arm/v7:A", "linux/arm/v7", "A", nil),
            ("linux/aarch64:A=", "linux/arm64", "A", ""), ("a:b=c", nil, "a:b", "c"),
        ] as [(String, String?, String, String?)]
    )
    func reads(text: String, platform: String?, key: String, value: String?) throws {
        let argument = try BuildArgument(parsing: text)
        #expect(argument.platform?.description == platform)
        #expect(argument.pair == KeyValue(key: key, value: value))
    }

    @Test("what is no platform before the colon is refused", arguments: ["linux/arm99:A=b", "linux/arm64:=b", "=x"])
    func refuses(text: String) {
        #expect(throws: ParseError.self) { try BuildArgument(parsing: text) }
    }

    @Test("arguments go where they belong, and a bare one takes its value from the environment")
    func apply() throws {
        var request = BuildRequest(context: .empty)
        let texts = ["A=1", "linux/arm64:A=2", "linux/arm64:FROM_ENV", "linux/arm64:NOT_SET"]
        request.setBuildArguments(try texts.map { try BuildArgument(parsing: $0) }, environment: ["FROM_ENV": "e"])
        #expect(request.buildArgs == ["A": "1"])
        #expect(
            request.platformBuildArgs == [Platform(os: "linux", architecture: "arm64"): ["A": "2", "FROM_ENV": "e"]]
        )
    }
}
